// M4, M6: what memcached forgets is an empty session; what it would not keep is refused; its limits of numbers are kept to.
/// <reference path="../../../../packages/framework/src/session/memcached/memjs.d.ts" />
import memjs from 'memjs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { faultyMemcached } from '../../../harness/faulty-memcached.js'
import { type Memcached, startMemcached } from '../../../harness/memcached.js'
import { begin, dataOf, memcachedApp, outcomeOf, UNAVAILABLE } from '../../../harness/memcached-app.js'

const { memcached, proxy } = await faultyMemcached()

async function ownMemcached(...args: string[]): Promise<Memcached> {
  const own = await startMemcached(args)
  onTestFinished(() => own.stop())
  return own
}

/** The time to live of the only session in a memcached, in seconds; -1 for ever. */
async function lifeLeft(server: Memcached): Promise<number> {
  const key = /key=(\S+)/.exec(await server.says('lru_crawler metadump all'))?.[1]
  return Number(/^HD t(-?\d+)/.exec(await server.says(`mg ${decodeURIComponent(key ?? '')} t`))?.[1])
}

describe('M4: what memcached forgot is an empty session, and no error', () => {
  test('evicted for want of space', async () => {
    const small = await ownMemcached('-m', '8')
    const app = memcachedApp({ memcacheServer: small.address, timeout: 10 })
    const first = await begin(app, { name: 'Ada' })
    const large = { filler: 'x'.repeat(100_000) }
    const cookies: string[] = []
    for (let count = 0; count < 200; count++) cookies.push(await begin(app, large))
    const { status, seen, setCookies } = await app.does(({ data }) => Object.keys(data), {
      cookie: cookies[0] as string,
    })
    expect([status, seen, setCookies]).toEqual([200, [], []])
    expect(await dataOf(app, cookies.at(-1) as string)).toEqual(large)
    // Small ones live among small ones.
    expect(await dataOf(app, first)).toEqual({ name: 'Ada' })
  })

  test('by flush_all, also between a read and its write: the write makes no session', async () => {
    const own = await ownMemcached()
    const app = memcachedApp({ memcacheServer: own.address, timeout: 10 })
    const cookie = await begin(app, { name: 'Ada' })
    const { status, setCookies } = await app.does(
      async (controller) => {
        controller.put({ late: true })
        await own.says('flush_all')
      },
      { cookie },
    )
    expect([status, setCookies]).toEqual([200, []])
    expect(await dataOf(app, cookie)).toEqual({})
    expect(await own.says('stats')).toMatch(/STAT curr_items 0\r/)
  })
})

describe('M6: more than memcached keeps of one item', () => {
  const large = 'x'.repeat(2_000_000)
  const options = () => ({ memcacheServer: memcached.address, timeout: 10 })

  test('is a 500 that says so for a new session, and nothing is kept', async () => {
    const app = memcachedApp(options())
    const { status, setCookies } = await app.does((controller) => controller.put({ large }))
    expect([status, setCookies]).toEqual([500, []])
    const { err } = app.log.at(-1) as { err: { type: string; message: string } }
    expect(err.type).toBe('SessionOverflowError')
    expect(err.message).toMatch(
      /^The session would take 20000\d\d bytes in memcached, which keeps at most 1,048,576 bytes/,
    )
  })

  test('leaves a session as it was, and the connection in order', async () => {
    const app = memcachedApp({ ...options(), poolSize: 1 })
    const cookie = await begin(app, { name: 'Ada' })
    const { status, setCookies } = await app.does((controller) => controller.put({ large }), { cookie })
    expect([status, setCookies]).toEqual([500, []])
    expect(await dataOf(app, cookie)).toEqual({ name: 'Ada' })
  })

  test('a session just below is kept', async () => {
    const app = memcachedApp(options())
    const data = { large: 'x'.repeat(1_000_000) }
    expect(await dataOf(app, await begin(app, data))).toEqual(data)
  })
})

