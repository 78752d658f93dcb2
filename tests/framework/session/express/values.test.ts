// M3, S5: what stands in a store made for express-session: for how long, whose it is, and what is not believed.
import { RedisStore } from 'connect-redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { storedId } from '../../../../packages/framework/dist/session/session-id.js'
import { expressApp, MapStore } from '../../../harness/express-app.js'
import { begin, dataOf } from '../../../harness/memcached-app.js'
import { connectRedis, type Redis, type RedisClient, startRedis } from '../../../harness/redis.js'

let redis: Redis
let client: RedisClient

beforeAll(async () => {
  redis = await startRedis()
  client = await connectRedis(redis)
})
afterAll(async () => {
  client.destroy()
  await redis.remove()
})

const idOf = (cookie: string) => cookie.slice(cookie.indexOf('=') + 1)
const timeout = 10_000

describe('how long the store keeps a session', () => {
  const cookieWith = async (options: { expireAfter?: number; maxLifetime?: number }) => {
    const store = new MapStore()
    await begin(expressApp({ store, timeout, ...options }), { name: 'Ada' })
    return store.values[0].cookie
  }

  test.each<[options: object, seconds: number]>([
    [{ expireAfter: 100 }, 101],
    [{ maxLifetime: 50 }, 51],
    [{ expireAfter: 100, maxLifetime: 50 }, 51],
  ])('%j', async (options, seconds) => {
    const cookie = await cookieWith(options)
    expect(cookie).toMatchObject({ originalMaxAge: seconds * 1000, maxAge: seconds * 1000 })
    const left = Date.parse(cookie.expires) - Date.now()
    expect(left).toBeGreaterThan((seconds - 30) * 1000)
    expect(left).toBeLessThanOrEqual(seconds * 1000)
  })

  test('without an end: by its own default, as express-session tells it', async () => {
    const cookie = await cookieWith({})
    expect([cookie.originalMaxAge, cookie.expires, 'maxAge' in cookie]).toEqual([null, null, false])
  })

  test('Redis is told: expireAfter, the default of a day, or the own ttl; and of an end for longer', async () => {
    const ttlOf = async (prefix: string, expireAfter?: number, ttl?: number) => {
      const store = new RedisStore({ client, prefix, ...(ttl === undefined ? {} : { ttl }) })
      const app = expressApp({ store, timeout, ...(expireAfter === undefined ? {} : { expireAfter }) })
      const cookie = await begin(app, { name: 'Ada' })
      const before = await client.ttl(`${prefix}${storedId(idOf(cookie))}`)
      await app.does((controller) => controller.resetSession(), { cookie })
      const [mark] = await client.keys(`${prefix}*`)
      return [before, await client.ttl(mark as string)].map((seconds) => Math.round(seconds / 60))
    }
    expect(await ttlOf('a:', 600)).toEqual([10, 70])
    expect(await ttlOf('b:')).toEqual([1440, 1440])
    expect(await ttlOf('c:', undefined, 1800)).toEqual([30, 30])
  })
})

describe('use of an unchanged session', () => {
  const usedAfter = async (seconds: number, options: { expireAfter?: number }) => {
    const store = new MapStore()
    const app = expressApp({ store, timeout, ...options })
    const cookie = await begin(app, { name: 'Ada' })
    for (const [sid, text] of store.kept) {
      const value = JSON.parse(text)
      value.contrail.savedAt -= seconds
      store.kept.set(sid, JSON.stringify(value))
    }
    store.calls.length = 0
    const { setCookies } = await app.does(({ data }) => data['name'], { cookie })
    // A refresh needs no second look, which closing would take.
    const calls = store.calls.length
    await app.app.close()
    expect(store.calls).toHaveLength(calls)
    return [store.calls.filter((method) => method !== 'get').join(), setCookies.length]
  }

  test('is a touch at most after an hour without an end; a write after a tenth of expireAfter, else nothing', async () => {
    expect(await usedAfter(3500, {})).toEqual(['', 0])
    expect(await usedAfter(3700, {})).toEqual(['touch', 0])
    expect(await usedAfter(90, { expireAfter: 1000 })).toEqual(['', 0])
    expect(await usedAfter(110, { expireAfter: 1000 })).toEqual(['set', 1])
    expect(await usedAfter(1001, { expireAfter: 1000 })).toEqual(['', 0])
  })
})

describe('whose a session is', () => {
  const rejected = 'what is kept under its id is no session, or that of another'

  test("one's session that is kept under another's key is refused, and an empty session instead", async () => {
    const store = new MapStore()
    const app = expressApp({ store, timeout })
    const [ada, eve] = [await begin(app, { name: 'Ada' }), await begin(app, { name: 'Eve' })]
    store.kept.set(storedId(idOf(eve)), store.kept.get(storedId(idOf(ada))) as string)
    const { status, seen, setCookies } = await app.does(({ data }) => Object.keys(data), { cookie: eve })
    expect([status, seen, setCookies]).toEqual([200, [], []])
    expect(app.log.at(-1)).toMatchObject({ reason: rejected })
  })

  test.each([
    { user: 'Eve', cookie: { originalMaxAge: null } },
    { contrail: null },
    { contrail: { form: 1 } },
    { contrail: 'x' },
    'a text',
    7,
    [],
  ])('what is no session of ours is an empty session, never an error: %j', async (value) => {
    const store = new MapStore()
    const app = expressApp({ store, timeout })
    const cookie = await begin(app, { name: 'Ada' })
    store.kept.set(storedId(idOf(cookie)), JSON.stringify(value))
    const { status, seen } = await app.does(({ data }) => Object.keys(data), { cookie })
    expect([status, seen]).toEqual([200, []])
    expect(app.log.at(-1)).toMatchObject({ reason: rejected })
  })

  test('each field of a session must be of its kind', async () => {
    for (const [field, wrong] of Object.entries({
      form: 2,
      key: 'another',
      createdAt: '1',
      savedAt: -1,
      writes: {},
      payload: {},
    })) {
      const store = new MapStore()
      const app = expressApp({ store, timeout })
      const cookie = await begin(app, { name: 'Ada' })
      const [value] = store.values
      value.contrail[field] = wrong
      store.kept.set(storedId(idOf(cookie)), JSON.stringify(value))
      expect(await dataOf(app, cookie), field).toEqual({})
    }
  })

  test('S5: the store never learns an id, and what leaks from it opens no session', async () => {
    const app = expressApp({ store: new RedisStore({ client, prefix: 'leak:' }), timeout })
    const cookies = await Promise.all(Array.from({ length: 20 }, () => begin(app, { name: 'Ada' })))
    await app.does((controller) => controller.resetSession(), { cookie: cookies[0] as string })
    const keys = await client.keys('leak:*')
    expect(keys).toHaveLength(20)
    const values = await Promise.all(keys.map((key) => client.get(key)))
    const dump = [...keys, ...values].join('\n')
    for (const cookie of cookies) expect(dump).not.toContain(idOf(cookie))
    for (const key of keys) {
      const stored = key.slice('leak:'.length)
      for (const id of [key, stored, stored.slice(0, 22)])
        expect(await dataOf(app, `_test_app_session=${id}`)).toEqual({})
    }
  })

  test('what is no id at all is not even asked for', async () => {
    const store = new MapStore()
    const app = expressApp({ store, timeout })
    for (const garbage of ['x', 'A'.repeat(21), 'A'.repeat(23), `${'A'.repeat(21)}.`]) {
      expect(await dataOf(app, `_test_app_session=${garbage}`)).toEqual({})
    }
    expect(store.calls).toEqual([])
  })
})
