// this.request: what it says of a request, whatever the request says of itself.
import { Controller, HttpRequest, type RawRequest } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, askSocket, boot, listen } from '../../harness/app.js'
import { exchange } from '../../harness/sockets.js'

function requestWith(headers: RawRequest['headers'], url = '/'): HttpRequest {
  return new HttpRequest({ method: 'GET', url, headers })
}

class PagesController extends Controller {
  show() {
    this.render({ path: this.request.path, url: this.request.url })
  }
}

describe('H2: the request target', () => {
  const { app } = boot((r) => {
    r.root(PagesController, 'show')
    r.get('/*path', PagesController, 'show')
  })

  const BAD = [
    '',
    '*',
    'posts',
    '?a=1',
    'http://example.test/posts',
    '//evil',
    '/\\evil',
    '/a\\b',
    '/%',
    '/%4',
    '/%zz',
    '/%c0%af',
    '/%ed%a0%80',
    '/%ff',
    '/%00',
    '/a%00b',
    '/a#b',
    '/ü',
    '/a b',
    '/a\tb',
    '/a\nb',
    '/a\u0000b',
    '/\u007f',
  ]

  test.each(BAD.filter((url) => url !== '//evil'))('%j is 400', async (url) => {
    const answer = await ask(app, url)
    expect(answer.status).toBe(400)
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  })

  test.each(['//evil', '//', '///', '/posts//evil'])(
    '%s is a path of this site or nothing, never a host',
    async (url) => {
      const { app } = boot((r) => {
        r.root(PagesController, 'show')
        r.get('/posts/:id', PagesController, 'show')
      })
      expect((await ask(app, url)).status).toBe(404)
    },
  )

  test.each(['/a"b', '/a<b>', '/[a]', '/a^b', '/a`b', '/{a|b}', "/a'b!$&()*+,;=:@~", '/a%5Cb', '/a%20b'])(
    '%s is odd and harmless',
    async (url) => {
      expect((await ask(app, url)).json).toEqual({ path: url, url })
    },
  )

  test('path leaves the query out, and keeps the encoding', async () => {
    expect((await ask(app, '/a%20b?c=/?#d')).json).toEqual({ path: '/a%20b', url: '/a%20b?c=/?#d' })
  })

  test('the query is not looked at when nobody asks', async () => {
    expect((await ask(app, '/a?%zz')).status).toBe(200)
  })

  test('every one of them over a socket is 4xx, and the server lives', async () => {
    const url = await listen(boot((r) => r.root(PagesController, 'show')).app)
    const answers = await Promise.all(
      BAD.map((target) => exchange(url, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)),
    )
    for (const [index, answer] of answers.entries())
      expect(answer, BAD[index]).toMatch(BAD[index]?.startsWith('?') ? /^HTTP\/1\.1 4/ : /^HTTP\/1\.1 4\d\d /)
    expect(await exchange(url, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('header', () => {
  test('takes a name in any case, and joins several values', () => {
    const request = requestWith({ 'x-one': '1', 'x-many': ['a', 'b'], 'x-empty': '' })
    expect(request.header('X-One')).toBe('1')
    expect(request.header('x-many')).toBe('a, b')
    expect(request.header('X-EMPTY')).toBe('')
    expect(request.header('x-none')).toBeUndefined()
  })
})

describe('C8: cookies', () => {
  test('the first of one name wins, a malformed encoding stays raw, and there is no prototype', () => {
    const { cookies } = requestWith({ cookie: 'a=1; a=2; __proto__=x;b=%zz; c=%20; d="q"; e; =f; g=a=b' })
    for (const name of ['toString', 'constructor', 'hasOwnProperty']) expect(name in cookies).toBe(false)
    expect({ ...cookies }).toEqual({ a: '1', ['__proto__']: 'x', b: '%zz', c: ' ', d: '"q"', '': 'f', g: 'a=b' })
    expect('x' in {}).toBe(false)
  })

  test('several headers are one', () => {
    expect(requestWith({ cookie: 'a=1; b=2' }).cookies).toMatchObject({ a: '1', b: '2' })
    expect({ ...requestWith({}).cookies }).toEqual({})
  })

  test.each([
    ';'.repeat(16_384),
    '='.repeat(16_384),
    '%'.repeat(16_384),
    'a=;'.repeat(5_461),
    '\u0001\u00ff'.repeat(8_192),
    ' '.repeat(16_384),
  ])('16 KB of garbage are read without an error (%#)', (cookie) => {
    expect(Object.keys(requestWith({ cookie }).cookies).length).toBeLessThan(2)
  })
})

describe('H3: the host', () => {
  test.each([
    ['example.test', 'example.test', 'example.test'],
    ['Example.TEST:8080', 'example.test:8080', 'example.test'],
    ['localhost', 'localhost', 'localhost'],
    ['127.0.0.1:3000', '127.0.0.1:3000', '127.0.0.1'],
    ['[::1]:3000', '[::1]:3000', '[::1]'],
    ['my_host-1.example.test.', 'my_host-1.example.test.', 'my_host-1.example.test.'],
  ])('%s is %s, without its port %s', (sent, host, hostname) => {
    const request = requestWith({ host: sent })
    expect([request.host, request.hostname]).toEqual([host, hostname])
  })

  test.each([
    '',
    ' ',
    'evil:x@good',
    'a,b',
    'a b',
    'a/b',
    'a\\b',
    'a?b',
    'a#b',
    'user@host',
    'a:',
    'a:1:2',
    'a:123456',
    '.a',
    '-a',
    'a-',
    '[::1',
    '::1',
    '[]',
    '[g]',
    'ü',
    '%61',
    'a\r\nb',
    '<b>',
  ])('%j is no host: 400', (host) => {
    expect(() => requestWith({ host }).host).toThrow('The Host header is malformed.')
    expect(() => requestWith({ host }).hostname).toThrow('The Host header is malformed.')
  })

  test('is undefined where none is named', () => {
    const request = requestWith({})
    expect([request.host, request.hostname]).toEqual([undefined, undefined])
  })
})

describe('the request id', () => {
  const { app } = boot((r) => r.root(PagesController, 'show'))
  const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  const idFor = async (id?: string | string[]) =>
    (await ask(app, '/', id === undefined ? {} : { headers: { 'x-request-id': id } })).headers['x-request-id']

  test.each(['abc', 'A-1_2.3:4@5', 'x'.repeat(200)])('%s is kept', async (id) => {
    expect(await idFor(id)).toBe(id)
  })

  test.each(['', 'a b', 'a,b', 'a\nb', '<script>', 'ü', 'x'.repeat(201), '"', '\u001b[31m', 'a\n'])(
    'L2: %j is replaced by a random one',
    async (id) => {
      expect(await idFor(id)).toMatch(UUID)
    },
  )

  test('two of them are replaced, and none is made up: a random one each time', async () => {
    expect(await idFor(['a', 'b'])).toMatch(UUID)
    expect(await idFor()).not.toBe(await idFor())
  })

  test('is on errors too, and the same in the log', async () => {
    class FailingController extends Controller {
      show() {
        throw new Error('no')
      }
    }
    const { app, log } = boot((r) => r.root(FailingController, 'show'))
    const answer = await ask(app, '/', { headers: { 'x-request-id': 'abc' } })
    expect(answer.headers['x-request-id']).toBe('abc')
    expect(answer.json.requestId).toBe('abc')
    expect(log).toMatchObject([{ requestId: 'abc', level: 'error' }])
  })
})

describe('what the client would rather have', () => {
  test.each([
    ['text/html', true],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
    ['application/json, text/html;q=0.9', false],
    ['text/html;q=0.5, application/json;q=0.4', true],
    ['text/html;q=0', false],
    ['application/json', false],
    ['*/*', false],
    ['text/*', false],
    ['', false],
    [undefined, false],
  ])('Accept: %s prefers HTML: %s', (accept, prefers) => {
    expect(requestWith({ accept }).prefersHtml).toBe(prefers)
  })

  test('preferredType chooses among those given, or none', () => {
    const request = requestWith({ accept: 'text/csv, application/json;q=0.5' })
    expect(request.preferredType('application/json', 'text/csv')).toBe('text/csv')
    expect(request.preferredType('application/json')).toBe('application/json')
    expect(request.preferredType('image/png')).toBeUndefined()
    expect(requestWith({}).preferredType('image/png')).toBe('image/png')
  })
})

test('header() knows nothing of what is on a prototype, over a socket too', async () => {
  class HeadersController extends Controller {
    index() {
      this.render(['constructor', '__proto__', 'toString'].map((name) => this.request.header(name) ?? null))
    }
  }
  const url = await listen(boot((r) => r.root(HeadersController, 'index')).app)
  expect((await askSocket(url)).json).toEqual([null, null, null])
})
