// What a configuration's values must be: a wrong one ends the boot and is named; what is left out has a default.
import type { ApplicationConfig, RouteMapper } from 'contrail'
import { Controller, createApplication } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot, bootError } from '../../harness/app.js'
import { recordingStore } from '../../harness/recording-store.js'

class EchoController extends Controller {
  create() {
    this.render(this.request.rawBody?.length ?? 0)
  }
  index() {
    this.render({ ip: this.request.ip })
  }
}

const draw = (r: RouteMapper) => {
  r.get('/', EchoController, 'index')
  r.post('/', EchoController, 'create')
}
const wrong = (config: Record<string, unknown>) => bootError(() => boot(draw, { config: config as ApplicationConfig }))

describe('a value of the wrong kind is refused:', () => {
  test.each(['verbose', '', 3, 'INFO'])('logLevel %j', (logLevel) => {
    const { problem, fix } = wrong({ logLevel })
    expect(problem).toBe(`logLevel is ${JSON.stringify(logLevel)}.`)
    expect(fix).toBe('choose one of trace, debug, info, warn, error, fatal, silent.')
  })

  test.each(['bodyLimit', 'shutdownTimeout'])('%s that is no whole number', (key) => {
    for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1mb']) {
      const { problem, fix } = wrong({ [key]: value })
      expect(problem).toBe(`${key} is ${value === '1mb' ? '"1mb"' : value}.`)
      expect(fix).toMatch(/^give a whole number of (bytes|seconds), such as \d+\.$/)
    }
  })

  test.each([['not-an-address'], ['10.0.0.0/99'], [['loopback', 'nowhere']], [{}]])('trustProxy %j', (trustProxy) => {
    const { problem, fix } = wrong({ trustProxy })
    expect(problem).toMatch(/^trustProxy: /)
    expect(fix).toContain("'10.0.0.0/8'")
  })

  test.each([['example.com'], [[1]], [['']], [null]])('hosts %j', (hosts) => {
    const { problem, fix } = wrong({ hosts })
    expect(problem).toBe(`hosts is ${JSON.stringify(hosts)}.`)
    expect(fix).toContain("['example.com', '.example.org']")
  })

  test.each([['iban'], [[/iban/]], [['']]])('filterParameters %j', (filterParameters) => {
    expect(wrong({ filterParameters }).problem).toBe(`filterParameters is ${JSON.stringify(filterParameters)}.`)
  })

  test.each([['cookie'], [{}], [class Nothing {}]])('sessionStore that is no class of stores', (sessionStore) => {
    const { problem, fix } = wrong({ sessionStore })
    expect(problem).toBe('sessionStore is no class of session stores.')
    expect(fix).toContain('CookieStore')
  })

  test('sessionOptions that are no object', () => {
    const config = { sessionOptions: 'key' } as unknown as ApplicationConfig
    const { problem } = bootError(() => boot(draw, { override: config }))
    expect(problem).toBe('sessionOptions in config/environments/test.ts is no object.')
  })

  test.each([null, 'config', 1])('a whole configuration that is %j', (given) => {
    const config = given as unknown as ApplicationConfig
    const { problem, fix } = bootError(() => createApplication({ config, routes: { routes: [] } }))
    expect(problem).toBe('config/application.ts exports no configuration by default.')
    expect(fix).toBe('write: export default defineApplication({ … })')
    expect(bootError(() => boot(draw, { override: config })).problem).toBe(
      'config/environments/test.ts exports no configuration by default.',
    )
  })
})

describe('a value is taken:', () => {
  test('bodyLimit is the most bytes a body may have', async () => {
    const { app } = boot(draw, { config: { bodyLimit: 4 } })
    expect((await ask(app, '/', { body: '1234' })).json).toBe(4)
    expect((await ask(app, '/', { body: '12345' })).status).toBe(413)
  })

  test('bodyLimit is 1,048,576 when left out', async () => {
    const { app } = boot(draw)
    expect((await ask(app, '/', { body: 'a'.repeat(1_048_576) })).json).toBe(1_048_576)
    expect((await ask(app, '/', { body: 'a'.repeat(1_048_577) })).status).toBe(413)
  })

  test('hosts are those that a request may name', async () => {
    const { app } = boot(draw, { config: { hosts: ['example.test'] } })
    expect((await ask(app, '/')).status).toBe(200)
    expect((await ask(app, '/', { headers: { host: 'evil.test' } })).status).toBe(403)
  })

  test('trustProxy decides whose word on the address counts', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' }
    expect((await ask(boot(draw, { config: { trustProxy: 'loopback' } }).app, '/', { headers })).json.ip).toBe(
      '203.0.113.9',
    )
    expect((await ask(boot(draw).app, '/', { headers })).json.ip).toBe('127.0.0.1')
  })

  test('expireAfter and maxLifetime reach the store, and key its cookie', () => {
    const { RecordingStore, made } = recordingStore()
    const sessionOptions = { key: '_blog', expireAfter: 60, maxLifetime: 600 }
    boot(draw, { config: { sessionStore: RecordingStore, sessionOptions } })
    expect(made[0]?.context).toMatchObject({ key: '_blog', expireAfter: 60, maxLifetime: 600 })
  })
})

describe("the session cookie's name, when left out, is made from the app's", () => {
  test.each([
    ['blog', '_blog_session'],
    ['@company/my-blog', '_my_blog_session'],
    ['blog.v2', '_blog_v2_session'],
    ['@company/', '_contrail_session'],
    [undefined, '_contrail_session'],
  ])('%s: %s', (name, key) => {
    const { RecordingStore, made } = recordingStore()
    boot(draw, { name, config: { sessionStore: RecordingStore } })
    expect(made[0]?.context.key).toBe(key)
  })
})

describe('routes', () => {
  test.each([undefined, null, {}, { routes: 1 }])('that are %j are refused', (routes) => {
    const { problem, fix } = bootError(() => boot(draw, { routes: routes as never }))
    expect(problem).toBe('config/routes.ts exports no routes by default.')
    expect(fix).toBe('write: export default defineRoutes((r) => { … })')
  })
})
