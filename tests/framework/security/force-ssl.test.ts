// forceSSL: plain requests are sent to HTTPS, browsers are told to remember it, and cookies stay there.
import { Controller, type ForceSSLOptions } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Ask, ask, askSocket, boot, bootError, listen } from '../../harness/app.js'

let ran = 0

class PagesController extends Controller {
  index() {
    ran += 1
    Object.assign(this.session, { a: 1 })
    this.cookies.set('own', 'x')
    this.render({})
  }
}

function site(forceSSL: boolean | ForceSSLOptions, config: object = {}) {
  ran = 0
  return boot(
    (r) => {
      r.get('/posts/:id', PagesController, 'index')
      r.get('/up', PagesController, 'index')
      r.post('/posts/:id', PagesController, 'index')
    },
    { config: { forceSSL, ...config } },
  )
}

async function location(forceSSL: boolean | ForceSSLOptions, url: string, options: Ask = {}) {
  const { status, headers } = await ask(site(forceSSL).app, url, options)
  return `${status} ${headers['location']}`
}

describe('forceSSL', () => {
  test('sends a plain request to HTTPS, with path and query: 301, or 308 where a body is', async () => {
    expect(await location(true, '/posts/1?a=b%20c&d')).toBe('301 https://example.test/posts/1?a=b%20c&d')
    expect(await location(true, '/posts/1', { method: 'HEAD' })).toBe('301 https://example.test/posts/1')
    expect(await location(true, '/posts/1', { method: 'POST' })).toBe('308 https://example.test/posts/1')
    expect(await location(true, '/nowhere')).toBe('301 https://example.test/nowhere')
    expect(ran).toBe(0)
  })

  test('keeps a port of its own, and leaves out that of HTTP', async () => {
    expect(await location(true, '/up', { headers: { host: 'example.test:80' } })).toBe('301 https://example.test/up')
    expect(await location(true, '/up', { headers: { host: 'a.test:8080' } })).toBe('301 https://a.test:8080/up')
    expect(await location({ host: 'www.example.com:8443' }, '/up')).toBe('301 https://www.example.com:8443/up')
  })

  test('stays on its host, whatever the path says', async () => {
    expect(await location(true, '//evil.test/a')).toBe('301 https://example.test//evil.test/a')
    expect(await location(true, '/\\evil.test')).toBe('400 undefined')
    expect(await location(true, '/up', { headers: { host: 'evil.test/x' } })).toBe('400 undefined')
    expect(await location(true, '/up', { headers: { host: undefined } })).toBe('400 undefined')
    expect(await location(true, '/up?a\r\nset-cookie:b')).toBe('400 undefined')
  })

  test('answers over a real socket, with the default headers and no HSTS', async () => {
    const answer = await askSocket(`${await listen(site(true).app)}/up`)
    expect(answer.status).toBe(301)
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'content-length': '0' })
    expect(answer.headers).not.toHaveProperty('strict-transport-security')
  })

  test('lets HTTPS pass, and tells browsers to remember it', async () => {
    const { status, headers } = await ask(site(true).app, '/up', { encrypted: true })
    expect([status, headers['strict-transport-security']]).toEqual([200, 'max-age=63072000; includeSubDomains'])
  })

  test.each([
    [{ maxAge: 0 }, 'max-age=0; includeSubDomains'],
    [{ includeSubDomains: false }, 'max-age=63072000'],
    [{ preload: true }, 'max-age=63072000; includeSubDomains; preload'],
    [false, undefined],
  ])('with hsts %j sends %s', async (hsts, header) => {
    const { headers } = await ask(site({ hsts } as ForceSSLOptions).app, '/up', { encrypted: true })
    expect(headers['strict-transport-security']).toBe(header)
  })

  test('lets pass what is excluded', async () => {
    const { app } = site({ exclude: (request) => request.path === '/up' })
    expect((await ask(app, '/up')).status).toBe(200)
    expect((await ask(app, '/posts/1')).status).toBe(301)
  })

  test('makes every cookie Secure, unless the app says otherwise', async () => {
    const exclude = () => true
    const cookies = async (options: ForceSSLOptions, config = {}) =>
      (await ask(site(options, config).app, '/up')).setCookies.map((cookie) => /; Secure/.test(cookie))
    expect(await cookies({ exclude })).toEqual([true, true])
    expect(await cookies({ exclude, secureCookies: false })).toEqual([false, false])
    expect(await cookies({ exclude }, { sessionOptions: { secure: false } })).toEqual([true, false])
  })

  test('believes only a trusted proxy, and says once what the circle comes from', async () => {
    const https = { headers: { 'x-forwarded-proto': 'https' } }
    const { app, log } = site(true)
    expect((await ask(app, '/up', https)).status).toBe(301)
    expect((await ask(app, '/up', https)).status).toBe(301)
    expect(log.map(({ msg }) => msg)).toEqual([expect.stringContaining('set trustProxy')])
    expect((await ask(site(true, { trustProxy: 'loopback' }).app, '/up', https)).status).toBe(200)
  })

  test('comes after the host check', async () => {
    const { app } = site(true, { hosts: ['example.com'] })
    expect((await ask(app, '/up', { headers: { host: 'evil.test' } })).status).toBe(403)
  })

  test.each([
    ['yes', 'forceSSL is "yes"'],
    [{ redirect: true }, 'Unknown key "redirect" in forceSSL'],
    [{ hsts: { expires: 1 } }, 'Unknown key "expires" in forceSSL.hsts'],
    [{ hsts: { maxAge: 1.5 } }, 'hsts.maxAge is 1.5'],
    [{ host: 'https://example.com' }, 'host is "https://example.com"'],
    [{ exclude: ['/up'] }, 'exclude is no function'],
  ])('%j is refused at boot', (forceSSL, problem) => {
    expect(bootError(() => site(forceSSL as ForceSSLOptions)).problem).toContain(problem)
  })
})
