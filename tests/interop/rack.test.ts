// One person, one jar of cookies, a Rack app and an app of ours: who is logged in with the one is with the other. Debian
// has no rack-session: its formats are written anew in Ruby in fixtures/rack_session.rb. What rack-session itself wrote
// is read in tests/framework/session/rack-cookie-store.test.ts.
import { RackCookieStore } from 'contrail'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SECRET } from '../harness/app.js'
import { Browser, type RubyApp, rubyHas, shiftClock, startRuby } from '../harness/ruby.js'
import { serveVisitors } from '../harness/visitors-app.js'

const KEY = 'shop.session'

const APPS = {
  V2: { secret: SECRET, key: KEY, purpose: KEY, version: 'V2' },
  V1: { secret: SECRET, key: KEY, purpose: KEY, version: 'V1' },
  unnamed: { secret: SECRET, key: 'rack.session', purpose: null, version: 'V2' },
  expiring: { secret: SECRET, key: KEY, purpose: KEY, version: 'V2', expire_after: 1000 },
}

const hasRack = rubyHas('rack')

describe.skipIf(!hasRack)(`With Rack${hasRack ? '' : ' (no Ruby with Rack here)'}`, () => {
  let rack: RubyApp
  beforeAll(async () => {
    rack = await startRuby('rack_app.rb', APPS)
  })
  afterAll(() => rack.stop())

  const at = (name: keyof typeof APPS, path: string) => `${rack.url}/${name}/${path}`
  const serve = () => serveVisitors(RackCookieStore, { key: KEY })

  test('who logs in there is logged in here', async () => {
    const ours = await serve()
    const browser = new Browser()
    await browser.post(at('V2', 'login'), { user: '42' })
    expect((await browser.get(`${ours.url}/dump`)).json).toEqual({ user_id: 42 })
    expect(ours.log).toEqual([])
  })

  test('who logs in here is logged in there, in a session with an id as Rack gives one', async () => {
    const ours = await serve()
    const browser = new Browser()
    await browser.post(`${ours.url}/login`, { user: '7' })
    const { json } = await browser.get(at('V2', 'dump'))
    expect(json).toEqual({ user_id: 7, session_id: expect.stringMatching(/^[0-9a-f]{64}$/) })
    await browser.post(at('V2', 'put'), { key: 'theme', value: '"dark"' })
    await browser.post(`${ours.url}/put`, { key: 'cart', value: '[1]' })
    expect((await browser.get(at('V2', 'dump'))).json).toEqual({ ...json, theme: 'dark', cart: [1] })
    await browser.post(`${ours.url}/renew`)
    expect((await browser.get(at('V2', 'dump'))).json).toMatchObject({ user_id: 7, theme: 'dark' })
    expect((await browser.get(at('V2', 'dump'))).json['session_id']).not.toBe(json['session_id'])
  })

  test('a cookie of version 1 is read, left as it is by reading, and written as version 2', async () => {
    const ours = await serve()
    const browser = new Browser()
    await browser.post(at('V1', 'login'), { user: '42' })
    const before = browser.cookies.get(KEY)
    expect((await browser.get(`${ours.url}/dump`)).json).toEqual({ user_id: 42 })
    expect(browser.cookies.get(KEY)).toBe(before)
    await browser.post(`${ours.url}/put`, { key: 'seen', value: '1' })
    expect((await browser.get(at('V2', 'dump'))).json).toMatchObject({ user_id: 42, seen: 1 })
  })

  test('who logs out with one is logged out with both', async () => {
    const ours = await serve()
    const browser = new Browser()
    await browser.post(at('V2', 'login'), { user: '42' })
    await browser.post(`${ours.url}/logout`)
    expect((await browser.get(at('V2', 'dump'))).json).not.toHaveProperty('user_id')
    await browser.post(`${ours.url}/login`, { user: '7' })
    await browser.post(at('V2', 'logout'))
    expect((await browser.get(`${ours.url}/dump`)).json).toEqual({})
  })

  test('a Rack app that names no key shares its cookie with purpose: false', async () => {
    const browser = new Browser()
    await browser.post(at('unnamed', 'login'), { user: '42' })
    const bound = await serveVisitors(RackCookieStore, { key: 'rack.session' })
    expect((await browser.get(`${bound.url}/dump`)).json).toEqual({})
    const ours = await serveVisitors(RackCookieStore, { key: 'rack.session', purpose: false })
    expect((await browser.get(`${ours.url}/dump`)).json).toEqual({ user_id: 42 })
    await browser.post(`${ours.url}/login`, { user: '7' })
    expect((await browser.get(at('unnamed', 'dump'))).json).toMatchObject({ user_id: 7 })
  })

  test('data comes over as it was, dates as ISO strings, whatever its length', async () => {
    const ours = await serve()
    const browser = new Browser()
    const values = {
      text: 'Zürich 東京 🚋 \u2028 "quoted" \\ ; , % <b>&amp;</b>',
      numbers: [0, -1, 1.5, Number.MAX_SAFE_INTEGER],
      nested: { list: [[], [{}], null, true], $date: 'none', marked: { $date: 'none' } },
    }
    for (const [key, value] of Object.entries(values))
      await browser.post(at('V2', 'put'), { key, value: JSON.stringify(value) })
    expect((await browser.get(`${ours.url}/dump`)).json).toEqual(values)
    await browser.post(`${ours.url}/stamp`)
    const { session_id, ...there } = (await browser.get(at('V2', 'dump'))).json
    expect(there).toEqual({ ...values, at: '2009-02-13T23:31:30.123Z' })
    for (let length = 0; length < 33; length++) {
      const value = 'x'.repeat(length)
      await browser.post(`${ours.url}/put`, { key: 'text', value: JSON.stringify(value) })
      expect((await browser.get(at('V2', 'dump'))).json['text']).toBe(value)
    }
  })

  describe('with expireAfter', () => {
    const expiring = () => serveVisitors(RackCookieStore, { key: KEY, expireAfter: 1000, maxLifetime: 3000 })

    test('a session that we wrote ends, unless Rack has written it since', async () => {
      const ours = await expiring()
      const [idle, busy] = [new Browser(), new Browser()]
      for (const browser of [idle, busy]) await browser.post(`${ours.url}/login`, { user: '7' })
      shiftClock(999)
      await busy.post(at('expiring', 'put'), { key: 'seen', value: '1' })
      shiftClock(1)
      expect((await idle.get(`${ours.url}/dump`)).json).toEqual({})
      expect((await busy.get(`${ours.url}/dump`)).json).toEqual({ user_id: 7, seen: 1 })
    })

    test('a session that Rack wrote gets an end when it is next touched here', async () => {
      const ours = await expiring()
      const browser = new Browser()
      await browser.post(at('V2', 'login'), { user: '42' })
      const before = browser.cookies.get(KEY)
      await browser.get(`${ours.url}/dump`)
      expect(browser.cookies.get(KEY)).not.toBe(before)
      shiftClock(1000)
      expect((await browser.get(`${ours.url}/dump`)).json).toEqual({})
    })

    test('maxLifetime travels through Rack', async () => {
      const ours = await expiring()
      const browser = new Browser()
      await browser.post(`${ours.url}/login`, { user: '7' })
      for (let visits = 0; visits < 3; visits++) {
        shiftClock(900)
        await browser.post(at('V2', 'put'), { key: 'visits', value: String(visits) })
        expect((await browser.get(`${ours.url}/dump`)).json).toEqual({ user_id: 7, visits })
      }
      shiftClock(301)
      expect((await browser.get(`${ours.url}/dump`)).json).toEqual({})
      expect(ours.log.at(-1)).toMatchObject({ reason: expect.stringMatching(/older than maxLifetime/) })
    })
  })
})
