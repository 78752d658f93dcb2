// `contrail generate controller` and `contrail destroy controller`, in an app of its own, against git's word of what changed.
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'

import { type GeneratedApp, generatedApp } from '../harness/generated-app.js'

let made: GeneratedApp
let app = ''

beforeEach(async () => {
  made = await generatedApp()
  app = made.folder
})

const read = (path: string) => made.read(path)
const contrail = (...args: string[]) => made.contrail(...args)
const succeed = (...args: string[]) => made.succeed(...args)

/** What lies in a folder; nothing when it is not there. */
function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

describe('contrail generate controller', () => {
  test('makes code that is routed, tells of each file, and takes it back without a trace', async () => {
    const log = await succeed('generate', 'controller', 'posts', 'index', 'show', 'archive')
    await succeed('g', 'controller', 'admin/BlogPosts', 'index', 'destroy')
    await succeed('g', 'controller', 'admin/reports')
    expect(log).toContain(
      '    create  app/controllers/posts-controller.ts\n    create  tests/controllers/posts-controller.test.ts\n    insert  config/routes.ts  (',
    )
    const routes = await succeed('routes')
    expect(routes).toMatch(/^posts +GET +\/posts +PostsController#index$/m)
    expect(routes).toMatch(/GET +\/posts\/archive +PostsController#archive$/m)
    expect(routes).toMatch(/^adminBlogPost +DELETE +\/admin\/blog-posts\/:id +AdminBlogPostsController#destroy$/m)
    await succeed('destroy', 'controller', 'admin/reports')
    await succeed('d', 'controller', 'admin/blog_posts')
    await succeed('d', 'controller', 'Posts')
    expect(made.status()).toBe('')
    expect(entries(join(app, 'app/controllers/admin'))).toEqual([])
  })

  test('writes nothing with --dry-run, and no route with --skip-routes', async () => {
    expect(await succeed('g', 'controller', 'posts', 'index', '--dry-run')).toContain('create  app/controllers/posts')
    expect(made.status()).toBe('')
    await succeed('g', 'controller', 'posts', 'index', '--skip-routes')
    expect(made.status()).toBe('?? app/controllers/posts-controller.ts\n')
  })

  test('run twice, it changes nothing the second time', async () => {
    await succeed('g', 'controller', 'posts', 'index')
    const before = read('config/routes.ts')
    const output = await succeed('g', 'controller', 'posts', 'index')
    expect(output).toMatch(
      /identical {2}tests\/controllers\/posts-controller\.test\.ts\n +unchanged {2}config\/routes\.ts/,
    )
    expect(read('config/routes.ts')).toBe(before)
  })

  test('G2: does not overwrite another file unless forced, nor half of a plan', async () => {
    writeFileSync(join(app, 'app/controllers/posts-controller.ts'), '// mine\n')
    const refused = await contrail('g', 'controller', 'posts', 'index')
    expect(refused.code).toBe(1)
    expect(refused.output).toContain('is there already, with other content. Nothing was written.')
    expect(made.status()).toBe('?? app/controllers/posts-controller.ts\n')
    await succeed('g', 'controller', 'posts', 'index', '--skip')
    expect(read('app/controllers/posts-controller.ts')).toBe('// mine\n')
    await succeed('g', 'controller', 'posts', 'index', '--force')
    expect(read('app/controllers/posts-controller.ts')).toContain('class PostsController')
    const both = await contrail('g', 'controller', 'posts', 'index', '--force', '--skip')
    expect(both.code).toBe(1)
  })

  test('adds to routes as they are written: other quotes, semicolons, tabs, mapper and line ends; one line; no block', async () => {
    const file = join(app, 'config/routes.ts')
    const tabs = `import { defineRoutes } from "contrail";\r\nimport { HomeController } from "../app/controllers/home-controller.js";\r\n\r\nconst routes = defineRoutes((map) => {\r\n\tmap.root(HomeController, "index");\r\n\tmap.namespace("admin", (map) => {\r\n\t\tmap.get("/x", HomeController, "index");\r\n\t});\r\n});\r\nexport default routes;\r\n`
    const one = `import { defineRoutes } from 'contrail'\nimport { HomeController } from '../app/controllers/home-controller.js'\n\nexport default defineRoutes((r) => { r.root(HomeController, 'index') })\n`
    const none = `import { defineRoutes } from 'contrail'\nimport { HomeController } from '../app/controllers/home-controller.js'\n\nexport default defineRoutes((r) => r.root(HomeController, 'index'))\n`
    const outcomes: string[] = []
    for (const text of [tabs, one, none]) {
      writeFileSync(file, text)
      await succeed('g', 'controller', 'admin/posts', 'index')
      outcomes.push(read('config/routes.ts'))
      expect(await succeed('routes')).toContain('/admin/posts')
      await succeed('d', 'controller', 'admin/posts')
    }
    expect(outcomes[0]).toContain('\t\tmap.resources("posts", AdminPostsController, { only: ["index"] });\r\n\t});\r\n')
    expect(outcomes[0]).toMatch(/^import \{ AdminPostsController \} from "\.\.\/app.*";\r\nimport \{ Home/m)
    expect(outcomes[1]).toContain(
      "{\n  r.root(HomeController, 'index')\n  r.namespace('admin', (r) => {\n    r.resources('posts', AdminPostsController, { only: ['index'] })\n  })\n})\n",
    )
    expect(outcomes[2]).toBe(outcomes[1])
  })

  test('says what to do where config/routes.ts cannot be added to, and writes nothing', async () => {
    const file = join(app, 'config/routes.ts')
    for (const [text, problem] of [
      ['export default = 1\n', 'config/routes.ts cannot be read'],
      ['export default []\n', 'has no export default defineRoutes'],
      [undefined, 'There is no config/routes.ts'],
    ] as const) {
      if (text === undefined) rmSync(file)
      else writeFileSync(file, text)
      const { code, output } = await contrail('g', 'controller', 'posts', 'index')
      expect(code).toBe(1)
      expect(output).toContain(problem)
      expect(output).toMatch(/\n {2}Fix: /)
      expect(output).not.toMatch(/^\s+at /m)
    }
    expect(entries(join(app, 'app/controllers'))).not.toContain('posts-controller.ts')
  })
})

describe('contrail destroy controller', () => {
  test('stops where a file was edited since, and removes nothing', async () => {
    await succeed('g', 'controller', 'posts', 'index')
    writeFileSync(
      join(app, 'app/controllers/posts-controller.ts'),
      `${read('app/controllers/posts-controller.ts')}// mine\n`,
    )
    const { code, output } = await contrail('d', 'controller', 'posts')
    expect(code).toBe(1)
    expect(output).toContain('app/controllers/posts-controller.ts: changed since generated, so nothing was removed.')
    expect(read('config/routes.ts')).toContain('PostsController')
    await succeed('d', 'controller', 'posts', '--dry-run', '--force')
    expect(read('config/routes.ts')).toContain('PostsController')
    await succeed('d', 'controller', 'posts', '--force')
    expect(made.status()).toBe('')
  })

  test('leaves an import that another route still uses, and what was there before', async () => {
    await succeed('g', 'controller', 'posts', 'index')
    const routes = read('config/routes.ts').replace(/\}\)\n$/, "  r.get('/latest', PostsController, 'index')\n})\n")
    writeFileSync(join(app, 'config/routes.ts'), routes)
    await succeed('d', 'controller', 'posts')
    expect(read('config/routes.ts')).toContain('import { PostsController }')
    expect(read('config/routes.ts')).toContain("r.get('/latest', PostsController, 'index')")
    expect(read('config/routes.ts')).not.toContain("r.resources('posts'")
  })

  test('without a record, it goes by its arguments', async () => {
    await succeed('g', 'controller', 'posts', 'index')
    rmSync(join(app, 'tmp'), { recursive: true })
    await succeed('d', 'controller', 'posts', 'index')
    expect(made.status()).toBe('')
  })
})
