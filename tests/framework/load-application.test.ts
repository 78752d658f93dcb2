// An app is found in its folder: the files at their places, the root above a build, and errors that name what is missing.
import { realpathSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type Application, BootError, type LoadOptions, loadApplication } from 'contrail'
import { beforeEach, describe, expect, test } from 'vitest'
import { ask } from '../harness/app.js'
import { withEnvironment } from '../harness/environment.js'
import { folderWith, temporaryFolder } from '../harness/folders.js'

const APP = {
  'package.json': '{"name":"@company/my-blog","type":"module"}',
  'config/application.js': "import { defineApplication } from 'contrail'\nexport default defineApplication({})",
  'config/routes.js': `
    import { defineRoutes } from 'contrail'
    import { PostsController } from '../app/controllers/posts_controller.js'
    export default defineRoutes((r) => r.root(PostsController, 'index'))`,
  'app/controllers/posts_controller.js': `
    import { Controller } from 'contrail'
    export class PostsController extends Controller {
      index() {
        this.session.seen = true
        this.render({ environment: process.env.CONTRAIL_ENV })
      }
    }`,
}

const logDestination = { write: () => undefined }
const load = (folder: string, options: LoadOptions = {}) => loadApplication(folder, { logDestination, ...options })

async function refusal(loading: Promise<Application>): Promise<BootError> {
  const error: unknown = await loading.then(
    () => new Error('It loaded, and should not have.'),
    (reason: unknown) => reason,
  )
  if (error instanceof BootError) return error
  throw error
}

/** The same files without some, or with others in their place. */
const but = (changes: Record<string, string | undefined>) =>
  Object.fromEntries(
    Object.entries({ ...APP, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )

beforeEach(() => withEnvironment({ CONTRAIL_ENV: 'test', SECRET_KEY_BASE: 's'.repeat(64) }))

describe('a folder with an app', () => {
  test('is loaded and answers', async () => {
    const app = await load(folderWith(APP))
    const answer = await ask(app, '/')
    expect(answer.json).toEqual({ environment: 'test' })
    expect(app.routes).toHaveLength(1)
  })

  test("has the app's name in its session cookie", async () => {
    const answer = await ask(await load(folderWith(APP)), '/')
    expect(answer.setCookies[0]).toMatch(/^_my_blog_session=/)
  })

  test.each([undefined, '{"name":1}', '[]'])('whose package.json is %j has the default name', async (text) => {
    const app = await load(folderWith(but({ 'package.json': text, 'config/package.json': '{"type":"module"}' })))
    expect((await ask(app, '/')).setCookies[0]).toMatch(/^_contrail_session=/)
  })

  test('may be given relative to the current one', async () => {
    const folder = folderWith(APP)
    const paths: string[] = []
    await load(relative(process.cwd(), folder), {
      importFile: (path) => {
        paths.push(path)
        return import(path) as Promise<object>
      },
    })
    expect(paths).toEqual([join(folder, 'config/application.js'), join(folder, 'config/routes.js')])
  })

  test('takes config/environments/NAME over config/application, for that environment alone', async () => {
    const files = but({
      'config/application.js': "export default { logLevel: 'info' }",
      'config/environments/staging.js': "export default { logLevel: 'fatal' }",
    })
    expect((await load(folderWith(files))).logger.level).toBe('info')
    process.env['CONTRAIL_ENV'] = 'staging'
    expect((await load(folderWith(files))).logger.level).toBe('fatal')
  })

  test('may have its configuration in .mjs', async () => {
    const files = but({ 'config/application.js': undefined, 'config/application.mjs': APP['config/application.js'] })
    await expect(load(folderWith(files))).resolves.toBeDefined()
  })
})

describe('a build below dist', () => {
  const BUILT = Object.fromEntries(
    Object.entries(APP).map(([path, text]) => [path === 'package.json' ? path : `dist/${path}`, text]),
  )

  test('has its root above: .env, the name and tmp are found there', async () => {
    withEnvironment({ SECRET_KEY_BASE: undefined })
    const folder = folderWith({ ...BUILT, '.env': 'FROM_ROOT=yes', 'dist/.env': 'FROM_ROOT=no' })
    const answer = await ask(await load(join(folder, 'dist')), '/')
    expect(answer.setCookies[0]).toMatch(/^_my_blog_session=/)
    expect(process.env['FROM_ROOT']).toBe('yes')
    expect(realpathSync(join(folder, 'tmp', 'local_secret.txt'))).toBeTruthy()
  })
})

describe('an app is not loaded', () => {
  test.each([
    ['config/application', 'export default defineApplication({ … })'],
    ['config/routes', 'export default defineRoutes((r) => { … })'],
  ])('without %s', async (place, content) => {
    const folder = folderWith(but({ [`${place}.js`]: undefined }))
    const { problem, fix } = await refusal(load(folder))
    expect(problem).toBe(`There is no default export of ${place}.ts in ${folder}.`)
    expect(fix).toBe(`write it: ${content}`)
  })

  test.each(['config/application', 'config/routes', 'config/environments/test'])(
    'when %s exports nothing by default',
    async (place) => {
      const folder = folderWith(but({ [`${place}.js`]: 'export const config = {}' }))
      const { problem, fix } = await refusal(load(folder))
      expect(problem).toBe(`There is no default export of ${place}.ts in ${folder}.`)
      expect(fix).toMatch(/^write it: export default define/)
    },
  )

  test('from a folder that has none, and the error says so', async () => {
    const { problem, fix } = await refusal(load(temporaryFolder()))
    expect(problem).toMatch(/^There is no default export of config\/application\.ts in /)
    expect(fix).toBe('run this in the folder of a Contrail app, where config/ is.')
  })

  test.each([
    ['throws', "throw new RangeError('of the app')\nexport class PostsController {}", RangeError, 'of the app'],
    ['imports what is not there', "import './nowhere.js'\nexport default {}", Error, 'nowhere'],
  ])('when one of its files %s: the error passes through as it is', async (_, text, type, message) => {
    const loading = load(folderWith(but({ 'app/controllers/posts_controller.js': text })))
    const error: unknown = await loading.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(type)
    expect(error).not.toBeInstanceOf(BootError)
    expect((error as Error).message).toContain(message)
  })
})
