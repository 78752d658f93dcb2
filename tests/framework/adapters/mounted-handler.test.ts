// r.mount: Express apps, Hono apps, a GraphQL Yoga and bare handlers inside an app, over real sockets.
import { Readable } from 'node:stream'
import {
  Controller,
  type FetchApp,
  type FetchHandler,
  type MountHandler,
  type MountOptions,
  type NodeHandler,
  type RouteMapper,
} from 'contrail'
import express from 'express'
import { createSchema, createYoga } from 'graphql-yoga'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { ask, askSocket, boot, bootError, listen, type TestApp } from '../../harness/app.js'
import { open } from '../../harness/sockets.js'

/** However busy the machine is. */
const PATIENT = { timeout: 20_000 }

class PagesController extends Controller {
  static {
    this.beforeAction(
      () => {
        throw new Error('a filter that is not the mount’s')
      },
      { only: ['guarded'] },
    )
  }
  index() {
    this.renderText(`page ${this.request.path}`)
  }
  guarded() {
    this.head(204)
  }
}

type More = (r: RouteMapper) => void

function mount(path: string, handler: FetchApp | FetchHandler, options?: MountOptions, more?: More): TestApp
function mount(path: string, handler: NodeHandler, options?: MountOptions, more?: More): TestApp
function mount(path: string, handler: MountHandler, options?: MountOptions, more?: More): TestApp {
  return boot(
    (r) => {
      r.mount(path, handler as NodeHandler, options)
      more?.(r)
    },
    { config: { logLevel: 'info' } },
  )
}

const requests = (log: Record<string, unknown>[]) => log.filter(({ msg }) => msg === 'request')
const errors = (log: Record<string, unknown>[]) => log.filter(({ level }) => level === 'error')

/** Tells what a handler of Node's kind sees of its place. */
const place: NodeHandler = (request, response) => {
  const { url, originalUrl, baseUrl } = request as typeof request & { originalUrl?: string; baseUrl?: string }
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ url, originalUrl, baseUrl }))
}

