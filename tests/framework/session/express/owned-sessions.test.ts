// indexBy over a store made for express-session: what two processes do to one user's index at once, and for how long it is kept.
import { RedisStore } from 'connect-redis'
import { ExpressSessionStore } from 'contrail'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cookieOf, SECRET } from '../../../harness/app.js'
import { expressApp, type Gate, MapStore } from '../../../harness/express-app.js'
import { turnsOfTheLoop } from '../../../harness/memcached-app.js'
import { connectRedis, type Redis, type RedisClient, startRedis } from '../../../harness/redis.js'
import type { SessionApp } from '../../../harness/sessions.js'

declare module 'contrail' {
  interface SessionData {
    user: string | number
  }
}

let redis: Redis
let clients: RedisClient[]

beforeAll(async () => {
  redis = await startRedis()
  clients = [await connectRedis(redis), await connectRedis(redis)]
})
afterAll(async () => {
  for (const client of clients) client.destroy()
  await redis.remove()
})

const timeout = 10_000
const indexBy = (session: object) => (session as { user?: number }).user

const login = async (app: SessionApp, user: number, more: object = {}): Promise<string> =>
  cookieOf(await app.does((controller) => controller.put({ user, ...more })))

const userSeen = async (app: SessionApp, cookie: string) =>
  (await app.does(({ data }) => data['user'], { cookie })).seen

const processes = (): [SessionApp, SessionApp] =>
  clients.map((client) => expressApp({ store: new RedisStore({ client }), timeout, indexBy })) as [
    SessionApp,
    SessionApp,
  ]

test('two processes, 200 users: who logged in before others were ended at once stays ended, in every case', async () => {
  const [one, two] = processes()
  const users = Array.from({ length: 200 }, (_, index) => index + 1)
  const revived = await Promise.all(
    users.map(async (user) => {
      const before = await Promise.all([login(one, user), login(two, user)])
      await Promise.all([one.app.sessions.destroyAll(user), login(two, user), login(one, user)])
      return await Promise.all(before.map((cookie) => userSeen(two, cookie)))
    }),
  )
  expect(revived.flat().filter((user) => user !== undefined)).toEqual([])
})

describe('two processes, step by step', () => {
  /** Two processes, of which the second stops before its next write to an index until it is told to go on. */
  function heldUp() {
    let beforeLook: (() => unknown) | undefined
    let written = false
    const first = new MapStore(async (method, sid) => {
      if (!sid.startsWith('o.') || beforeLook === undefined) return
      if (method === 'get' && written) await beforeLook()
      written ||= method === 'set'
    })
    const held: { readonly which: (sid: string) => boolean; readonly reached: () => void; goOn: () => void }[] = []
    const gate: Gate = async (method, sid) => {
      const one = held.find(({ which }) => method === 'set' && which(sid))
      if (one === undefined) return
      held.splice(held.indexOf(one), 1)
      await new Promise<void>((resolve) => {
        one.goOn = resolve
        one.reached()
      })
    }
    const second = new MapStore(gate, first.kept)
    const [one, two] = [first, second].map((store) => expressApp({ store, timeout, indexBy })) as [
      SessionApp,
      SessionApp,
    ]
    /** Has the second process stop before its next write of an index, or of a session; gives what lets it go on. */
    const hold = (what: 'index' | 'session') => {
      const which = (sid: string) => sid.startsWith('o.') === (what === 'index')
      return new Promise<() => void>((resolve) => {
        const one = { which, reached: () => resolve(() => one.goOn()), goOn: () => {} }
        held.push(one)
      })
    }
    /** Has it done between the first process's write of an index and its look at it. */
    const betweenWriteAndLook = (work: () => unknown) => {
      beforeLook = work
    }
    return { one, two, betweenWriteAndLook, hold }
  }

  test('a log-in that another process wrote over at once is entered again', async () => {
    const { one, two, betweenWriteAndLook, hold } = heldUp()
    await login(one, 1)
    const held = hold('index')
    const late = login(two, 1)
    const goOn = await held
    betweenWriteAndLook(async () => {
      goOn()
      await turnsOfTheLoop(3)
    })
    const early = await login(one, 1)
    expect(await userSeen(one, early)).toBe(1)
    expect(await userSeen(one, await late)).toBe(1)
    expect(await one.app.sessions.list(1)).toHaveLength(3)
  })

  test('a write that comes long after sessions were ended lists none of them, and opens none', async () => {
    const { one, two, hold } = heldUp()
    const before = await login(one, 1)
    const held = hold('index')
    const late = login(two, 1)
    const goOn = await held
    expect(await one.app.sessions.destroyAll(1)).toBe(1)
    goOn()
    const after = await late
    expect(await userSeen(one, before)).toBeUndefined()
    expect(await userSeen(one, after)).toBe(1)
    expect(await one.app.sessions.list(1)).toHaveLength(1)
  })

  test('nor does one that comes with a late change of an ended session', async () => {
    const { one, two, hold } = heldUp()
    const before = await login(one, 1)
    const heldChange = hold('session')
    const change = two.does((controller) => controller.put({ late: true }), { cookie: before })
    const letChange = await heldChange
    const heldLogin = hold('index')
    const late = login(two, 1)
    const goOn = await heldLogin
    await one.app.sessions.destroyAll(1)
    goOn()
    await late
    letChange()
    expect((await change).setCookies).toEqual([])
    expect(await userSeen(one, before)).toBeUndefined()
    expect(await one.app.sessions.list(1)).toHaveLength(1)
  })
})

