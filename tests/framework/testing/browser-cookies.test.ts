// A client keeps and sends cookies as a browser does; where curl judges alike, by curl's word too.
import { join } from 'node:path'
import { Controller } from 'contrail'
import { createClient } from 'contrail/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { boot } from '../../harness/app.js'
import { temporaryFolder } from '../../harness/folders.js'
import { execute } from '../../harness/processes.js'

class CookiesController extends Controller {
  /** Sets what the query says, in its order. */
  set() {
    for (const [name, value] of new URL(this.request.url, 'http://any').searchParams) {
      if (name === 'set') this.response.headers.append('set-cookie', value)
    }
    this.head(204)
  }
  show() {
    this.renderText(this.request.header('cookie') ?? '')
  }
}

const { app } = boot((r) => {
  r.get('/set', CookiesController, 'set')
  r.get('/shop/set', CookiesController, 'set')
  r.get('/shop/deep/set', CookiesController, 'set')
  for (const path of ['/', '/shop', '/shopping', '/shop/', '/shop/deep'] as const) {
    if (path !== '/shop/') r.get(path, CookiesController, 'show')
  }
})
let port = 0
beforeAll(async () => {
  port = (await app.listen({ port: 0, host: '127.0.0.1', signals: false })).port
})
afterAll(() => app.close())

const at = (host: string, path: string) => ({ host, path })

type Place = [host: string, path: string]

/** What a client sends at a place after it was given these cookies at another. */
async function sent(set: string[], from = at('shop.test', '/set'), to = at('shop.test', '/')): Promise<string> {
  const client = createClient(app)
  const query = set.map((header) => `set=${encodeURIComponent(header)}`).join('&')
  await client.get(`http://${from.host}:${port}${from.path}?${query}`)
  return (await client.get(`http://${to.host}:${port}${to.path}`)).text()
}

/** The same, by curl. */
async function sentByCurl(set: string[], from = at('shop.test', '/set'), to = at('shop.test', '/')): Promise<string> {
  const cwd = temporaryFolder()
  const jar = join(cwd, 'jar')
  const query = set.map((header) => `set=${encodeURIComponent(header)}`).join('&')
  const resolve = ['shop.test', 'www.shop.test', 'bookshop.test'].flatMap((host) => [
    '--resolve',
    `${host}:${port}:127.0.0.1`,
  ])
  const run = (url: string) => execute('curl', ['-sS', '-b', jar, '-c', jar, ...resolve, url], { cwd })
  await run(`http://${from.host}:${port}${from.path}?${query}`)
  return (await run(`http://${to.host}:${port}${to.path}`)).output
}

