// What a test reads and presets of a client's session, in every store; and how it logs in.
import { Controller, CookieStore, MemoryStore, SessionDataError, type SessionStoreClass } from 'contrail'
import { createClient } from 'contrail/testing'
import { describe, expect, test } from 'vitest'
import { boot, SECRET } from '../../harness/app.js'
import { withEnvironment } from '../../harness/environment.js'
import { NetworkStore } from '../../harness/network-store.js'

interface User {
  readonly id: number
}

/** What these apps keep, as a test sees it. */
type Kept = Readonly<Record<string, unknown>>

class VisitsController extends Controller {
  static {
    this.protectFromForgery()
  }
  get #data(): Record<string, unknown> {
    return this.session
  }
  show() {
    this.render({ ...this.session, notice: this.flash.get('notice') })
  }
  create() {
    this.#data['userId'] = Number(this.params['id'])
    this.flash.set('notice', 'Welcome')
    this.head(204)
  }
  destroy() {
    this.resetSession()
    this.head(204)
  }
  seen() {
    this.render({ seen: this.cookies.signed.get('seen') ?? null })
  }
  bearer() {
    this.render({ token: this.request.header('authorization') ?? null })
  }
}

function visits(store: SessionStoreClass<object>, sessionOptions: object = {}) {
  withEnvironment({ SECRET_KEY_BASE: SECRET })
  return boot(
    (r) => {
      r.get('/visit', VisitsController, 'show')
      r.post('/visit', VisitsController, 'create')
      r.delete('/visit', VisitsController, 'destroy')
      r.get('/seen', VisitsController, 'seen')
      r.get('/bearer', VisitsController, 'bearer')
    },
    { override: { sessionStore: store, sessionOptions: { key: '_visits', ...sessionOptions } } },
  )
}

describe.each([
  ['CookieStore', CookieStore],
  ['MemoryStore', MemoryStore],
  ['a store over a network', NetworkStore],
])('with %s', (_, store) => {
  test('the session that the app keeps is read, and nothing is changed by it', async () => {
    const { app } = visits(store as SessionStoreClass<object>, { expireAfter: 1000 })
    const client = createClient(app)
    expect(await client.session()).toEqual({})
    expect(client.cookies.all()).toEqual([])
    await client.post('/visit', { form: { id: 7 } })
    const cookie = client.cookies.get('_visits')
    expect(await client.session()).toStrictEqual({ userId: 7 })
    expect(await client.flash()).toStrictEqual({ notice: 'Welcome' })
    expect(client.cookies.get('_visits')).toBe(cookie)
    expect((await client.get('/visit')).json()).toEqual({ userId: 7, notice: 'Welcome' })
    expect(await client.flash()).toEqual({})
    await client.delete('/visit')
    expect(await client.session()).toEqual({})
    expect(client.cookies.has('_visits')).toBe(false)
  })

  test('keys of it are preset, and others stay', async () => {
    const { app } = visits(store as SessionStoreClass<object>)
    const client = createClient(app)
    await client.setSession({ userId: 1, cart: ['a'], at: new Date(0) } as Kept)
    await client.setSession({ userId: 2, cart: undefined } as Kept)
    expect((await client.get('/visit')).json()).toEqual({ userId: 2, at: '1970-01-01T00:00:00.000Z' })
    expect(await client.session()).toEqual({ userId: 2, at: new Date(0) })
    await expect(client.setSession({ bad: () => 1 } as Kept)).rejects.toBeInstanceOf(SessionDataError)
  })

  test('clients of one app have a session each; as(user) logs one in', async () => {
    const { app } = visits(store as SessionStoreClass<object>)
    const anonymous = createClient(app, { logIn: (user: User) => ({ userId: user.id }) as Kept })
    const [ada, bob] = [anonymous.as({ id: 1 }), anonymous.as({ id: 2 })]
    const ids = await Promise.all([ada, bob, anonymous, ada].map((client) => client.get('/visit')))
    expect(ids.map((answer) => answer.json<{ userId?: number }>().userId)).toEqual([1, 2, undefined, 1])
    expect(await ada.session()).toEqual({ userId: 1 })
    await ada.delete('/visit')
    expect((await ada.get('/visit')).json()).toEqual({})
    expect((await bob.get('/visit')).json()).toEqual({ userId: 2 })
  })
})

