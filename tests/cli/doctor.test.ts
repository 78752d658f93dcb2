// What `contrail doctor` sees, each trouble with its fix; a server that is down, an app that does not boot.
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { packageFindings } from '../../packages/cli/dist/commands/doctor/packages.js'
import { secretFinding } from '../../packages/cli/dist/commands/doctor/settings.js'
import { callContrail } from '../harness/command-line.js'
import { temporaryFolder, writeFiles } from '../harness/folders.js'
import { type GeneratedApp, generatedApp } from '../harness/generated-app.js'
import { startMemcached } from '../harness/memcached.js'
import { freePort } from '../harness/processes.js'

interface Row {
  readonly check: string
  readonly status: string
  readonly found: string
  readonly fix: string | null
}

async function doctor(folder: string, env: NodeJS.ProcessEnv = {}): Promise<{ code: number; rows: readonly Row[] }> {
  const { code, output } = await callContrail(['doctor', '--json'], { cwd: folder, env })
  return { code, rows: JSON.parse(output) as Row[] }
}

const statuses = (rows: readonly Row[]) => Object.fromEntries(rows.map(({ check, status }) => [check, status]))
const row = (rows: readonly Row[], name: string) => rows.find(({ check }) => check === name)
const memcachedApp = (): Promise<GeneratedApp> =>
  generatedApp('--database', 'none', '--minimal', '--session', 'memcached')

describe('contrail doctor', () => {
  test('finds a new app well, its sessions kept and ended in a real memcached', async () => {
    const [app, memcached] = await Promise.all([memcachedApp(), startMemcached()])
    onTestFinished(() => memcached.stop())
    const { code, rows } = await doctor(app.folder, { MEMCACHE_SERVERS: memcached.address })
    expect(rows.filter(({ status }) => status !== 'ok')).toEqual([])
    expect(code).toBe(0)
    expect(rows.map(({ check }) => check)).toEqual([
      ...['Node', 'versions', 'copies', 'environment', '.env', 'tsconfig.json', 'secret'],
      ...['boot', 'session store', 'config/route-paths.d.ts'],
    ])
    expect(await memcached.says('stats')).toMatch(/cmd_set [1-9][\s\S]*get_hits [1-9]/)
  })

  test('names what is wrong and how to mend it, all at once', async () => {
    const app = await memcachedApp()
    const address = `127.0.0.1:${await freePort()}`
    writeFiles(app.folder, {
      'tsconfig.json': '// extended\n{ "extends": "./base.json", }',
      'base.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
      'config/route-paths.d.ts': '',
      '.env': 'SECRET_KEY_BASE=short',
    })
    chmodSync(join(app.folder, '.env'), 0o644)
    const { code, rows } = await doctor(app.folder, { MEMCACHE_SERVERS: address, CONTRAIL_ENV: 'prod' })
    expect(code).toBe(1)
    expect(row(rows, 'tsconfig.json')).toMatchObject({
      status: 'fail',
      fix: 'set "emitDecoratorMetadata": true in compilerOptions',
    })
    expect(row(rows, '.env')).toMatchObject({ status: 'warn', fix: 'chmod 600 .env' })
    expect(row(rows, 'environment')).toMatchObject({ status: 'warn', fix: expect.stringContaining('production') })
    expect(row(rows, 'secret')).toMatchObject({ status: 'fail', found: expect.stringContaining('5 characters') })
    expect(row(rows, 'boot')).toMatchObject({ status: 'fail', found: expect.stringContaining('5 characters') })

    const development = await doctor(app.folder, { MEMCACHE_SERVERS: address })
    expect(row(development.rows, 'session store')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining(address),
    })
    expect(row(development.rows, 'config/route-paths.d.ts')).toMatchObject({
      status: 'warn',
      fix: 'contrail routes --types',
    })
    expect(row(development.rows, 'secret')).toMatchObject({ status: 'warn' })
    expect(development.code).toBe(1)

    app.git('add', '--force', '.env')
    writeFileSync(join(app.folder, 'config/routes.ts'), 'export default = 1\n')
    const { output, code: broken } = await app.contrail('doctor')
    expect(broken).toBe(1)
    expect(output).toMatch(/^fail {2}\.env .*\n +Fix: git rm --cached \.env/m)
    expect(output).toMatch(/^fail {2}boot +SyntaxError: /m)
    expect(output).toMatch(/^warn {2}session store +not checked/m)
  })

  test('sees a database that is out of reach, and migrations that it has not had', async () => {
    const app = await generatedApp('--database', 'postgres', '--minimal')
    const address = `127.0.0.1:${await freePort()}`
    const down = await doctor(app.folder, { DATABASE_URL: `postgres://nobody@${address}/blog` })
    expect(row(down.rows, 'database')).toMatchObject({ status: 'fail', found: expect.stringContaining(address) })
    expect(down.code).toBe(1)
    const idle = await doctor(app.folder)
    expect(statuses(idle.rows)).toMatchObject({ database: 'ok', boot: 'ok' })
    const entries = [{ idx: 0, version: '7', when: 1, tag: '0000_create_posts', breakpoints: true }]
    const journal = JSON.stringify({ version: '7', dialect: 'postgresql', entries })
    writeFileSync(join(app.folder, 'db/migrations/meta/_journal.json'), journal)
    const pending = await doctor(app.folder, { CONTRAIL_ENV: 'test' })
    const expected = { status: 'warn', found: 'pending: 0000_create_posts', fix: 'contrail db:migrate' }
    expect(row(pending.rows, 'database')).toMatchObject(expected)
  })

  test('says where there is no app', async () => {
    const { code, rows } = await doctor(temporaryFolder())
    expect(code).toBe(1)
    expect(row(rows, 'versions')).toMatchObject({ status: 'fail', fix: 'run npm install in the folder of the app' })
  })
})

