// CORS: what a preflight is answered, what answers tell browsers, what passes the forgery check, and what is refused at boot.
import { Controller, type CrossOriginRule, type HttpResponse, NotFound } from 'contrail'
import { describe, expect, test } from 'vitest'
import { askSocket, boot, bootError, listen, SECRET, type TestApp } from '../../harness/app.js'

const APP = 'https://app.example.com'
const EVIL = 'https://evil.example.org'
let ran: string[] = []

class PostsController extends Controller {
  static {
    this.allowCrossOrigin({
      origins: [APP, 'https://*.partner.test:8443'],
      credentials: true,
      expose: ['X-Total-Count'],
    })
    this.allowCrossOrigin({ origins: '*', only: 'show' })
    this.allowCrossOrigin({ origins: [], only: 'destroy' })
    this.protectFromForgery({ only: 'update' })
  }
  index() {
    this.#answer('index')
  }
  show() {
    this.#answer('show')
  }
  create() {
    this.#answer('create')
  }
  update() {
    this.#answer('update')
  }
  destroy() {
    this.#answer('destroy')
  }
  fail() {
    throw new Error('no')
  }
  missing() {
    throw new NotFound()
  }
  varied() {
    this.response.headers.set('vary', 'Accept, origin')
    this.#answer('varied')
  }
  #answer(action: string) {
    ran.push(action)
    this.render(action)
  }
}

class ClosedController extends Controller {
  index() {
    this.render({})
  }
  create() {
    this.render({})
  }
}

function site(cors?: unknown): TestApp {
  ran = []
  return boot(
    (r) => {
      r.resources('posts', PostsController, { only: ['index', 'show', 'create', 'update', 'destroy'] })
      for (const name of ['fail', 'missing', 'varied'] as const) r.get(`/${name}`, PostsController, name)
      r.get('/closed', ClosedController, 'index')
      r.get('/api/things', ClosedController, 'index')
      r.post('/api/things', ClosedController, 'create')
      r.get('/:anything', ClosedController, 'index')
    },
    { config: { cors: cors as CrossOriginRule, logLevel: 'silent', sessionOptions: { secret: SECRET } } },
  )
}

/** The headers of CORS, and Vary, as one line each. */
async function ask({ app }: TestApp, method: string, url: string, headers: Record<string, string> = {}) {
  const response: HttpResponse = await app.handle({ method, url, headers: { host: 'api.example.com', ...headers } })
  const said = [...response.headers]
    .filter(([name]) => name === 'vary' || name.startsWith('access-control-'))
    .map(([name, value]) => `${name.replace('access-control-', '')}: ${value}`)
  return [response.status, ...said]
}

const preflight = (app: TestApp, method: string, url: string, origin: string, headers: Record<string, string> = {}) =>
  ask(app, 'OPTIONS', url, { origin, 'access-control-request-method': method, ...headers })

const VARY = ['vary: Access-Control-Request-Method', 'vary: Access-Control-Request-Headers']

describe('a preflight', () => {
  test('is answered for the action of the method that was asked about, without running it', async () => {
    const app = site()
    expect(await preflight(app, 'POST', '/posts', APP, { 'access-control-request-headers': 'x-other' })).toEqual([
      204,
      ...VARY,
      'vary: Origin',
      `allow-origin: ${APP}`,
      'allow-credentials: true',
      'allow-methods: POST',
      'allow-headers: authorization, content-type, x-csrf-token',
      'max-age: 7200',
    ])
    expect(await preflight(app, 'GET', '/posts/1', EVIL)).toEqual([
      204,
      ...VARY,
      'allow-origin: *',
      'allow-methods: GET',
      'allow-headers: authorization, content-type, x-csrf-token',
      'max-age: 7200',
    ])
    expect(ran).toEqual([])
  })

  test('of HEAD is for the action of GET', async () => {
    expect(await preflight(site(), 'HEAD', '/posts/1', EVIL)).toContain('allow-methods: HEAD')
  })

  test('of another origin, or for an action that is not open, grants nothing', async () => {
    const app = site()
    expect(await preflight(app, 'POST', '/posts', EVIL)).toEqual([204, ...VARY, 'vary: Origin'])
    expect(await preflight(app, 'DELETE', '/posts/1', APP)).toEqual([204, ...VARY, 'vary: Origin'])
    expect(await preflight(app, 'GET', '/closed', APP)).toEqual([204])
    expect(await preflight(app, 'PROPFIND', '/posts', APP)).toEqual([204])
    expect(await preflight(app, 'POST', '/nowhere/at/all', APP)).toEqual([404])
  })

  test.each(['__proto__', 'post', 'constructor', 'GET, POST', 'GET\0', '', 'x'.repeat(10_000)])(
    'that asks about the method %j grants nothing',
    async (method) => {
      expect(await preflight(site(), method, '/posts', APP)).toEqual([204])
      expect(await preflight(site({ origins: [APP] }), method, '/api/things', APP)).toEqual([204])
    },
  )

  test('without an origin, or without a method, is an OPTIONS like others', async () => {
    const app = site()
    expect(await ask(app, 'OPTIONS', '/posts', { origin: APP })).toEqual([204])
    expect(await ask(app, 'OPTIONS', '/posts', { 'access-control-request-method': 'POST' })).toEqual([204])
    const answer = await askSocket(`${await listen(app.app)}/posts`, {
      method: 'OPTIONS',
      headers: { origin: APP, 'access-control-request-method': 'POST' },
    })
    expect(answer).toMatchObject({ status: 204, headers: { allow: 'GET, HEAD, OPTIONS, POST' } })
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': APP, 'x-content-type-options': 'nosniff' })
  })

  test('with headers of any name repeats those that were asked for, if they are names', async () => {
    const app = site({ origins: [APP], headers: '*', paths: '/api/*' })
    const asked = (names: string) =>
      preflight(app, 'POST', '/api/things', APP, { 'access-control-request-headers': names })
    expect(await asked('x-a, x-b')).toContain('allow-headers: x-a, x-b')
    for (const names of ['x-a\r\nx: y', 'x a', 'x-a,', ''])
      expect(String(await asked(names))).not.toContain('allow-headers')
  })
})