describe('logging in', () => {
  test('may be requests of the app, or a header', async () => {
    const { app } = visits(MemoryStore)
    let count = 0
    const client = createClient(app, {
      headers: { 'x-team': 'blue' },
      logIn: async (user: User, browser) => {
        count++
        await browser.post('/visit', { form: { id: user.id } })
        browser.setHeader('authorization', `Bearer ${user.id}`)
      },
    }).as({ id: 9 })
    const [visit, bearer] = await Promise.all([client.get('/visit'), client.get('/bearer')])
    expect(visit.json()).toMatchObject({ userId: 9 })
    expect(bearer.json()).toEqual({ token: 'Bearer 9' })
    expect(count).toBe(1)
  })

  test('that is not said, or fails, says so', async () => {
    const { app } = visits(MemoryStore)
    expect(() => createClient<User>(app).as({ id: 1 })).toThrow('createClient(app, { logIn:')
    const failing = createClient(app, {
      logIn: (_: User) => {
        throw new Error('no such user')
      },
    }).as({ id: 1 })
    await expect(failing.get('/visit')).rejects.toThrow('no such user')
    await expect(failing.session()).rejects.toThrow('no such user')
  })
})

describe('cookies as the app has them', () => {
  test('signed ones are read and set from outside', async () => {
    const { app } = visits(CookieStore)
    const client = createClient(app)
    await client.withCookies((cookies) => cookies.signed.set('seen', 3))
    expect((await client.get('/seen')).json()).toEqual({ seen: 3 })
    expect(await client.withCookies((cookies) => cookies.signed.get('seen'))).toBe(3)
    client.cookies.set('seen', 'forged')
    expect((await client.get('/seen')).json()).toEqual({ seen: null })
  })

  test('that no browser would keep are told of', async () => {
    const client = createClient(visits(CookieStore, { secure: true }).app, { host: 'shop.example' })
    await expect(client.setSession({ userId: 1 } as Kept)).rejects.toThrow("give the client protocol: 'https'")
    const answer = await client.post('/visit', { form: { id: 1 } })
    expect(answer.refusedCookies).toEqual([
      { header: expect.stringContaining('_visits='), reason: expect.stringContaining('http://shop.example set it') },
    ])
    expect(await client.session()).toEqual({})
    const safe = createClient(visits(CookieStore, { secure: true }).app, { host: 'shop.example', protocol: 'https' })
    await safe.setSession({ userId: 1 } as Kept)
    expect((await safe.get('/visit')).json()).toEqual({ userId: 1 })
  })

  test('a session of another path is found, too', async () => {
    const client = createClient(visits(CookieStore, { path: '/visit' }).app)
    await client.setSession({ userId: 5 } as Kept)
    expect(await client.session()).toEqual({ userId: 5 })
    expect((await client.get('/visit')).json()).toEqual({ userId: 5 })
  })
})

describe('forgery protection', () => {
  test('lets the client in as a page of the site, and holds for everyone else', async () => {
    const { app } = visits(CookieStore)
    const client = createClient(app)
    expect((await client.post('/visit', { form: { id: 1 } })).status).toBe(204)
    const cross = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    expect((await client.post('/visit', { form: { id: 1 }, headers: cross })).status).toBe(422)
    expect((await client.post('/visit', { form: { id: 1 }, headers: { 'sec-fetch-site': undefined } })).status).toBe(
      422,
    )
  })

  test('takes a token of the client where the browser says nothing', async () => {
    const { app } = visits(CookieStore)
    const client = createClient(app, { headers: { 'sec-fetch-site': undefined } })
    const authenticity_token = await client.csrfToken()
    expect((await client.post('/visit', { form: { id: 1, authenticity_token } })).status).toBe(204)
    const forThis = await client.csrfToken({ path: '/visit', method: 'DELETE' })
    expect((await client.post('/visit', { form: { id: 1 }, headers: { 'x-csrf-token': forThis } })).status).toBe(422)
    expect((await client.delete('/visit', { headers: { 'x-csrf-token': forThis } })).status).toBe(204)
    expect(
      (
        await createClient(app, { headers: { 'sec-fetch-site': undefined } }).post('/visit', {
          form: { authenticity_token },
        })
      ).status,
    ).toBe(422)
  })
})
