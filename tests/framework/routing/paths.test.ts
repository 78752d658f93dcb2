// pathTo: paths from routes' names, safe to put into a page whatever the parameters are.
import { Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot } from '../../harness/app.js'

class PagesController extends Controller {
  show() {
    this.render(this.params)
  }
  link() {
    this.render(this.pathTo('post', { id: 7 }))
  }
}

const { app } = boot((r) => {
  r.root(PagesController, 'show')
  r.get('/link', PagesController, 'link')
  r.get('/posts/:id', PagesController, 'show', { as: 'post' })
  r.get('/posts/:postId/comments/:id', PagesController, 'show', { as: 'comment' })
  r.get('/files/*path', PagesController, 'show', { as: 'file' })
})
const { pathTo } = app

describe('pathTo', () => {
  test('fills in parameters', () => {
    expect(pathTo('root')).toBe('/')
    expect(pathTo('post', { id: 1 })).toBe('/posts/1')
    expect(pathTo('comment', { postId: 'a', id: 9n })).toBe('/posts/a/comments/9')
  })

  test('puts what is left over into the query, encoded, without null and undefined', () => {
    const path = pathTo('post', { id: 1, page: 2, q: 'a&b=c d', draft: false, no: null, none: undefined })
    expect(path).toBe('/posts/1?page=2&q=a%26b%3Dc+d&draft=false')
    expect(pathTo('root', { a: '' })).toBe('/?a=')
  })

  test.each(['a/b', 'a b', '?x=1', '#top', '%2F', 'ü', '"><script>', '\\', 'x..'])(
    'encodes %j so that the action gets it back',
    async (id) => {
      const path = pathTo('post', { id })
      expect(path).toMatch(/^\/posts\/[\w.%~!*'()-]+$/)
      expect((await ask(app, path)).json).toEqual({ id })
    },
  )

  test('encodes a glob segment by segment, so that the action gets it back', async () => {
    const path = pathTo('file', { path: 'a b/c?d/ü' })
    expect(path).toBe('/files/a%20b/c%3Fd/%C3%BC')
    expect((await ask(app, path)).json).toEqual({ path: 'a b/c?d/ü' })
  })

  test.each([{}, { id: '' }, { id: null }, { id: undefined }])('refuses %j for a parameter of the path', (params) => {
    expect(() => pathTo('post', params)).toThrow(new TypeError('pathTo("post") lacks the parameter "id".'))
  })

  test.each([
    ['post', { id: '..' }],
    ['post', { id: '.' }],
    ['file', { path: 'a/../b' }],
  ])('refuses for %s the segments of dots in %j, which browsers take for a step up', (name, params) => {
    expect(() => pathTo(name, params)).toThrow(/no path can hold a segment of dots alone/)
  })

  test('refuses an unknown name and suggests the nearest', () => {
    expect(() => pathTo('pots')).toThrow(/pathTo\("pots"\): there is no route of this name; did you mean "post"\?/)
  })

  test.each(['constructor', '__proto__', 'toString'])('has no route %s of its own', (name) => {
    expect(() => pathTo(name)).toThrow('there is no route of this name')
  })

  test('is a controller’s own word too', async () => {
    expect((await ask(app, '/link')).json).toBe('/posts/7')
  })
})
