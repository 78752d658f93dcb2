// Who may send an unsafe request: what browsers say of its origin, and what controllers ask for.
import { InvalidAuthenticityToken, MemoryStore } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Answer, type Ask, boot, bootError } from '../../harness/app.js'
import { withEnvironment } from '../../harness/environment.js'
import {
  DefaultController,
  OpenController,
  PagesController,
  page,
  pagesApp,
  send,
  TokenController,
  TRUSTED,
} from '../../harness/forgery.js'

const sites = ['same-origin', 'none', 'same-site', 'cross-site', undefined] as const
const origins = [undefined, 'http://example.test', TRUSTED, 'https://evil.test', 'null'] as const
const tokens = ['none', 'valid', "form's", "another session's", "another form's", 'garbage'] as const

/** What each request meets, by its Sec-Fetch-Site, in the order of `origins`: P passes, R is refused, T wants a token,
 * D wants a token where the controller asks for one, and is refused elsewhere. */
const EXPECTED = {
  'same-origin': 'PPPPP',
  none: 'PPPPP',
  'same-site': 'RRPRR',
  'cross-site': 'RRPRR',
  undefined: 'TPPDD',
}

describe('F1: an unsafe request', () => {
  const rows = sites.flatMap((site) =>
    origins.flatMap((origin) => tokens.map((token) => [site, origin, token] as const)),
  )

  test.each(rows)('Sec-Fetch-Site %s, Origin %s, token %s', async (site, origin, token) => {
    const rule = EXPECTED[`${site}`][origins.indexOf(origin)] as 'P' | 'R' | 'T' | 'D'
    const isValid = token === 'valid' || token === "form's"
    const expected = {
      token: rule === 'P' || (rule !== 'R' && isValid),
      default: rule === 'P' || rule === 'T',
      open: true,
    }
    for (const [name, controller] of Object.entries({
      token: TokenController,
      default: DefaultController,
      open: OpenController,
    })) {
      const booted = pagesApp(controller)
      const form = await page(booted, '?path=/page')
      const sent = {
        none: undefined,
        valid: (await page(booted, '', form.cookie)).token,
        "form's": form.token,
        "another session's": (await page(booted)).token,
        "another form's": (await page(booted, '?path=/page/other', form.cookie)).token,
        garbage: 'x',
      }[token]
      const { status, json } = await send(booted, {
        cookie: form.cookie,
        'sec-fetch-site': site,
        origin,
        ...(sent === undefined ? {} : { 'x-csrf-token': sent }),
      }).then((answer) => ({
        status: answer.status,
        json: answer.status === 200 ? undefined : (answer.json as object),
      }))
      expect([name, status]).toEqual([name, expected[name as keyof typeof expected] ? 200 : 422])
      if (status === 422) expect(json).toMatchObject({ code: 'invalid_authenticity_token' })
    }
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('of the method %s is checked', async (method) => {
    const headers = { 'sec-fetch-site': 'cross-site' }
    expect((await send(pagesApp(DefaultController), headers, { method })).status).toBe(422)
    expect((await send(pagesApp(TokenController), {}, { method })).status).toBe(422)
  })

  test.each(['GET', 'HEAD', 'OPTIONS'])('of the method %s is none', async (method) => {
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }
    expect((await send(pagesApp(TokenController), headers, { method })).status).toBeLessThan(300)
  })

  test('with a Sec-Fetch-Site that nobody knows, or several, is refused', async () => {
    for (const site of ['', 'same-origin, cross-site', 'Same-Origin', 'same-origin-ish']) {
      expect((await send(pagesApp(DefaultController), { 'sec-fetch-site': site })).status, site).toBe(422)
    }
  })

  test('is refused before any filter runs, and whatever its type', async () => {
    let ran = 0
    class FilteredController extends PagesController {
      static {
        this.beforeAction(() => {
          ran += 1
        })
      }
    }
    const booted = pagesApp(FilteredController)
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json',
      'application/octet-stream',
    ]) {
      const headers = { 'sec-fetch-site': 'cross-site', 'content-type': type }
      expect((await send(booted, headers, { body: '{}' })).status, type).toBe(422)
    }
    expect(ran).toBe(0)
    expect((await send(booted, {})).status).toBe(200)
    expect(ran).toBe(1)
  })
})

