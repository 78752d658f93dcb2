// The file from which the compiler knows an app's paths: what it says for each kind of route, and that it compiles.
import { Controller, declarePaths, defineRoutes, type RouteMapper } from 'contrail'
import { expect, test } from 'vitest'
import { folderWith, REPOSITORY } from '../../harness/folders.js'
import { execute } from '../../harness/processes.js'

class PostsController extends Controller {
  index() {}
  show() {}
}

const declared = (draw: (r: RouteMapper) => void) => declarePaths(defineRoutes(draw).routes)
const entries = (draw: (r: RouteMapper) => void) => declared(draw).match(/^ {4}\S.*$/gm)

test('each name has the parameters of its path, by name', () => {
  const text = entries((r) => {
    r.root(PostsController, 'index')
    r.resources('posts', PostsController, { only: ['index', 'show'], format: ['json', 'csv'] }, (r) =>
      r.resources('comments', PostsController, { only: ['show'] }),
    )
    r.get('/files/*path', PostsController, 'show', { as: 'file' })
    r.get('/archive(/:year(/:month))', PostsController, 'index', { as: 'archive' })
    r.redirect('/old/:id', '/posts/:id', { as: 'old', format: true })
    r.get('/nameless', PostsController, 'index')
    r.get('/odd', PostsController, 'index', { as: 'straße' })
  })
  expect(text).toEqual([
    '    archive: { year?: PathValue | null | undefined; month?: PathValue | null | undefined }',
    '    file: { path: PathValue }',
    '    old: { id: PathValue; format?: string | null | undefined }',
    "    post: { id: PathValue; format?: 'json' | 'csv' | null | undefined }",
    "    postComment: { postId: PathValue; id: PathValue; format?: 'json' | 'csv' | null | undefined }",
    "    posts: { format?: 'json' | 'csv' | null | undefined }",
    '    root: NoParameters',
    '    "straße": NoParameters',
  ])
})

test('an app without names has a file that says nothing', () => {
  expect(declared((r) => r.get('/x', PostsController, 'index'))).toMatch(/^\/\/ .*\n\/\/ .*\nexport \{\}\n$/)
})

test('is the same whatever the order, and as a formatter would have it', async () => {
  const one = (r: RouteMapper) => r.get('/one', PostsController, 'index', { as: 'one' })
  const two = (r: RouteMapper) =>
    r.get('/:aLongParameter/:anotherLongParameter/:yetAnotherOne/:andTheLastOne', PostsController, 'show', {
      as: 'two',
    })
  const text = declared((r) => {
    one(r)
    two(r)
  })
  expect(
    declared((r) => {
      two(r)
      one(r)
    }),
  ).toBe(text)
  const folder = folderWith({
    'config/route-paths.d.ts': text,
    'biome.json':
      '{"formatter":{"indentStyle":"space","lineWidth":120},"javascript":{"formatter":{"quoteStyle":"single","semicolons":"asNeeded"}}}',
  })
  const { code, output } = await execute(`${REPOSITORY}/node_modules/.bin/biome`, ['format', 'config'], { cwd: folder })
  expect(code, output).toBe(0)
})

test('makes the compiler refuse what the routes do not have', async () => {
  const folder = folderWith({
    'config/route-paths.d.ts': declared((r) => r.resources('posts', PostsController, { only: ['index', 'show'] })),
    'app/page.ts': `import type { Application } from 'contrail'
export const links = (app: Application) => [app.pathTo('posts'), app.pathTo('post', { id: 1 }, { query: { page: 2 } })]
export const unknown = (app: Application) => app.pathTo('pots')
export const missing = (app: Application) => app.pathTo('post', {})
export const extra = (app: Application) => app.pathTo('post', { id: 1, page: 2 })
`,
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'ES2023',
        module: 'NodeNext',
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        types: [],
      },
      include: ['app', 'config'],
    }),
  })
  const { output } = await execute(`${REPOSITORY}/node_modules/.bin/tsc`, ['-p', '.', '--pretty', 'false'], {
    cwd: folder,
  })
  const errors = [...output.matchAll(/page\.ts\((\d+),\d+\): error (TS\d+)/g)].map(
    ([, line, code]) => `${line} ${code}`,
  )
  expect(errors, output).toEqual(['3 TS2345', '4 TS2741', '5 TS2353'])
})
