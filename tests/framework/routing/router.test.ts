// From a method and a path to an action: order, slashes, encodings, and what is answered when nothing matches.
import { Controller, type RouteMapper } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, askSocket, boot, listen } from '../../harness/app.js'

class EchoController extends Controller {
  index() {
    this.render({ action: 'index', params: this.params })
  }
  show() {
    this.render({ action: 'show', params: this.params })
  }
  fixed() {
    this.render({ action: 'fixed', params: this.params })
  }
  glob() {
    this.render({ action: 'glob', params: this.params })
  }
  nothing() {
    this.head(204)
  }
  ownOptions() {
    this.head(200, { headers: { 'x-own': 'yes' } })
  }
}

describe('the order of matching is static, parameter, glob', () => {
  const draws: ((r: RouteMapper) => void)[] = [
    (r) => r.get('/posts/new', EchoController, 'fixed'),
    (r) => r.get('/posts/:id', EchoController, 'show'),
    (r) => r.get('/posts/*rest', EchoController, 'glob'),
  ]
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]

  test.each(orders)('when they are drawn in the order %i, %i, %i', async (...order) => {
    const { app } = boot((r) => {
      for (const index of order) draws[index]?.(r)
    })
    expect((await ask(app, '/posts/new')).json).toEqual({ action: 'fixed', params: {} })
    expect((await ask(app, '/posts/newer')).json).toEqual({ action: 'show', params: { id: 'newer' } })
    expect((await ask(app, '/posts/new/er')).json).toEqual({ action: 'glob', params: { rest: 'new/er' } })
  })

  test('each route has its own names for the parameters of one place', async () => {
    const { app } = boot((r) => {
      r.get('/posts/:id', EchoController, 'show')
      r.get('/posts/:postId/comments/:id', EchoController, 'index')
      r.get('/posts/:slug/raw', EchoController, 'fixed')
    })
    expect((await ask(app, '/posts/1')).json.params).toEqual({ id: '1' })
    expect((await ask(app, '/posts/1/comments/2')).json.params).toEqual({ postId: '1', id: '2' })
    expect((await ask(app, '/posts/1/raw')).json.params).toEqual({ slug: '1' })
  })
})

describe('slashes', () => {
  const { app } = boot((r) => {
    r.root(EchoController, 'index')
    r.get('/posts', EchoController, 'index')
    r.get('/posts/:id', EchoController, 'show')
    r.get('/only/:id', EchoController, 'show')
    r.get('/files/*path', EchoController, 'glob')
  })

  test.each([
    ['/', 'index'],
    ['/posts', 'index'],
    ['/posts/', 'index'],
    ['/posts/?page=1', 'index'],
    ['/posts/1/', 'show'],
  ])('%s is answered by %s', async (url, action) => {
    expect((await ask(app, url)).json.action).toBe(action)
  })

  test.each([
    '/posts//',
    '/posts//1',
    '//posts',
    '//',
    '///',
    '/only/',
    '/only//',
    '/only',
    '/files',
    '/files/',
    '/POSTS',
  ])('%s is 404: no parameter is ever empty', async (url) => {
    expect((await ask(app, url)).status).toBe(404)
  })
})

describe('parameters', () => {
  const { app } = boot((r) => {
    r.get('/posts/:id', EchoController, 'show')
    r.get('/files/*path', EchoController, 'glob')
    r.get('/about', EchoController, 'fixed')
  })

  test.each([
    ['a%20b', 'a b'],
    ['%C3%BC%E2%82%AC', 'ü€'],
    ['a%2Fb', 'a/b'],
    ['%3Fq%23h', '?q#h'],
    ['a+b', 'a+b'],
    ['a;b=c', 'a;b=c'],
    ['%5C', '\\'],
    ['%e4%bd%a0', '你'],
  ])('%s decodes to %s', async (sent, id) => {
    expect((await ask(app, `/posts/${sent}`)).json.params).toEqual({ id })
  })

  test.each([
    ['%2541', '%41'],
    ['%252F', '%2F'],
    ['%25zz', '%zz'],
    ['%2500', '%00'],
  ])('H2: %s decodes once, to %s', async (sent, id) => {
    expect((await ask(app, `/posts/${sent}`)).json.params).toEqual({ id })
  })

  test('a glob takes the rest of the path, decoded once', async () => {
    expect((await ask(app, '/files/a/b%20c/%2541')).json.params).toEqual({ path: 'a/b c/%41' })
  })

  test('a static path may be encoded too, and is the same action', async () => {
    expect((await ask(app, '/%61bout')).json.action).toBe('fixed')
  })

  test('H5: one of 8 KB is a parameter like any other', async () => {
    const id = 'x'.repeat(8192)
    expect((await ask(app, `/posts/${id}`)).json.params).toEqual({ id })
  })
})

