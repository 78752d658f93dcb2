// The attributes of cookies, and those that no browser would keep or no header could carry.
import { type CookieJar, type CookieOptions } from 'contrail'
import { describe, expect, test } from 'vitest'
import { use } from '../../harness/cookies.js'

describe('C7: a cookie is set', () => {
  test.each<[options: CookieOptions, attributes: string]>([
    [{ path: '/admin' }, 'Path=/admin; HttpOnly; SameSite=Lax'],
    [{ domain: 'foo.com' }, 'Domain=foo.com; Path=/; HttpOnly; SameSite=Lax'],
    [{ httpOnly: false }, 'Path=/; SameSite=Lax'],
    [{ sameSite: 'strict' }, 'Path=/; HttpOnly; SameSite=Strict'],
    [{ sameSite: 'none' }, 'Path=/; HttpOnly; Secure; SameSite=None'],
    [{ partitioned: true }, 'Path=/; HttpOnly; Secure; Partitioned; SameSite=Lax'],
    [{ secure: true }, 'Path=/; HttpOnly; Secure; SameSite=Lax'],
    [{ maxAge: 60 }, 'Max-Age=60; Path=/; HttpOnly; SameSite=Lax'],
  ])('as %j say', async (options, attributes) => {
    expect((await use((c) => c.set('a', '1', options))).setCookies).toEqual([`a=1; ${attributes}`])
  })

  test('until a date', async () => {
    const { setCookies } = await use((c) => c.set('a', '1', { expires: new Date(Date.now() + 3_600_000) }))
    const seconds = Number(/Max-Age=(\d+)/.exec(setCookies[0] ?? '')?.[1])
    expect(seconds).toBeGreaterThan(3500)
    expect(seconds).toBeLessThanOrEqual(3600)
  })

  test('for 20 years by permanent, unless it is said otherwise', async () => {
    const { setCookies } = await use((c) => {
      c.permanent.set('a', '1')
      c.permanent.set('b', '1', { maxAge: 60, path: '/b' })
    })
    expect(setCookies).toEqual([
      'a=1; Max-Age=631139040; Path=/; HttpOnly; SameSite=Lax',
      'b=1; Max-Age=60; Path=/b; HttpOnly; SameSite=Lax',
    ])
  })

  test('Secure when the request came by HTTPS, by the word of a trusted proxy too (H4)', async () => {
    const set = (c: CookieJar) => c.set('a', '1')
    const forwarded = { headers: { 'x-forwarded-proto': 'https' } }
    expect((await use(set, undefined, { encrypted: true })).setCookies[0]).toContain('; Secure')
    expect((await use(set, undefined, forwarded, true)).setCookies[0]).toContain('; Secure')
    expect((await use(set, undefined, forwarded)).setCookies[0]).not.toContain('Secure')
    const off = await use((c) => c.set('a', '1', { secure: false }), undefined, { encrypted: true })
    expect(off.setCookies[0]).not.toContain('Secure')
  })

  test.each(['__Host-a', '__host-a', '__Secure-a'])('Secure where the name %s wants it', async (name) => {
    expect((await use((c) => c.set(name, '1'))).setCookies).toEqual([
      `${name}=1; Path=/; HttpOnly; Secure; SameSite=Lax`,
    ])
  })
})

describe('a cookie that browsers would drop, or that a header cannot carry, is an error and nothing is sent', () => {
  test.each<[name: string, options: CookieOptions, problem: string]>([
    ['a', { maxAge: 0 }, 'maxAge is 0'],
    ['a', { maxAge: -1 }, 'maxAge is -1'],
    ['a', { maxAge: 1.5 }, 'maxAge is 1.5'],
    ['a', { maxAge: Number.NaN }, 'maxAge is NaN'],
    ['a', { expires: new Date(0) }, 'no date to come'],
    ['a', { expires: new Date(Number.NaN) }, 'no date to come'],
    ['a', { expires: '2099-01-01' as never }, 'no date to come'],
    ['a', { expires: new Date(4e12), maxAge: 1 }, 'both given'],
    ['a', { sameSite: 'none', secure: false }, "sameSite 'none' wants secure"],
    ['a', { partitioned: true, secure: false }, 'partitioned wants secure'],
    ['__Secure-a', { secure: false }, '__secure- wants secure'],
    ['__Host-a', { domain: 'foo.com' }, '__Host- wants path / and no domain'],
    ['__HOST-a', { path: '/a' }, '__Host- wants path / and no domain'],
    ['a', { sameSite: 'sometimes' as never }, 'sameSite'],
    ['a', { path: 'a' }, 'path'],
    ['a', { path: '' }, 'path'],
    ['', {}, 'name'],
    ['a=b', {}, 'name'],
    ['_test_app_session', {}, "is the session's"],
  ])('%j with %j', async (name, options, problem) => {
    const { status, setCookies, error } = await use((c) => {
      c.set('before', '1')
      c.set(name, '1', options)
    })
    expect([status, setCookies, error]).toEqual([500, [], expect.stringContaining(problem)])
  })

  const hostile = { semicolon: ';', CR: '\r', LF: '\n', NUL: '\0', space: ' ' }
  const forms = { name: 'a?b', domain: 'foo?.com', path: '/a?b', sameSite: 'lax?' }
  const rows = Object.entries(hostile).flatMap(([title, character]) =>
    Object.entries(forms).map(([part, form]) => [title, part, form.replace('?', character)] as const),
  )
  test.each(rows)('C9: %s in the %s', async (_, part, value) => {
    for (const jar of ['set', 'delete', 'signed'] as const) {
      const name = part === 'name' ? value : 'a'
      const options = part === 'name' ? { path: '/' } : { [part]: value }
      const { status, setCookies } = await use((c) => {
        if (jar === 'delete') c.delete(name, options)
        else (jar === 'set' ? c : c.signed).set(name, '1', options)
      })
      expect([status, setCookies]).toEqual([500, []])
    }
  })

  test('a lone surrogate', async () => {
    const { status, error } = await use((c) => c.set('a', '\ud800'))
    expect([status, error]).toEqual([500, expect.stringContaining('no well-formed text')])
  })

  test('C5: 4,096 bytes of name and value pass, 4,097 do not', async () => {
    expect((await use((c) => c.set('name', 'x'.repeat(4092)))).setCookies).toHaveLength(1)
    for (const set of [
      (c: CookieJar) => c.set('name', 'x'.repeat(4093)),
      // Three bytes each, once encoded.
      (c: CookieJar) => c.set('name', 'ü'.repeat(1000)),
      (c: CookieJar) => c.signed.set('name', 'x'.repeat(4000)),
      (c: CookieJar) => c.encrypted.set('name', 'x'.repeat(4000)),
    ]) {
      const { status, setCookies, error } = await use(set)
      expect([status, setCookies]).toEqual([500, []])
      expect(error).toMatch(/^The cookie name would be \d+ bytes with its name; browsers keep at most 4096\./)
    }
  })
})
