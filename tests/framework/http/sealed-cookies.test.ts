// Signed and encrypted cookies: any JSON value comes back, and only as it was sealed, under its name, in its time.
import { createHmac } from 'node:crypto'
import { type CookieJar, MemoryStore } from 'contrail'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { OTHER_SECRET, SECRET } from '../../harness/app.js'
import { withEnvironment } from '../../harness/environment.js'
import { type SessionApp, sessionApp } from '../../harness/sessions.js'

afterEach(() => void vi.useRealTimers())

const kinds = ['signed', 'encrypted'] as const
type Kind = (typeof kinds)[number]

/** The Cookie header that a browser sends after an action set cookies. */
async function kept(app: SessionApp, act: (cookies: CookieJar) => void, cookie = ''): Promise<string> {
  const { setCookies } = await app.does((c) => act(c.cookies), { cookie })
  return setCookies.map((header) => header.split(';')[0]).join('; ')
}

/** What a kind of jar reads under `name`, and whether it was logged that it read nothing. */
async function read(app: SessionApp, kind: Kind, cookie: string, name = 'a') {
  const lines = app.log.length
  const { seen, status, setCookies } = await app.does((c) => [c.cookies[kind].get(name), c.cookies[kind].has(name)], {
    cookie,
  })
  return { status, value: seen?.[0], has: seen?.[1], setCookies, log: app.log.slice(lines) }
}

/** Expects each of these values to read as nothing, in a request that succeeds and says so in the log. */
async function expectNothing(app: SessionApp, kind: Kind, values: Iterable<string>): Promise<number> {
  let count = 0
  for (const value of values) {
    const { status, log, ...rest } = await read(app, kind, `a=${value}`)
    expect([status, rest], value).toEqual([200, { value: undefined, has: false, setCookies: [] }])
    expect(log, value).toMatchObject([
      {
        level: 'warn',
        msg: 'cookie ignored',
        cookie: 'a',
        reason: expect.stringContaining('not sealed here') as string,
      },
    ])
    count += 1
  }
  return count
}

