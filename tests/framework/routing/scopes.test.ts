// What surrounds routes, and what resources can be told: shallow, concerns, defaults, words in paths, optional parts.
import { type Constraints, Controller, defineRoutes, type RouteMapper } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot, bootError } from '../../harness/app.js'

class PostsController extends Controller {
  index() {
    this.render({ action: 'index', params: this.params })
  }
  create() {
    this.render({ action: 'create', params: this.params })
  }
  new() {
    this.render({ action: 'new', params: this.params })
  }
  edit() {
    this.render({ action: 'edit', params: this.params })
  }
  show() {
    this.render({ action: 'show', params: this.params })
  }
  update() {
    this.head(204)
  }
  destroy() {
    this.head(204)
  }
}

/** The routes drawn, one a line: method, path, action, name. */
const drawn = (draw: (r: RouteMapper) => void): string[] =>
  defineRoutes(draw).routes.map(({ method, path, action, name }) => `${method} ${path} ${action} ${name ?? '-'}`)

const refusal = (draw: (r: RouteMapper) => void) => bootError(() => defineRoutes(draw)).message

describe('shallow', () => {
  const ALL = [
    'GET /posts/:postId/comments index postComments',
    'POST /posts/:postId/comments create postComments',
    'GET /posts/:postId/comments/new new newPostComment',
    'GET /comments/:id/edit edit editComment',
    'GET /comments/:id show comment',
    'PATCH /comments/:id update comment',
    'PUT /comments/:id update comment',
    'DELETE /comments/:id destroy comment',
  ]

  test.each([
    [
      'on the resource itself',
      (r: RouteMapper) =>
        r.resources('posts', PostsController, { only: [] }, (r) =>
          r.resources('comments', PostsController, { shallow: true }),
        ),
    ],
    [
      'on the one around it',
      (r: RouteMapper) =>
        r.resources('posts', PostsController, { only: [], shallow: true }, (r) =>
          r.resources('comments', PostsController),
        ),
    ],
    [
      'as a scope',
      (r: RouteMapper) =>
        r.shallow((r) =>
          r.resources('posts', PostsController, { only: [] }, (r) => r.resources('comments', PostsController)),
        ),
    ],
  ])('%s: members are where nothing is around them, the collection stays', (_, draw) => {
    expect(drawn(draw)).toEqual(ALL)
  })

  test('what is nested deeper begins at the member', () => {
    const routes = drawn((r) =>
      r.resources('posts', PostsController, { only: [], shallow: true }, (r) =>
        r.resources('comments', PostsController, { only: ['show'] }, (r) => {
          r.resources('votes', PostsController, { only: ['index', 'show'] })
          r.get('raw', PostsController, 'show', { on: 'member' })
          r.resources('deep', PostsController, { only: ['show'], shallow: false })
        }),
      ),
    )
    expect(routes).toEqual([
      'GET /comments/:id show comment',
      'GET /comments/:commentId/votes index commentVotes',
      'GET /votes/:id show vote',
      'GET /comments/:id/raw show rawComment',
      'GET /comments/:commentId/deep/:id show commentDeep',
    ])
  })

  test('stays within a namespace, and shallowPath and shallowPrefix say otherwise', () => {
    const inside = (r: RouteMapper) =>
      r.resources('posts', PostsController, { only: [], shallow: true }, (r) =>
        r.resources('comments', PostsController, { only: ['index', 'show'] }),
      )
    expect(drawn((r) => r.namespace('admin', inside))).toEqual([
      'GET /admin/posts/:postId/comments index adminPostComments',
      'GET /admin/comments/:id show adminComment',
    ])
    expect(drawn((r) => r.scope({ shallowPath: 'secret', shallowPrefix: 'secret' }, inside))).toEqual([
      'GET /posts/:postId/comments index postComments',
      'GET /secret/comments/:id show secretComment',
    ])
  })
})

describe('concerns', () => {
  const commentable = (r: RouteMapper) => r.resources('comments', PostsController, { only: ['index'] })
  const paged = (size: string) => (r: RouteMapper) =>
    r.get('page', PostsController, 'index', { on: 'collection', defaults: { size } })

  test('are functions that several resources share', () => {
    const routes = drawn((r) => {
      r.resources('posts', PostsController, { only: [], concerns: [commentable, paged('10')] })
      r.resource('profile', PostsController, { only: [], concerns: [commentable] })
      r.scope('/wall', { as: 'wall' }, (r) => r.concerns(commentable))
    })
    expect(routes).toEqual([
      'GET /posts/:postId/comments index postComments',
      'GET /posts/page index pagePosts',
      'GET /profile/comments index profileComments',
      'GET /wall/comments index wallComments',
    ])
  })

  test('take parameters by being made', async () => {
    const { app } = boot((r) => r.resources('posts', PostsController, { only: [], concerns: [paged('25')] }))
    expect((await ask(app, '/posts/page')).json.params).toEqual({ size: '25' })
  })
})

