// .env files: which are read, which value wins, and what a reload takes in.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { BootError, loadApplication, loadEnvironment } from 'contrail'
import { describe, expect, test } from 'vitest'
import { withEnvironment } from '../../harness/environment.js'
import { folderWith, writeFiles } from '../../harness/folders.js'

const APP = {
  'package.json': '{"type":"module"}',
  'config/application.js': "export default { logLevel: 'silent' }",
  'config/routes.js': 'export default { routes: [] }',
}

/** A folder with an app and these .env files. */
const appWith = (files: Record<string, string>) => folderWith({ ...APP, ...files })

function environment(name: string, others: Record<string, string | undefined> = {}) {
  withEnvironment({ CONTRAIL_ENV: name, SECRET_KEY_BASE: 's'.repeat(64), ...others })
}

describe('of .env files', () => {
  const all = {
    '.env': 'W=env\nX=env\nY=env\nZ=env',
    '.env.staging': 'W=staging\nX=staging\nY=staging',
    '.env.local': 'W=local\nX=local',
    '.env.staging.local': 'W=staging.local',
    '.env.production': 'W=production\nZ=production',
  }

  test('the most specific wins', async () => {
    environment('staging')
    await loadApplication(appWith(all))
    const { W, X, Y, Z } = process.env
    expect({ W, X, Y, Z }).toEqual({ W: 'staging.local', X: 'local', Y: 'staging', Z: 'env' })
  })

  test('.env.local is not read in test, so that tests run alike everywhere', async () => {
    environment('test')
    await loadApplication(
      appWith({ '.env': 'X=env\nY=env', '.env.local': 'X=local', '.env.test': 'Y=test', '.env.test.local': 'Z=mine' }),
    )
    const { X, Y, Z } = process.env
    expect({ X, Y, Z }).toEqual({ X: 'env', Y: 'test', Z: 'mine' })
  })

  test("those of NODE_ENV's environment are read when CONTRAIL_ENV is not set, else those of development", async () => {
    const files = { '.env.production': 'WHICH=production', '.env.development': 'WHICH=development' }
    environment('', { NODE_ENV: 'production' })
    await loadApplication(appWith(files))
    expect(process.env['WHICH']).toBe('production')
    environment('', { NODE_ENV: undefined })
    await loadApplication(appWith(files))
    expect(process.env['WHICH']).toBe('development')
  })

  test('none is needed', async () => {
    environment('staging')
    await expect(loadApplication(appWith({}))).resolves.toBeDefined()
  })

  test('one that cannot be read ends the boot', async () => {
    environment('staging')
    const folder = appWith({})
    mkdirSync(join(folder, '.env'))
    const error = (await loadApplication(folder).catch((reason: unknown) => reason)) as BootError
    expect(error).toBeInstanceOf(BootError)
    expect(error.problem).toContain(join(folder, '.env'))
    expect(error.fix).toBe('make it a file this user may read.')
  })
})

describe('a variable', () => {
  test('that the process has wins over every file, even when it is empty', async () => {
    environment('staging', { OUTSIDE: 'process', EMPTY: '' })
    await loadApplication(appWith({ '.env': 'OUTSIDE=file\nEMPTY=file', '.env.staging.local': 'OUTSIDE=file' }))
    expect(process.env['OUTSIDE']).toBe('process')
    expect(process.env['EMPTY']).toBe('')
  })

  test('of a file is there before config/application is read', async () => {
    environment('staging')
    const app = await loadApplication(
      appWith({ '.env': 'LEVEL=fatal', 'config/application.js': 'export default { logLevel: process.env.LEVEL }' }),
    )
    expect(app.logger.level).toBe('fatal')
  })
})

describe('loading again', () => {
  test('takes in changes, additions and removals', async () => {
    environment('staging')
    const folder = appWith({ '.env': 'KEPT=1\nCHANGED=1\nREMOVED=1' })
    await loadApplication(folder)
    writeFiles(folder, { '.env': 'KEPT=1\nCHANGED=2\nADDED=1' })
    await loadApplication(folder)
    const { KEPT, CHANGED, REMOVED, ADDED } = process.env
    expect({ KEPT, CHANGED, REMOVED, ADDED }).toEqual({ KEPT: '1', CHANGED: '2', REMOVED: undefined, ADDED: '1' })
  })

  test('takes in a file that is new or gone', async () => {
    environment('staging')
    const folder = appWith({ '.env': 'FILE=env' })
    await loadApplication(folder)
    writeFiles(folder, { '.env.staging': 'FILE=staging' })
    await loadApplication(folder)
    expect(process.env['FILE']).toBe('staging')
    rmSync(join(folder, '.env.staging'))
    await loadApplication(folder)
    expect(process.env['FILE']).toBe('env')
  })

  test('leaves what the process had, and what the app set itself', async () => {
    environment('staging', { OUTSIDE: 'process' })
    const folder = appWith({ '.env': 'OUTSIDE=file\nOWN=file' })
    await loadApplication(folder)
    process.env['OWN'] = 'app'
    writeFiles(folder, { '.env': '' })
    await loadApplication(folder)
    expect(process.env['OUTSIDE']).toBe('process')
    expect(process.env['OWN']).toBe('app')
  })
})

test('loadEnvironment reads them without an app, and says which environment it is', () => {
  environment('staging', { W: undefined, X: 'process' })
  const folder = folderWith({ '.env': 'W=env\nX=env', '.env.staging': 'W=staging' })
  expect(loadEnvironment(folder)).toEqual({ name: 'staging', explicit: true })
  expect([process.env['W'], process.env['X']]).toEqual(['staging', 'process'])
})
