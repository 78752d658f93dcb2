// One person, one jar of cookies, a Rails app and an app of ours: who is logged in with the one is with the other.
import { RailsCookieStore, type RailsDigest } from 'contrail'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SECRET } from '../harness/app.js'
import { Browser, type RubyApp, rubyHas, shiftClock, startRuby } from '../harness/ruby.js'
import { serveVisitors } from '../harness/visitors-app.js'

const KEY = '_shop_session'
const EXPIRE_AFTER = 1000

const app = (digest: RailsDigest, more: object = {}, session: object = {}) => ({
  secret: SECRET,
  digest,
  session: { key: KEY, ...session },
  ...more,
})

const APPS = {
  SHA1: app('SHA1'),
  SHA256: app('SHA256'),
  hybrid: app('SHA256', { serializer: 'hybrid' }),
  marshal: app('SHA256', { serializer: 'marshal' }),
  expiring: app('SHA256', {}, { expire_after: EXPIRE_AFTER }),
}

const hasRails = rubyHas('actionpack')

describe.skipIf(!hasRails)(`With Rails${hasRails ? '' : ' (no Ruby with Action Pack here)'}`, () => {
  let rails: RubyApp
  beforeAll(async () => {
    rails = await startRuby('rails_app.rb', APPS)
  })
  afterAll(() => rails.stop())

  const at = (name: keyof typeof APPS, path: string) => `${rails.url}/${name}/${path}`

  describe.each(['SHA1', 'SHA256'] as const)('whose digest is %s', (digest) => {
    const serve = () => serveVisitors(RailsCookieStore, { key: KEY, digest })

    test('who logs in there is logged in here', async () => {
      const ours = await serve()
      const browser = new Browser()
      await browser.post(at(digest, 'login'), { user: '42' })
      const { json } = await browser.get(`${ours.url}/dump`)
      expect(json).toEqual({ user_id: 42, flash: { discard: [], flashes: { notice: 'Welcome' } } })
      expect(ours.log).toEqual([])
    })

    test('who logs in here is logged in there, in a session with an id as Rails gives one', async () => {
      const ours = await serve()
      const browser = new Browser()
      await browser.post(`${ours.url}/login`, { user: '7' })
      const { json } = await browser.get(at(digest, 'dump'))
      expect(json).toEqual({ user_id: 7, session_id: expect.stringMatching(/^[0-9a-f]{32}$/) })
      const written = await browser.post(at(digest, 'put'), { key: 'theme', value: '"dark"' })
      expect(written.status).toBe(200)
      expect((await browser.get(`${ours.url}/dump`)).json).toEqual({ user_id: 7, theme: 'dark' })
      expect((await browser.get(at(digest, 'dump'))).json['session_id']).toBe(json['session_id'])
    })

    test("what we change leaves Rails' id, flash and CSRF token as they were", async () => {
      const ours = await serve()
      const browser = new Browser()
      await browser.post(at(digest, 'login'), { user: '42' })
      const { token } = (await browser.get(at(digest, 'token'))).json
      await browser.post(at(digest, 'login'), { user: '42' })
      const later = (await browser.get(at(digest, 'token'))).json['token']
      const before = (await browser.get(at(digest, 'dump'))).json
      await browser.post(`${ours.url}/put`, { key: 'cart', value: '[1,{"2":[]}]' })
      expect((await browser.get(at(digest, 'dump'))).json).toEqual({ ...before, cart: [1, { 2: [] }] })
      const transfer = await browser.post(at(digest, 'transfer'), { authenticity_token: later })
      expect([transfer.status, transfer.json]).toEqual([200, { user: 42 }])
      expect((await browser.post(at(digest, 'transfer'), { authenticity_token: token })).status).toBe(422)
    })

    test('a flash of Rails is there for the next page of Rails, whatever is visited between', async () => {
      const ours = await serve()
      const browser = new Browser()
      await browser.post(at(digest, 'login'), { user: '42' })
      await browser.post(`${ours.url}/put`, { key: 'seen', value: 'true' })
      expect((await browser.get(at(digest, 'notice'))).json).toEqual({ notice: 'Welcome' })
      expect((await browser.get(at(digest, 'notice'))).json).toEqual({ notice: null })
    })

    test('who logs out with one is logged out with both', async () => {
      const ours = await serve()
      const browser = new Browser()
      await browser.post(at(digest, 'login'), { user: '42' })
      await browser.post(`${ours.url}/logout`)
      expect((await browser.get(at(digest, 'dump'))).json).not.toHaveProperty('user_id')
      await browser.post(`${ours.url}/login`, { user: '7' })
      await browser.post(at(digest, 'logout'))
      expect((await browser.get(`${ours.url}/dump`)).json).toEqual({})
    })

    test('renewSession keeps the data under another id', async () => {
      const ours = await serve()
      const browser = new Browser()
      await browser.post(at(digest, 'put'), { key: 'cart', value: '[1]' })
      const before = (await browser.get(at(digest, 'dump'))).json
      await browser.post(`${ours.url}/renew`)
      const after = (await browser.get(at(digest, 'dump'))).json
      expect(after['cart']).toEqual([1])
      expect(after['session_id']).not.toBe(before['session_id'])
    })
  })

  test('a digest that is not the other app’s makes strangers of them, until it is named', async () => {
    const browser = new Browser()
    await browser.post(at('SHA1', 'login'), { user: '42' })
    const strange = await serveVisitors(RailsCookieStore, { key: KEY })
    expect((await browser.get(`${strange.url}/dump`)).json).toEqual({})
    const both = await serveVisitors(RailsCookieStore, { key: KEY, oldDigest: 'SHA1' })
    expect((await browser.get(`${both.url}/dump`)).json).toMatchObject({ user_id: 42 })
    expect((await browser.get(at('SHA256', 'dump'))).json).toMatchObject({ user_id: 42 })
  })

  test('data comes over as it was, dates as ISO strings', async () => {
    const ours = await serveVisitors(RailsCookieStore, { key: KEY })
    const browser = new Browser()
    const values = {
      text: 'Zürich 東京 🚋 \u2028 "quoted" \\ ; , % <b>&amp;</b>',
      numbers: [0, -1, 1.5, 1e21, Number.MAX_SAFE_INTEGER],
      nested: { list: [[], [{}], null, true], $date: 'none', marked: { $date: 'none' }, twice: { $$: 1 } },
    }
    for (const [key, value] of Object.entries(values))
      await browser.post(at('SHA256', 'put'), { key, value: JSON.stringify(value) })
    expect((await browser.get(`${ours.url}/dump`)).json).toEqual(values)
    await browser.post(`${ours.url}/stamp`)
    const { session_id, ...there } = (await browser.get(at('SHA256', 'dump'))).json
    expect(there).toEqual({ ...values, at: '2009-02-13T23:31:30.123Z' })
    expect((await browser.get(`${ours.url}/dump`)).json).toEqual(there)
  })

  test('a whole number that JavaScript would change is not read', async () => {
    const ours = await serveVisitors(RailsCookieStore, { key: KEY })
    const browser = new Browser()
    await browser.post(at('SHA256', 'put'), { key: 'user_id', value: '9007199254740993' })
    expect((await browser.get(`${ours.url}/dump`)).json).toEqual({})
    expect(ours.log.at(-1)).toMatchObject({ reason: expect.stringMatching(/too large for JavaScript/) })
  })

  test('a session that Rails left empty is read as one, and its cookie left alone', async () => {
    const ours = await serveVisitors(RailsCookieStore, { key: KEY })
    const browser = new Browser()
    await browser.post(at('SHA256', 'login'), { user: '42' })
    await browser.post(at('SHA256', 'logout'))
    const cookies = [...browser.cookies]
    expect(cookies).toHaveLength(1)
    expect((await browser.get(`${ours.url}/dump`)).json).toEqual({})
    expect([...browser.cookies]).toEqual(cookies)
    await browser.post(`${ours.url}/renew`)
    await browser.post(`${ours.url}/put`, { key: 'user_id', value: '7' })
    expect((await browser.get(at('SHA256', 'dump'))).json).toMatchObject({ user_id: 7 })
  })

  test('the hybrid serializer writes what is read here, Marshal does not', async () => {
    const ours = await serveVisitors(RailsCookieStore, { key: KEY })
    const modern = new Browser()
    await modern.post(at('hybrid', 'login'), { user: '42' })
    expect((await modern.get(`${ours.url}/dump`)).json).toMatchObject({ user_id: 42 })
    await modern.post(`${ours.url}/login`, { user: '7' })
    expect((await modern.get(at('hybrid', 'dump'))).json).toMatchObject({ user_id: 7 })

    const old = new Browser()
    await old.post(at('marshal', 'login'), { user: '42' })
    expect((await old.get(`${ours.url}/dump`)).json).toEqual({})
    expect(ours.log.at(-1)).toMatchObject({ reason: expect.stringMatching(/Marshal/) })
    // Rails itself carries such a session over.
    await old.get(at('hybrid', 'dump'))
    expect((await old.get(`${ours.url}/dump`)).json).toMatchObject({ user_id: 42 })
  })

  describe('with expire_after', () => {
    const serve = () => serveVisitors(RailsCookieStore, { key: KEY, expireAfter: EXPIRE_AFTER })

    test('a session that Rails wrote ends here when it does there', async () => {
      const ours = await serve()
      const browser = new Browser()
      await browser.post(at('expiring', 'login'), { user: '42' })
      shiftClock(EXPIRE_AFTER - 60)
      // A copy, since the visit moves the end on.
      const copy = new Map(browser.cookies)
      expect((await browser.get(`${ours.url}/dump`)).json).toMatchObject({ user_id: 42 })
      for (const [name, value] of copy) browser.cookies.set(name, value)
      shiftClock(120)
      expect((await browser.get(`${ours.url}/dump`)).json).toEqual({})
      expect(ours.log.at(-1)).toMatchObject({ reason: expect.stringMatching(/not used within expireAfter/) })
    })

    test.each([
      [EXPIRE_AFTER - 60, { user_id: 7 }],
      [EXPIRE_AFTER + 60, {}],
    ])('a session that we wrote %i seconds ago ends there too', async (ago, expected) => {
      const ours = await serve()
      const browser = new Browser()
      shiftClock(-ago)
      await browser.post(`${ours.url}/login`, { user: '7' })
      const { session_id, ...rest } = (await browser.get(at('expiring', 'dump'))).json
      expect(rest).toEqual(expected)
    })

    test('a session that Rails wrote without an end gets one when it is next touched', async () => {
      const ours = await serve()
      const browser = new Browser()
      await browser.post(at('SHA256', 'login'), { user: '42' })
      const before = [...browser.cookies]
      expect((await browser.get(`${ours.url}/dump`)).json).toMatchObject({ user_id: 42 })
      expect([...browser.cookies]).not.toEqual(before)
      shiftClock(EXPIRE_AFTER)
      expect((await browser.get(`${ours.url}/dump`)).json).toEqual({})
    })

    test('maxLifetime counts from the first visit here, and travels through Rails', async () => {
      const ours = await serveVisitors(RailsCookieStore, { key: KEY, expireAfter: 1000, maxLifetime: 1500 })
      const browser = new Browser()
      await browser.post(at('expiring', 'login'), { user: '42' })
      await browser.get(`${ours.url}/dump`)
      shiftClock(900)
      await browser.post(`${ours.url}/put`, { key: 'seen', value: '1' })
      await browser.post(at('SHA256', 'put'), { key: 'seen', value: '2' })
      expect((await browser.get(`${ours.url}/dump`)).json).toMatchObject({ user_id: 42, seen: 2 })
      shiftClock(601)
      expect((await browser.get(`${ours.url}/dump`)).json).toEqual({})
      expect(ours.log.at(-1)).toMatchObject({ reason: expect.stringMatching(/older than maxLifetime/) })
    })
  })
})
