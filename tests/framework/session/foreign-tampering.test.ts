// C1 for the cookies that Rails and Rack share with us: whatever is done to one, it is then an empty session, and no error.
import { RackCookieStore, RailsCookieStore, type SessionStoreClass } from 'contrail'
import { describe, expect, test } from 'vitest'
import { cookieOf } from '../../harness/app.js'
import { type SessionApp, sessionApp } from '../../harness/sessions.js'

const NAME = '_test_app_session'

/** The value of a new session's cookie, without percent-encoding. */
async function sealed(app: SessionApp, data: object): Promise<string> {
  const cookie = cookieOf(await app.does((controller) => controller.put(data)))
  return decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1))
}

/** Expects each of these values to be an empty session, in a request that succeeds and leaves the browser's cookie alone. */
async function expectEmpty(app: SessionApp, values: Iterable<string>): Promise<number> {
  let count = 0
  for (const value of values) {
    const cookie = `${NAME}=${encodeURIComponent(value)}`
    const { status, seen, setCookies } = await app.does(({ data }) => Object.keys(data), { cookie })
    expect([status, seen, setCookies], value).toEqual([200, [], []])
    count += 1
  }
  return count
}

/** Every copy of the bytes with one bit flipped. */
function* bitFlips(bytes: Buffer): Generator<Buffer> {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
    yield flipped
  }
}

interface Format {
  readonly store: SessionStoreClass<object>
  /** A value's parts, decoded. */
  parts(value: string): Buffer[]
  /** The value that has these parts. */
  join(parts: readonly Buffer[]): string
}

const FORMATS: Format[] = [
  {
    store: RailsCookieStore,
    parts: (value) => value.split('--').map((part) => Buffer.from(part, 'base64')),
    join: (parts) => parts.map((part) => part.toString('base64')).join('--'),
  },
  {
    store: RackCookieStore,
    parts(value) {
      const bytes = Buffer.from(value, 'base64')
      return [0, 1, 33, 45, 61].map((from, index, bounds) => bytes.subarray(from, bounds[index + 1]))
    },
    join: (parts) => Buffer.concat(parts).toString('base64'),
  },
]

describe.each(FORMATS)('C1: a cookie of $store.name', ({ store, parts, join }) => {
  const app = sessionApp({ store })

  test('as it was sealed is the session, in capital or small percent signs', async () => {
    const encoded = encodeURIComponent(await sealed(app, { user: 1 }))
    for (const cookie of [encoded, encoded.replace(/%../g, (sign) => sign.toLowerCase())])
      expect((await app.does(({ data }) => ({ ...data }), { cookie: `${NAME}=${cookie}` })).seen).toEqual({ user: 1 })
  })

  test('with any one bit of its parts flipped is empty', async () => {
    const all = parts(await sealed(app, { user: 1 }))
    for (const [index, part] of all.entries()) {
      const values = [...bitFlips(part)].map((flipped) => join(all.with(index, flipped)))
      expect(await expectEmpty(app, values)).toBe(part.length * 8)
    }
  })

  // Three lengths, so that the last character has none, two and four bits that carry nothing.
  test.each(['x', 'xx', 'xxx'])('with any one bit of its text flipped is empty (%s)', async (name) => {
    const text = Buffer.from(await sealed(app, { name }))
    await expectEmpty(
      app,
      [...bitFlips(text)].map((flipped) => flipped.toString('latin1')),
    )
  })

  test('cut at any length, at either end, is empty', async () => {
    const value = await sealed(app, { user: 1 })
    for (const length of value.split('').keys())
      await expectEmpty(app, [value.slice(0, length), value.slice(length + 1)])
  })

  test('with any part cut short, or gone, or twice, is empty', async () => {
    const all = parts(await sealed(app, { user: 1 }))
    for (const [index, part] of all.entries()) {
      const shortened = [...part.keys()].map((length) => join(all.with(index, part.subarray(0, length))))
      await expectEmpty(app, [...shortened, join(all.toSpliced(index, 1)), join(all.toSpliced(index, 0, part))])
    }
  })

  test('made of parts of two, or in another order, is empty', async () => {
    const [one, two] = (await Promise.all([sealed(app, { user: 1 }), sealed(app, { user: 2 })])).map(parts)
    const mixtures = Array.from({ length: 2 ** (one?.length ?? 0) }, (_, mask) =>
      join((one ?? []).map((part, index) => ((mask >> index) & 1 ? (two?.[index] as Buffer) : part))),
    )
    // The version is the same in both, so mixtures that differ in it alone are the originals.
    const originals = [join(one ?? []), join(two ?? [])]
    await expectEmpty(
      app,
      mixtures.filter((value) => !originals.includes(value)),
    )
    const swapped = (one ?? []).flatMap((part, index, all) =>
      all.slice(index + 1).map((other, offset) => join(all.with(index, other).with(index + 1 + offset, part))),
    )
    await expectEmpty(app, swapped)
  })

  test('spelt otherwise is empty', async () => {
    const value = await sealed(app, { user: 'x'.repeat(40) })
    const spellings = [`${value}=`, `${value}A`, `${value}\n`, ` ${value}`, `"${value}"`, `${value}--`, `--${value}`]
    await expectEmpty(app, [
      ...spellings,
      `${value.slice(0, 9)}!${value.slice(9)}`,
      value.replace(/=+/g, ''),
      encodeURIComponent(`${value}=`),
    ])
  })

  test('of an app with another cookie name, or another secret, is empty', async () => {
    const other = sessionApp({ store, sessionOptions: { key: 'other' } })
    await expectEmpty(app, [await sealed(other, { user: 1 })])
    await expectEmpty(sessionApp({ store, sessionOptions: { secret: 'c'.repeat(64) } }), [
      await sealed(app, { user: 1 }),
    ])
  })

  test('C2: that nobody sealed is empty', async () => {
    const json = '{"user":1}'
    const text = JSON.stringify({ _rails: { message: Buffer.from(json).toString('base64'), pur: `cookie.${NAME}` } })
    const signed = '0'.repeat(40)
    for (const encoding of ['utf8', 'base64', 'base64url', 'latin1', 'hex'] as const) {
      const values = [json, text, `\u0001${json}`, `\u0002${'0'.repeat(60)}\0\0${json}`].map((one) =>
        Buffer.from(one).toString(encoding),
      )
      await expectEmpty(
        app,
        values.flatMap((value) => [value, `${value}--${signed}`, `${value}--${signed}--${signed}`]),
      )
    }
  })

  test('that is huge is empty, and soon', async () => {
    const began = Date.now()
    await expectEmpty(
      app,
      ['A', '-', '--', 'A--', '=', '%', 'Ag'].map((piece) => piece.repeat(16_384 / piece.length)),
    )
    expect(Date.now() - began).toBeLessThan(2000)
  })
})