const SENT = ['a=x%20y;HttpOnly', 'b=;Max-Age=0', 'c=;Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'd=1;Max-Age=9']
const SET = SENT.map((header) => `set=${encodeURIComponent(header)}`).join('&')
const IN_A_MINUTE = new Date(Date.now() + 60_000).toUTCString()

describe('a client sends what curl would', () => {
  test.each<[why: string, set: string[], expected: string, from?: Place | undefined, to?: Place]>([
    ['a plain cookie', ['a=1'], 'a=1'],
    ['several, in the order they were first set', ['a=1', 'b=2', 'a=3'], 'a=3; b=2'],
    ['values as they came', ['a=x%20y%zz"'], 'a=x%20y%zz"'],
    [
      'without a path: that of the folder it was set in',
      ['a=1'],
      'a=1',
      ['shop.test', '/shop/set'],
      ['shop.test', '/shop'],
    ],
    ['and not above it', ['a=1'], '', ['shop.test', '/shop/set']],
    ['and not beside it', ['a=1; Path=/shop'], '', undefined, ['shop.test', '/shopping']],
    ['below its path', ['a=1; Path=/shop'], 'a=1', undefined, ['shop.test', '/shop/deep']],
    ['at its path', ['a=1; Path=/shop'], 'a=1', undefined, ['shop.test', '/shop']],
    ['a path that is none counts as none', ['a=1; Path=shop'], 'a=1'],
    ['longer paths first', ['a=1; Path=/', 'a=2; Path=/shop'], 'a=2; a=1', undefined, ['shop.test', '/shop']],
    ['to no other host', ['a=1'], '', undefined, ['www.shop.test', '/']],
    ['to hosts below its domain', ['a=1; Domain=shop.test'], 'a=1', undefined, ['www.shop.test', '/']],
    ['with a dot before the domain, too', ['a=1; Domain=.Shop.test'], 'a=1', undefined, ['www.shop.test', '/']],
    ['from a host below it', ['a=1; Domain=shop.test; Path=/'], 'a=1', ['www.shop.test', '/set'], ['shop.test', '/']],
    ['not of a domain that is not its own', ['a=1; Domain=www.shop.test'], '', undefined, ['www.shop.test', '/']],
    ['not of one that only ends alike', ['a=1; Domain=shop.test'], '', ['bookshop.test', '/set'], ['shop.test', '/']],
    ['not of a top domain', ['a=1; Domain=test'], '', undefined, ['shop.test', '/']],
    ['not Secure ones by http', ['a=1; Secure'], ''],
    ['Secure ones of this machine', ['a=1; Secure'], 'a=1', ['localhost', '/set'], ['localhost', '/']],
    ['HttpOnly ones', ['a=1; HttpOnly'], 'a=1'],
    ['until Max-Age ends', ['a=1; Max-Age=60'], 'a=1'],
    ['not with a Max-Age of 0', ['a=1', 'b=2', 'a=; Max-Age=0'], 'b=2'],
    ['not with a negative one', ['a=1', 'a=2; Max-Age=-5'], ''],
    ['until Expires', [`a=1; Expires=${IN_A_MINUTE}`], 'a=1'],
    ['not after Expires', ['a=1', 'a=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], ''],
    ['by Max-Age where Expires says otherwise', ['a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], 'a=1'],
    ['deleted only with the same path', ['a=1; Path=/', 'a=; Path=/shop; Max-Age=0'], 'a=1'],
    ['no __Secure- name by http', ['__Secure-a=1'], ''],
    [
      'no __Host- name with a domain',
      ['__Host-a=1; Secure; Path=/; Domain=localhost'],
      '',
      ['localhost', '/set'],
      ['localhost', '/'],
    ],
    [
      'a __Host- name with all it wants',
      ['__Host-a=1; Secure; Path=/'],
      '__Host-a=1',
      ['localhost', '/set'],
      ['localhost', '/'],
    ],
  ])('%s', async (_, set, expected, from = ['shop.test', '/set'], to = ['shop.test', '/']) => {
    expect(await sent(set, at(...from), at(...to))).toBe(expected)
    expect(await sentByCurl(set, at(...from), at(...to))).toBe(expected)
  })
})

describe('a client keeps, beyond curl,', () => {
  test.each([
    ['SameSite=None without Secure', 'a=1; SameSite=None'],
    ['Partitioned without Secure', 'a=1; Partitioned'],
    ['__host- names in any case', '__hOsT-a=1'],
    ['over 4,096 bytes', `a=${'x'.repeat(4096)}`],
    ['without name and value', '='],
    ['of a top domain', 'a=1; Domain=test'],
  ])('no cookie %s', async (_, header) => {
    const answer = await createClient(app, { host: 'shop.test' }).get(`/set?set=${encodeURIComponent(header)}`)
    expect(answer.refusedCookies).toEqual([{ header, reason: expect.any(String) }])
  })

  test('exactly 4,096 bytes, and a value without a name', async () => {
    const long = `a=${'x'.repeat(4095)}`
    expect(await sent([long, '=x'])).toBe(`${long}; x`)
  })

  test('a Secure cookie that http would replace', async () => {
    const client = createClient(app)
    await client.get('https://shop.test/set?set=a=1;Secure;Path=/')
    expect((await client.get('http://shop.test/')).text()).toBe('')
    const answer = await client.get('http://shop.test/set?set=a=2;Path=/')
    expect(answer.refusedCookies).toHaveLength(1)
    expect((await client.get('https://shop.test/')).text()).toBe('a=1')
    await client.get('https://shop.test/set?set=a=3;Path=/')
    expect((await client.get('http://shop.test/')).text()).toBe('a=3')
  })
})

describe('client.cookies', () => {
  test('reads, sets and removes', async () => {
    const client = createClient(app, { host: 'shop.test' })
    client.cookies.set('a', 'x y;', { path: '/shop', maxAge: 60 })
    expect((await client.get('/shop')).text()).toBe('a=x%20y%3B')
    expect([client.cookies.get('a'), client.cookies.has('a'), client.cookies.has('b')]).toEqual(['x y;', true, false])
    const cookie = { name: 'a', value: 'x y;', domain: 'shop.test', hostOnly: true, path: '/shop', secure: false }
    expect(client.cookies.all()).toEqual([
      { ...cookie, httpOnly: false, sameSite: undefined, expires: expect.any(Date) },
    ])
    client.cookies.set('b', '1')
    client.cookies.delete('a')
    expect((await client.get('/shop')).text()).toBe('b=1')
    client.cookies.clear()
    expect((await client.get('/')).text()).toBe('')
    expect(() => client.cookies.set('c', '1', { secure: true })).toThrow("give the client protocol: 'https'")
    expect(() => client.cookies.set('c', '1', { domain: 'other.test' })).toThrow('its domain is other.test')
  })

  test('ends with the clock that the test sets', async () => {
    const client = createClient(app)
    client.cookies.set('a', '1', { maxAge: 60 })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    try {
      expect(client.cookies.all()).toEqual([])
      expect((await client.get('/')).text()).toBe('')
    } finally {
      vi.useRealTimers()
    }
  })

  test('gives way to a Cookie header that the test writes', async () => {
    const client = createClient(app)
    client.cookies.set('a', '1')
    expect((await client.get('/', { headers: { cookie: 'b=2' } })).text()).toBe('b=2')
  })

  test('shows what an answer set, and that it deleted', async () => {
    const answer = await createClient(app).get(`/set?${SET}`)
    expect(answer.cookies).toEqual({ a: 'x%20y', b: undefined, c: undefined, d: '1' })
    expect(answer.headers.getSetCookie()).toEqual(SENT)
  })
})