describe("the app's own origin", () => {
  const ORIGIN =
    (origin: string, options: Ask = {}) =>
    (config: object = {}) =>
      send(pagesApp(DefaultController, config), { origin, ...options.headers }, options).then(({ status }) => status)

  test.each([
    ['http://example.test', {}, 200],
    ['https://example.test', {}, 422],
    ['http://example.test:8080', {}, 422],
    ['http://EXAMPLE.test', {}, 422],
    ['http://example.test.evil.test', {}, 422],
    ['http://example.test', { headers: { host: 'example.test:80' } }, 200],
    ['http://example.test:8080', { headers: { host: 'Example.test:8080' } }, 200],
    ['https://example.test', { encrypted: true }, 200],
    ['https://example.test', { encrypted: true, headers: { host: 'example.test:443' } }, 200],
    ['http://example.test', { encrypted: true }, 422],
    ['http://[::1]:3000', { headers: { host: '[::1]:3000' } }, 200],
    ['http://x', { headers: { host: undefined } }, 422],
    ['http://', { headers: { host: undefined } }, 422],
    ['http://undefined', { headers: { host: undefined } }, 422],
    ['http://x:99999', { headers: { host: 'y:99999' } }, 422],
  ])('%s, asked for as %j: %i', async (origin, options, status) => {
    expect(await ORIGIN(origin, options as Ask)()).toBe(status)
  })

  test('H4: is what a trusted proxy says, and nobody else', async () => {
    const headers = { host: 'app:3000', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'example.com:443' }
    expect(await ORIGIN('https://example.com', { headers })({ trustProxy: true })).toBe(200)
    expect(await ORIGIN('https://example.com', { headers })()).toBe(422)
  })
})

describe('a controller', () => {
  class ApplicationController extends PagesController {
    static {
      this.protectFromForgery({ except: ['logIn'] })
      this.rescueFrom(InvalidAuthenticityToken, (c, error) => c.render({ rescued: error.status }, { status: 422 }))
    }
  }
  class HooksController extends ApplicationController {
    static {
      this.skipForgeryProtection({ only: ['create'] })
    }
  }
  class StrictController extends HooksController {
    static {
      this.protectFromForgery({ only: ['create', 'logIn'] })
    }
  }

  test.each([
    [ApplicationController, { '/page': 422, '/log-in': 200, '/log-out': 422 }],
    [HooksController, { '/page': 200, '/log-in': 200, '/log-out': 422 }],
    [StrictController, { '/page': 422, '/log-in': 422, '/log-out': 422 }],
  ])('inherits, and changes for some actions, what a parent asks for (%o)', async (controller, expected) => {
    const booted = pagesApp(controller)
    for (const [path, status] of Object.entries(expected))
      expect([path, (await send(booted, {}, { path })).status]).toEqual([path, status])
    // What asks for no token still looks at the origin; what skips does not.
    const cross = await send(booted, { 'sec-fetch-site': 'cross-site' }, { path: '/page' })
    expect(cross.status).toBe(controller === HooksController ? 200 : 422)
  })

  test('may rescue a refusal', async () => {
    expect((await send(pagesApp(ApplicationController), {})).json).toEqual({ rescued: 422 })
  })

  test('that names no action ends the boot', () => {
    const declare = (macro: 'protectFromForgery' | 'skipForgeryProtection') => () => {
      class WrongController extends PagesController {
        static {
          this[macro]({ only: ['nothing' as never] })
        }
      }
      return WrongController
    }
    expect(declare('protectFromForgery')).toThrow(/WrongController\.protectFromForgery: only names "nothing"/)
    expect(declare('skipForgeryProtection')).toThrow(/WrongController\.skipForgeryProtection: only names "nothing"/)
  })
})

