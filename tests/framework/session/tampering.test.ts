// Whatever is done to a session cookie, it is then an empty session: never somebody's data, never an error.
import { describe, expect, test } from 'vitest'
import { cookieOf } from '../../harness/app.js'
import { type SessionApp, sessionApp } from '../../harness/sessions.js'

const NAME = '_test_app_session'

async function sealed(app: SessionApp, data: object): Promise<string> {
  return cookieOf(await app.does((controller) => controller.put(data))).slice(NAME.length + 1)
}

/** Expects each of these values to be an empty session, in a request that succeeds and leaves the browser's cookie alone. */
async function expectEmpty(app: SessionApp, values: Iterable<string>): Promise<number> {
  let count = 0
  for (const value of values) {
    const { status, seen, setCookies } = await app.does(({ data }) => Object.keys(data), { cookie: `${NAME}=${value}` })
    expect([status, seen, setCookies], JSON.stringify(value)).toEqual([200, [], []])
    count += 1
  }
  return count
}

/** Every text that differs from the given bytes in one bit. */
function* bitFlips(bytes: Buffer, encoding: 'base64url' | 'latin1'): Generator<string> {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
    yield flipped.toString(encoding)
  }
}

describe('C1: a cookie', () => {
  // Three lengths, so that the last character has none, two and four bits that carry nothing.
  const contents = ['x', 'xx', 'xxx'].map((name) => ({ user: 1, name }))

  test('as it was sealed is the session', async () => {
    const app = sessionApp()
    const { seen } = await app.does(({ data }) => ({ ...data }), {
      cookie: `${NAME}=${await sealed(app, { user: 1 })}`,
    })
    expect(seen).toEqual({ user: 1 })
  })

  test.each(contents)('with any one bit of its bytes flipped is empty (%j)', async (data) => {
    const app = sessionApp()
    const bytes = Buffer.from(await sealed(app, data), 'base64url')
    expect(await expectEmpty(app, bitFlips(bytes, 'base64url'))).toBe(bytes.length * 8)
  })

  test.each(contents)('with any one bit of its text flipped is empty (%j)', async (data) => {
    const app = sessionApp()
    const text = Buffer.from(await sealed(app, data))
    expect(await expectEmpty(app, bitFlips(text, 'latin1'))).toBe(text.length * 8)
  })

  test('cut at any length, at either end, is empty', async () => {
    const app = sessionApp()
    const value = await sealed(app, { user: 1 })
    for (const length of value.split('').keys())
      await expectEmpty(app, [value.slice(0, length), value.slice(length + 1)])
  })

  test('with a tag of fewer bytes than 16 is empty', async () => {
    const app = sessionApp()
    const bytes = Buffer.from(await sealed(app, { user: 1 }), 'base64url')
    const withTag = (length: number) => Buffer.concat([bytes.subarray(0, 13 + length), bytes.subarray(29)])
    await expectEmpty(
      app,
      [4, 8, 12, 13, 14, 15].map((length) => withTag(length).toString('base64url')),
    )
  })

  test('spelt otherwise is empty: padding, base64, quotes, characters that decoders pass over', async () => {
    const app = sessionApp()
    const value = await sealed(app, { user: 'x'.repeat(61) })
    const padding = '='.repeat((4 - (value.length % 4)) % 4)
    const spellings = [
      `${value}=`,
      `${value}==`,
      `${value}A`,
      `${value}\n`,
      `"${value}"`,
      `${value.slice(0, 9)}!${value.slice(9)}`,
    ]
    const base64 = Buffer.from(value, 'base64url').toString('base64')
    await expectEmpty(app, [...spellings.filter((one) => one !== value), base64 + (padding === '' ? '=' : '')])
  })

  test('made of parts of two is empty', async () => {
    const app = sessionApp()
    const [one, two] = await Promise.all([sealed(app, { user: 1 }), sealed(app, { user: 2 })])
    const bounds = [0, 1, 13, 29, undefined]
    const parts = [one, two].map((value) => {
      const bytes = Buffer.from(value as string, 'base64url')
      return bounds.slice(0, -1).map((from, index) => bytes.subarray(from, bounds[index + 1]))
    })
    const mixtures = Array.from({ length: 14 }, (_, index) =>
      Buffer.concat(Array.from({ length: 4 }, (_, part) => parts[((index + 1) >> part) & 1]?.[part] as Buffer)),
    )
    // The version is the same in both, so mixtures that differ in it alone are the originals.
    const originals = [one, two]
    const values = mixtures.map((bytes) => bytes.toString('base64url')).filter((value) => !originals.includes(value))
    expect(await expectEmpty(app, values)).toBe(12)
  })

  test('of an app with another cookie name, or another secret, is empty', async () => {
    const value = await sealed(sessionApp(), { user: 1 })
    const renamed = sessionApp({ sessionOptions: { key: 'other' } })
    const other = await renamed.does(({ data }) => Object.keys(data), { cookie: `other=${value}` })
    expect([other.status, other.seen]).toEqual([200, []])
    await expectEmpty(sessionApp({ sessionOptions: { secret: 'c'.repeat(64) } }), [value])
  })

  test('that is refused is logged, without the cookie', async () => {
    const app = sessionApp()
    const value = await sealed(app, { user: 1 })
    await expectEmpty(app, [value.slice(1)])
    expect(app.log.at(-1)).toMatchObject({
      msg: 'session cookie ignored',
      reason: expect.stringMatching(/not sealed here/),
    })
    expect(JSON.stringify(app.log)).not.toContain(value.slice(1, 20))
  })
})

test.each(['base64', 'base64url', 'utf8', 'latin1'] as const)(
  'C2: JSON that nobody sealed is empty (%s)',
  async (encoding) => {
    const texts = [
      '{"user":1}',
      '1.1.{"user":1}',
      `\u0001${'0'.repeat(28)}1.1.{"user":1}`,
      `${'0'.repeat(28)}{"user":1}`,
    ]
    const values = texts.map((text) => Buffer.from(text).toString(encoding))
    await expectEmpty(
      sessionApp(),
      values.flatMap((value) => [value, encodeURIComponent(value), `${value}--${'0'.repeat(64)}`]),
    )
  },
)
