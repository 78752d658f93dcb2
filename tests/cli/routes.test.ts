// `contrail routes` for routes of every kind, and the file of types: written, checked, and kept current by the dev server.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { askSocket } from '../harness/app.js'
import { callContrail } from '../harness/command-line.js'
import { CONTRAIL, linkedPostsApp } from '../harness/folders.js'
import { execute, freePort, start } from '../harness/processes.js'

const contrail = (args: string[], cwd: string) => callContrail(args, { cwd })
const TYPES = 'config/route-paths.d.ts'

/** A copy of the posts-app with these routes. */
function appWith(routes: string): string {
  const folder = linkedPostsApp()
  writeRoutes(folder, routes)
  return folder
}

function writeRoutes(folder: string, routes: string): void {
  const text = `import { defineRoutes, type HttpRequest } from 'contrail'
import { HomeController } from '../app/controllers/home-controller.js'
const isMobile = (request: HttpRequest) => request.header('user-agent') === 'Mobile'
const toNew = () => '/new'
export default defineRoutes((r) => {
  r.root(HomeController, 'index', { constraints: isMobile })
  ${routes}
})
`
  writeFileSync(join(folder, 'config/routes.ts'), text)
}

describe('contrail routes', () => {
  const ROUTES = `r.get('/a/:id', HomeController, 'index', { as: 'a', constraints: { id: /\\d+/i, host: '.example.com' }, format: ['json', 'csv'] })
  r.get('/b(/:page)', HomeController, 'index', { defaults: { page: '1' }, format: true })
  r.redirect('/old/:id', '/a/:id')
  r.redirect('/older', toNew, { status: 302, constraints: () => true })`

  test('shows constraints, defaults, formats and redirects, in a table and one by one', async () => {
    const folder = appWith(ROUTES)
    const [table, expanded, json] = await Promise.all([
      contrail(['routes'], folder),
      contrail(['routes', '-E', '-g', '^a '], folder),
      contrail(['routes', '--json'], folder),
    ])
    expect(table.output.trimEnd().split('\n')).toEqual([
      'Name  Method  Path                  Controller#Action',
      'root  GET     /                     HomeController#index { request: isMobile }',
      'a     GET     /a/:id(.json|.csv)    HomeController#index { id: /\\d+/i, host: .example.com }',
      '      GET     /b(/:page)(.:format)  HomeController#index { page = 1 }',
      '      GET     /old/:id              redirect(301, /a/:id)',
      '      GET     /older                redirect(302, toNew) { request: a function }',
    ])
    expect(expanded.output).toBe(`--[ Route 1 ]-------------------------------------
Name              | a
Method            | GET
Path              | /a/:id(.json|.csv)
Controller#Action | HomeController#index
Conditions        | { id: /\\d+/i, host: .example.com }
`)
    const rows = JSON.parse(json.output) as Record<string, unknown>[]
    expect(rows[1]).toEqual({
      name: 'a',
      method: 'GET',
      path: '/a/:id(.json|.csv)',
      controller: 'HomeController',
      action: 'index',
      redirect: null,
      constraints: { id: '/\\d+/i', host: '.example.com' },
      defaults: {},
    })
    expect(rows[3]).toMatchObject({ controller: null, action: null, redirect: { status: 301, to: '/a/:id' } })
  })

  test('finds redirects by where they lead, and none by controller', async () => {
    const folder = appWith(ROUTES)
    const [grep, controller] = await Promise.all([
      contrail(['routes', '--json', '--grep', 'redirect.*toNew'], folder),
      contrail(['routes', '--json', '--controller', 'redirect'], folder),
    ])
    expect(JSON.parse(grep.output)).toHaveLength(1)
    expect(JSON.parse(controller.output)).toHaveLength(0)
  })
})