describe.each(kinds)('a cookie that is %s', (kind) => {
  test.each([
    'text',
    '',
    1.5,
    true,
    false,
    null,
    [],
    [1, [null, 'ü€🎈']],
    {},
    { user: 1, roles: ['a'], deep: { er: null } },
    { $date: 'kept as it is' },
  ])('gives back %j', async (value) => {
    const app = sessionApp()
    const cookie = await kept(app, (c) => c[kind].set('a', value))
    expect(await read(app, kind, cookie)).toMatchObject({ value, has: true, setCookies: [], log: [] })
  })

  test('S6: has __proto__ as data, and no object changes its prototype', async () => {
    const app = sessionApp()
    const hostile = JSON.parse('{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}') as { __proto__: object }
    const cookie = await kept(app, (c) => c[kind].set('__proto__', hostile))
    const { value } = await read(app, kind, cookie, '__proto__')
    expect(JSON.stringify(value)).toBe('{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}')
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  test('is one value in the headers that need no encoding', async () => {
    const { setCookies } = await sessionApp().does((c) => c.cookies[kind].set('a', { user: 'ü;' }))
    expect(setCookies[0]).toMatch(/^a=[\w-]+; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test('is seen in the same request, and gone when deleted', async () => {
    const { seen } = await sessionApp().does(({ cookies }) => {
      cookies[kind].set('a', { n: 1 })
      const first = cookies[kind].get('a')
      cookies[kind].delete('a')
      return [first, cookies[kind].get('a'), cookies.has('a')]
    })
    expect(seen).toEqual([{ n: 1 }, undefined, false])
  })

  test('C1: with any one bit flipped, of its bytes or of its text, reads as nothing', async () => {
    const app = sessionApp()
    for (const value of ['x', 'xx', 'xxx']) {
      const text = (await kept(app, (c) => c[kind].set('a', value))).slice(2)
      const bytes = Buffer.from(text, 'base64url')
      const flips = (buffer: Buffer, encoding: 'base64url' | 'latin1') =>
        Array.from({ length: buffer.length * 8 }, (_, bit) => {
          const flipped = Buffer.from(buffer)
          flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
          return flipped.toString(encoding)
        })
      expect(await expectNothing(app, kind, flips(bytes, 'base64url'))).toBe(bytes.length * 8)
      // A semicolon, a space or a tab ends a cookie's value, or is cut off: that is another case.
      const spelt = flips(Buffer.from(text), 'latin1').filter((one) => !/[;\s]|^$/.test(one))
      expect(await expectNothing(app, kind, spelt)).toBeGreaterThan(text.length * 7)
    }
  })

  test('C1: cut at any length, at either end, or spelt otherwise, reads as nothing', async () => {
    const app = sessionApp()
    const text = (await kept(app, (c) => c[kind].set('a', 'xx'))).slice(2)
    const cuts = Array.from({ length: text.length - 1 }, (_, index) => [
      text.slice(0, index + 1),
      text.slice(index + 1),
    ]).flat()
    await expectNothing(app, kind, cuts)
    const base64 = Buffer.from(text, 'base64url').toString('base64')
    const spellings = [`${text}=`, `${text}==`, `${text}A`, `"${text}"`, `${text.slice(0, 9)}!${text.slice(9)}`, base64]
    await expectNothing(app, kind, new Set(spellings.filter((one) => one !== text)))
  })

  test("C1: under another cookie's name, as another kind or as a session reads as nothing", async () => {
    const app = sessionApp()
    const other = kind === 'signed' ? 'encrypted' : 'signed'
    const value = (name: string, of: Kind) => kept(app, (c) => c[of].set(name, { user: 1 }))
    const renamed = (await value('b', kind)).slice(2)
    const otherKind = (await value('a', other)).slice(2)
    const session = await app.does((c) => c.put({ user: 1 }))
    await expectNothing(app, kind, [renamed, otherKind, (session.setCookies[0] ?? '').split(/[=;]/)[1] as string])
    const moved = await app.does(({ data }) => Object.keys(data), {
      cookie: `_test_app_session=${(await value('_test_app_sessio', kind)).split('=')[1]}`,
    })
    expect(moved.seen).toEqual([])
  })

  test.each(['base64', 'base64url', 'utf8'] as const)(
    'C2: JSON that nobody sealed reads as nothing (%s)',
    async (encoding) => {
      const texts = ['["user"]', '"user"', `\u0001${'0'.repeat(32)}["user"]`, `${'0'.repeat(32)}--["user"]`]
      await expectNothing(
        sessionApp(),
        kind,
        texts.map((text) => encodeURIComponent(Buffer.from(text).toString(encoding))),
      )
    },
  )

  test('C3: of an old secret is read and sealed anew, as it was set; of a secret that was removed it is nothing', async () => {
    const old = sessionApp({ sessionOptions: { secret: OTHER_SECRET } })
    const app = sessionApp({ sessionOptions: { oldSecret: ['c'.repeat(64), OTHER_SECRET] } })
    const cookie = await kept(old, (c) => c[kind].set('a', [1], { path: '/x', sameSite: 'strict', maxAge: 1000 }))
    const first = await read(app, kind, cookie)
    expect([first.value, first.log]).toEqual([[1], []])
    expect(first.setCookies).toEqual([
      expect.stringMatching(/^a=[\w-]+; Max-Age=(?:1000|99\d); Path=\/x; HttpOnly; SameSite=Strict$/),
    ])
    const reissued = first.setCookies[0]?.split(';')[0] as string
    for (const later of [app, sessionApp()]) {
      expect(await read(later, kind, reissued)).toMatchObject({ value: [1], setCookies: [], log: [] })
    }
    await expectNothing(sessionApp(), kind, [cookie.slice(2)])
    const brief = await read(app, kind, await kept(old, (c) => c[kind].set('a', 'plain')))
    expect(brief.setCookies).toEqual([expect.stringMatching(/^a=[\w-]+; Path=\/; HttpOnly; SameSite=Lax$/)])
  })

  test('C3: of the secret in SECRET_KEY_BASE_OLD is read, by an app whose store needs no secret', async () => {
    const cookie = await kept(sessionApp({ sessionOptions: { secret: OTHER_SECRET } }), (c) => c[kind].set('a', 1))
    withEnvironment({ SECRET_KEY_BASE_OLD: OTHER_SECRET })
    const first = await read(sessionApp({ store: MemoryStore }), kind, cookie)
    expect([first.value, first.setCookies.length]).toEqual([1, 1])
    withEnvironment({ SECRET_KEY_BASE_OLD: undefined })
    const reissued = first.setCookies[0]?.split(';')[0] as string
    expect((await read(sessionApp({ store: MemoryStore }), kind, reissued)).value).toBe(1)
  })

  test('C6: ends in its time, whatever the browser does', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000_000_000 })
    const app = sessionApp()
    const cookie = await kept(app, (c) => c[kind].set('a', 1, { maxAge: 60 }))
    vi.setSystemTime(1_000_000_059_999)
    expect((await read(app, kind, cookie)).value).toBe(1)
    vi.setSystemTime(1_000_000_060_000)
    const late = await read(app, kind, cookie)
    expect([late.value, late.has, late.log]).toEqual([
      undefined,
      false,
      [expect.objectContaining({ reason: 'it has expired' })],
    ])
    const dated = await kept(app, (c) => c[kind].set('a', 1, { expires: new Date(1_000_000_090_000) }))
    expect((await read(app, kind, dated)).value).toBe(1)
    vi.setSystemTime(1_000_000_090_000)
    expect((await read(app, kind, dated)).value).toBeUndefined()
  })

  test('lasts 20 years by permanent, in either order', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000_000_000 })
    const app = sessionApp()
    for (const jar of [(c: CookieJar) => c.permanent[kind], (c: CookieJar) => c[kind].permanent]) {
      vi.setSystemTime(1_000_000_000_000)
      const { setCookies } = await app.does((c) => jar(c.cookies).set('a', 1))
      expect(setCookies[0]).toContain('; Max-Age=631139040;')
      vi.setSystemTime(1_000_000_000_000 + 631_139_039_000)
      expect((await read(app, kind, setCookies[0]?.split(';')[0] as string)).value).toBe(1)
      vi.setSystemTime(1_000_000_000_000 + 631_139_040_000)
      expect((await read(app, kind, setCookies[0]?.split(';')[0] as string)).value).toBeUndefined()
    }
  })

  test('that has the value already is not sent, unless an option is given or was', async () => {
    const app = sessionApp()
    const cookie = await kept(app, (c) => c[kind].set('a', { n: [1] }))
    expect(await kept(app, (c) => c[kind].set('a', { n: [1] }), cookie)).toBe('')
    expect(await kept(app, (c) => c[kind].set('a', { n: [2] }), cookie)).not.toBe('')
    expect(await kept(app, (c) => c[kind].set('a', { n: [1] }, { maxAge: 9 }), cookie)).not.toBe('')
    expect(await kept(app, (c) => c[kind].permanent.set('a', { n: [1] }), cookie)).not.toBe('')
    const permanent = await kept(app, (c) => c[kind].permanent.set('a', { n: [1] }))
    expect(await kept(app, (c) => c[kind].set('a', { n: [1] }), permanent)).not.toBe('')
    const rotated = sessionApp({ sessionOptions: { secret: OTHER_SECRET, oldSecret: SECRET } })
    expect(await kept(rotated, (c) => c[kind].set('a', { n: [1] }), cookie)).not.toBe('')
  })

  test('that is refused is logged once a request, without the value', async () => {
    const app = sessionApp()
    await app.does(({ cookies }) => [cookies[kind].get('a'), cookies[kind].get('a'), cookies[kind].has('a')], {
      cookie: 'a=c2VjcmV0',
    })
    expect(app.log).toHaveLength(1)
    expect(JSON.stringify(app.log)).not.toContain('c2VjcmV0')
  })

  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  test.each([
    [undefined, 'is undefined'],
    [Number.NaN, 'is NaN'],
    [[1, { at: Number.POSITIVE_INFINITY }], '[1].at is Infinity'],
    [1n, 'is bigint'],
    [() => 1, 'is function'],
    [Symbol('s'), 'is symbol'],
    [{ at: new Date(0) }, '.at is Date'],
    [new Map(), 'is Map'],
    [{ toJSON: () => 1 }, 'is Object'],
    [[undefined], '[0] is undefined'],
    [cyclic, 'cyclic'],
  ])('refuses %s, which JSON does not carry', async (value, problem) => {
    const app = sessionApp()
    const { status, setCookies } = await app.does(({ cookies }) => cookies[kind].set('a', value as never))
    expect([status, setCookies]).toEqual([500, []])
    expect(app.log.at(-1)?.['msg']).toContain(problem)
  })
})

test('a signed value can be read by anybody, an encrypted one by nobody', async () => {
  const app = sessionApp()
  const shown = async (kind: Kind) => {
    const text = (await kept(app, (c) => c[kind].set('a', 'in the open'))).slice(2)
    return Buffer.from(text, 'base64url').toString('latin1')
  }
  expect(await shown('signed')).toContain('["in the open"]')
  expect(await shown('encrypted')).not.toContain('in the open')
})

test('a signed value is what docs/decisions/013 says, byte by byte', async () => {
  const app = sessionApp()
  const { hkdfSync } = await import('node:crypto')
  const key = Buffer.from(hkdfSync('sha256', SECRET, 'contrail', 'signed cookie', 32))
  const tag = createHmac('sha256', key).update('contrail 1 signed cookie a\0[{"n":1}]').digest()
  const value = Buffer.concat([Buffer.of(1), tag, Buffer.from('[{"n":1}]')]).toString('base64url')
  expect(await kept(app, (c) => c.signed.set('a', { n: 1 }))).toBe(`a=${value}`)
})
