// An app is loaded for its tests from its folder, in the environment `test`, and says what it lacks.
import { defineApplication, defineRoutes } from 'contrail'
import { loadTestApplication } from 'contrail/testing'
import { expect, test } from 'vitest'
import { withEnvironment } from '../../harness/environment.js'
import { folderWith } from '../../harness/folders.js'
import { execute } from '../../harness/processes.js'

const importFile = async (path: string) => ({
  default: path.includes('routes')
    ? defineRoutes(() => undefined)
    : defineApplication(path.includes('environments') ? { logLevel: 'silent' } : {}),
})
const app = (more: Readonly<Record<string, string>> = {}) =>
  folderWith({ 'config/application.ts': '', 'config/routes.ts': '', 'package.json': '{}', ...more })

test('the environment is test, whatever NODE_ENV says, and its file and .env are read', async () => {
  withEnvironment({
    CONTRAIL_ENV: undefined,
    NODE_ENV: 'production',
    FROM_DOTENV: undefined,
    SECRET_KEY_BASE: undefined,
  })
  const folder = app({ 'config/environments/test.ts': '', '.env.test': 'FROM_DOTENV=yes' })
  const { environment, logger } = await loadTestApplication(folder, { importFile })
  expect([environment.name, logger.level, process.env['FROM_DOTENV']]).toEqual(['test', 'silent', 'yes'])
})

test('CONTRAIL_ENV names another', async () => {
  withEnvironment({ CONTRAIL_ENV: 'staging', SECRET_KEY_BASE: 'x'.repeat(64) })
  expect((await loadTestApplication(app(), { importFile })).environment.name).toBe('staging')
})

test('an option that there is not is refused', async () => {
  await expect(loadTestApplication(app(), { importfile: importFile } as object)).rejects.toThrow(
    'did you mean "importFile"?',
  )
})

test('TypeScript that Node cannot import says what to hand over', async () => {
  const script = "import { loadTestApplication } from 'contrail/testing'; await loadTestApplication('.')"
  const load = (folder: string) => execute(process.execPath, ['--input-type=module', '-e', script], { cwd: folder })
  // No Node takes an enum for JavaScript.
  const { code, output } = await load(app({ 'config/application.ts': 'enum A { b }\nexport default { a: A.b }' }))
  expect([code, output]).toEqual([1, expect.stringContaining('{ importFile: (path) => import(path) }')])
  const empty = await load(folderWith({ 'package.json': '{}' }))
  expect(empty.output).toContain('run this in the folder of a Contrail app')
})
