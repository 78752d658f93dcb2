// Formats: suffixes of paths, for those routes that ask for them, and for no others.
import { Controller, defineRoutes, type RouteMapper } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot, bootError } from '../../harness/app.js'

class EchoController extends Controller {
  index() {
    this.render({ action: 'index', params: this.params })
  }
  show() {
    this.render({ action: 'show', params: this.params })
  }
  create() {
    this.render({ action: 'create', params: this.params })
  }
  new() {
    this.render({ action: 'new', params: this.params })
  }
}

describe('a list of formats', () => {
  const { app } = boot((r) => {
    r.root(EchoController, 'index')
    r.resources('posts', EchoController, {
      only: ['index', 'show', 'create', 'new'],
      format: ['json', 'csv'],
      constraints: { id: /[\w.]+/ },
    })
    r.get('/posts/report.json', EchoController, 'new')
    r.get('/files/*path', EchoController, 'show', { format: ['zip'] })
    r.get('/plain/:id', EchoController, 'show')
    r.get('/by(/:year)', EchoController, 'index', { format: ['json'] })
  })

  test.each([
    ['/posts', 'index', {}],
    ['/posts.json', 'index', { format: 'json' }],
    ['/posts.json/', 'index', { format: 'json' }],
    ['/posts.csv?a=1', 'index', { a: '1', format: 'csv' }],
    ['/posts/new.json', 'new', { format: 'json' }],
    ['/posts/1', 'show', { id: '1' }],
    ['/posts/1.json', 'show', { id: '1', format: 'json' }],
    ['/posts/1.5.json', 'show', { id: '1.5', format: 'json' }],
    ['/posts/1.5', 'show', { id: '1.5' }],
    ['/posts/1.xml', 'show', { id: '1.xml' }],
    ['/posts/1%2ejson', 'show', { id: '1.json' }],
    ['/posts/report.json', 'new', {}],
    ['/files/a.b/c.zip', 'show', { path: 'a.b/c', format: 'zip' }],
    ['/files/a.b/c.tar', 'show', { path: 'a.b/c.tar' }],
    ['/plain/1.json', 'show', { id: '1.json' }],
    ['/by/2026.json', 'index', { year: '2026', format: 'json' }],
    ['/by.json', 'index', { format: 'json' }],
  ])('%s is answered by %s', async (path, action, params) => {
    expect((await ask(app, path)).json).toEqual({ action, params })
  })

  test.each(['/posts.xml', '/posts.', '/posts.json.csv', '/posts/.json', '/.json', '/posts.JSON', '/posts.json//'])(
    '%s is 404, or an id of its own',
    async (path) => {
      const { status, text } = await ask(app, path)
      expect([404, 200]).toContain(status)
      expect(text).not.toContain('"format"')
      if (path !== '/posts/.json') expect(status).toBe(404)
    },
  )

  test('a 405 and OPTIONS know the suffix too', async () => {
    expect((await ask(app, '/posts.json', { method: 'DELETE' })).headers['allow']).toBe('GET, HEAD, OPTIONS, POST')
    expect((await ask(app, '/posts.json', { method: 'OPTIONS' })).status).toBe(204)
    expect((await ask(app, '/posts.xml', { method: 'DELETE' })).status).toBe(404)
    expect((await ask(app, '/posts.json', { body: { a: 1 } })).json).toEqual({
      action: 'create',
      params: { a: 1, format: 'json' },
    })
  })

  test('no query or body can claim the path had one', async () => {
    expect((await ask(app, '/posts.json?format=csv')).json.params).toEqual({ format: 'json' })
  })

  test('pathTo puts it at the end', () => {
    expect(app.pathTo('posts', { format: 'json' })).toBe('/posts.json')
    expect(app.pathTo('post', { id: 1, format: 'csv' }, { query: { a: 1 } })).toBe('/posts/1.csv?a=1')
    expect(app.pathTo('post', { id: 1, format: null })).toBe('/posts/1')
    expect(() => app.pathTo('posts', { format: 'xml' })).toThrow('the format is "xml", and this route takes json, csv')
    expect(app.pathTo('root', { format: 'json' })).toBe('/?format=json')
  })
})

describe('any format', () => {
  const { app } = boot((r) => {
    r.get('/posts/:id', EchoController, 'show', { format: true, as: 'post' })
    r.get('/rails/:id(.:format)', EchoController, 'show')
  })

  test.each([
    ['/posts/1.json', { id: '1', format: 'json' }],
    ['/posts/a.b.PDF', { id: 'a.b', format: 'PDF' }],
    ['/posts/1.tar-gz', { id: '1.tar-gz' }],
    ['/posts/x.', { id: 'x.' }],
    ['/rails/1.xml', { id: '1', format: 'xml' }],
  ])('%s has %o', async (path, params) => {
    expect((await ask(app, path)).json.params).toEqual(params)
  })

  test('a segment that is all suffix is an id', async () => {
    expect((await ask(app, '/posts/.json')).json.params).toEqual({ id: '.json' })
  })

  test('pathTo takes letters and digits', () => {
    expect(app.pathTo('post', { id: 1, format: 'pdf' })).toBe('/posts/1.pdf')
    expect(() => app.pathTo('post', { id: 1, format: 'a/b' })).toThrow('takes letters and digits')
  })
})

describe('where formats are said', () => {
  const formats = (draw: (r: RouteMapper) => void, options = {}) =>
    defineRoutes(draw, options).routes.map(({ path, formats: taken }) => [path, taken])

  test('for the whole app, a scope, a resource or a route, the innermost counts', () => {
    const draw = (r: RouteMapper) => {
      r.root(EchoController, 'index')
      r.get('/a', EchoController, 'index')
      r.get('/b', EchoController, 'index', { format: false })
      r.scope('/c', { format: ['csv'] }, (r) => r.resources('posts', EchoController, { only: ['index'] }))
    }
    expect(formats(draw, { format: true })).toEqual([
      ['/', undefined],
      ['/a', true],
      ['/b', undefined],
      ['/c/posts', ['csv']],
    ])
  })

  test.each([[[]], [['.json']], ['json'], [['a/b']], [7], [null]])('%o is refused', (format) => {
    const options = { format: format as never }
    expect(bootError(() => defineRoutes((r) => r.get('/x', EchoController, 'index', options))).message).toContain(
      'The format of the route /x is',
    )
  })
})
