// The words of config/routes.ts: which routes they draw, and under which names.
import { Controller, defineRoutes, type RouteMapper } from 'contrail'
import { describe, expect, test } from 'vitest'

class PostsController extends Controller {
  index() {}
  create() {}
  new() {}
  edit() {}
  show() {}
  update() {}
  destroy() {}
  publish() {}
  search() {}
}

/** The routes drawn, one a line: method, path, action, name. */
function drawn(draw: (r: RouteMapper) => void): string[] {
  return defineRoutes(draw).routes.map(({ method, path, action, name }) => `${method} ${path} ${action} ${name ?? '-'}`)
}

describe('single routes', () => {
  test('root is GET / and named root', () => {
    expect(drawn((r) => r.root(PostsController, 'index'))).toEqual(['GET / index root'])
  })

  test('each verb draws a route for its method, without a name unless one is given', () => {
    const routes = drawn((r) => {
      r.get('/a', PostsController, 'index')
      r.post('/a', PostsController, 'create')
      r.put('/a', PostsController, 'update')
      r.patch('/a', PostsController, 'update')
      r.delete('/a', PostsController, 'destroy')
      r.options('/a', PostsController, 'show')
      r.get('/b', PostsController, 'index', { as: 'b' })
    })
    expect(routes).toEqual([
      'GET /a index -',
      'POST /a create -',
      'PUT /a update -',
      'PATCH /a update -',
      'DELETE /a destroy -',
      'OPTIONS /a show -',
      'GET /b index b',
    ])
  })

  test('match draws one route a method, and they share a name', () => {
    expect(drawn((r) => r.match(['get', 'post'], '/find', PostsController, 'search', { as: 'find' }))).toEqual([
      'GET /find search find',
      'POST /find search find',
    ])
  })

  test.each(['about', '/about', '/about/', '//about//'])('slashes around %s do not matter', (path) => {
    expect(drawn((r) => r.get(path, PostsController, 'index'))).toEqual(['GET /about index -'])
  })
})

