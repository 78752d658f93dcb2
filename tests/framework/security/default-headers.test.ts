// H13: headers that make a browser careful are on every answer, whatever it became, over real sockets; an app says otherwise once.
import { Controller, DEFAULT_HEADERS, type DefaultHeaders, type Environment } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Ask, ask, askSocket, boot, bootError, listen } from '../../harness/app.js'

class PagesController extends Controller {
  static {
    this.rescueFrom(RangeError, (c) => c.renderText('rescued', { status: 409 }))
    this.beforeAction((c) => c.head(401), { only: 'halted' })
  }
  index() {
    this.render({})
  }
  own() {
    this.response.headers.delete('x-frame-options')
    this.renderHtml('<p>', { headers: { 'Referrer-Policy': 'no-referrer' } })
  }
  away() {
    this.redirectTo('/')
  }
  fail() {
    throw new Error('no')
  }
  rescued() {
    throw new RangeError('no')
  }
  halted() {
    this.index()
  }
  silent() {}
}

const PRODUCTION = { name: 'production', explicit: true }
const TEST = { name: 'test', explicit: true }

function site(config: object = {}, environment: Environment = TEST) {
  return boot(
    (r) => {
      for (const name of ['index', 'own', 'away', 'fail', 'rescued', 'halted', 'silent'] as const)
        r.get(`/${name}`, PagesController, name)
      r.post('/index', PagesController, 'index')
    },
    { config: { logLevel: 'silent', ...config }, environment },
  ).app
}

describe('H13: the default headers', () => {
  test('are five, as Rails has them, with COOP', () => {
    expect(DEFAULT_HEADERS).toEqual({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'cross-origin-opener-policy': 'same-origin',
      'x-permitted-cross-domain-policies': 'none',
    })
  })

  test.each([
    ['/index', 200, {}],
    ['/index', 200, { method: 'HEAD' }],
    ['/away', 302, {}],
    ['/index', 204, { method: 'OPTIONS' }],
    ['/index?%zz', 200, {}],
    ['/%zz', 400, {}],
    ['/halted', 401, {}],
    ['/index', 403, { headers: { host: 'evil.test' } }],
    ['/nowhere', 404, {}],
    ['/index', 405, { method: 'PUT' }],
    ['/rescued', 409, {}],
    ['/index', 413, { method: 'POST', headers: { 'content-type': 'application/json' }, body: `"${'x'.repeat(99)}"` }],
    ['/index', 415, { method: 'POST', headers: { 'content-type': 'application/json; charset=latin1' }, body: '{}' }],
    ['/index', 422, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } }],
    ['/fail', 500, {}],
    ['/fail', 500, { headers: { accept: 'text/html' } }],
    ['/silent', 500, {}],
  ])('are on %s, %i', async (path, status, options) => {
    const url = await listen(site({ bodyLimit: 50, hosts: ['127.0.0.1'] }))
    const answer = await askSocket(url + path, options as Parameters<typeof askSocket>[1])
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject(DEFAULT_HEADERS)
  })

  test('are the same whatever the action set before', async () => {
    const app = site()
    expect((await ask(app, '/own')).headers).toMatchObject({ 'referrer-policy': 'no-referrer' })
    expect((await ask(app, '/own')).headers).not.toHaveProperty('x-frame-options')
    expect((await ask(app, '/index')).headers).toMatchObject(DEFAULT_HEADERS)
  })

  test('are changed, added to and taken away by the app, in any case', async () => {
    const defaultHeaders = {
      'X-Frame-Options': 'DENY',
      'cross-origin-opener-policy': null,
      'Permissions-Policy': 'camera=()',
      'x-nothing': undefined,
    }
    for (const path of ['/index', '/nowhere', '/fail']) {
      const { headers } = await ask(site({ defaultHeaders }), path)
      expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'permissions-policy': 'camera=()' })
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff' })
      expect(headers).not.toHaveProperty('cross-origin-opener-policy')
      expect(headers).not.toHaveProperty('x-nothing')
    }
  })

  test.each([
    [{ 'x-a': 'b\r\nc: d' }, 'holds a character that HTTP forbids'],
    [{ 'x a': 'b' }, '"x a" is not a header name'],
    [{ 'x-a': 1 }, 'is no text'],
    [{ 'Set-Cookie': 'a=1' }, '"Set-Cookie", which is decided for each answer'],
    [{ 'content-length': '1' }, 'decided for each answer'],
    [['x-a'], 'defaultHeaders is ["x-a"]'],
    ['x-a', 'defaultHeaders is "x-a"'],
  ])('%j are refused at boot', (defaultHeaders, problem) => {
    const error = bootError(() => site({ defaultHeaders: defaultHeaders as unknown as DefaultHeaders }))
    expect(error.problem).toContain(problem)
    expect(error.fix).not.toBe('')
  })
})

describe('Strict-Transport-Security', () => {
  const hsts = async (config: object, environment: Environment, options: Ask, path = '/index') =>
    (await ask(site(config, environment), path, options)).headers['strict-transport-security']

  test('is sent over HTTPS in production, for this host and a year, errors included', async () => {
    for (const path of ['/index', '/nowhere', '/fail'])
      expect(await hsts({}, PRODUCTION, { encrypted: true }, path)).toBe('max-age=31536000')
    expect(await hsts({}, { name: 'staging', explicit: true }, { encrypted: true })).toBe('max-age=31536000')
  })

  test('is not sent over HTTP, nor where HTTPS is only said by somebody', async () => {
    expect(await hsts({}, PRODUCTION, {})).toBeUndefined()
    expect(await hsts({}, PRODUCTION, { headers: { 'x-forwarded-proto': 'https' } })).toBeUndefined()
    expect(await hsts({ trustProxy: true }, PRODUCTION, { headers: { 'x-forwarded-proto': 'https' } })).toBeDefined()
  })

  test('is not sent in development and test: localhost has other apps', async () => {
    const development = { name: 'development', explicit: true }
    const local = { encrypted: true, headers: { host: 'localhost' } }
    expect(await hsts({}, development, local)).toBeUndefined()
    expect(await hsts({}, TEST, { encrypted: true })).toBeUndefined()
  })

  test("is the app's own, or none, over HTTPS alone", async () => {
    const own = { defaultHeaders: { 'Strict-Transport-Security': 'max-age=5' } }
    expect(await hsts(own, TEST, { encrypted: true })).toBe('max-age=5')
    expect(await hsts(own, PRODUCTION, {})).toBeUndefined()
    const none = { defaultHeaders: { 'strict-transport-security': null } }
    expect(await hsts(none, PRODUCTION, { encrypted: true })).toBeUndefined()
  })
})