describe('packages', () => {
  const manifest = (version: string) => JSON.stringify({ version, engines: { node: '>=20.19.0' } })
  const found = (files: Record<string, string>, node?: string) => {
    const folder = temporaryFolder()
    writeFiles(folder, { 'own/package.json': manifest('0.2.0'), ...files })
    return packageFindings(folder, join(folder, 'own'), node)
  }

  test('that do not belong together, an old Node and a second copy are told', () => {
    const well = found({ 'node_modules/contrail/package.json': manifest('0.2.7') }, '22.0.0')
    expect(well.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok'])
    const [node, versions, copies] = found(
      {
        'node_modules/contrail/package.json': manifest('0.1.9'),
        'node_modules/@scope/plugin/node_modules/contrail/package.json': manifest('0.1.8'),
        'node_modules/.pnpm/contrail@0.1.7/node_modules/contrail/package.json': manifest('0.1.7'),
      },
      '20.9.1',
    )
    expect(node).toMatchObject({ status: 'fail', found: '20.9.1 is older than 20.19.0' })
    expect(versions).toMatchObject({ status: 'fail', fix: expect.stringContaining('contrail@^0.2.0') })
    expect(copies).toMatchObject({ status: 'fail', found: expect.stringContaining('3 copies') })
    expect(copies?.found).toContain('node_modules/@scope/plugin/node_modules/contrail')
  })
})

test('a secret that is long and no secret is told', () => {
  const before = process.env['SECRET_KEY_BASE']
  onTestFinished(() => {
    if (before === undefined) delete process.env['SECRET_KEY_BASE']
    else process.env['SECRET_KEY_BASE'] = before
  })
  process.env['SECRET_KEY_BASE'] = 'a'.repeat(80)
  expect(secretFinding('production', true).status).toBe('warn')
  process.env['SECRET_KEY_BASE'] = ''
  expect(secretFinding('production', false).status).toBe('fail')
  expect(secretFinding('production', true).status).toBe('ok')
})
