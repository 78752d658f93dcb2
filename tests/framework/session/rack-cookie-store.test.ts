// The Rack cookie store without Rack: cookies that rack-session wrote, secrets of the past, and what is refused. With Rack:
// tests/interop/rack.test.ts.
import { RackCookieStore } from 'contrail'
import { describe, expect, test } from 'vitest'
// Internal: texts that Rack would not seal can be sealed in no other way.
import { RackEncryptor } from '../../../packages/framework/dist/security/rack-encryptor.js'
import { boot, bootError, cookieOf, OTHER_SECRET, SECRET } from '../../harness/app.js'
import { sessionApp } from '../../harness/sessions.js'

const KEY = '_test_app_session'

const rackApp = (sessionOptions: object = {}) => sessionApp({ store: RackCookieStore, sessionOptions })

const sealed = (text: string) => `${KEY}=${encodeURIComponent(new RackEncryptor(SECRET, KEY).seal(() => text))}`

// Written by Rack::Session::Cookie of these releases of rack-session, with SECRET, `key: '_test_app_session'` and
// `session['user_id'] = 42`; with `serialize_json: true`, or without.
const RACK: [what: string, value: string][] = [
  [
    '2.0.0: version 1',
    'AW0HUrn6FUq3RGjt0cuYfG-xt1thKhj4Ngc_O7tfwsG9nqh4lJv7Ks3EL338zDHO7MvRtYGPXXrfPlxTXGdwZqym4LD9LV2TYXhkFxpIdFILwUwoIZSkDUi9SCZFH2qgFYCqrFXJ7kPzELa1IXegSefwePw32IdTB2V_B8U6t_zyDyUDXQ5S3k-7pvoksJXx-1oqdrQG1GLwuq4cftPrSCVftIE0wmWSz_TQ7LlULq4wQAYL7Q_MJkAMkY-17H_zMMCj3pYS5rmTq4RwS38cyTM%3D',
  ],
  [
    '2.1.2: version 2',
    'AnnZXHF9Tkx%2BYLTnYvw7x6XE0o3VdOX1s1iPbjlnlPcKK2vzJSz8NI5v4W7IOCWhjQAmhwFnpS97H6yfMP9Abu9%2BL06Tll0cnvMSiohh7myvkHGzXxuS6wdRWIT9f5Bt3qvQ58BkfR%2BLYE5ObBqqC5mMpqXybutvNRqKOsAzuw67jqSyfW0DPIIKYMiNUDphoEjhoj%2FyUL6eiWRFDxu7Na2Q%2B55m9mO3NAYqPEgRuTS1bRTrMacwUZqSkEED',
  ],
  [
    'main of April 2026: version 2, in the alphabet for URLs',
    'Auqtu342RnYGe7Uw11fq1KK2gtPz_4coxVP-jEOpdJReIpu1RZdXUWNADJkNii6lUvDHUZ8UTrrXExo_ApyNQoAM3Hf_vYQtxz15mgi4BccFvmZxbrl-Pd77dbWmK_bT8Uj04durNLexgEItdrxCttn-yc6Vu-SVcgyflsV0devG1c9okTACaK6Z16md6Z0SqgqUQwu9VsdQChO5132ms1YdCCA0KpyEF2mMGefQlY4MeZkg_UWr_4tdzGUT',
  ],
]
const MARSHAL =
  'AqlEhyqXFMU%2FlAmFr9SxidkzARTOjw5%2Bo2Q0oSlMNqUtULgi82K2Ft%2BriO%2BjX8bbqb5ltOfuqMGRDIqhyjGtixCMXpqvh%2FLzu7M0KT8FrWt11Ks4QXon%2B43gHSmDik0Vj5QMpRkadEa4EPrNidggGRYUPoBfet7SQzkVoXEi7KJTR2iURpwY4%2Fb0mQ6LcbdOJaauPLoV%2B4Hb0zAbPnC%2BUqvjkv7ht1e0E9UBdguDSPXi%2BypuDIXbMCal1pT1pUtjIeNjE3qNWxAsC0rfvJPMWl11OKO9ia2W4v9AiX8%3D'

describe('a session that rack-session wrote', () => {
  test.each(RACK)('%s: is read, and left alone by reading', async (_, value) => {
    const app = rackApp()
    const { seen, setCookies } = await app.does(({ data }) => ({ ...data }), { cookie: `${KEY}=${value}` })
    expect([seen, setCookies]).toEqual([{ user_id: 42 }, []])
    const renamed = await rackApp({ key: 'other' }).does(({ data }) => ({ ...data }), { cookie: `other=${value}` })
    expect([renamed.status, renamed.seen]).toEqual([200, {}])
  })

  test('in Marshal is not read, and the log says so', async () => {
    const app = rackApp()
    const { status, seen } = await app.does(({ data }) => ({ ...data }), { cookie: `${KEY}=${MARSHAL}` })
    expect([status, seen]).toEqual([200, {}])
    expect(app.log.at(-1)).toMatchObject({ reason: expect.stringMatching(/Marshal/) })
  })
})

