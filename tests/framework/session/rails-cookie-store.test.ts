// The Rails cookie store without Rails: cookies that Rails wrote, secrets and digests of the past, and what is refused.
// With Rails: tests/interop/rails.test.ts.
import { RailsCookieStore, type RailsDigest } from 'contrail'
import { describe, expect, test } from 'vitest'
// Internal: texts that Rails would not seal can be sealed in no other way.
import { RailsEncryptor } from '../../../packages/framework/dist/security/rails-encryptor.js'
import { boot, bootError, cookieOf, OTHER_SECRET, SECRET } from '../../harness/app.js'
import { sessionApp } from '../../harness/sessions.js'

const KEY = '_test_app_session'
const SALT = 'authenticated encrypted cookie'

const railsApp = (sessionOptions: object = {}) => sessionApp({ store: RailsCookieStore, sessionOptions })

/** A cookie with this text sealed in it, whatever it is. */
function sealed(text: string, secret = SECRET): string {
  return `${KEY}=${encodeURIComponent(new RailsEncryptor(secret, 'SHA256', SALT).seal(text))}`
}

/** A cookie as Rails writes it around this JSON. */
function written(json: string, others: object = {}): string {
  const message = Buffer.from(json).toString('base64')
  return sealed(JSON.stringify({ _rails: { message, exp: null, pur: `cookie.${KEY}`, ...others } }))
}

/** What is in a cookie that we wrote: the envelope, and the JSON in it. */
function opened(cookie: string) {
  const value = decodeURIComponent(cookie.slice(KEY.length + 1))
  const { _rails } = JSON.parse(new RailsEncryptor(SECRET, 'SHA256', SALT).open(value) ?? '') as {
    _rails: Record<string, string>
  }
  return { envelope: _rails, json: Buffer.from(_rails['message'] ?? '', 'base64').toString() }
}

// Written by ActionDispatch::Session::CookieStore of these releases, with SECRET and `session[:user_id] = 42`.
const RAILS: [release: string, digest: RailsDigest, value: string][] = [
  [
    '7.0.8',
    'SHA1',
    'C9fyW3MLd5gA1%2BheBLs%2B643n9S3Uai1L9kqxf4%2BiF0JZ0UIvyI0UFSS8C6%2BFwYOHsXZS69%2F%2FISjZjkGcLA0CzCXT2WiK8ca1il6EijGL19enBvdls4Ucw08x9mkHfeGqbDeRQuY%2BL%2FRoshlVyv%2FSXGCuCLb%2Fs5Ww0aJq%2BFeOKsvtqJfGiNEiulGFOECT97lWM1PEEULnEiODKVtWZ5aGXQKx4ImExr%2B%2FkGVjc0JX4xUDGULwkz5E%2BlA%3D--vOZ8GwMpuNCf%2BcbO--hNXkXe0drGYLHVxfDPjNRg%3D%3D',
  ],
  [
    '7.1.6',
    'SHA256',
    '2FzBGUiFMuv6GyCDm24xh4maoIZW%2BNQkZnnFXLjz%2FOwUK%2FZKyKNIl2QuvVrD%2BF6TIDthIMJ5CRRC%2Be6Cs58%2BCUnUyYKRNw6QqR784B1X%2B7eKT%2BmKNZKOjSswgxpKfU7RfXNBREMrGuSHS4cWl5sTFZXUj2PnEJrK5Z7ZjD07TjKUAMXhRapZxNIlpUMpblK3eXV%2BDQsvZKTynUMl4sSIvMtu0hwJtCGO83AgwGUXtH4RAyde0K94WSI%3D--gUPGdBOC6zkl6q8L--Wo9rDXVayl7a7SWGchJPpQ%3D%3D',
  ],
  [
    '8.1.3',
    'SHA256',
    'H%2FPi7efYhteiQFHACZAXJL3gF1L3SUMTwgnf2X790h8S5%2FIh%2B0Nig%2BfNTawKcxU177thIeRwESv%2Bv%2BoOFrG3T947J%2BQQWij1PlLmvU7MxCua%2BBIGhWRePBfsJWZL7x%2F1QL2TY2fMdirKwyb9%2BpzvHe%2Fd8gJlrGJYCES2PInEOFrbSZyEgaJGCdfhPqpphfvVSYN%2BBS2qjgacdAsyvx%2F1DdnZlj2%2FTJMJW5sEF1fqoAvPuSlnhYrHNPo%3D--qAn4UwTfxjRUSzSG--cBDcusR3tKL1l0Ke3v6CiA%3D%3D',
  ],
]