describe('an answer', () => {
  test('tells an origin that it may read it, errors included', async () => {
    const app = site()
    const granted = ['vary: Origin', `allow-origin: ${APP}`, 'allow-credentials: true', 'expose-headers: x-total-count']
    for (const [path, status] of [
      ['/posts', 200],
      ['/fail', 500],
      ['/missing', 404],
      ['/posts?%zz=%', 200],
    ] as const)
      expect(await ask(app, 'GET', path, { origin: APP })).toEqual([status, ...granted])
    // Before the action: what cannot be read, and what is too much.
    const csv = { origin: APP, 'content-type': 'application/json; charset=utf-7' }
    const unread = await app.app.handle({ method: 'POST', url: '/posts', headers: { host: 'a', ...csv }, body: '{}' })
    expect([unread.status, unread.headers.get('access-control-allow-origin')]).toEqual([415, APP])
  })

  test('differs by the origin, and says so to caches whoever asks', async () => {
    const app = site()
    expect(await ask(app, 'GET', '/posts', { origin: EVIL })).toEqual([200, 'vary: Origin'])
    expect(await ask(app, 'GET', '/posts')).toEqual([200, 'vary: Origin'])
    expect(await ask(app, 'GET', '/varied', { origin: APP })).toContain('vary: Accept, origin')
    expect(await ask(app, 'GET', '/varied', { origin: APP })).not.toContain('vary: Origin')
  })

  test('for everybody does not differ, and grants no credentials', async () => {
    expect(await ask(site(), 'GET', '/posts/1', { origin: EVIL })).toEqual([200, 'allow-origin: *'])
    expect(await ask(site(), 'GET', '/posts/1')).toEqual([200, 'allow-origin: *'])
  })

  test.each(['https://a.partner.test:8443', 'https://a.b.partner.test:8443'])(
    'is for %s, below a domain',
    async (origin) => {
      expect(await ask(site(), 'GET', '/posts', { origin })).toContain(`allow-origin: ${origin}`)
    },
  )

  test.each([
    'null',
    'https://app.example.com:444',
    'http://app.example.com',
    'https://app.example.com.evil.test',
    'https://xapp.example.com',
    'https://APP.example.com',
    'https://partner.test:8443',
    'https://.partner.test:8443',
    'https://evilpartner.test:8443',
    'https://a.partner.test',
    'http://a.partner.test:8443',
    'https://a.partner.test:84430',
    'https://evil.test/.partner.test:8443',
    '*',
    '',
  ])('is not for %j', async (origin) => {
    expect(await ask(site(), 'GET', '/posts', { origin })).toEqual([200, 'vary: Origin'])
  })

  test('of an action that is not open says nothing', async () => {
    expect(await ask(site(), 'GET', '/closed', { origin: APP })).toEqual([200])
  })
})

describe('the forgery check', () => {
  const cross = { origin: APP, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }

  test('lets in the origins that may come with credentials, for these actions alone', async () => {
    const app = site()
    expect((await ask(app, 'POST', '/posts', { ...cross, cookie: 'a=1' }))[0]).toBe(200)
    expect((await ask(app, 'PATCH', '/posts/1', cross))[0]).toBe(200)
    expect((await ask(app, 'DELETE', '/posts/1', cross))[0]).toBe(422)
    expect((await ask(app, 'POST', '/api/things', cross))[0]).toBe(422)
    expect(ran).toEqual(['create', 'update'])
  })

  test('refuses the others, and tells them nothing', async () => {
    expect(await ask(site(), 'POST', '/posts', { ...cross, origin: EVIL })).toEqual([422, 'vary: Origin'])
    expect(await ask(site(), 'POST', '/posts', { ...cross, origin: 'null' })).toEqual([422, 'vary: Origin'])
    expect(ran).toEqual([])
  })

  test('without credentials lets in what a script sends, if nothing of its user’s comes along', async () => {
    const app = site({ origins: '*', paths: '/api/*' })
    const status = async (headers: Record<string, string>) =>
      (await ask(app, 'POST', '/api/things', { ...cross, origin: EVIL, ...headers }))[0]
    expect(await status({})).toBe(200)
    expect(await status({ authorization: 'Bearer x' })).toBe(200)
    expect(await status({ cookie: 'a=1' })).toBe(422)
    expect(await status({ authorization: 'Basic YTpi' })).toBe(422)
    // A form, whose answer may log its user in.
    expect(await status({ 'sec-fetch-mode': 'navigate' })).toBe(422)
    expect(await status({ 'sec-fetch-mode': 'no-cors' })).toBe(422)
  })
})

