// `contrail generate controller` and `contrail destroy controller`, in an app of its own, against git's word of what changed.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CONTRAIL, REPOSITORY, temporaryFolder } from '../harness/folders.js'
import { execute } from '../harness/processes.js'

let made = ''
let app = ''

beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'contrail-generate-'))
  await execute(process.execPath, [CONTRAIL, 'new', 'blog', '--skip-install'], { cwd: made })
  app = join(made, 'blog')
  symlinkSync(join(REPOSITORY, 'node_modules'), join(app, 'node_modules'))
  writeFileSync(join(app, '.gitignore'), `${read('.gitignore')}node_modules\n`)
  git('add', '--all')
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', 'new')
})

afterAll(() => rmSync(made, { recursive: true, force: true }))

beforeEach(() => {
  app = join(temporaryFolder(), 'blog')
  cpSync(join(made, 'blog'), app, { recursive: true, verbatimSymlinks: true })
})

const read = (path: string) => readFileSync(join(app, path), 'utf8')
const git = (...args: string[]) => execFileSync('git', args, { cwd: app, encoding: 'utf8' })
const contrail = (...args: string[]) => execute(process.execPath, [CONTRAIL, ...args], { cwd: app })

async function succeed(...args: string[]): Promise<string> {
  const { code, output } = await contrail(...args)
  expect(code, output).toBe(0)
  return output
}

/** What lies in a folder; nothing when it is not there. */
function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

describe('contrail generate controller', () => {
  test('makes code that compiles, is formatted, routed and served, and is taken back without a trace', async () => {
    const log = await succeed('generate', 'controller', 'posts', 'index', 'show', 'archive')
    await succeed('g', 'controller', 'admin/BlogPosts', 'index', 'destroy')
    await succeed('g', 'controller', 'admin/reports')
    expect(log).toContain('    create  app/controllers/posts-controller.ts\n    insert  config/routes.ts  (')
    const routes = await succeed('routes')
    expect(routes).toMatch(/^posts +GET +\/posts +PostsController#index$/m)
    expect(routes).toMatch(/GET +\/posts\/archive +PostsController#archive$/m)
    expect(routes).toMatch(/^adminBlogPost +DELETE +\/admin\/blog-posts\/:id +AdminBlogPostsController#destroy$/m)
    for (const [program, ...args] of [
      ['tsc', '-p', '.'],
      ['biome', 'check', '.'],
    ] as [string, ...string[]][]) {
      const { code, output } = await execute(join(REPOSITORY, 'node_modules/.bin', program), args, { cwd: app })
      expect(code, output).toBe(0)
    }
    await succeed('destroy', 'controller', 'admin/reports')
    await succeed('d', 'controller', 'admin/blog_posts')
    await succeed('d', 'controller', 'Posts')
    expect(git('status', '--short')).toBe('')
    expect(entries(join(app, 'app/controllers/admin'))).toEqual([])
  })

  test('writes nothing with --dry-run, and no route with --skip-routes', async () => {
    expect(await succeed('g', 'controller', 'posts', 'index', '--dry-run')).toContain('create  app/controllers/posts')
    expect(git('status', '--short')).toBe('')
    await succeed('g', 'controller', 'posts', 'index', '--skip-routes')
    expect(git('status', '--short')).toBe('?? app/controllers/posts-controller.ts\n')
  })

  test('run twice, it changes nothing the second time', async () => {
    await succeed('g', 'controller', 'posts', 'index')
    const before = read('config/routes.ts')
    const output = await succeed('g', 'controller', 'posts', 'index')
    expect(output).toMatch(/identical {2}app\/controllers\/posts-controller\.ts\n +unchanged {2}config\/routes\.ts/)
    expect(read('config/routes.ts')).toBe(before)
  })

  test('G2: does not overwrite another file unless forced, nor half of a plan', async () => {
    writeFileSync(join(app, 'app/controllers/posts-controller.ts'), '// mine\n')
    const refused = await contrail('g', 'controller', 'posts', 'index')
    expect(refused.code).toBe(1)
    expect(refused.output).toContain('is there already, with other content. Nothing was written.')
    expect(git('status', '--short')).toBe('?? app/controllers/posts-controller.ts\n')
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
    expect(git('status', '--short')).toBe('')
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
    expect(git('status', '--short')).toBe('')
  })
})

describe('G1: contrail generate refuses, and writes nothing', () => {
  test.each([
    ...['../x', '/etc/x', 'a;id', '$(id)', 'a\\b', 'x/../../y', 'pösts', '2x', 'a'.repeat(200), 'a b', '.'].map(
      (name) => [name],
    ),
    ...['class', 'Application', 'session', 'admin/new'].map((name) => [name]),
    ['posts', 'render'],
    ['posts', 'session'],
    ['posts', 'constructor'],
    ['posts', 'delete'],
    ['posts', 'a-b'],
    ['posts', 'index', 'index'],
  ])('%j %j', async (...args) => {
    const { code, output } = await contrail('g', 'controller', '--', ...args)
    expect(code).toBe(1)
    expect(output).toMatch(/\n {2}Fix: /)
    expect(output).not.toMatch(/^\s+at /m)
    expect(git('status', '--short')).toBe('')
    expect(readdirSync(join(app, '..'))).toEqual(['blog'])
  })

  test('a folder that leads out of the app', async () => {
    const outside = temporaryFolder()
    mkdirSync(join(app, 'app/controllers/other'))
    rmSync(join(app, 'app/controllers/other'), { recursive: true })
    symlinkSync(outside, join(app, 'app/controllers/other'))
    const { code, output } = await contrail('g', 'controller', 'other/posts', 'index')
    expect(code).toBe(1)
    expect(output).toContain('outside the app')
    expect(entries(outside)).toEqual([])
    expect(read('config/routes.ts')).not.toContain('other')
  })

  test('a folder that is no app', async () => {
    const folder = temporaryFolder()
    const { code, output } = await execute(process.execPath, [CONTRAIL, 'g', 'controller', 'posts'], { cwd: folder })
    expect(code).toBe(1)
    expect(output).toContain('is no Contrail app')
    expect(entries(folder)).toEqual([])
  })
})