describe('M6: how long memcached keeps a session', () => {
  const day = 86_400
  test.each<[what: string, options: object, least: number, most: number]>([
    ['for ever, without a limit', {}, -1, -1],
    ['as long as expireAfter says', { expireAfter: 1000 }, 995, 1001],
    ['30 days', { expireAfter: 30 * day }, 30 * day - 5, 30 * day + 1],
    ['31 days, which memcached would take for a day in 1970', { expireAfter: 31 * day }, 31 * day - 5, 31 * day + 1],
    ['30 years', { expireAfter: 10_950 * day }, 10_950 * day - 5, 10_950 * day + 1],
    ['until the last date that memcached can be told', { expireAfter: 2 ** 50 }, 70 * 365 * day, 136 * 365 * day],
    ['until maxLifetime at most', { expireAfter: 2000, maxLifetime: 1000 }, 995, 1001],
    ['until maxLifetime alone', { maxLifetime: 1000 }, 995, 1001],
  ])('%s', async (_what, options, least, most) => {
    await memcached.says('flush_all')
    const app = memcachedApp({ memcacheServer: memcached.address, timeout: 10, ...options })
    const cookie = await begin(app, { name: 'Ada' })
    const left = [await lifeLeft(memcached)]
    await app.does((controller) => controller.put({ more: true }), { cookie })
    expect(await dataOf(app, cookie)).toEqual({ name: 'Ada', more: true })
    left.push(await lifeLeft(memcached))
    for (const seconds of left) {
      expect(seconds).toBeGreaterThanOrEqual(least)
      // memcached counts in seconds of its own.
      expect(seconds).toBeLessThanOrEqual(most + 2)
    }
  })
})

test('2,147,483,648 operations: a client is exchanged long before memjs would throw at each', async () => {
  const clients = new Set<{ seq: number }>()
  const { perform } = memjs.Client.prototype
  memjs.Client.prototype.perform = function (this: InstanceType<typeof memjs.Client>, ...parameters) {
    clients.add(this)
    return perform.apply(this, parameters)
  }
  onTestFinished(() => {
    memjs.Client.prototype.perform = perform
  })
  const app = memcachedApp({ memcacheServer: memcached.address, timeout: 10, poolSize: 1 })
  const cookie = await begin(app, { name: 'Ada' })
  expect(clients.size).toBe(1)
  for (const client of clients) client.seq = 2 ** 31 - 3
  for (let times = 0; times < 5; times++) expect(await dataOf(app, cookie)).toEqual({ name: 'Ada' })
  expect(clients.size).toBe(2)
})

test('a memcached without versions of its items (-C) is refused: it could not keep the changes of two requests', async () => {
  const careless = await ownMemcached('-C')
  const app = memcachedApp({ memcacheServer: careless.address })
  const cookie = await begin(app, { name: 'Ada' })
  expect(outcomeOf(await app.does(({ data }) => data, { cookie }))).toEqual(UNAVAILABLE)
  expect(JSON.stringify(app.log.at(-1))).toContain('runs with -C')
})

test('what a turn of the event loop has for memcached goes out in one write', async () => {
  const app = memcachedApp({ memcacheServer: proxy.address, timeout: 10 })
  const cookie = await begin(app, { name: 'Ada' })
  proxy.received.length = 0
  const before = proxy.accepted
  await Promise.all(Array.from({ length: 50 }, () => dataOf(app, cookie)))
  expect(proxy.received).toHaveLength(1)
  expect(proxy.accepted).toBe(before)
})

test.each([1, 3])('there are never more connections than poolSize: %i', async (poolSize) => {
  const app = memcachedApp({ memcacheServer: proxy.address, timeout: 10, poolSize })
  const cookie = await begin(app, { name: 'Ada' })
  const before = proxy.accepted - 1
  await proxy.set('slow')
  const reads: Promise<unknown>[] = []
  for (let turns = 0; turns < 10; turns++) {
    reads.push(dataOf(app, cookie))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await Promise.all(reads)
  await proxy.set('pass')
  expect(proxy.accepted - before).toBe(poolSize)
})