describe('what is kept', () => {
  const left = (value: { cookie: { expires: string } }) =>
    Math.round((Date.parse(value.cookie.expires) - Date.now()) / 1000)
  const page = (store: MapStore) => JSON.parse([...store.kept].find(([sid]) => sid.startsWith('o.'))?.[1] as string)

  test("of an index: as long as its sessions, and without an end longer than a store's own day", async () => {
    const store = new MapStore()
    await login(expressApp({ store, timeout, indexBy, expireAfter: 100 }), 1)
    expect(left(page(store))).toBeGreaterThan(110)
    expect(left(page(store))).toBeLessThan(120)
    const other = new MapStore()
    await login(expressApp({ store: other, timeout, indexBy }), 1)
    expect(left(page(other))).toBeGreaterThan(399 * 86_400)
  })

  test('of an index on a real Redis has that end as well', async () => {
    const [app] = processes()
    await login(app, 1_000)
    const client = clients[0] as RedisClient
    const keys = await client.keys('sess:o.*')
    const ends = await Promise.all(keys.map((key) => client.ttl(key)))
    expect(Math.max(...ends)).toBeGreaterThan(399 * 86_400)
    expect(Math.min(...ends)).toBeGreaterThan(0)
  })

  test("of a text that is another key's, or no text: nothing", async () => {
    const store = new MapStore()
    const { index } = new ExpressSessionStore(
      { store, timeout },
      { key: '_s', secret: SECRET, oldSecrets: [], expireAfter: undefined, maxLifetime: undefined },
    )
    expect(await index.write('one', 'text', undefined, 60)).toBe(true)
    const [sid, kept] = [...store.kept][0] as [string, string]
    store.kept.set(sid.replace('one', 'two'), kept)
    expect(await index.read('two')).toBeUndefined()
    expect((await index.read('one'))?.text).toBe('text')
    const item = JSON.parse(kept)
    for (const change of [{ text: 1 }, { writes: [] }, { writes: 'one' }, { savedAt: 'now' }, { form: 2 }]) {
      store.kept.set(sid, JSON.stringify({ ...item, contrail: { ...item.contrail, ...change } }))
      expect(await index.read('one')).toBeUndefined()
    }
  })
})

test('when a session was last used is written down, by a store that could only touch it, too', async () => {
  const store = new MapStore()
  const app = expressApp({ store, timeout, indexBy })
  const cookie = await login(app, 1)
  const [sid, kept] = [...store.kept].find(([key]) => !key.startsWith('o.')) as [string, string]
  const past = JSON.parse(kept)
  past.contrail.savedAt -= 7200
  store.kept.set(sid, JSON.stringify(past))
  expect(await userSeen(app, cookie)).toBe(1)
  const [session] = await app.app.sessions.list(1)
  expect(Date.now() - (session?.lastUsedAt.getTime() ?? 0)).toBeLessThan(60_000)
  expect(store.calls).not.toContain('touch')
})
