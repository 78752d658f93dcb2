// The ecosystem's middleware in front of an app, over real sockets: helmet, compression, cors, morgan, passport, express.json.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import compression from 'compression'
import { type Application, type ApplicationConfig, Controller, type Middleware } from 'contrail'
import cookieSession from 'cookie-session'
import cors from 'cors'
import express from 'express'
import session from 'express-session'
import helmet from 'helmet'
import { inject } from 'light-my-request'
import morgan from 'morgan'
import passport from 'passport'
import { Strategy } from 'passport-local'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ask, askSocket, boot, listen } from '../../harness/app.js'
import { open } from '../../harness/sockets.js'

/** However busy the machine is. */
const PATIENT = { timeout: 20_000 }

declare module 'node:http' {
  interface IncomingMessage {
    user?: { name: string }
  }
}

class PagesController extends Controller {
  index() {
    this.renderText(this.params.get('long') === undefined ? 'home' : 'long '.repeat(1_000))
  }
  async late() {
    await new Promise((resolve) => setTimeout(resolve, 5))
    this.renderText('late')
  }
  who() {
    this.render({ user: this.request.node?.incoming.user ?? null })
  }
  echo() {
    this.render({ body: this.request.body ?? null, params: { ...this.params } })
  }
  both() {
    this.cookies.set('ours', '1')
    this.flash.set('notice', 'kept in the session')
    this.response.headers.set('vary', 'Accept').set('x-frame-options', 'DENY')
    this.renderText('both')
  }
  broken() {
    throw new Error('broken')
  }
}

function front(middleware: readonly Middleware[], config: Partial<ApplicationConfig> = {}) {
  return boot(
    (r) => {
      r.root(PagesController, 'index')
      for (const action of ['late', 'who', 'both', 'broken'] as const) r.get(`/${action}`, PagesController, action)
      r.post('/echo', PagesController, 'echo')
      r.post('/log-in', PagesController, 'who')
    },
    { config: { logLevel: 'info', middleware, ...config } },
  )
}

const requests = (log: Record<string, unknown>[]) => log.filter(({ msg }) => msg === 'request')

