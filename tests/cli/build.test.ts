// `contrail build`: what it makes, what it refuses, and that what it refuses leaves dist/ as it was.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { appToBuild, endOf, serveBuilt } from '../harness/built-app.js'
import { CONTRAIL, temporaryFolder } from '../harness/folders.js'
import { type GeneratedApp, treeOf } from '../harness/generated-app.js'
import { postTo } from '../harness/post-load.js'
import { start } from '../harness/processes.js'

/** However busy the machine is. */
const PATIENT = { timeout: 30_000 }

let app: GeneratedApp
let parent = ''

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'contrail-build-'))
  app = await appToBuild(parent)
  await app.succeed('build')
})

afterAll(() => rmSync(parent, { recursive: true, force: true }))

/** Changes a file of the app for one test. */
function change(path: string, edit: (text: string) => string): void {
  const before = app.read(path)
  writeFileSync(join(app.folder, path), edit(before))
  onTestFinished(() => writeFileSync(join(app.folder, path), before))
}

const built = () => treeOf(join(app.folder, 'dist'))

test('an app becomes a few files with their source maps', () => {
  const code = Object.keys(built()).filter((path) => path.endsWith('.js') && !path.startsWith('chunks/'))
  const environments = ['development', 'production', 'staging', 'test'].map((name) => `config/environments/${name}.js`)
  expect(code).toEqual(['config/application.js', ...environments, 'config/routes.js', 'server.js'])
  for (const path of code) expect(JSON.parse(app.read(`dist/${path}.map`)).sourcesContent, path).not.toEqual([])
  expect(app.read('dist/config/routes.js')).toContain('NotesController')
})

test('it serves in production, its stacks name lines of the source, and SIGTERM under load drops no request', async () => {
  const server = await serveBuilt(app)
  expect((await fetch(`${server.url}/robots.txt`)).status).toBe(200)
  expect((await fetch(`${server.url}/fail`)).status).toBe(500)
  const line =
    app
      .read('app/controllers/notes-controller.ts')
      .split('\n')
      .findIndex((text) => text.includes('throw')) + 1
  await server.program.waitFor(
    new RegExp(`at NotesController\\.fail \\([^)]*app/controllers/notes-controller\\.ts:${line}:`),
  )
  const load = postTo(`${server.url}/notes`, { keeping: 6, renewing: 0 })
  await expect.poll(() => load.served.size, PATIENT).toBe(6)
  load.expectEnd()
  server.signal('SIGTERM')
  expect(await server.ended).toBe(0)
  await load.stop()
  expect(load.failed).toEqual([])
})

test('what cannot be built is told, and leaves dist/ as it was', async () => {
  const before = built()
  change('app/controllers/notes-controller.ts', (text) => text.replace('process.pid })', 'proces.pid })'))
  const types = await app.contrail('build')
  expect([types.code, types.output]).toEqual([1, expect.stringContaining("Cannot find name 'proces'")])
  expect(types.output).toMatch(/notes-controller\.ts.*[\s\S]*\n {2}Fix: mend that/)
  change('config/routes.ts', (text) => `${text}\nimport './nowhere.js'\n`)
  const missing = await app.contrail('build', '--no-typecheck')
  expect([missing.code, missing.output]).toEqual([1, expect.stringContaining('./nowhere.js')])
  expect(missing.output).not.toMatch(/^ {4}at /m)
  expect(built()).toEqual(before)
})

test('a package that production has not is refused, unless it is for the environments that have it', async () => {
  const before = built()
  change('config/environments/development.ts', (text) => `import 'contrail-cli/embedded-postgres'\n${text}`)
  await app.succeed('build', '--no-typecheck')
  change('config/application.ts', (text) => `import 'contrail-cli/embedded-postgres'\n${text}`)
  const { code, output } = await app.contrail('build', '--no-typecheck')
  expect([code, output]).toEqual([1, expect.stringContaining('The app imports contrail-cli, which package.json has')])
  expect(built()['config/application.js']).toBe(before['config/application.js'])
})

test('contrail start runs the build with what it is told', async () => {
  const env = { HOST: '127.0.0.1', PORT: '1', SECRET_KEY_BASE: 'f'.repeat(64) }
  const args = [CONTRAIL, 'start', '--workers', '1', '--port', '0']
  const server = start(process.execPath, args, { cwd: app.folder, env })
  onTestFinished(() => server.kill('SIGKILL'))
  const [, url] = await server.waitFor(/1 workers serve (http:[^"]+)/)
  expect((await fetch(`${url}/up`)).status).toBe(200)
  expect(server.output()).toContain('"environment":"production"')
  const ended = endOf(server)
  // As at a terminal: all processes get it.
  server.kill('SIGINT')
  expect(await ended).toBe(0)
  expect(server.output()).toMatch(/POOL OF \d+ ENDED/)

  const { code, output } = await app.contrail('start', '--workers', 'many')
  expect([code, output]).toEqual([1, expect.stringContaining('give a number from 0 to 512, or max')])
})

test('contrail start without a build says what to do', async () => {
  const folder = temporaryFolder()
  const server = start(process.execPath, [CONTRAIL, 'start'], { cwd: folder })
  expect(await endOf(server)).toBe(1)
  expect(server.output()).toContain('Fix: run contrail build first.')
  expect(() => readFileSync(join(folder, 'dist'))).toThrow()
})

test('a build that cannot be written leaves dist/ as it was', async () => {
  const before = built()
  rmSync(join(app.folder, 'tmp'), { recursive: true, force: true })
  writeFileSync(join(app.folder, 'tmp'), 'no folder')
  onTestFinished(() => rmSync(join(app.folder, 'tmp')))
  const { code, output } = await app.contrail('build', '--no-typecheck')
  expect([code, output]).toEqual([1, expect.stringContaining('dist/ could not be written')])
  expect(built()).toEqual(before)
})