describe('a session that Rails wrote', () => {
  test.each(RAILS)('%s, %s: is read, and left alone by reading', async (_, digest, value) => {
    const { seen, setCookies } = await railsApp({ digest }).does(({ data }) => ({ ...data }), {
      cookie: `${KEY}=${value}`,
    })
    expect([seen, setCookies]).toEqual([{ user_id: 42, _csrf_token: 'c2VjcmV0' }, []])
  })

  test('keeps its id, and whatever was not changed, in its place', async () => {
    const json =
      '{"session_id":"0123","flash":{"discard":["notice"],"flashes":{"notice":"Hi"}},"_csrf_token":"t","n":1}'
    const answer = await railsApp().does((controller) => controller.put({ n: 2 }), { cookie: written(json) })
    expect(opened(cookieOf(answer)).json).toBe(
      '{"flash":{"discard":["notice"],"flashes":{"notice":"Hi"}},"_csrf_token":"t","n":2,"session_id":"0123"}',
    )
  })

  test.each([
    '{"session_id":"0","a":{"$date":"2026-01-01T00:00:00.000Z"},"b":[{"$$x":1},{"$":null}],"$date":"x"}',
    '{"session_id":"0","b":1.0,"2":2,"1":[-0,1e3],"e":"\\u00e9\\u2028\\ud83d\\ude8b"}',
    '{"session_id":"0","__proto__":{"a":1},"nested":{"__proto__":{"$date":"x"}}}',
    '{"user":1}',
  ])('and only read is not written: %s', async (json) => {
    const { seen, setCookies } = await railsApp().does(({ data }) => JSON.stringify(data), { cookie: written(json) })
    const { session_id, ...expected } = JSON.parse(json) as Record<string, unknown>
    expect([seen, setCookies]).toEqual([JSON.stringify(expected), []])
  })

  test('may hold long whole numbers that JavaScript has, and texts of digits', async () => {
    const json = `{"a":9007199254740992,"b":"9007199254740993","c":"\\"9007199254740993","d":0.12345678901234567891}`
    const { seen } = await railsApp().does(({ data }) => ({ ...data }), { cookie: written(json) })
    expect(seen).toEqual(JSON.parse(json))
  })
})

