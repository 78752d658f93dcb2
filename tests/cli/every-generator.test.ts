// Every generator: generate, type check, lint, test, destroy, and nothing is left. All of them share one app and one run of each
// program.
import { expect, test } from 'vitest'
import { generatedApp, visibleTreeOf } from '../harness/generated-app.js'

const LONG = 'a-name-that-is-as-long-as-names-are-allowed-to-be-for-anyone'

const CALLS: readonly (readonly string[])[] = [
  ['controller', 'posts', 'index', 'create', 'new', 'edit', 'show', 'update', 'destroy', 'archive'],
  ['controller', 'admin/deep/BlogPosts', 'destroy', 'lastOnes'],
  ['controller', 'reports'],
  ['controller', 'warehouse/StockTransfers', 'index', 'create', 'new', 'edit', 'show', 'update'],
  ['middleware', 'request-timing'],
  ['middleware', LONG],
  ['session-store', 'files'],
  ['session-store', LONG],
]

/** Each migration builds on the one before, so these are taken back the last first. */
const DATABASE_CALLS: readonly (readonly string[])[] = [
  ['model', 'author', 'name:string:uniq', 'BornOn:date?'],
  [
    ...['scaffold', 'BlogPost', 'title', 'body:text?', 'views:integer', 'likes:bigint:index', 'price:decimal{8,3}'],
    ...['score:float', 'published:boolean', 'day:date', 'at:time', 'due_at:datetime', 'meta:json', 'key:uuid:uniq'],
    'author:references',
  ],
  ['resource', 'event', 'starts_at:datetime', 'blog_post:references?', 'author:belongs_to'],
  ['migration', 'add-subtitle-to-blog-posts', 'subtitle:string?:index', 'editor:text?:uniq'],
  ['migration', 'remove-subtitle-from-blog-posts', 'subtitle:string?:index'],
]

test('what all generators write compiles, is formatted, passes its tests, and goes without a trace', async () => {
  const app = await generatedApp()
  const before = visibleTreeOf(app.folder)
  for (const call of [...CALLS, ...DATABASE_CALLS]) await app.succeed('generate', ...call)
  expect(await app.succeed('routes')).toMatch(/^adminDeepBlogPost +DELETE +\/admin\/deep\/blog-posts\/:id +Admin/m)
  expect(await app.succeed('routes', '--types', '--check')).toContain('is current')
  const [tests] = await Promise.all([
    app.program('vitest', 'run', '--no-color'),
    app.program('tsc', '-p', '.'),
    app.program('biome', 'check', '.'),
  ])
  expect(tests).toMatch(/Test Files +14 passed/)
  expect(tests).toContain('tests/session-stores/files-store.test.ts')
  const followed = await app.contrail('destroy', 'scaffold', 'blog-post')
  expect([followed.code, followed.output]).toEqual([1, expect.stringContaining('was followed by 0002_create_events')])
  for (const call of [...DATABASE_CALLS].reverse()) await app.succeed('destroy', ...call.slice(0, 2))
  // In the order in which they came: none leans on one that came later.
  for (const call of CALLS) await app.succeed('destroy', ...call.slice(0, 2))
  expect(app.status()).toBe('')
  expect(visibleTreeOf(app.folder)).toEqual(before)
}, 180_000)

test('an app without tests gets none, and is told so', async () => {
  const app = await generatedApp('--minimal')
  for (const call of [
    ['controller', 'posts', 'index'],
    ['middleware', 'request-timing'],
    ['session-store', 'files'],
  ]) {
    expect(await app.succeed('generate', ...call)).toMatch(/ {6}skip {2}tests\/.*\(the app has no tests\/app\.ts\)/)
  }
  expect(app.status()).not.toContain('tests/')
  await app.program('tsc', '-p', '.')
})