describe('defaults', () => {
  const { app } = boot((r) => {
    r.get('/plain', PostsController, 'index', { defaults: { format: 'json', kind: 'a' } })
    r.get('/posts/:id', PostsController, 'show', { defaults: { id: 'never', kind: 'b' } })
    r.get('/files/*path', PostsController, 'show', { defaults: { kind: 'c' } })
    r.get('/optional(/:page)', PostsController, 'index', { defaults: { page: '1' } })
    r.get('/limited/:id', PostsController, 'show', { defaults: { kind: 'd' }, constraints: { id: /\d+/ } })
    r.defaults({ kind: 'outer', only: 'outer' }, (r) => {
      r.get('/inner', PostsController, 'index', { defaults: { kind: 'inner' } })
      r.post('/inner', PostsController, 'create')
    })
  })

  test.each([
    ['/plain', { format: 'json', kind: 'a' }],
    ['/posts/7', { id: '7', kind: 'b' }],
    ['/files/a/b', { path: 'a/b', kind: 'c' }],
    ['/optional', { page: '1' }],
    ['/optional/3', { page: '3' }],
    ['/limited/1', { id: '1', kind: 'd' }],
    ['/inner', { kind: 'inner', only: 'outer' }],
  ])('%s has %o', async (path, params) => {
    expect((await ask(app, path)).json.params).toEqual(params)
  })

  test('are no stranger’s to change, by query or by body', async () => {
    expect((await ask(app, '/plain?format=html&x=1')).json.params).toEqual({ format: 'json', kind: 'a', x: '1' })
    const answer = await ask(app, '/inner?kind=query', { body: { kind: 'body', only: 'body' } })
    expect(answer.json.params).toEqual({ kind: 'outer', only: 'outer' })
  })

  test('are one object for all requests, that none of them changes', async () => {
    for (let round = 0; round < 2; round++)
      expect((await ask(app, '/plain?a=1')).json.params).toEqual({ a: '1', format: 'json', kind: 'a' })
  })

  test.each([[{ page: 1 }], [[]], ['x'], [null]])('%o are refused', (defaults) => {
    const options = { defaults: defaults as never }
    expect(refusal((r) => r.get('/x', PostsController, 'index', options))).toContain('The defaults of the route /x')
  })
})

describe('words in paths and names', () => {
  test('pathNames translates new and edit, here and inside', () => {
    const routes = drawn((r) => {
      r.scope({ pathNames: { edit: 'bearbeiten' } }, (r) => {
        r.resources('posts', PostsController, { only: ['new', 'edit'], pathNames: { new: 'neu' } }, (r) => {
          r.resource('cover', PostsController, { only: ['new', 'edit'] })
          r.get('preview', PostsController, 'show', { on: 'new' })
        })
      })
    })
    expect(routes).toEqual([
      'GET /posts/neu new newPost',
      'GET /posts/:id/bearbeiten edit editPost',
      'GET /posts/:postId/cover/neu new newPostCover',
      'GET /posts/:postId/cover/bearbeiten edit editPostCover',
      'GET /posts/neu/preview show previewNewPost',
    ])
  })

  test('as renames a resource, its members and what is nested in it', () => {
    const routes = drawn((r) =>
      r.resources('photos', PostsController, { only: ['index', 'show'], as: 'images' }, (r) =>
        r.resources('tags', PostsController, { only: ['index'] }),
      ),
    )
    expect(routes).toEqual([
      'GET /photos index images',
      'GET /photos/:id show image',
      'GET /photos/:imageId/tags index imageTags',
    ])
  })

  test('a namespace has another path, or another name', () => {
    const inside = (r: RouteMapper) => r.get('x', PostsController, 'index', { as: 'x' })
    expect(drawn((r) => r.namespace('admin', { path: 'sekret' }, inside))).toEqual(['GET /sekret/x index adminX'])
    expect(drawn((r) => r.namespace('admin', { as: 'staff' }, inside))).toEqual(['GET /admin/x index staffX'])
  })

  test('on places one route without a block', () => {
    const routes = drawn((r) =>
      r.resources('posts', PostsController, { only: [] }, (r) => {
        r.post('publish', PostsController, 'update', { on: 'member' })
        r.get('search', PostsController, 'index', { on: 'collection' })
      }),
    )
    expect(routes).toEqual(['POST /posts/:id/publish update publishPost', 'GET /posts/search index searchPosts'])
    expect(refusal((r) => r.get('x', PostsController, 'index', { on: 'member' }))).toContain('is not inside a resource')
  })

  test('what only sets terms leaves member, collection and names as they are', () => {
    const routes = drawn((r) =>
      r.resources('posts', PostsController, { only: [] }, (r) => {
        r.constraints(
          () => true,
          (r) => {
            r.member((r) => r.get('up', PostsController, 'show'))
            r.resources('comments', PostsController, { only: ['index'] })
          },
        )
      }),
    )
    expect(routes).toEqual(['GET /posts/:id/up show upPost', 'GET /posts/:postId/comments index postComments'])
  })

  test('a root can be in a scope and have options', () => {
    expect(drawn((r) => r.scope('(/:locale)', (r) => r.root(PostsController, 'index')))).toEqual([
      'GET (/:locale) index root',
    ])
    const refused = refusal((r) =>
      r.root(PostsController, 'index', { constraints: { id: /x/ } as unknown as Constraints }),
    )
    expect(refused).toContain('no route there has')
  })
})

