// Mistakes in config/routes.ts are refused at boot, with what is wrong, where, and how to mend it.
import { BootError, Controller, defineRoutes, type RouteMapper } from 'contrail'
import { describe, expect, test } from 'vitest'

class PostsController extends Controller {
  index() {}
  show() {}
  withParameter(_id: string) {}
  field = () => {}
  get computed() {
    return () => {}
  }
}
class ChildController extends PostsController {
  own() {}
}

/** For what the compiler refuses already and JavaScript lets through. */
type Unchecked = (path: string, controller: unknown, action: string) => void

function refusal(draw: (r: RouteMapper) => void): string {
  try {
    defineRoutes(draw)
  } catch (error) {
    expect(error).toBeInstanceOf(BootError)
    return (error as BootError).message
  }
  throw new Error('nothing was refused')
}

const refusedAction = (controller: unknown, action: string) =>
  refusal((r) => (r.get as Unchecked).call(r, '/posts', controller, action))

describe('a duplicate', () => {
  test('route is refused, naming both', () => {
    const message = refusal((r) => {
      r.get('/posts', PostsController, 'index')
      r.get('/posts/', PostsController, 'show')
    })
    expect(message).toMatch(
      /^Duplicate route: GET \/posts → PostsController#show matches what GET \/posts → PostsController#index matches already\./,
    )
    expect(message).toContain('Fix: remove one of the two')
  })

  test.each([
    ['/posts/:id', '/posts/:slug'],
    ['/files/*path', '/files/*rest'],
    ['/:a/x/:b', '/:b/x/:a'],
  ])('%s and %s mean the same', (first, second) => {
    const message = refusal((r) => {
      r.get(first, PostsController, 'show')
      r.get(second, PostsController, 'index')
    })
    expect(message).toContain('Duplicate route:')
  })

  test('path of another method is none', () => {
    expect(
      defineRoutes((r) => {
        r.get('/posts/:id', PostsController, 'show')
        r.post('/posts/:slug', PostsController, 'show')
      }).routes,
    ).toHaveLength(2)
  })

  test('name is refused, naming both routes', () => {
    const message = refusal((r) => {
      r.get('/a', PostsController, 'index', { as: 'page' })
      r.get('/b', PostsController, 'show', { as: 'page' })
    })
    expect(message).toMatch(
      /^Duplicate route name: "page" is GET \/b → PostsController#show and already GET \/a → PostsController#index\./,
    )
    expect(message).toContain("{ as: '…' }")
  })
})

describe('a bad pattern', () => {
  test.each([
    '/a b',
    '/a%20b',
    '/ü\u00a0b',
    '/\ud800',
    '/a:b',
    '/:1',
    '/:',
    '/*',
    '/a*b',
    '/a//b',
    '/:id?',
    '/a(:b)',
    '/{a}',
    '/:id.json',
    '/a\\b',
    '/#a',
  ])('%s is refused, naming the segment', (path) => {
    expect(refusal((r) => r.get(path, PostsController, 'index'))).toMatch(
      /^The route GET .* has the segment ".*"\.\n {2}Fix: a segment is plain text, :name, or at the end \*name\. An optional part is in parentheses/,
    )
  })

  test('a glob before the end is refused', () => {
    expect(refusal((r) => r.get('/*path/edit', PostsController, 'index'))).toMatch(
      /has a glob before its end.*put \*name last/s,
    )
  })

  test.each([
    ['/x(/:a', 'a parenthesis without its other half'],
    ['/x)/:a(', 'a parenthesis without its other half'],
    ['/x(/:a)b', 'goes on after an optional parameter'],
    ['/x(/:a)(/:b)(/:c)(/:d)(/:e)(/:f)', 'too many optional parts'],
    ['/x(/:a)(/:b)', 'can be read in two ways, both as /x/:'],
    ['/x(/:a)/:a', 'names the parameter a twice'],
  ])('%s is refused: it has %s', (path, problem) => {
    expect(refusal((r) => r.get(path, PostsController, 'index'))).toContain(problem)
  })

  test('a parameter named twice is refused', () => {
    expect(refusal((r) => r.get('/:id/x/:id', PostsController, 'index'))).toMatch(
      /names the parameter id twice.*option param/s,
    )
  })
})

describe('an action', () => {
  test('that is missing is refused, with the nearest that there is', () => {
    const message = refusedAction(PostsController, 'shwo')
    expect(message).toContain('GET /posts names PostsController#shwo, but PostsController has no such action.')
    expect(message).toContain('did you mean "show"?')
  })

  test('that takes parameters is refused', () => {
    expect(refusedAction(PostsController, 'withParameter')).toMatch(/withParameter takes parameters\..*this\.params/s)
  })

  test.each(['render', 'redirectTo', 'resetSession', 'pathTo'])(
    '%s, a method of the framework, is refused',
    (action) => {
      expect(refusedAction(PostsController, action)).toContain(`but ${action} is a method of the framework`)
    },
  )

  test.each(['constructor', 'toString', 'hasOwnProperty', '__proto__', 'session', 'field', 'computed', ''])(
    '%s, which is no method that the app wrote, is refused',
    (action) => {
      expect(refusedAction(PostsController, action)).toContain(`GET /posts names PostsController#${action}, but`)
    },
  )

  test('inherited from another controller of the app is one', () => {
    expect(defineRoutes((r) => r.get('/posts', ChildController, 'index')).routes).toHaveLength(1)
  })

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['posts', 'posts'],
    ['Date', Date],
    ['Controller', Controller],
  ])('of %s, which is no controller, is refused', (name, controller) => {
    expect(refusedAction(controller, 'index')).toMatch(
      new RegExp(`GET /posts names ${name}, which is no controller\\.`),
    )
  })
})