describe('C1: a cookie of version 1', () => {
  const value = RACK[0]?.[1].replaceAll('%3D', '=') ?? ''
  const bytes = Buffer.from(value, 'base64url')
  const spelt = (changed: Buffer) => changed.toString('base64').replaceAll('+', '-').replaceAll('/', '_')

  async function expectEmpty(values: readonly string[]) {
    const app = rackApp()
    for (const one of values) {
      const cookie = `${KEY}=${encodeURIComponent(one)}`
      const { status, seen } = await app.does(({ data }) => Object.keys(data), { cookie })
      expect([status, seen], one).toEqual([200, []])
    }
  }

  test('as it was is the session', async () => {
    expect(spelt(bytes)).toBe(value)
    expect((await rackApp().does(({ data }) => data['user_id'], { cookie: `${KEY}=${spelt(bytes)}` })).seen).toBe(42)
  })

  test('with any one bit flipped is empty', async () => {
    const flipped = Array.from({ length: bytes.length * 8 }, (_, bit) =>
      spelt(Buffer.from(bytes.with(bit >> 3, (bytes[bit >> 3] as number) ^ (1 << (bit & 7))))),
    )
    await expectEmpty(flipped)
  })

  test('cut at any length, at either end, is empty', async () => {
    await expectEmpty([...value].flatMap((_, length) => [value.slice(0, length), value.slice(length + 1)]))
    await expectEmpty([...bytes.keys()].flatMap((at) => [spelt(bytes.subarray(0, at)), spelt(bytes.subarray(at + 1))]))
  })

  test('with the signature of another is empty', async () => {
    await expectEmpty([spelt(Buffer.concat([bytes.subarray(0, -32), bytes.subarray(0, 32)]))])
  })

  test('under the name of version 2 is empty, and the other way round', async () => {
    const other = Buffer.from(decodeURIComponent(RACK[1]?.[1] ?? ''), 'base64')
    await expectEmpty([spelt(Buffer.from(bytes.with(0, 2))), spelt(Buffer.from(other.with(0, 1)))])
  })
})

test('a session that we write is version 2, padded, in the alphabet that every release reads', async () => {
  for (let length = 0; length < 64; length++) {
    const cookie = cookieOf(await rackApp().does((controller) => controller.put({ x: 'x'.repeat(length) })))
    const value = decodeURIComponent(cookie.slice(KEY.length + 1))
    const bytes = Buffer.from(value, 'base64')
    expect(bytes.toString('base64')).toBe(value)
    expect([bytes[0], (bytes.length - 61) % 32]).toEqual([2, 0])
  }
})

describe('C3: a session sealed with an old secret', () => {
  test('is read, and sealed anew when touched', async () => {
    const old = rackApp({ secret: OTHER_SECRET })
    const cookie = cookieOf(await old.does((controller) => controller.put({ user: 1 })))
    const rotated = rackApp({ oldSecret: ['c'.repeat(64), OTHER_SECRET] })
    const answer = await rotated.does(({ data }) => data['user'], { cookie })
    expect(answer.seen).toBe(1)
    const after = await rackApp().does(({ data }) => data['user'], { cookie: cookieOf(answer) })
    expect([after.seen, after.setCookies]).toEqual([1, []])
    expect((await rackApp().does(({ data }) => ({ ...data }), { cookie })).seen).toEqual({})
  })
})

test.each<[what: string, text: string, reason: RegExp]>([
  ['nothing', '', /not the JSON of a session/],
  ['no JSON', 'user', /not the JSON of a session/],
  ['a list', '[1]', /not the JSON of a session/],
  ['null', 'null', /not the JSON of a session/],
  ['Ruby’s NaN', '{"n":NaN}', /not the JSON of a session/],
  ['a whole number that JavaScript has not', '{"n":-9007199254740993}', /too large for JavaScript/],
])('C2: what is no session is empty, though it is sealed: %s', async (_, text, reason) => {
  const app = rackApp()
  const { status, seen, setCookies } = await app.does(({ data }) => Object.keys(data), { cookie: sealed(text) })
  expect([status, seen, setCookies]).toEqual([200, [], []])
  expect(app.log.at(-1)).toMatchObject({ msg: 'session cookie ignored', reason: expect.stringMatching(reason) })
})

test('a note that is none of ours is no note', async () => {
  for (const note of ['null', '1', '"x"', '{}', '{"began":"1","saved":2}', '{"began":1,"saved":2,"mark":3}']) {
    const app = rackApp({ maxLifetime: 100 })
    const { seen, setCookies } = await app.does(({ data }) => ({ ...data }), {
      cookie: sealed(`{"user":1,"_contrail":${note}}`),
    })
    expect([seen, setCookies.length]).toEqual([{ user: 1 }, 1])
  }
})

test.each<[options: object, text: RegExp]>([
  [{ secret: 'x'.repeat(63) }, /63 bytes/],
  [{ oldSecret: 'short' }, /5 bytes/],
  [{ purpose: '' }, /purpose/],
  [{ purpose: true }, /purpose/],
])('an app with %j does not boot', (sessionOptions, text) => {
  const config = { sessionStore: RackCookieStore, sessionOptions: { secret: SECRET, ...sessionOptions } }
  const error = bootError(() => boot(() => {}, { config: config as object }))
  expect(error.message).toMatch(text)
  expect(error.message).not.toContain('xxx')
})

test('a secret of 64 bytes in fewer characters will do', () => {
  const config = { sessionStore: RackCookieStore, sessionOptions: { secret: 'é'.repeat(32) } }
  expect(() => boot(() => {}, { config })).not.toThrow()
})