describe('a handler of Node’s kind', () => {
  test.each([
    ['/admin/queues', '/', '/admin/queues'],
    ['/admin/queues/', '/', '/admin/queues'],
    ['/admin/queues?a=/b', '/?a=/b', '/admin/queues'],
    ['/admin/queues/api/1?x=1', '/api/1?x=1', '/admin/queues'],
    ['/%61dmin/queues/%2F', '/%2F', '/%61dmin/queues'],
  ])('mounted at /admin/queues gets %s as %s', async (path, url, baseUrl) => {
    const { app } = mount('/admin/queues', place)
    expect((await askSocket((await listen(app)) + path)).json).toEqual({ url, originalUrl: path, baseUrl })
  })

  test.each(['/', '/admin', '/admin/queuesx', '/Admin/queues', '/admin//queues'])('does not get %s', async (path) => {
    const { app } = mount('/admin/queues', place)
    expect((await askSocket((await listen(app)) + path)).status).toBe(404)
  })

  test('may have parameters in its path, and stand in a scope', async () => {
    const { app } = boot((r) => r.namespace('admin', (r) => r.mount('/:tenant/queues', place)))
    expect((await askSocket(`${await listen(app)}/admin/acme/queues/x`)).json.url).toBe('/x')
  })

  test('is an Express app, with its routers, paths and bodies', async () => {
    const board = express()
    const api = express.Router()
    api.post('/jobs/:id', express.json(), (request, response) => {
      response.cookie('theirs', '1').status(201)
      response.json({
        base: request.baseUrl,
        original: request.originalUrl,
        id: request.params['id'],
        body: request.body,
      })
    })
    board.use('/api', api)
    board.get('/', (request, response) => void response.send(`board at ${request.baseUrl}`))
    const { app, log } = mount('/admin/queues', board)
    const url = await listen(app)
    expect((await askSocket(`${url}/admin/queues`)).text).toBe('board at /admin/queues')
    const answer = await askSocket(`${url}/admin/queues/api/jobs/7?x=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://evil.test', 'sec-fetch-site': 'cross-site' },
      body: '{"a":1}',
    })
    expect(answer.json).toEqual({
      base: '/admin/queues/api',
      original: '/admin/queues/api/jobs/7?x=1',
      id: '7',
      body: { a: 1 },
    })
    expect([answer.status, answer.setCookies]).toEqual([201, ['theirs=1; Path=/']])
    expect(answer.headers['x-request-id']).toBe(requests(log)[1]?.['requestId'])
    expect(requests(log)).toMatchObject([
      { path: '/admin/queues', status: 200 },
      { path: '/admin/queues/api/jobs/7', status: 201 },
    ])
  })

  test('that has nothing at an address says so by next, and the app answers 404', async () => {
    const { app } = mount('/board', express())
    const answer = await askSocket(`${await listen(app)}/board/nowhere`)
    expect([answer.status, answer.json.title]).toEqual([404, 'Not Found'])
  })

  test.each<[string, NodeHandler]>([
    [
      'throws',
      (_, __) => {
        throw new Error('broken')
      },
    ],
    ['rejects', async (_, __) => Promise.reject(new Error('broken'))],
    [
      'is an Express app that throws',
      express().use(() => {
        throw new Error('broken')
      }),
    ],
  ])('that %s is a 500, and logged', async (_, handler) => {
    const { app, log } = mount('/board', handler)
    const answer = await askSocket(`${await listen(app)}/board`)
    expect([answer.status, answer.json.title]).toEqual([500, 'Internal Server Error'])
    expect(errors(log)).toMatchObject([{ msg: 'broken' }])
  })

  test('gets every method but TRACE and CONNECT, and its body unread, however large', async () => {
    const size: NodeHandler = (request, response) => {
      let size = 0
      request.on('data', (chunk: Buffer) => {
        size += chunk.length
      })
      request.on('end', () => response.end(`${request.method} ${size}`))
    }
    const { app } = mount('/board', size)
    const url = `${await listen(app)}/board`
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'SEARCH'])
      expect((await askSocket(url, { method })).text).toBe(`${method} 0`)
    expect((await askSocket(url, { method: 'HEAD' })).status).toBe(200)
    expect((await askSocket(url, { method: 'TRACE' })).status).toBe(404)
    expect((await askSocket(url, { method: 'POST', body: 'x'.repeat(3_000_000) })).text).toBe('POST 3000000')
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await askSocket(url, { method: 'POST', headers: form, body: '_method=delete' })).text).toBe('POST 14')
  })

  test('needs a connection: without, 500 with the reason in the log', async () => {
    const { app, log } = mount('/board', place)
    expect((await ask(app, '/board')).status).toBe(500)
    expect(errors(log)[0]?.['msg']).toContain('The handler mounted at /board needs node:http’s'.replace('’', "'"))
  })
})

describe('a Fetch handler', () => {
  test('is given the whole request, and its Response is the answer', async () => {
    const { app, log } = mount('/api', async (request: Request) => {
      const headers = new Headers({ 'x-own': 'yes', 'content-type': 'application/json' })
      headers.append('set-cookie', 'a=1')
      headers.append('set-cookie', 'b=2')
      const { url, method } = request
      return new Response(JSON.stringify({ url, method, body: await request.text() }), { status: 201, headers })
    })
    const url = `${await listen(app)}/api/x?y=1`
    const answer = await askSocket(url, { method: 'PUT', body: 'hello' })
    expect(answer.json).toEqual({ url, method: 'PUT', body: 'hello' })
    expect([answer.status, answer.headers['x-own'], answer.setCookies]).toEqual([201, 'yes', ['a=1', 'b=2']])
    expect(requests(log)).toMatchObject([{ method: 'PUT', path: '/api/x', status: 201 }])
  })

  test('is a Hono app with a base path', async () => {
    const hono = new Hono().basePath('/api')
    hono.get('/hello/:name', (c) => c.json({ hello: c.req.param('name'), path: c.req.path }))
    hono.post('/echo', async (c) => c.text(await c.req.text()))
    const url = await listen(mount('/api', hono).app)
    expect((await askSocket(`${url}/api/hello/ada`)).json).toEqual({ hello: 'ada', path: '/api/hello/ada' })
    expect((await askSocket(`${url}/api/echo`, { method: 'POST', body: 'x'.repeat(2_000_000) })).text).toHaveLength(
      2_000_000,
    )
    expect((await askSocket(`${url}/api/nowhere`)).text).toBe('404 Not Found')
    expect((await askSocket(`${url}/api/hello/ada`, { method: 'HEAD' })).text).toBe('')
  })

  test('is a GraphQL Yoga, which is both', async () => {
    const yoga = createYoga({
      schema: createSchema({
        typeDefs: 'type Query { hello: String }',
        resolvers: { Query: { hello: () => 'world' } },
      }),
      logging: false,
    })
    const url = await listen(mount('/graphql', yoga).app)
    const answer = await askSocket(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ hello }"}',
    })
    expect(answer.json).toEqual({ data: { hello: 'world' } })
  })

  test('answers without a connection too', async () => {
    const { app } = mount('/api', (request: Request) => new Response(`${request.method} ${request.url}`))
    expect((await ask(app, '/api/x')).text).toBe('GET http://example.test/api/x')
    const response = await app.fetch(new Request('http://a.test/api', { method: 'POST', body: 'b' }))
    expect(await response.text()).toBe('POST http://a.test/api')
  })

  test.each<[string, FetchHandler]>([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])('that %s is a 500, and logged', async (_, handler) => {
    const { app, log } = mount('/api', handler)
    expect((await askSocket(`${await listen(app)}/api`)).status).toBe(500)
    expect(errors(log)).toMatchObject([{ msg: 'broken' }])
  })

  test.each([undefined, {}, Response.error()])('that answers no Response (%#) is a 500 that says so', async (value) => {
    const { app, log } = mount('/api', () => value as Response)
    expect((await askSocket(`${await listen(app)}/api`)).status).toBe(500)
    expect(errors(log)[0]?.['msg']).toMatch(/The handler mounted at \/api answered no Response|status is an integer/)
  })

  test('streams as it goes, and no faster than the client reads; when that leaves, it is told', async () => {
    let sent = 0
    let cancelled = false
    let aborted = false
    const { app } = mount('/api', (request: Request) => {
      request.signal.addEventListener('abort', () => {
        aborted = true
      })
      const chunk = new Uint8Array(65_536).fill(120)
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += chunk.length
          controller.enqueue(chunk)
        },
        cancel() {
          cancelled = true
        },
      })
      return new Response(body)
    })
    const { socket, until } = await open(await listen(app))
    socket.write('GET /api HTTP/1.1\r\nHost: a\r\n\r\n')
    await until('xxx')
    socket.pause()
    let before = -1
    while (before !== sent) {
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    // What the buffers of two sockets hold, and not what an endless body would have.
    expect(sent).toBeLessThan(30_000_000)
    expect(cancelled).toBe(false)
    socket.destroy()
    await expect.poll(() => [cancelled, aborted], PATIENT).toEqual([true, true])
  })

  test('sends its head before its body has begun', async () => {
    const { app } = mount(
      '/api',
      () => new Response(new ReadableStream({ start() {} }), { headers: { 'x-own': 'yes' } }),
    )
    const { socket, until } = await open(await listen(app))
    socket.write('GET /api HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n.*x-own: yes\r\n/s)
  })

  test('R5: whose body fails mid-way cuts the connection', async () => {
    const { app } = mount('/api', () => {
      const chunks = Readable.from(
        (async function* () {
          yield Buffer.from('half')
          throw new Error('broken')
        })(),
      )
      return new Response(Readable.toWeb(chunks) as ReadableStream)
    })
    await expect(askSocket(`${await listen(app)}/api`)).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  test.each(['unread', 'half read', 'cancelled'])(
    'that leaves a body %s keeps the connection for the next request',
    async (how) => {
      const { app } = mount('/api', async (request: Request) => {
        const reader = how === 'unread' ? undefined : request.body?.getReader()
        await reader?.read()
        if (how === 'cancelled') await reader?.cancel()
        return new Response('no, thanks')
      })
      const { socket, until } = await open(await listen(app))
      const body = 'x'.repeat(3_000_000)
      const post = `POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      socket.write(post)
      await until('no, thanks')
      socket.write(post.replace('Host: a', 'Host: a\r\nConnection: close'))
      expect((await until('onnection: close')).match(/200 OK/g)).toHaveLength(2)
    },
  )
})

describe('routes beside a mount', () => {
  const legacy: NodeHandler = (request, response) => void response.end(`legacy ${request.url}`)

  test('that are nearer to what was asked for come first; at / it gets the rest', async () => {
    const { app } = mount('/', legacy, undefined, (r) => {
      r.get('/posts/:id', PagesController, 'index')
      r.get('/about', PagesController, 'index')
    })
    const url = await listen(app)
    const ask = async (path: string, method = 'GET') => (await askSocket(url + path, { method })).text
    expect(await ask('/about')).toBe('page /about')
    expect(await ask('/posts/1')).toBe('page /posts/1')
    expect(await ask('/')).toBe('legacy /')
    expect(await ask('/posts/1/edit?a=1')).toBe('legacy /posts/1/edit?a=1')
    expect(await ask('/about', 'POST')).toBe('legacy /about')
  })

  test('that are wider come after it', async () => {
    const { app } = mount('/admin', legacy, undefined, (r) => {
      r.get('/:page', PagesController, 'index')
      r.get('/*path', PagesController, 'index')
    })
    const url = await listen(app)
    for (const [path, text] of [
      ['/admin', 'legacy /'],
      ['/admin/a/b', 'legacy /a/b'],
      ['/other', 'page /other'],
      ['/other/a', 'page /other/a'],
    ] as const)
      expect((await askSocket(url + path)).text).toBe(text)
  })
})

describe('the guard of a mount', () => {
  class AdminController extends Controller {
    static {
      this.beforeAction((c) => {
        if (c.request.header('authorization') === 'admin') c.flash.set('notice', 'in')
        else if (c.request.header('authorization') === undefined) c.redirectTo('/login')
        else throw new RangeError('who?')
      })
      this.rescueFrom(RangeError, (c) => c.head(403))
    }
  }
  let reached = 0
  const count: NodeHandler = (_, response) => {
    reached++
    response.setHeader('set-cookie', 'theirs=1').end('board')
  }
  const guarded = (handler: FetchHandler | NodeHandler) =>
    mount('/board', handler as NodeHandler, { guard: AdminController })

  test('lets through, answers or throws by its filters; its session is kept', async () => {
    const { app, log } = guarded(count)
    const url = `${await listen(app)}/board/x`
    reached = 0
    const redirected = await askSocket(url)
    expect([redirected.status, redirected.headers['location']]).toEqual([302, '/login'])
    expect((await askSocket(url, { headers: { authorization: 'wrong' } })).status).toBe(403)
    expect(reached).toBe(0)
    const answer = await askSocket(url, { headers: { authorization: 'admin' } })
    expect([answer.status, answer.text, reached]).toEqual([200, 'board', 1])
    expect(requests(log)).toMatchObject(
      Array.from({ length: 3 }, () => ({ controller: 'AdminController', action: 'mount' })),
    )
  })

  test('has its cookies sent beside the handler’s', async () => {
    const { app } = guarded((_, response) => void response.appendHeader('set-cookie', 'theirs=1').end())
    const answer = await askSocket(`${await listen(app)}/board`, { headers: { authorization: 'admin' } })
    expect(answer.setCookies.map((cookie) => cookie.split('=')[0])).toEqual(['_test_app_session', 'theirs'])
    const fetched = guarded(() => new Response('x', { headers: { 'set-cookie': 'theirs=1' } }))
    const other = await askSocket(`${await listen(fetched.app)}/board`, { headers: { authorization: 'admin' } })
    expect(other.setCookies.map((cookie) => cookie.split('=')[0])).toEqual(['_test_app_session', 'theirs'])
  })

  test('F1: refuses what another site started', async () => {
    const { app } = guarded(count)
    const url = `${await listen(app)}/board`
    const send = async (site: string) =>
      (await askSocket(url, { method: 'POST', headers: { authorization: 'admin', 'sec-fetch-site': site } })).status
    expect(await send('cross-site')).toBe(422)
    expect(await send('same-origin')).toBe(200)
  })

  test('stands in front of every spelling of the path, for the mount is what it is bound to', async () => {
    const { app } = guarded(count)
    const url = await listen(app)
    reached = 0
    for (const path of ['/board', '/board/', '/%62oard', '/board/%2e', '/board?x', '//board', '/BOARD', '/board%2f'])
      await askSocket(url + path)
    expect(reached).toBe(0)
  })
})

describe('a mount is refused at boot', () => {
  const draw = (work: (r: RouteMapper) => void) => bootError(() => boot(work))

  test.each<[string, (r: RouteMapper) => void, string]>([
    [
      'without a handler',
      (r) => r.mount('/a', undefined as never),
      "mount('/a') is given undefined, which is no handler.",
    ],
    ['with an object without fetch', (r) => r.mount('/a', {} as never), 'an object without fetch'],
    [
      'with an unknown option',
      (r) => r.mount('/a', place, { gaurd: PagesController } as never),
      'did you mean "guard"?',
    ],
    [
      'with a guard that is none',
      (r) => r.mount('/a', place, { guard: class {} as never }),
      "The guard of mount('/a')",
    ],
    ['with a glob', (r) => r.mount('/a/*rest', place), "mount('/a/*rest') has a glob or an optional part."],
    ['with an optional part', (r) => r.mount('/a(/b)', place), "mount('/a(/b)') has a glob or an optional part."],
    [
      'inside constraints',
      (r) => r.constraints({ host: 'a.test' }, (r) => r.mount('/a', place)),
      "mount('/a') stands inside constraints, which do not hold for mounted handlers.",
    ],
    ['with a bad path', (r) => r.mount('/a b', place), 'has the segment "a b"'],
    [
      'twice at one path',
      (r) => {
        r.mount('/a', place)
        r.mount('/a/', place)
      },
      'another mount',
    ],
    [
      'at the path of a route',
      (r) => {
        r.mount('/a', place)
        r.get('/a', PagesController, 'index')
      },
      'GET /a → PagesController#index',
    ],
    [
      'over a glob route',
      (r) => {
        r.get('/a/*rest', PagesController, 'index')
        r.mount('/a', place)
      },
      'GET /a/*rest',
    ],
    [
      'over a glob route at /',
      (r) => {
        r.get('/*rest', PagesController, 'index')
        r.mount('/', place)
      },
      'GET /*rest',
    ],
  ])('%s', (_, work, part) => {
    expect(draw(work).message).toContain(part)
  })

  test('but not beside a root route, which is nearer', () => {
    expect(() =>
      boot((r) => {
        r.root(PagesController, 'index')
        r.mount('/', place)
      }),
    ).not.toThrow()
  })
})