describe('optional parts', () => {
  const { app } = boot((r) => {
    r.scope('(/:locale)', { constraints: { locale: /en|de/ } }, (r) => {
      r.root(PostsController, 'index')
      r.resources('posts', PostsController, { only: ['index', 'show'] })
    })
    r.get('/archive(/:year(/:month))', PostsController, 'index', { as: 'archive' })
    r.get('/help(/more)', PostsController, 'show', { as: 'help' })
    r.get('/docs(/*page)', PostsController, 'show', { as: 'docs' })
  })

  test.each([
    ['/', 'index', {}],
    ['/de', 'index', { locale: 'de' }],
    ['/posts', 'index', {}],
    ['/de/posts', 'index', { locale: 'de' }],
    ['/de/posts/', 'index', { locale: 'de' }],
    ['/posts/1', 'show', { id: '1' }],
    ['/en/posts/1', 'show', { locale: 'en', id: '1' }],
    ['/archive', 'index', {}],
    ['/archive/2026', 'index', { year: '2026' }],
    ['/archive/2026/11', 'index', { year: '2026', month: '11' }],
    ['/help', 'show', {}],
    ['/help/more', 'show', {}],
    ['/docs', 'show', {}],
    ['/docs/a/b', 'show', { page: 'a/b' }],
  ])('%s is answered by %s', async (path, action, params) => {
    expect((await ask(app, path)).json).toEqual({ action, params })
  })

  test.each(['/fr', '/fr/posts', '//posts', '/archive//11', '/archive/2026/11/1', '/docs//'])(
    '%s is 404',
    async (path) => {
      expect((await ask(app, path)).status).toBe(404)
    },
  )

  test('are part of a path where their parameters are given', () => {
    expect(app.pathTo('root')).toBe('/')
    expect(app.pathTo('root', { locale: 'de' })).toBe('/de')
    expect(app.pathTo('post', { id: 1 })).toBe('/posts/1')
    expect(app.pathTo('post', { id: 1, locale: 'de' })).toBe('/de/posts/1')
    expect(app.pathTo('archive')).toBe('/archive')
    expect(app.pathTo('archive', { year: 2026 })).toBe('/archive/2026')
    expect(app.pathTo('archive', { year: 2026, month: 11 })).toBe('/archive/2026/11')
    expect(app.pathTo('archive', { year: null, month: 11 })).toBe('/archive?month=11')
    expect(app.pathTo('help')).toBe('/help')
    expect(app.pathTo('docs', { page: 'a b/c' })).toBe('/docs/a%20b/c')
  })
})

describe('paths beyond ASCII', () => {
  const { app } = boot((r) => {
    r.get('/こんにちは', PostsController, 'index', { as: 'hello' })
    r.get('/grüße/:id', PostsController, 'show', { as: 'greeting' })
    r.get('/u\u0308ber', PostsController, 'new', { as: 'about' })
  })

  test('are matched as browsers send them, and built that way', async () => {
    expect(app.pathTo('hello')).toBe(`/${encodeURIComponent('こんにちは')}`)
    expect((await ask(app, app.pathTo('hello'))).json.action).toBe('index')
    expect(app.pathTo('greeting', { id: 'ü' })).toBe('/gr%C3%BC%C3%9Fe/%C3%BC')
    expect((await ask(app, '/gr%c3%bc%c3%9fe/1')).json).toEqual({ action: 'show', params: { id: '1' } })
    expect((await ask(app, '/%C3%BCber')).json.action).toBe('new')
    expect((await ask(app, '/grüße/1')).status).toBe(400)
  })
})

test('misspelt options are refused everywhere', () => {
  const wrong = { wrong: true } as never
  expect(refusal((r) => r.get('/x', PostsController, 'index', wrong))).toContain('Unknown key "wrong"')
  expect(refusal((r) => r.scope('/x', wrong, () => {}))).toContain("in scope('/x')")
  expect(refusal((r) => r.namespace('x', wrong, () => {}))).toContain("in namespace('x')")
  expect(refusal((r) => r.resources('posts', PostsController, wrong))).toContain("in resources('posts')")
  expect(refusal((r) => r.redirect('/x', '/y', wrong))).toContain('Unknown key "wrong"')
  expect(refusal((r) => r.scope({ pathNames: { nw: 'neu' } as never }, () => {}))).toContain('did you mean "new"?')
  expect(bootError(() => defineRoutes(() => {}, wrong)).message).toContain('the options of defineRoutes')
})
