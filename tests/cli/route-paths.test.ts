// config/route-paths.d.ts after generate and destroy: what booting the app would write, without booting it, or left alone.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { callContrail } from '../harness/command-line.js'
import { linkedPostsApp } from '../harness/folders.js'
import { generatedApp } from '../harness/generated-app.js'

const FILE = 'config/route-paths.d.ts'

/** What is drawn in literals, in all the ways of the guide. */
const ROUTES = `import { defineRoutes, type HttpRequest } from 'contrail'
import { HealthController } from '../app/controllers/health-controller.js'
import { HomeController } from '../app/controllers/home-controller.js'

const isMobile = (request: HttpRequest) => request.header('user-agent') === 'Mobile'
const pages = (r: RouteMapper) => {
  r.get('/a(/:page)', HomeController, 'index', { as: 'a', format: true })
}

export default defineRoutes((r) => {
  r.root(HomeController, 'index', { constraints: isMobile })
  r.get('/up', HealthController, 'show', { as: 'health' })
  r.get('/b/:id', HomeController, 'index', { as: 'b', constraints: { id: /\\\\d+/ }, defaults: { page: '1' } })
  r.concerns(pages)
  r.redirect('/old', '/a')
  r.mount('/board', () => new Response('board'))
  r.namespace('admin', { as: 'staff', path: 'intern' }, (r) => {
    r.get('/c', HomeController, 'index', { as: 'c' })
  })
  r.scope('/s/:locale', { as: 'local' }, (s) => s.get('/d', HomeController, 'index', { as: 'd' }))
})
`.replace('type HttpRequest', 'type HttpRequest, type RouteMapper')

describe('config/route-paths.d.ts', () => {
  test('of a new app is current', async () => {
    const app = await generatedApp()
    expect(await app.succeed('routes', '--types', '--check')).toBe(`${FILE} is current\n`)
  })

  test('follows what is generated and destroyed, as booting the app would have it', async () => {
    const app = await generatedApp()
    writeFileSync(join(app.folder, 'config/routes.ts'), ROUTES)
    await app.succeed('routes', '--types')
    const before = app.read(FILE)
    expect(before).toContain('staffC: NoParameters')
    const log = await app.succeed('generate', 'controller', 'admin/posts', 'index', 'show')
    expect(log).toContain(`insert  ${FILE}  (the names of routes)`)
    expect(app.read(FILE)).toContain('staffPost: { id: PathValue }')
    expect(await app.succeed('routes', '--types', '--check')).toBe(`${FILE} is current\n`)
    expect(await app.succeed('destroy', 'controller', 'admin/posts')).toContain(`revert  ${FILE}`)
    expect(app.read(FILE)).toBe(before)
  })

  test('is left alone, with word of it, where only running the routes tells their names', async () => {
    const app = await generatedApp()
    const routes = app.read('config/routes.ts').replace("r.get('/up'", "for (const path of ['/up']) r.get(path")
    writeFileSync(join(app.folder, 'config/routes.ts'), routes)
    const before = app.read(FILE)
    for (const call of ['generate', 'destroy']) {
      expect(await app.succeed(call, 'controller', 'posts', 'index')).toContain(
        `skip  ${FILE}  (run contrail routes --types`,
      )
      expect(app.read(FILE)).toBe(before)
    }
  })

  test('is not believed to be readable where it says something else than the routes do', async () => {
    const app = await generatedApp()
    writeFileSync(join(app.folder, FILE), app.read(FILE).replace('health', 'up'))
    const before = app.read(FILE)
    expect(await app.succeed('generate', 'controller', 'posts', 'index')).toContain('run contrail routes --types')
    expect(app.read(FILE)).toBe(before)
  })

  test('is not made where the app has none', async () => {
    const app = await generatedApp()
    rmSync(join(app.folder, FILE))
    expect(await app.succeed('generate', 'controller', 'posts', 'index')).not.toContain(FILE)
    expect(app.status()).not.toContain(`?? ${FILE}`)
  })

  test('of the posts-app is read as it is booted', async () => {
    const folder = linkedPostsApp()
    const before = readFileSync(join(folder, FILE), 'utf8')
    for (const command of ['generate', 'destroy'])
      expect(await callContrail([command, 'controller', 'cars', 'index'], { cwd: folder })).toMatchObject({ code: 0 })
    expect(readFileSync(join(folder, FILE), 'utf8')).toBe(before)
  })
})