test('a session that we write is in an envelope that Rails knows by how it begins', async () => {
  const answer = await railsApp({ expireAfter: 100 }).does((controller) => controller.put({ user: 1, at: new Date(0) }))
  const { envelope, json } = opened(cookieOf(answer))
  expect(Object.keys(envelope)).toEqual(['message', 'exp', 'pur'])
  expect(envelope['pur']).toBe(`cookie.${KEY}`)
  expect(envelope['exp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/)
  expect(json).toMatch(/^{"user":1,"at":"1970-01-01T00:00:00.000Z","session_id":"[0-9a-f]{32}"}$/)
})

describe('C3: a session sealed with', () => {
  const one = async (sessionOptions: object) =>
    cookieOf(await railsApp(sessionOptions).does((controller) => controller.put({ user: 1 })))

  test.each<[what: string, old: object, now: object]>([
    ['an old secret', { secret: OTHER_SECRET }, { oldSecret: ['c'.repeat(64), OTHER_SECRET] }],
    ['an old digest', { digest: 'SHA1' }, { oldDigest: 'SHA1' }],
    [
      'an old secret and digest',
      { secret: OTHER_SECRET, digest: 'SHA1' },
      { oldSecret: OTHER_SECRET, oldDigest: 'SHA1' },
    ],
  ])('%s is read, and sealed anew when touched', async (_, old, now) => {
    const cookie = await one(old)
    const untouched = await railsApp(now).does(() => {}, { cookie })
    expect(untouched.setCookies).toEqual([])
    const answer = await railsApp(now).does(({ data }) => data['user'], { cookie })
    expect(answer.seen).toBe(1)
    const after = await railsApp().does(({ data }) => data['user'], { cookie: cookieOf(answer) })
    expect([after.seen, after.setCookies]).toEqual([1, []])
  })

  test.each<[what: string, old: object]>([
    ['an unknown secret', { secret: OTHER_SECRET }],
    ['another digest', { digest: 'SHA1' }],
    ['another salt', { salt: 'another' }],
  ])('%s is empty', async (_, old) => {
    const { status, seen } = await railsApp().does(({ data }) => ({ ...data }), { cookie: await one(old) })
    expect([status, seen]).toEqual([200, {}])
  })

  test('an own salt is read with it', async () => {
    const options = { salt: 'pepper' }
    expect((await railsApp(options).does(({ data }) => data['user'], { cookie: await one(options) })).seen).toBe(1)
  })
})

describe('C2: what Rails would not have put into this cookie is empty, though it is sealed:', () => {
  const MESSAGE = Buffer.from('{"user":1}').toString('base64')
  const envelope = (others: object) =>
    JSON.stringify({ _rails: { message: MESSAGE, exp: null, pur: `cookie.${KEY}`, ...others } })

  test.each<[what: string, text: string, reason: RegExp]>([
    ['no envelope', '{"user":1}', /no envelope/],
    ['no JSON', 'user', /no envelope/],
    ['null', 'null', /no envelope/],
    ['an envelope of null', '{"_rails":null}', /no envelope/],
    ['another cookie’s', envelope({ pur: 'cookie.other' }), /another purpose/],
    ['for no purpose', envelope({ pur: null }), /another purpose/],
    ['a purpose that begins alike', envelope({ pur: `cookie.${KEY}2` }), /another purpose/],
    ['a message that is no text', envelope({ message: { user: 1 } }), /no envelope/],
    ['a message in another spelling', envelope({ message: `${MESSAGE}=` }), /no envelope/],
    [
      'data, as in messages that are no cookies',
      JSON.stringify({ _rails: { data: { user: 1 }, pur: `cookie.${KEY}` } }),
      /no envelope/,
    ],
    ['Marshal', envelope({ message: Buffer.from('\u0004\b{\u0006').toString('base64') }), /Marshal/],
    ['a list', envelope({ message: Buffer.from('[1]').toString('base64') }), /not the JSON of a session/],
    ['an expiry of another kind', envelope({ exp: 99_999_999_999_999 }), /no time/],
    ['an expiry without a zone', envelope({ exp: '2999-01-01T00:00:00.000' }), /no time/],
    ['an expiry that is no date', envelope({ exp: '2999-13-41T00:00:00.000Z' }), /no time/],
    ['an expiry that has passed', envelope({ exp: new Date(Date.now() - 1).toISOString() }), /not used within/],
    [
      'an infinite number',
      envelope({ message: Buffer.from('{"n":1e999}').toString('base64') }),
      /not the JSON of a session/,
    ],
    [
      'a deep nest',
      envelope({ message: Buffer.from(`{"n":${'['.repeat(200)}${']'.repeat(200)}}`).toString('base64') }),
      /not the JSON/,
    ],
  ])('%s', async (_, text, reason) => {
    const app = railsApp()
    const { status, seen, setCookies } = await app.does(({ data }) => Object.keys(data), { cookie: sealed(text) })
    expect([status, seen, setCookies]).toEqual([200, [], []])
    expect(app.log.at(-1)).toMatchObject({ msg: 'session cookie ignored', reason: expect.stringMatching(reason) })
  })
})

test.each(['session_id', '_contrail'])('%s is not the app’s to write', async (key) => {
  const app = railsApp()
  const { status, setCookies } = await app.does((controller) => controller.put({ [key]: 'x' }))
  expect([status, setCookies]).toEqual([500, []])
  expect(JSON.stringify(app.log)).toContain(`this.session.${key}`)
})

test.each<[options: object, text: string]>([
  [{ digest: 'SHA512' }, 'SHA512'],
  [{ digest: 'sha256' }, 'sha256'],
  [{ oldDigest: '' }, 'digest'],
  [{ salt: '' }, 'salt'],
  [{ salt: 7 }, 'salt'],
])('an app with %j does not boot', (sessionOptions, text) => {
  const config = { sessionStore: RailsCookieStore, sessionOptions: { secret: SECRET, ...sessionOptions } }
  expect(bootError(() => boot(() => {}, { config: config as object })).message).toContain(text)
})