describe('H8: methods', () => {
  const draw = (r: RouteMapper) => {
    r.get('/read', EchoController, 'index')
    r.post('/write', EchoController, 'nothing')
    r.match(['get', 'put', 'patch', 'delete'], '/thing/:id', EchoController, 'show')
    r.get('/thing/new', EchoController, 'fixed')
    r.get('/own', EchoController, 'index')
    r.options('/own', EchoController, 'ownOptions')
  }
  const { app } = boot(draw)
  const allowed: Record<string, string[]> = {
    '/read': ['GET', 'HEAD', 'OPTIONS'],
    '/write': ['OPTIONS', 'POST'],
    '/thing/1': ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'PUT'],
    '/own': ['GET', 'HEAD', 'OPTIONS'],
  }
  const methods = [
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'CONNECT',
    'QUERY',
    'constructor',
  ]
  const matrix = Object.keys(allowed).flatMap((path) => methods.map((method) => [method, path] as const))

  test.each(matrix)('%s %s is answered, or 405 with Allow', async (method, path) => {
    const answer = await ask(app, path, { method })
    const allow = allowed[path] as string[]
    if (!allow.includes(method)) {
      expect(answer.status).toBe(405)
      expect(answer.headers['allow']).toBe(allow.join(', '))
      if (method !== 'HEAD')
        expect(answer.json.detail).toBe(`${method} is not allowed here. Allowed: ${allow.join(', ')}.`)
    } else if (method === 'OPTIONS' && path !== '/own') {
      expect(answer.status).toBe(204)
      expect(answer.headers['allow']).toBe(allow.join(', '))
      expect(answer.text).toBe('')
    } else expect(answer.status).toBe(path === '/write' ? 204 : 200)
  })

  test('a static path answers its own methods and those of the parameter beside it', async () => {
    expect((await ask(app, '/thing/new')).json.action).toBe('fixed')
    expect((await ask(app, '/thing/new', { method: 'PUT' })).json).toEqual({ action: 'show', params: { id: 'new' } })
    const answer = await ask(app, '/thing/new', { method: 'POST' })
    expect(answer.headers['allow']).toBe('DELETE, GET, HEAD, OPTIONS, PATCH, PUT')
  })

  test.each(methods)('%s of a path that is not there is 404', async (method) => {
    expect((await ask(app, '/nowhere', { method })).status).toBe(404)
  })

  test('a route for OPTIONS takes the place of the framework’s answer', async () => {
    const answer = await ask(app, '/own', { method: 'OPTIONS' })
    expect(answer.headers).toMatchObject({ 'x-own': 'yes' })
    expect(answer.headers).not.toHaveProperty('allow')
  })

  test('HEAD has the headers of GET, the length too, and no body', async () => {
    const get = await ask(app, '/thing/1', { headers: { 'x-request-id': 'same' } })
    const head = await ask(app, '/thing/1', { method: 'HEAD', headers: { 'x-request-id': 'same' } })
    expect(head.status).toBe(200)
    expect(head.headers).toEqual(get.headers)
    expect(Number(head.headers['content-length'])).toBe(Buffer.byteLength(get.text))
    expect(head.text).toBe('')
  })

  test('HEAD over a socket has the length and no body, for an error too', async () => {
    const url = await listen(boot(draw).app)
    for (const path of ['/read', '/nowhere']) {
      const get = await askSocket(url + path)
      const head = await askSocket(url + path, { method: 'HEAD' })
      expect(head.status).toBe(get.status)
      expect(head.headers['content-length']).toBe(get.headers['content-length'])
      expect(head.text).toBe('')
    }
  })
})
