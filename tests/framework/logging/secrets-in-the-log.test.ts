// L2: secrets that a request carries are nowhere in the log, whatever becomes of the request.
import { Controller, MemoryRateLimitStore, NotFound, secureCompare } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Ask, ask, boot } from '../../harness/app.js'

class AnyController extends Controller {
  static {
    this.rateLimit({ to: 1, within: 60, only: 'limited', by: (c) => c.request.header('x-api-key') })
    this.rescueFrom(RangeError, (c) => c.head(409))
  }
  index() {
    this.render({})
  }
  reset() {
    this.index()
  }
  limited() {
    this.index()
  }
  fail() {
    throw new Error('it failed')
  }
  missing() {
    throw new NotFound()
  }
  rescued() {
    throw new RangeError()
  }
  basic() {
    this.authenticateOrRequestWithHttpBasic((_, password) => secureCompare(password, 'other'))
  }
  token() {
    this.authenticateOrRequestWithHttpToken((token) => secureCompare(token, 'other'))
  }
  sealed() {
    this.render([this.session, this.cookies.signed.get('signed'), this.cookies.encrypted.get('encrypted')])
  }
  int() {
    this.render(this.params.int('secret'))
  }
}

const ACTIONS = ['index', 'limited', 'fail', 'missing', 'rescued', 'basic', 'token', 'sealed', 'int'] as const
const HEADERS = {
  cookie: '_test_app_session=planted; signed=planted; encrypted=planted; %zz=planted',
  authorization: 'Bearer planted',
  'x-api-key': 'planted',
  'x-csrf-token': 'planted',
  'user-agent': 'planted',
  referer: 'https://example.test/?token=planted',
  'x-request-id': 'planted\n',
}

function site(environment = 'test') {
  return boot(
    (r) => {
      for (const action of ACTIONS) {
        r.get(`/${action}`, AnyController, action)
        r.post(`/${action}`, AnyController, action)
      }
      r.get('/resets/:token', AnyController, 'reset')
      r.get('/files/*secretPath', AnyController, 'reset')
      r.get('/users/:id/keys/:api_key', AnyController, 'reset')
    },
    {
      environment: { name: environment, explicit: true },
      config: {
        logLevel: 'trace',
        bodyLimit: 100,
        rateLimitStore: new MemoryRateLimitStore(),
        hosts: ['example.test'],
      },
    },
  )
}

describe.each(['production', 'development'])('L2: in %s nothing planted is in the log', (environment) => {
  const { app, log } = site(environment)
  const json = { 'content-type': 'application/json' }
  const CASES: [string, string, Ask][] = [
    ...ACTIONS.map((action): [string, string, Ask] => [action, `/${action}?access_token=planted`, {}]),
    ...ACTIONS.map((action): [string, string, Ask] => [
      `POST ${action}`,
      `/${action}`,
      { body: { password: 'planted' } },
    ]),
    ['once too often', '/limited', {}],
    ['basic authentication', '/basic', { headers: { authorization: `Basic ${btoa('planted:planted')}` } }],
    ['malformed authentication', '/basic', { headers: { authorization: 'Basic planted' } }],
    ['an unknown host', '/index?token=planted', { headers: { host: 'evil.test' } }],
    ['a forged form', '/index?token=planted', { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } }],
    ['no route', '/nowhere?token=planted', {}],
    ['no method', '/index?token=planted', { method: 'DELETE' }],
    ['a malformed query', '/index?token=planted&a=%zz', {}],
    ['a malformed body', '/index', { method: 'POST', headers: json, body: '{"password":"planted"' }],
    ['a body too large', '/index', { method: 'POST', headers: json, body: `"${'planted'.repeat(20)}"` }],
    ['a body of no type', '/index', { method: 'POST', headers: { 'content-type': 'planted' }, body: 'planted' }],
    ['a secret in the path', '/resets/planted', {}],
    ['one that is encoded', '/resets/pl%61nted', {}],
    ['one with a malformed query', '/resets/planted?a=%zz', {}],
    ['several segments', '/files/a/planted/b', {}],
    ['one of two', '/users/7/keys/planted', {}],
  ]

  test.each(CASES)('%s', async (_, url, { headers, ...options }) => {
    log.length = 0
    const { status } = await ask(app, url, { ...options, headers: { ...HEADERS, ...headers } })
    expect(status).toBeGreaterThan(199)
    expect(JSON.stringify(log)).toContain(url.split(/[/?]/)[1])
    expect(JSON.stringify(log)).not.toMatch(/planted|pl%61nted|cGxhbnRlZ/)
  })
})

test('the path of a request is logged but for its secrets', async () => {
  const { app, log } = site()
  for (const url of ['/resets/abc', '/users/7/keys/7?page=2', '/files/a/b', '/index'])
    await ask(app, url, { headers: {} })
  expect(log.map(({ path }) => path)).toEqual([
    '/resets/[FILTERED]',
    // What is the secret's text elsewhere is hidden with it.
    '/users/[FILTERED]/keys/[FILTERED]',
    '/files/[FILTERED]/[FILTERED]',
    '/index',
  ])
})