describe('contrail routes --types', () => {
  test('writes the file once, and --check tells when it is stale, missing or current', async () => {
    const folder = linkedPostsApp()
    const committed = readFileSync(join(folder, TYPES), 'utf8')
    expect(await contrail(['routes', '--types', '--check'], folder)).toEqual({
      code: 0,
      output: `${TYPES} is current\n`,
    })
    rmSync(join(folder, TYPES))
    const missing = await contrail(['routes', '--types', '--check'], folder)
    expect(missing).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^config\/route-paths\.d\.ts does not say/),
    })
    expect(existsSync(join(folder, TYPES))).toBe(false)
    expect(await contrail(['routes', '--types'], folder)).toEqual({ code: 0, output: `${TYPES} written\n` })
    expect(readFileSync(join(folder, TYPES), 'utf8')).toBe(committed)
    const { ino, mtimeMs } = statSync(join(folder, TYPES))
    expect((await contrail(['routes', '--types'], folder)).output).toBe(`${TYPES} is current\n`)
    expect(statSync(join(folder, TYPES))).toMatchObject({ ino, mtimeMs })
    writeRoutes(folder, "r.get('/x', HomeController, 'index', { as: 'x' })")
    const stale = await contrail(['routes', '--types', '--check'], folder)
    expect(stale.code).toBe(1)
    expect(stale.output).toContain('Fix: run contrail routes --types')
  })

  test('fails with a fix where it cannot write, and leaves nothing half-written', async () => {
    const folder = linkedPostsApp()
    rmSync(join(folder, TYPES))
    mkdirSync(join(folder, TYPES))
    const { code, output } = await contrail(['routes', '--types'], folder)
    expect(code).toBe(1)
    expect(output).toMatch(/cannot be written: .*\n {2}Fix: /)
    expect(readdirSync(join(folder, 'config')).filter((name) => name.endsWith('.tmp'))).toEqual([])
    expect((await contrail(['routes', '--check'], folder)).output).toContain('contrail routes --types --check')
  })

  test('the posts-app compiles with it, refuses what its routes do not have, and compiles without it', async () => {
    const folder = linkedPostsApp()
    const compile = () =>
      execute(join(folder, 'node_modules/.bin/tsc'), ['-p', '.', '--noEmit', '--pretty', 'false'], { cwd: folder })
    const controller = join(folder, 'app/controllers/home-controller.ts')
    const text = readFileSync(controller, 'utf8')
    expect(await compile()).toEqual({ code: 0, output: '' })
    writeFileSync(controller, text.replace("'lastPosts'", "'lastPost'"))
    expect((await compile()).output).toMatch(/home-controller\.ts\(\d+,\d+\): error TS2345: .*"lastPost"/)
    writeFileSync(controller, text)
    rmSync(join(folder, TYPES))
    expect(await compile()).toEqual({ code: 0, output: '' })
  })
})

describe('contrail server', () => {
  async function serve(folder: string, ...args: string[]) {
    const server = start(process.execPath, [CONTRAIL, 'server', '-p', String(await freePort()), ...args], {
      cwd: folder,
    })
    onTestFinished(() => server.kill('SIGKILL'))
    const [, url] = await server.waitFor(/(http:\/\/\S+) \(ready/)
    return { server, url: url as string }
  }

  test('writes the file when routes change, and only then', async () => {
    const folder = linkedPostsApp()
    const before = statSync(join(folder, TYPES))
    const { server, url } = await serve(folder)
    expect(statSync(join(folder, TYPES))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs })
    expect(server.output()).not.toContain(TYPES)
    writeRoutes(folder, "r.get('/fresh/:id', HomeController, 'index', { as: 'fresh' })")
    await askSocket(`${url}/fresh/1`)
    await server.waitFor(/config\/route-paths\.d\.ts written/)
    expect(readFileSync(join(folder, TYPES), 'utf8')).toContain('    fresh: { id: PathValue }\n')
    writeFileSync(join(folder, 'config/routes.ts'), 'export default = 1\n')
    await askSocket(`${url}/fresh/1`)
    expect(readFileSync(join(folder, TYPES), 'utf8')).toContain('fresh')
  })

  test('writes no file for an app without names, nor with --no-types, and serves where it cannot write', async () => {
    const folder = linkedPostsApp()
    rmSync(join(folder, TYPES))
    const first = await serve(folder, '--no-types')
    expect(existsSync(join(folder, TYPES))).toBe(false)
    await first.server.stop()
    const routes = readFileSync(join(folder, 'config/routes.ts'), 'utf8')
    const nameless = routes.replace(/r\.root[\s\S]*?\n {2}r\.get\('\/session',/, "r.get('/session',")
    writeFileSync(join(folder, 'config/routes.ts'), nameless.replace(/import \{ (?:Home|Posts)Controller.*\n/g, ''))
    const second = await serve(folder)
    expect((await askSocket(`${second.url}/session`)).status).toBe(200)
    expect(existsSync(join(folder, TYPES))).toBe(false)
    mkdirSync(join(folder, TYPES))
    writeFileSync(join(folder, 'config/routes.ts'), routes)
    expect((await askSocket(`${second.url}/posts`)).status).toBe(200)
    await second.server.waitFor(/cannot be written/)
  })
})