describe('resources', () => {
  const ALL = [
    'GET /posts index posts',
    'POST /posts create posts',
    'GET /posts/new new newPost',
    'GET /posts/:id/edit edit editPost',
    'GET /posts/:id show post',
    'PATCH /posts/:id update post',
    'PUT /posts/:id update post',
    'DELETE /posts/:id destroy post',
  ]

  test('draws the seven actions of a collection', () => {
    expect(drawn((r) => r.resources('posts', PostsController))).toEqual(ALL)
  })

  test('only leaves those named, whatever their order', () => {
    expect(drawn((r) => r.resources('posts', PostsController, { only: ['show', 'index'] }))).toEqual([ALL[0], ALL[4]])
  })

  test('except leaves the others', () => {
    const routes = drawn((r) => r.resources('posts', PostsController, { except: ['new', 'edit', 'update', 'destroy'] }))
    expect(routes).toEqual([ALL[0], ALL[1], ALL[4]])
  })

  test('path, param and singular change the path, the parameter and the names', () => {
    const routes = drawn((r) => {
      r.resources('posts', PostsController, { only: ['index', 'show'], path: 'articles', param: 'slug' })
      r.resources('data', PostsController, { only: ['index', 'show'], singular: 'record' }, (r) => {
        r.get('raw', PostsController, 'search')
      })
    })
    expect(routes).toEqual([
      'GET /articles index posts',
      'GET /articles/:slug show post',
      'GET /data index data',
      'GET /data/:id show record',
      'GET /data/:recordId/raw search -',
    ])
  })

  test('a word without a plural of its own names its index apart from its members', () => {
    const routes = drawn((r) => r.resources('sheep', PostsController, { only: ['index', 'show'] }))
    expect(routes).toEqual(['GET /sheep index sheepIndex', 'GET /sheep/:id show sheep'])
  })

  test('a name of several words becomes camelCase in names and parameters, and stays as it is in paths', () => {
    const routes = drawn((r) =>
      r.resources('blog_posts', PostsController, { only: ['index', 'new'] }, (r) =>
        r.resources('top-comments', PostsController, { only: ['show'] }),
      ),
    )
    expect(routes).toEqual([
      'GET /blog_posts index blogPosts',
      'GET /blog_posts/new new newBlogPost',
      'GET /blog_posts/:blogPostId/top-comments/:id show blogPostTopComment',
    ])
  })

  test('nested ones are below a member, with its parameter named after it', () => {
    const routes = drawn((r) =>
      r.resources('posts', PostsController, { only: [] }, (r) => {
        r.resources('comments', PostsController, { only: ['index', 'new', 'show'] }, (r) =>
          r.resources('votes', PostsController, { only: ['create'] }),
        )
      }),
    )
    expect(routes).toEqual([
      'GET /posts/:postId/comments index postComments',
      'GET /posts/:postId/comments/new new newPostComment',
      'GET /posts/:postId/comments/:id show postComment',
      'POST /posts/:postId/comments/:commentId/votes create postCommentVotes',
    ])
  })

  test('param names the parameter of nested routes too', () => {
    const routes = drawn((r) =>
      r.resources('posts', PostsController, { only: ['show'], param: 'slug' }, (r) =>
        r.resources('comments', PostsController, { only: ['show'] }),
      ),
    )
    expect(routes).toEqual(['GET /posts/:slug show post', 'GET /posts/:postSlug/comments/:id show postComment'])
  })

  test('member and collection routes are named after the resource', () => {
    const routes = drawn((r) =>
      r.resources('posts', PostsController, { only: [] }, (r) => {
        r.member((r) => {
          r.post('publish', PostsController, 'publish')
          r.get('up/down', PostsController, 'search')
          r.get('up', PostsController, 'search', { as: 'raise' })
        })
        r.collection((r) => r.get('search', PostsController, 'search'))
      }),
    )
    expect(routes).toEqual([
      'POST /posts/:id/publish publish publishPost',
      'GET /posts/:id/up/down search -',
      'GET /posts/:id/up search raisePost',
      'GET /posts/search search searchPosts',
    ])
  })

  test('member outside a resource is refused', () => {
    expect(() => drawn((r) => r.member((r) => r.get('x', PostsController, 'show')))).toThrow(
      /r\.member\(\) .* is not inside a resource\.\n {2}Fix: call it in the function given to r\.resources/,
    )
  })
})

describe('resource', () => {
  test('draws the six actions of the one there is, without an id', () => {
    expect(drawn((r) => r.resource('profile', PostsController))).toEqual([
      'POST /profile create profile',
      'GET /profile/new new newProfile',
      'GET /profile/edit edit editProfile',
      'GET /profile show profile',
      'PATCH /profile update profile',
      'PUT /profile update profile',
      'DELETE /profile destroy profile',
    ])
  })

  test('nests without an id too', () => {
    const routes = drawn((r) =>
      r.resource('profile', PostsController, { only: [] }, (r) => {
        r.resources('keys', PostsController, { only: ['show'] })
        r.member((r) => r.post('publish', PostsController, 'publish'))
      }),
    )
    expect(routes).toEqual(['GET /profile/keys/:id show profileKey', 'POST /profile/publish publish publishProfile'])
  })
})

describe('namespace and scope', () => {
  test('namespace puts its name in front of paths and names', () => {
    const routes = drawn((r) =>
      r.namespace('admin', (r) => {
        r.root(PostsController, 'index')
        r.resources('posts', PostsController, { only: ['index', 'edit'] })
        r.namespace('audit', (r) => r.get('log', PostsController, 'index', { as: 'log' }))
      }),
    )
    expect(routes).toEqual([
      'GET /admin index adminRoot',
      'GET /admin/posts index adminPosts',
      'GET /admin/posts/:id/edit edit editAdminPost',
      'GET /admin/audit/log index adminAuditLog',
    ])
  })

  test('scope changes paths, and names only with as', () => {
    const routes = drawn((r) => {
      r.scope('v1', (r) => r.resources('posts', PostsController, { only: ['index'] }))
      r.scope('/v2/:tenant', { as: 'next' }, (r) => r.resources('posts', PostsController, { only: ['index'] }))
    })
    expect(routes).toEqual(['GET /v1/posts index posts', 'GET /v2/:tenant/posts index nextPosts'])
  })
})
