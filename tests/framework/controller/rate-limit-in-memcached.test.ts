// Rate limits that count in a real memcached: together with other processes, atomically, and without it when it is gone.
import { Controller, MemcachedRateLimitStore } from 'contrail'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { ask, boot } from '../../harness/app.js'
import { type Memcached, startMemcached } from '../../harness/memcached.js'

let memcached: Memcached

beforeAll(async () => {
  memcached = await startMemcached()
})
afterAll(() => memcached.stop())

class LimitedController extends Controller {
  static {
    this.rateLimit({ to: 3, within: 60 })
  }
  index() {
    this.head(204)
  }
}

let namespaces = 0

/** A store as each process has its own. */
function storeOf(
  options: { namespace?: string; memcacheServer?: string; timeout?: number } = {},
): MemcachedRateLimitStore {
  const store = new MemcachedRateLimitStore({ memcacheServer: memcached.address, timeout: 5, ...options })
  onTestFinished(() => store.close())
  return store
}

const freshNamespace = () => `test-${++namespaces}`
const KEY = 'k'.repeat(43)

describe('in memcached', () => {
  test('two processes count together', async () => {
    const namespace = freshNamespace()
    const [one, other] = [0, 1].map(
      () => boot((r) => r.root(LimitedController, 'index'), { config: { rateLimitStore: storeOf({ namespace }) } }).app,
    )
    const statuses: number[] = []
    for (const app of [one, other, one, other, one])
      statuses.push((await ask(app as NonNullable<typeof app>, '/')).status)
    expect(statuses).toEqual([204, 204, 204, 429, 429])
    const { headers } = await ask(other as NonNullable<typeof other>, '/')
    expect(headers['ratelimit']).toMatch(/^"default";r=0;t=(?:60|5\d)$/)
  })

  test('of 300 requests at once, each is counted once', async () => {
    const namespace = freshNamespace()
    const stores = [storeOf({ namespace }), storeOf({ namespace }), storeOf({ namespace })]
    const counts = await Promise.all(Array.from({ length: 300 }, (_, number) => stores[number % 3]?.increment(KEY, 60)))
    const numbers = counts.map((count) => count?.count ?? 0).sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 300 }, (_, index) => index + 1))
  })

  test('a window ends to the millisecond, though memcached forgets by the second; of those who find it ended, one begins the next', async () => {
    const namespace = freshNamespace()
    const stores = Array.from({ length: 20 }, () => storeOf({ namespace }))
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const [store] = stores as [MemcachedRateLimitStore]
    expect(await store.increment(KEY, 60)).toEqual({ count: 1, resetIn: 60_000 })
    vi.setSystemTime(Date.now() + 59_999)
    expect(await store.increment(KEY, 60)).toEqual({ count: 2, resetIn: 1 })
    vi.setSystemTime(Date.now() + 1)
    const counts = await Promise.all(stores.map((one) => one.increment(KEY, 60)))
    expect(counts.map(({ count }) => count).sort((a, b) => a - b)).toEqual(stores.map((_, index) => index + 1))
    expect(counts.map(({ resetIn }) => resetIn)).toEqual(stores.map(() => 60_000))
  })

  test('a window that has ended is followed by one, however many requests find it ended at once', async () => {
    const namespace = freshNamespace()
    const stores = Array.from({ length: 50 }, () => storeOf({ namespace }))
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    await Promise.all(stores.map((one) => one.increment(KEY, 60)))
    for (let window = 1; window <= 10; window++) {
      vi.setSystemTime(Date.now() + 60_000)
      const counts = await Promise.all(
        Array.from({ length: 500 }, async (_, number) => {
          // Some come while others are at it: each of them counts, and so makes a new version.
          for (let turn = 0; turn < number % 10; turn++) await new Promise(setImmediate)
          return stores[number % 50]?.increment(KEY, 60)
        }),
      )
      const numbers = counts.map((count) => count?.count ?? 0).sort((a, b) => a - b)
      expect(numbers).toEqual(Array.from({ length: 500 }, (_, index) => index + 1))
    }
  })

  test('other keys and namespaces count for themselves, and what is kept ends', async () => {
    const [namespace, another] = [freshNamespace(), freshNamespace()]
    const store = storeOf({ namespace })
    expect((await store.increment(KEY, 60)).count).toBe(1)
    expect((await store.increment(`${KEY.slice(1)}x`, 60)).count).toBe(1)
    expect((await storeOf({ namespace: another }).increment(KEY, 60)).count).toBe(1)
    expect((await store.increment(KEY, 60)).count).toBe(2)
    // The meta command tells the seconds that are left.
    expect(await memcached.says(`mg ${namespace}:${KEY} t`)).toMatch(/^HD t(?:61|60|5\d)\r\n$/)
  })

  test('a clock that is far ahead does not lock a key', async () => {
    const store = storeOf({ namespace: freshNamespace() })
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const now = Date.now()
    vi.setSystemTime(now + 86_400_000)
    await store.increment(KEY, 60)
    vi.setSystemTime(now)
    expect(await store.increment(KEY, 60)).toEqual({ count: 1, resetIn: 60_000 })
  })

  test('of two servers each key has one', async () => {
    const second = await startMemcached()
    onTestFinished(() => second.stop())
    const store = storeOf({ memcacheServer: `${memcached.address},${second.address}`, namespace: freshNamespace() })
    for (let round = 1; round <= 2; round++)
      for (let number = 0; number < 20; number++) expect((await store.increment(`key-${number}`, 60)).count).toBe(round)
    expect(await second.says('stats')).not.toMatch(/STAT curr_items 0\r/)
  })
})

describe('without memcached', () => {
  test('requests pass, with a line in the log that says why, and are counted again when it is back', async () => {
    const mortal = await startMemcached()
    onTestFinished(() => mortal.stop())
    const { app, log } = boot((r) => r.root(LimitedController, 'index'), {
      config: { rateLimitStore: storeOf({ memcacheServer: mortal.address, namespace: freshNamespace() }) },
    })
    for (let number = 0; number < 4; number++) await ask(app, '/')
    expect((await ask(app, '/')).status).toBe(429)
    await mortal.stop()
    for (let number = 0; number < 10; number++) expect((await ask(app, '/')).status).toBe(204)
    expect(log).toHaveLength(10)
    expect(log[0]).toMatchObject({
      level: 'warn',
      msg: 'rate limit not counted',
      reason: expect.stringMatching(/^The rate limit cannot be counted: memcached at 127\.0\.0\.1:\d+ /),
    })
    await mortal.restart()
    await vi.waitFor(async () => expect((await ask(app, '/')).status).toBe(429), { timeout: 10_000, interval: 20 })
  })

  test('a number that is none is an outage, and so is a server that wants a log-in', async () => {
    const namespace = freshNamespace()
    const store = storeOf({ namespace })
    await store.increment(KEY, 60)
    await memcached.says(`ms ${namespace}:${KEY} 3\r\nabc`)
    await expect(store.increment(KEY, 60)).rejects.toThrow('answered: not a number')
  })
})

test('options with a mistake are refused where the store is made', () => {
  expect(() => new MemcachedRateLimitStore({ memcacheServer: 'a b' })).toThrow(
    'MemcachedRateLimitStore: memcacheServer has "a b", which is no address of a server.',
  )
  expect(() => new MemcachedRateLimitStore({ timeout: 0 })).toThrow('MemcachedRateLimitStore: timeout is 0.')
  expect(() => new MemcachedRateLimitStore({ poolsize: 1 } as object)).toThrow('Unknown key "poolsize"')
})