describe('middleware', () => {
  test('runs in order before the app, each when the one before has called next, at once or later', async () => {
    const seen: string[] = []
    const note =
      (name: string, wait: boolean): Middleware =>
      (_, response, next) => {
        seen.push(name)
        response.appendHeader('x-order', name)
        if (wait) setTimeout(next, 5)
        else next()
      }
    const url = await listen(front([note('a', false), note('b', true), note('c', false)]).app)
    const answer = await askSocket(`${url}/late`)
    expect([answer.status, answer.text, answer.headers['x-order']]).toEqual([200, 'late', 'a, b, c'])
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  test('sets headers that an answer keeps, that of an error too', async () => {
    const url = await listen(front([helmet()]).app)
    for (const [path, status] of [
      ['/', 200],
      ['/nowhere', 404],
      ['/broken', 500],
    ] as const) {
      const answer = await askSocket(url + path)
      expect(answer.status).toBe(status)
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
      expect(answer.headers['strict-transport-security']).toContain('max-age')
      expect(answer.headers['x-request-id']).toBeDefined()
    }
  })

  test('and app set one header: the app’s wins, but Set-Cookie and Vary have both', async () => {
    const own: Middleware = (_, response, next) => {
      response.setHeader('set-cookie', ['theirs=1', 'more=2'])
      next()
    }
    const url = await listen(front([helmet(), cors({ origin: 'http://a.test' }), own]).app)
    const answer = await askSocket(`${url}/both`)
    expect(answer.headers['x-frame-options']).toBe('DENY')
    expect(answer.headers['vary']).toBe('Origin, Accept')
    expect(answer.setCookies.map((cookie) => cookie.split('=')[0])).toEqual([
      'theirs',
      'more',
      'ours',
      '_test_app_session',
    ])
  })

  test('that wraps the response, as compression does, is let', async () => {
    const url = await listen(front([compression({ threshold: 100 }), helmet()]).app)
    const chunks: Buffer[] = []
    const response = await fetch(`${url}/?long=1`, { headers: { 'accept-encoding': 'gzip' } })
    expect(await response.text()).toBe('long '.repeat(1_000))
    expect([response.headers.get('content-encoding'), response.headers.get('vary')]).toEqual([
      'gzip',
      'Accept-Encoding',
    ])
    const { socket, ended } = await open(url)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.write('GET /?long=1 HTTP/1.0\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n')
    await ended()
    const bytes = Buffer.concat(chunks)
    const body = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
    expect(body.length).toBeLessThan(500)
    expect(gunzipSync(body).toString()).toBe('long '.repeat(1_000))
  })

  test('that answers by itself ends it: no action runs, and the log has its line', async () => {
    const { app, log } = front([cors({ origin: 'http://a.test', maxAge: 60 })])
    const url = await listen(app)
    const headers = { origin: 'http://a.test', 'access-control-request-method': 'POST' }
    const answer = await askSocket(`${url}/echo`, { method: 'OPTIONS', headers })
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([204, 'http://a.test'])
    expect(requests(log)).toMatchObject([{ method: 'OPTIONS', path: '/echo', status: 204 }])
  })

  test('that answers late, and in pieces, has all the time', async () => {
    const { app, log } = front([
      (_, response) => {
        response.write('one ')
        setTimeout(() => response.end('two'), 20)
      },
    ])
    const answer = await askSocket(await listen(app))
    expect([answer.status, answer.text]).toEqual([200, 'one two'])
    expect(requests(log)).toMatchObject([{ status: 200 }])
  })

  test('that answers and calls next as well is the answer: no action runs', async () => {
    const { app, log } = front([
      (_, response, next) => {
        response.end('mine')
        next()
      },
    ])
    const url = await listen(app)
    expect((await askSocket(url)).text).toBe('mine')
    expect((await askSocket(url)).text).toBe('mine')
    expect(requests(log).map(({ controller }) => controller)).toEqual([undefined, undefined])
    expect(log.filter(({ level }) => level !== 'info')).toEqual([])
  })

  test('whose client leaves is over, and logged as such', async () => {
    let begun = () => {}
    const isUnderWay = new Promise<void>((resolve) => {
      begun = resolve
    })
    const { app, log } = front([() => begun()])
    const { socket } = await open(await listen(app))
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await isUnderWay
    socket.destroy()
    await expect.poll(() => requests(log), PATIENT).toMatchObject([{ status: 499 }])
  })

  test('may change method and target of the request', async () => {
    const rewrite: Middleware = (request, _, next) => {
      request.url = '/late?x=1'
      request.method = 'GET'
      next()
    }
    const { app, log } = front([rewrite])
    expect((await askSocket(`${await listen(app)}/old`, { method: 'DELETE' })).text).toBe('late')
    expect(requests(log)).toMatchObject([{ method: 'GET', path: '/late', params: { x: '1' } }])
  })

  test('logs with morgan', async () => {
    const lines: string[] = []
    const logger = morgan(':method :url :status :res[content-length]', {
      stream: { write: (line) => void lines.push(line) },
    })
    await askSocket(await listen(front([logger]).app))
    await expect.poll(() => lines, PATIENT).toEqual(['GET / 200 4\n'])
  })
})

describe('an error of a middleware', () => {
  const failing = (error: unknown): Middleware[] => [(_, __, next) => next(error)]
  const withStatus = (message: string, more: object) => Object.assign(new Error(message), more)

  test.each([
    [
      'a status of its own',
      withStatus('Slow down.', { status: 429, headers: { 'retry-after': '3' } }),
      429,
      'Slow down.',
    ],
    ['statusCode', withStatus('Who?', { statusCode: 401 }), 401, 'Who?'],
    ['a message that is not for all', withStatus('secret', { status: 403, expose: false }), 403, 'Forbidden'],
  ])('with %s is that answer', async (_, error, status, detail) => {
    const { app, log } = front(failing(error))
    const answer = await askSocket(await listen(app))
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual({ type: 'about:blank', title: expect.any(String), status, detail })
    expect(answer.headers['retry-after']).toBe(status === 429 ? '3' : undefined)
    expect(log.filter(({ level }) => level === 'error')).toEqual([])
  })

  const ways: [string, Middleware][] = [
    ['given to next', (_, __, next) => next(new Error('database at 10.0.0.1'))],
    ['given to next later', (_, __, next) => void setTimeout(() => next(new Error('database at 10.0.0.1')), 1)],
    [
      'thrown',
      () => {
        throw new Error('database at 10.0.0.1')
      },
    ],
    ['rejected with', () => Promise.reject(new Error('database at 10.0.0.1'))],
    ['that names a status of no error', (_, __, next) => next(withStatus('database at 10.0.0.1', { status: 200 }))],
  ]
  test.each(ways)('%s is a 500 that tells nobody, and logged', async (_, middleware) => {
    const { app, log } = front([middleware])
    const answer = await askSocket(await listen(app))
    expect([answer.status, answer.json.title]).toEqual([500, 'Internal Server Error'])
    expect(answer.text).not.toContain('10.0.0.1')
    expect(log.filter(({ level }) => level === 'error')).toMatchObject([{ msg: 'database at 10.0.0.1' }])
  })

  test('R1: after the head cuts the connection and is logged', async () => {
    const { app, log } = front([
      (_, response) => {
        response.write('half')
        throw new Error('broken')
      },
    ])
    await expect(askSocket(await listen(app))).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(log.filter(({ level }) => level === 'error')).toHaveLength(1)
  })

  test('after next is logged, and the answer stands', async () => {
    const { app, log } = front([
      (_, __, next) => {
        next()
        throw new Error('too late')
      },
      async (_, __, next) => {
        next()
        throw new Error('too late')
      },
    ])
    expect((await askSocket(await listen(app))).text).toBe('home')
    await expect.poll(() => log.filter(({ msg }) => msg === 'too late'), PATIENT).toHaveLength(2)
  })

  test('of having been forgotten to call is told', async () => {
    const maker = ((_: unknown, __: unknown) => () => {}) as Middleware
    const { app, log } = front([maker])
    expect((await askSocket(await listen(app))).status).toBe(500)
    expect(log.find(({ level }) => level === 'error')?.['msg']).toContain('The middleware maker returned a function')
  })
})

describe('a middleware that reads the body', () => {
  test.each([
    ['application/json', '{"a":{"b":1}}', { a: { b: 1 } }],
    ['application/x-www-form-urlencoded', 'a[b]=1', { a: { b: '1' } }],
    ['text/plain', 'a', null],
  ])('leaves it to the app: %s', async (type, body, parsed) => {
    const url = await listen(front([express.json(), express.urlencoded({ extended: true })]).app)
    const answer = await askSocket(`${url}/echo`, { method: 'POST', headers: { 'content-type': type }, body })
    expect(answer.json).toEqual({ body: parsed, params: parsed ?? {} })
  })

  test('and fails has its own status', async () => {
    const url = await listen(front([express.json({ limit: 10 })]).app)
    const send = (body: string) =>
      askSocket(`${url}/echo`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect((await send('{"a":')).status).toBe(400)
    expect((await send(`"${'x'.repeat(20)}"`)).status).toBe(413)
    expect((await send('{}')).status).toBe(200)
  })
})

describe('passport', () => {
  test.each([
    ['express-session', [session({ secret: 's', resave: false, saveUninitialized: false })]],
    ['cookie-session', [cookieSession({ keys: ['s'] }), sessionMethods]],
  ])('logs in with %s, and its user is there for actions', async (_, store) => {
    const users = new passport.Passport()
    users.use(new Strategy((name, password, done) => done(null, password === 'right' ? { name } : false)))
    users.serializeUser((user, done) => done(null, (user as { name: string }).name))
    users.deserializeUser((name: string, done) => done(null, { name }))
    const local = users.authenticate('local') as Middleware
    const onLogIn: Middleware = (request, response, next) =>
      request.url === '/log-in' ? local(request, response, next) : next()
    const url = await listen(
      front([...store, express.urlencoded({ extended: false }), users.initialize(), users.session(), onLogIn]).app,
    )
    const logIn = (password: string) =>
      askSocket(`${url}/log-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `username=Ada&password=${password}`,
      })
    expect((await logIn('wrong')).status).toBe(401)
    const welcome = await logIn('right')
    expect(welcome.json).toEqual({ user: { name: 'Ada' } })
    const cookie = welcome.setCookies.map((one) => one.split(';')[0]).join('; ')
    expect((await askSocket(`${url}/who`, { headers: { cookie } })).json).toEqual({ user: { name: 'Ada' } })
    expect((await askSocket(`${url}/who`)).json).toEqual({ user: null })
  })

  /** What passport wants of a session, and cookie-session does not have. */
  function sessionMethods(request: IncomingMessage, _: ServerResponse, next: () => void) {
    const { session } = request as unknown as { session: Record<string, unknown> }
    Object.defineProperties(session, {
      regenerate: { value: (done: () => void) => done() },
      save: { value: (done: () => void) => done() },
    })
    next()
  }
})

describe('in front of middleware', () => {
  test('H3: the host is checked', async () => {
    let seen = 0
    const { app } = front([(_, __, next) => next(void seen++)], { hosts: ['good.test'] })
    const url = await listen(app)
    expect((await askSocket(url, { headers: { host: 'evil.test' } })).status).toBe(403)
    expect((await askSocket(url, { headers: { host: 'evil:x@good.test' } })).status).toBe(400)
    expect(seen).toBe(0)
    expect((await askSocket(url, { headers: { host: 'good.test' } })).status).toBe(200)
    expect(seen).toBe(1)
  })
})

describe('without a connection', () => {
  const withMiddleware = () => front([helmet()])

  test('an app that has middleware answers 500, rather than without them', async () => {
    const { app, log } = withMiddleware()
    expect((await ask(app, '/')).status).toBe(500)
    expect((await app.fetch(new Request('http://a/'))).status).toBe(500)
    expect(log.find(({ level }) => level === 'error')?.['msg']).toContain('Use app.listen() or app.listener.')
  })

  test('one that has none answers', async () => {
    expect((await ask(front([]).app, '/')).text).toBe('home')
  })
})

describe('app.listener', () => {
  test('answers in a server of another’s making, middleware included', async () => {
    const outer = express()
    outer.use('/inner', front([helmet()]).app.listener)
    const server = createServer(outer).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const answer = await askSocket(`${url}/inner/late`)
    expect([answer.status, answer.text, answer.headers['x-content-type-options']]).toEqual([200, 'late', 'nosniff'])
    expect((await askSocket(`${url}/late`)).status).toBe(404)
  })

  test('answers without a server, as light-my-request drives it', async () => {
    const answers = await Promise.all(
      (['/', '/late', '/nowhere', '/broken'] as const).map((url) => inject(front([helmet()]).app.listener, { url })),
    )
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 404, 500])
    expect(answers.every(({ headers }) => headers['x-content-type-options'] === 'nosniff')).toBe(true)
    const own = await inject(front([(_, response) => void response.end('mine')]).app.listener, { url: '/' })
    expect(own.payload).toBe('mine')
    const app: Application = front([]).app
    const posted = await inject(app.listener, { method: 'POST', url: '/echo', payload: { a: 1 } })
    expect(posted.json()).toEqual({ body: { a: 1 }, params: { a: 1 } })
  })
})