describe('a refusal', () => {
  const detail = (answer: Answer) => (answer.json as { detail: string }).detail

  test('says what the request lacks, and how to let it in', async () => {
    const cross = await send(pagesApp(DefaultController), {
      'sec-fetch-site': 'cross-site',
      origin: 'https://evil.test',
    })
    expect(detail(cross)).toBe(
      'This request was started by another site (Sec-Fetch-Site: "cross-site", Origin: "https://evil.test"). ' +
        'If that site may, add its origin to trustedOrigins in config/application.ts. ' +
        'An action that is for other programs, and not for browsers with cookies, says skipForgeryProtection.',
    )
    const differs = await send(pagesApp(DefaultController), { origin: 'https://example.test' })
    expect(detail(differs)).toMatch(
      /started by "https:\/\/example\.test", and this app takes itself for "http:\/\/example\.test"\. Behind a proxy, set trustProxy/,
    )
    expect(detail(await send(pagesApp(TokenController), {}))).toMatch(
      /came without a CSRF token\. Put this\.csrfField\(\) into the form/,
    )
    expect(detail(await send(pagesApp(TokenController), { 'x-csrf-token': 'x' }))).toMatch(
      /another session, of another form, or from before/,
    )
  })

  test('L1: is a page for a browser, with what it quotes escaped and cut', async () => {
    const origin = `https://<script>${'x'.repeat(500)}`
    const { text } = await send(pagesApp(DefaultController), {
      'sec-fetch-site': 'cross-site',
      origin,
      accept: 'text/html',
    })
    expect(text).toContain('&#60;script&#62;x')
    expect(text).not.toContain('<script>')
    expect(text).not.toContain('x'.repeat(101))
  })
})

describe('C11: nothing is paid', () => {
  class CountingStore extends MemoryStore {
    static loads = 0
    override load(id: string) {
      CountingStore.loads += 1
      return super.load(id)
    }
  }

  test('for a request that its browser vouches for: no session is read, no cookie sent', async () => {
    withEnvironment({ SECRET_KEY_BASE: 'a'.repeat(64) })
    const booted = boot((r) => r.post('/page', TokenController, 'create'), {
      config: {},
      override: { sessionStore: CountingStore as never },
    })
    const answer = await send(booted, { cookie: '_test_app_session=x', 'sec-fetch-site': 'same-origin' })
    expect([answer.status, answer.setCookies, answer.headers['cache-control'], CountingStore.loads]).toEqual([
      200,
      [],
      undefined,
      0,
    ])
    await send(booted, { cookie: '_test_app_session=x', 'x-csrf-token': 'x' })
    expect(CountingStore.loads).toBe(1)
  })
})

describe('trustedOrigins', () => {
  const refused = (trustedOrigins: unknown) =>
    bootError(() => boot(() => {}, { config: { trustedOrigins: trustedOrigins as string[] } }))

  test.each([
    ['https://pay.example.com'],
    [['pay.example.com']],
    [['https://pay.example.com/']],
    [['https://pay.example.com/return']],
    [['https://Pay.example.com']],
    [['https://pay.example.com:443']],
    [['https://*.example.com/']],
    [['https://*.example.com']],
    [['null']],
    [['']],
    [[7]],
    [['ftp://example.com']],
    [['https://user@pay.example.com']],
  ])('%j ends the boot', (value) => {
    const { problem, fix } = refused(value)
    expect(problem).toMatch(/^trustedOrigins has .+, which is no origin\.$/)
    expect(fix).toContain("['https://pay.example.com']")
  })

  test('of another scheme or port than the request is not trusted', async () => {
    for (const origin of ['http://pay.example.com', 'https://pay.example.com:8443', 'https://example.com']) {
      expect((await send(pagesApp(DefaultController), { 'sec-fetch-site': 'cross-site', origin })).status).toBe(422)
    }
  })
})