describe('cors of an app', () => {
  const RULES = [
    { origins: [APP], paths: ['/api/*', '/feed'], methods: ['GET'] },
    { origins: '*', paths: '/api/*' },
  ]

  test('is for routes by their paths and methods; the first rule that fits counts', async () => {
    const app = site(RULES)
    expect(await ask(app, 'GET', '/api/things', { origin: APP })).toContain(`allow-origin: ${APP}`)
    expect(await ask(app, 'GET', '/api/things', { origin: EVIL })).toEqual([200, 'vary: Origin'])
    expect(await preflight(app, 'POST', '/api/things', EVIL)).toContain('allow-origin: *')
    expect(await ask(app, 'GET', '/closed', { origin: APP })).toEqual([200])
  })

  test('is bound to routes, not to what a request looks like', async () => {
    const app = site([{ origins: [APP], paths: '/feed' }])
    expect(await ask(app, 'GET', '/feed', { origin: APP })).toEqual([200])
  })

  test('is for paths without a route too, so that scripts see the 404 and the 405', async () => {
    const app = site({ origins: [APP], paths: '/api/*' })
    expect(await ask(app, 'GET', '/api/nothing', { origin: APP })).toEqual([
      404,
      'vary: Origin',
      `allow-origin: ${APP}`,
    ])
    expect(await ask(app, 'PUT', '/api/things', { origin: APP })).toEqual([405, 'vary: Origin', `allow-origin: ${APP}`])
    expect(await preflight(app, 'PUT', '/api/things', APP)).toContain('allow-methods: PUT')
    expect(await preflight(app, 'GET', '/api/nothing', APP)).toContain(`allow-origin: ${APP}`)
    expect(await ask(app, 'GET', '/apiary', { origin: APP })).toEqual([200])
  })

  test("comes after a controller's own", async () => {
    const app = site({ origins: [EVIL] })
    expect(await ask(app, 'GET', '/posts', { origin: EVIL })).toEqual([200, 'vary: Origin'])
    expect(await ask(app, 'GET', '/closed', { origin: EVIL })).toContain(`allow-origin: ${EVIL}`)
  })

  test.each([
    [{ origins: '*', credentials: true }, "origins is '*' with credentials"],
    [{ origins: ['*'] }, 'origins has "*"'],
    [{ origins: ['null'] }, 'origins has "null", which every sandboxed frame says'],
    [{ origins: ['https://app.example.com/'] }, 'origins has "https://app.example.com/"'],
    [{ origins: ['app.example.com'] }, 'origins has "app.example.com"'],
    [{ origins: ['https://App.example.com'] }, 'origins has "https://App.example.com"'],
    [{ origins: ['https://app.example.com:443'] }, 'origins has'],
    [{ origins: ['https://*.com'] }, 'origins has "https://*.com"'],
    [{ origins: ['https://*'] }, 'origins has "https://*"'],
    [{ origins: ['https://a.*.example.com'] }, 'origins has'],
    [{ origins: [/example/] }, 'origins has {}'],
    [{ origins: APP }, `origins is "${APP}"`],
    [{}, 'origins is undefined'],
    [{ origins: '*', headers: ['x a'] }, 'headers is ["x a"]'],
    [{ origins: '*', headers: ['*'] }, 'headers is ["*"]'],
    [{ origins: '*', expose: 'x-a' }, 'expose is "x-a"'],
    [{ origins: '*', maxAge: -1 }, 'maxAge is -1'],
    [{ origins: [APP], credentials: 'include' }, 'credentials is "include"'],
    [{ origins: '*', paths: 'api' }, 'paths has "api"'],
    [{ origins: '*', paths: '/api*' }, 'paths has "/api*"'],
    [{ origins: '*', methods: ['get'] }, 'methods is ["get"]'],
    [{ origins: '*', origin: APP }, 'Unknown key "origin"'],
    ['*', 'cors is "*"'],
  ])('%j is refused at boot', (cors, problem) => {
    const error = bootError(() => site(cors))
    expect(error.problem).toContain(problem)
    expect(error.fix).not.toBe('')
  })

  test('takes origins of apps in shells of their own', async () => {
    const app = site({ origins: ['capacitor://localhost', 'http://localhost:5173'] })
    for (const origin of ['capacitor://localhost', 'http://localhost:5173'])
      expect(await ask(app, 'GET', '/closed', { origin })).toContain(`allow-origin: ${origin}`)
  })
})
