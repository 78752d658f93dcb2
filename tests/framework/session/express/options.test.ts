// What ExpressSessionStore can be told, what is refused at boot, and when a store is opened and closed.
import { RedisStore } from 'connect-redis'
import { ExpressSessionStore, type SessionStoreClass } from 'contrail'
import { describe, expect, test } from 'vitest'
import { bootError } from '../../../harness/app.js'
import { expressApp, MapStore } from '../../../harness/express-app.js'
import { begin, dataOf, outcomeOf, UNAVAILABLE } from '../../../harness/memcached-app.js'
import { sessionApp } from '../../../harness/sessions.js'

/** Boots with options of any shape. */
const bootWith = (sessionOptions: object) =>
  sessionApp({ store: ExpressSessionStore as unknown as SessionStoreClass<object>, sessionOptions })

describe('refused at boot', () => {
  const store = new MapStore()

  test.each<[options: object, problem: RegExp, fix: RegExp]>([
    [{}, /has no store/, /new RedisStore\(\{ client \}\)/],
    [{ store: null }, /store is no object/, /made for express-session/],
    [{ store: {} }, /store has no method get/, /made for express-session/],
    [{ store: { get() {}, set() {} } }, /store has no method destroy/, /made for express-session/],
    [{ store: RedisStore }, /store is the class RedisStore/, /new RedisStore/],
    [{ store, timeout: 0 }, /timeout is 0/, /milliseconds/],
    [{ store, timeout: 0.25 }, /timeout is 0.25/, /milliseconds from 1 to 60,000, such as 250/],
    [{ store, timeout: '250' }, /timeout is "250"/, /milliseconds/],
    [{ store, timeout: 60_001 }, /timeout is 60001/, /milliseconds/],
    [{ store, onOutage: 'ignore' }, /onOutage is "ignore"/, /'unavailable' \(503\) or 'empty'/],
    [{ store, close: true }, /close is true/, /a function/],
    [{ store, timeOut: 1 }, /Unknown key "timeOut"/, /timeout/],
  ])('%#', (options, problem, fix) => {
    const error = bootError(() => bootWith(options))
    expect(error.problem).toMatch(problem)
    expect(error.fix).toMatch(fix)
  })
})

describe('a function as store', () => {
  test('is called when a session is first needed, and once', async () => {
    let opened = 0
    const store = new MapStore()
    const app = expressApp({
      store: async () => {
        opened += 1
        return store
      },
      timeout: 10_000,
    })
    await app.does(() => undefined)
    expect(opened).toBe(0)
    const cookies = await Promise.all(Array.from({ length: 5 }, () => begin(app, { name: 'Ada' })))
    expect(await dataOf(app, cookies[0] as string)).toEqual({ name: 'Ada' })
    expect(opened).toBe(1)
  })

  test('is called again as long as it fails, and costs a deadline at most', async () => {
    const ways = [
      () => Promise.reject(new Error('the database is down')),
      () => {
        throw new Error('the database is down')
      },
      () => ({}) as MapStore,
      () => new Promise<MapStore>((resolve) => setTimeout(resolve, 300, new MapStore())),
    ]
    const app = expressApp({ store: () => (ways.shift() ?? (() => new MapStore()))(), timeout: 50 })
    for (const said of ['the database is down', 'the database is down', 'gave has no method get', 'within 50 ms']) {
      const failed = await app.does((controller) => controller.put({ name: 'Ada' }))
      expect(outcomeOf(failed)).toEqual(UNAVAILABLE)
      expect(JSON.stringify(app.log.at(-1))).toContain(said)
    }
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(await dataOf(app, await begin(app, { name: 'Ada' }))).toEqual({ name: 'Ada' })
  })
})

describe('closing the app', () => {
  test('calls close once, after which nothing is asked; without it the store stays as it is', async () => {
    const closed: string[] = []
    const ends = { close: () => void closed.push('by itself'), quit: () => void closed.push('by itself') }
    const store = Object.assign(new MapStore(), ends)
    const app = expressApp({ store, close: () => void closed.push('closed') })
    const cookie = await begin(app, { name: 'Ada' })
    await app.app.close()
    await app.app.close()
    expect(closed).toHaveLength(1)
    expect(outcomeOf(await app.does(({ data }) => data, { cookie }))).toEqual(UNAVAILABLE)
  })

  test('does not call it for a store that was never opened', async () => {
    const closed: string[] = []
    const app = expressApp({ store: () => new MapStore(), close: () => void closed.push('closed') })
    await app.app.close()
    expect(closed).toEqual([])
  })

  test.each([
    () => Promise.reject(new Error('The client is closed')),
    () => {
      throw new Error('The client is closed')
    },
  ])('does not fail with it: %#', async (close) => {
    await expect(expressApp({ store: new MapStore(), close }).app.close()).resolves.toBeUndefined()
  })

  test('does not wait for ever', async () => {
    const app = expressApp({ store: new MapStore(), close: () => new Promise(() => undefined), timeout: 50 })
    const startedAt = performance.now()
    await app.app.close()
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})
