// The session cookie's attributes, and the options that make none a browser would keep.
import { Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot, bootError } from '../../harness/app.js'
import { sessionApp } from '../../harness/sessions.js'

async function attributes(sessionOptions: object, ask: object = {}, trustProxy = false): Promise<string | undefined> {
  const app = sessionApp({ sessionOptions, trustProxy })
  const { setCookies } = await app.does((controller) => controller.put({ a: 1 }), ask)
  return setCookies[0]?.replace(/^[^;]*; /, '')
}

const refused = (sessionOptions: object) => bootError(() => boot(() => {}, { config: { sessionOptions } }))

describe('C7: the cookie', () => {
  test.each<[options: object, attributes: string]>([
    [{}, 'Path=/; HttpOnly; SameSite=Lax'],
    [{ domain: 'foo.com' }, 'Domain=foo.com; Path=/; HttpOnly; SameSite=Lax'],
    [{ path: '/admin' }, 'Path=/admin; HttpOnly; SameSite=Lax'],
    [{ httpOnly: false }, 'Path=/; SameSite=Lax'],
    [{ sameSite: 'strict' }, 'Path=/; HttpOnly; SameSite=Strict'],
    [{ sameSite: 'none', secure: true }, 'Path=/; HttpOnly; Secure; SameSite=None'],
    [{ partitioned: true, secure: true }, 'Path=/; HttpOnly; Secure; Partitioned; SameSite=Lax'],
    [{ expireAfter: 3600 }, 'Max-Age=3600; Path=/; HttpOnly; SameSite=Lax'],
    [{ maxLifetime: 3600 }, 'Path=/; HttpOnly; SameSite=Lax'],
  ])('of %j', async (options, expected) => {
    expect(await attributes(options)).toBe(expected)
  })

  test('is named after the app', async () => {
    const { setCookies } = await sessionApp().does((controller) => controller.put({ a: 1 }))
    expect(setCookies[0]).toMatch(/^_test_app_session=/)
  })

  test.each(['__Host-id', '__Secure-id'])('may be called %s where it is secure', async (key) => {
    const { setCookies } = await sessionApp({ sessionOptions: { key, secure: true } }).does((c) => c.put({ a: 1 }))
    expect(setCookies[0]).toMatch(new RegExp(`^${key}=[\\w-]+; Path=/; HttpOnly; Secure; SameSite=Lax$`))
  })

  test('is dropped with the attributes it was set with', async () => {
    const app = sessionApp({ sessionOptions: { domain: 'foo.com', path: '/admin', secure: true, expireAfter: 60 } })
    const cookie = (await app.does((c) => c.put({ a: 1 }))).setCookies[0]?.split(';')[0] as string
    const { setCookies } = await app.does((c) => c.resetSession(), { cookie })
    expect(setCookies).toEqual([
      '_test_app_session=; Max-Age=0; Domain=foo.com; Path=/admin; HttpOnly; Secure; SameSite=Lax',
    ])
  })
})

describe("secure: 'auto', the default", () => {
  const spoofed = { headers: { 'x-forwarded-proto': 'https' } }

  test('is Secure over TLS only', async () => {
    expect(await attributes({}, { encrypted: true })).toContain('; Secure')
    expect(await attributes({ secure: 'auto' }, { encrypted: true })).toContain('; Secure')
    expect(await attributes({}, { encrypted: false })).not.toContain('Secure')
  })

  test('H4: believes a trusted proxy, and nobody else', async () => {
    expect(await attributes({}, spoofed, true)).toContain('; Secure')
    expect(await attributes({}, spoofed, false)).not.toContain('Secure')
    expect(await attributes({}, { headers: { 'x-forwarded-proto': 'http' }, encrypted: true }, true)).not.toContain(
      'Secure',
    )
  })

  test('gives way to true and false', async () => {
    expect(await attributes({ secure: true })).toContain('; Secure')
    expect(await attributes({ secure: false }, { encrypted: true })).not.toContain('Secure')
  })
})

describe('a boot refuses', () => {
  test.each<[options: object, problem: RegExp]>([
    [{ sameSite: 'none' }, /sameSite 'none' without secure: true/],
    [{ sameSite: 'none', secure: 'auto' }, /sameSite 'none' without secure: true/],
    [{ partitioned: true }, /partitioned without secure: true/],
    [{ key: '__Secure-id' }, /__Secure-id without secure: true/],
    [{ key: '__secure-id', secure: 'auto' }, /__secure-id without secure: true/],
    [{ key: '__Host-id' }, /__Host-id wants secure: true/],
    [{ key: '__Host-id', secure: true, domain: 'foo.com' }, /no domain/],
    [{ key: '__Host-id', secure: true, path: '/admin' }, /path: '\/'/],
    [{ key: '__host-id', secure: 'auto' }, /__host-id wants secure: true/],
    [{ sameSite: 'sometimes' }, /sameSite/],
    [{ path: '' }, /path/],
    [{ path: 'admin' }, /path "admin"/],
    [{ path: '/straße' }, /path/],
    [{ expireAfter: 0 }, /expireAfter is 0/],
    [{ expireAfter: 1.5 }, /expireAfter is 1\.5/],
    [{ expireAfter: '3600' }, /expireAfter is "3600"/],
    [{ expireAfter: Number.NaN }, /expireAfter/],
    [{ maxLifetime: -1 }, /maxLifetime is -1/],
  ])('%j', (options, problem) => {
    const error = refused(options)
    expect(error.problem).toMatch(problem)
    expect(error.fix).not.toBe('')
  })

  const hostile = { semicolon: ';', CR: '\r', LF: '\n', NUL: '\0', space: ' ' }
  const forms = { key: 'a?b', domain: 'foo?.com', path: '/a?b' }
  const rows = Object.entries(hostile).flatMap(([name, character]) =>
    Object.entries(forms).map(([option, form]) => [name, option, form.replace('?', character)] as const),
  )
  test.each(rows)('C9: %s in %s', (_, option, value) => {
    const error = refused({ [option]: value })
    expect(error.problem).toContain(option === 'key' ? 'name' : option)
  })

  test('C9: = in the key', () => {
    expect(refused({ key: 'a=b' }).problem).toContain('name')
  })
})

describe('behind a proxy that says https', () => {
  class LoginController extends Controller {
    create() {
      Object.assign(this.session, { user: 1 })
      this.head(204)
    }
  }
  const visit = async (config: Parameters<typeof boot>[1]) => {
    const { app, log } = boot((r) => r.get('/', LoginController, 'create'), config)
    const headers = { 'x-forwarded-proto': 'https' }
    for (let count = 0; count < 2; count++) await ask(app, '/', { headers })
    return log.filter(({ msg }) => /goes without Secure/.test(String(msg)))
  }

  test('and that nobody trusts, the log says once that the cookie is not Secure, and what to set', async () => {
    expect(await visit({})).toMatchObject([{ level: 'warn', msg: expect.stringContaining('trustProxy') }])
  })

  test.each([{ trustProxy: true }, { sessionOptions: { secure: true } }, { sessionOptions: { secure: false } }])(
    'nothing is said with %j',
    async (config) => {
      expect(await visit({ config })).toEqual([])
    },
  )
})
