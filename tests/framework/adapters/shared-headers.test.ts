// What an answer says where several have a say: middleware, the framework's defaults, a guard and a mounted handler. One voice each.
import { type ApplicationConfig, Controller, DEFAULT_HEADERS, type RouteMapper } from 'contrail'
import express from 'express'
import helmet from 'helmet'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { describe, expect, test } from 'vitest'
import { askSocket, boot, listen } from '../../harness/app.js'
import { open } from '../../harness/sockets.js'

class PagesController extends Controller {
  static {
    this.rescueFrom(RangeError, (c) => c.renderText('rescued', { status: 409 }))
  }
  index() {
    this.renderText('index')
  }
  fail() {
    throw new Error('no')
  }
  rescued() {
    throw new RangeError('no')
  }
}

class GuardController extends Controller {
  static {
    this.rateLimit({ to: 2, within: 60 })
    this.httpBasicAuthenticateWith({ name: 'ada', password: 'engine' })
    this.allowCrossOrigin({ origins: ['https://a.test'] })
    this.contentSecurityPolicy({ defaultSrc: ["'self'"] })
  }
}

class SessionGuard extends Controller {
  static {
    this.beforeAction((c) => c.flash.set('notice', 'seen'))
  }
}

const node = express()
node.get('/x', (_, response) => void response.set('x-frame-options', 'DENY').send('express'))
const web = new Hono()
web.use(secureHeaders({ xFrameOptions: 'DENY' }))
web.get('/*', (c) => c.text('hono', { headers: { 'cache-control': 'public, max-age=60', vary: 'Accept' } }))

const draw = (r: RouteMapper) => {
  r.root(PagesController, 'index')
  for (const action of ['fail', 'rescued'] as const) r.get(`/${action}`, PagesController, action)
  r.mount('/node', node)
  r.mount('/web', web)
  r.mount('/guarded/node', node, { guard: GuardController })
  r.mount('/guarded/web', web, { guard: GuardController })
  r.mount('/seen/web', web, { guard: SessionGuard })
}

const HTTPS = { 'x-forwarded-proto': 'https' }

async function site(config: Partial<ApplicationConfig> = {}) {
  const production = { name: 'production', explicit: true }
  const parts = { config: { logLevel: 'silent', trustProxy: true, ...config } as const, environment: production }
  return await listen(boot(draw, parts).app)
}

/** The values of a header, each as it came over the wire. */
async function values(url: string, path: string, name: string): Promise<string[]> {
  const connection = await open(url)
  connection.socket.write(
    `GET ${path} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n${'X-Forwarded-Proto: https'}\r\n\r\n`,
  )
  const head = (await connection.ended()).split('\r\n\r\n')[0] as string
  return [...head.matchAll(new RegExp(`^${name}: (.*)$`, 'gim'))].map(([, value]) => (value as string).trim())
}

const PATHS = ['/', '/fail', '/rescued', '/nowhere', '/node/x', '/node/nothing', '/web/x']

describe('H13: of one header there is one value', () => {
  test.each(PATHS)('the middleware’s, where the framework has but a default: %s', async (path) => {
    const url = await site({ middleware: [helmet({ strictTransportSecurity: { maxAge: 7 } })] })
    const isOwn = path === '/web/x'
    expect(await values(url, path, 'referrer-policy')).toEqual(['no-referrer'])
    expect(await values(url, path, 'x-content-type-options')).toEqual(['nosniff'])
    expect(await values(url, path, 'x-frame-options')).toEqual([/x$/.test(path) ? 'DENY' : 'SAMEORIGIN'])
    expect(await values(url, path, 'strict-transport-security')).toEqual([
      isOwn ? 'max-age=15552000; includeSubDomains' : 'max-age=7; includeSubDomains',
    ])
  })

  test.each(['/node/x', '/web/x'])('the mounted handler’s, and the defaults beside it: %s', async (path) => {
    const url = await site()
    expect(await values(url, path, 'x-frame-options')).toEqual(['DENY'])
    for (const name of Object.keys(DEFAULT_HEADERS)) expect(await values(url, path, name), name).toHaveLength(1)
    expect(await values(url, path, 'strict-transport-security')).toHaveLength(1)
  })

  test('C10: what a guard’s session made private stays so, whatever the handler says', async () => {
    const answer = await askSocket(`${await site()}/seen/web/x`, { headers: HTTPS })
    expect(answer.setCookies).toHaveLength(1)
    expect(answer.headers['cache-control']).not.toContain('public')
    expect(answer.headers['cache-control']).toContain('private')
    expect(answer.headers['vary']).toBe('Accept')
  })
})

describe.each(['/guarded/node/x', '/guarded/web/x'])('behind a guard, %s', (path) => {
  const origin = 'https://a.test'
  const authorization = `Basic ${Buffer.from('ada:engine').toString('base64')}`

  test('says the limits, who may read it, and the policy', async () => {
    const url = await site()
    for (const [method, left] of [
      ['GET', 1],
      ['HEAD', 0],
    ] as const) {
      const answer = await askSocket(url + path, { method, headers: { ...HTTPS, origin, authorization } })
      expect(answer.status).toBe(200)
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'content-security-policy': "default-src 'self'",
        'strict-transport-security': expect.stringContaining('max-age='),
      })
      expect(answer.headers['ratelimit']).toContain(`;r=${left};`)
    }
    const answer = await askSocket(url + path, { headers: { ...HTTPS, origin, authorization } })
    expect(answer.status).toBe(429)
    expect(answer.headers['access-control-allow-origin']).toBe(origin)
  })

  test('a preflight is answered: it has no password, and is not counted', async () => {
    const url = await site()
    const headers = { origin, 'access-control-request-method': 'POST' }
    for (let count = 0; count < 3; count++) {
      const answer = await askSocket(url + path, { method: 'OPTIONS', headers })
      expect([answer.status, answer.headers['access-control-allow-methods']]).toEqual([204, 'POST'])
    }
    const refused = await askSocket(url + path, { headers: { origin } })
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([401, origin])
  })
})
