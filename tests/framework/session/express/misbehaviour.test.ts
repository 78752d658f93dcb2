// Stores of unknown make: whatever one does with a call, the request ends in time and the process lives.
import { EventEmitter } from 'node:events'
import type { ExpressCallback, ExpressStore } from 'contrail'
import { describe, expect, test } from 'vitest'
import { expressApp, MapStore } from '../../../harness/express-app.js'
import { begin, dataOf, eventually, outcomeOf, UNAVAILABLE } from '../../../harness/memcached-app.js'
import type { SessionController } from '../../../harness/sessions.js'

/** A store that works until it is told to do otherwise with every call. */
function bewitched(curse: (callback: ExpressCallback, works: () => void) => unknown) {
  const good = new MapStore()
  let isCursed = false
  const call = (work: (callback: ExpressCallback) => void, callback: ExpressCallback = () => undefined) =>
    isCursed ? curse(callback, () => work(callback)) : work(callback)
  const store: ExpressStore = {
    get: (sid, callback) => call((done) => good.get(sid, done), callback),
    set: (sid, session, callback) => call((done) => good.set(sid, session, done), callback),
    destroy: (sid, callback) => call((done) => good.destroy(sid, done), callback),
  }
  return {
    app: expressApp({ store, timeout: 100 }),
    curse: () => {
      isCursed = true
    },
    lift: () => {
      isCursed = false
    },
  }
}

const ACTIONS: ((controller: SessionController) => void)[] = [
  ({ data }) => void data['name'],
  (controller) => controller.put({ late: true }),
  (controller) => controller.resetSession(),
]

describe.each<[what: string, curse: Parameters<typeof bewitched>[0]]>([
  [
    'throws',
    () => {
      throw new Error('a bug')
    },
  ],
  [
    'throws what is no error',
    () => {
      throw null
    },
  ],
  ['calls back with an error at once', (callback) => callback(new Error('ECONNREFUSED'))],
  ['calls back with an error later', (callback) => void setTimeout(callback, 5, 'no error object')],
  ['never calls back', () => undefined],
  ['gives a promise that is rejected', () => Promise.reject(new Error('a bug'))],
  ['gives a promise that never ends', () => new Promise(() => undefined)],
  [
    'calls back with an error, then throws and calls back again',
    (callback) => {
      callback(new Error('first'))
      setTimeout(callback, 1, null, {})
      throw new Error('second')
    },
  ],
])('a store that %s', (_what, curse) => {
  test('costs a 503 in time, with the cookie kept, and is believed again when it works', async () => {
    const { app, ...spell } = bewitched(curse)
    const cookie = await begin(app, { name: 'Ada' })
    for (const act of ACTIONS) {
      spell.curse()
      const startedAt = performance.now()
      expect(outcomeOf(await app.does(act, { cookie }))).toEqual(UNAVAILABLE)
      expect(performance.now() - startedAt).toBeLessThan(10_000)
      spell.lift()
      await eventually(async () => JSON.stringify(await dataOf(app, cookie)) === '{"name":"Ada"}')
    }
  })
})

test('a store that calls back twice, or too late, is heard once', async () => {
  const { app, curse } = bewitched((callback, works) => {
    works()
    setTimeout(callback, 20, null, null)
    setTimeout(callback, 20, new Error('and then an error'))
  })
  const cookie = await begin(app, { name: 'Ada' })
  curse()
  for (let times = 0; times < 5; times++) expect(await dataOf(app, cookie)).toEqual({ name: 'Ada' })
})

test.each<[how: string, fail: (callback: ExpressCallback) => unknown]>([
  ['a callback', (callback) => callback(new Error('a bug'))],
  ['a throw', () => expect.unreachable()],
  ['a promise', () => Promise.reject(new Error('a bug'))],
])('what fails by %s is not waited for', async (_how, fail) => {
  const store: ExpressStore = { get: (_sid, callback) => fail(callback), set() {}, destroy() {} }
  const app = expressApp({ store, timeout: 60_000 })
  const startedAt = performance.now()
  const failed = await app.does(({ data }) => data, { cookie: `_test_app_session=${'A'.repeat(22)}` })
  expect(outcomeOf(failed)).toEqual(UNAVAILABLE)
  expect(performance.now() - startedAt).toBeLessThan(10_000)
})

test('the log says which store did what', async () => {
  class GrumpyStore extends MapStore {
    override get(_sid: string, callback: ExpressCallback): void {
      callback(new Error('the table is on fire'))
    }
  }
  const app = expressApp({ store: new GrumpyStore() })
  await app.does(({ data }) => data, { cookie: `_test_app_session=${'A'.repeat(22)}` })
  expect(JSON.stringify(app.log)).toContain(
    'The sessions cannot be reached: GrumpyStore failed with the table is on fire.',
  )
})

test('ENOENT is how stores of files say that there is no session', async () => {
  const store = new MapStore((method) => {
    if (method === 'get') throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
  })
  const app = expressApp({ store })
  const { status, seen } = await app.does(({ data }) => Object.keys(data), {
    cookie: `_test_app_session=${'A'.repeat(22)}`,
  })
  expect([status, seen]).toEqual([200, []])
})

describe('promises', () => {
  const kept = new Map<string, unknown>()

  test('a store that gives promises and knows no callbacks', async () => {
    const store: ExpressStore = {
      get: async (sid: string) => kept.get(sid),
      set: async (sid: string, session: unknown) => void kept.set(sid, session),
      destroy: async (sid: string) => void kept.delete(sid),
    }
    const app = expressApp({ store, timeout: 500 })
    const cookie = await begin(app, { name: 'Ada' })
    expect(await dataOf(app, cookie)).toEqual({ name: 'Ada' })
    await app.does((controller) => controller.put({ age: 36 }), { cookie })
    expect(await dataOf(app, cookie)).toEqual({ name: 'Ada', age: 36 })
    await app.does((controller) => controller.resetSession(), { cookie })
    expect(await dataOf(app, cookie)).toEqual({})
  })

  test('a promise that ends before the callback is called is not taken for the answer', async () => {
    const good = new MapStore(() => new Promise((resolve) => setTimeout(resolve, 5)))
    const store: ExpressStore = {
      get: async (sid: string, callback: ExpressCallback) => good.get(sid, callback),
      set: async (sid: string, session: never, callback?: ExpressCallback) => good.set(sid, session, callback),
      destroy: async (sid: string, callback?: ExpressCallback) => good.destroy(sid, callback),
    }
    const app = expressApp({ store, timeout: 5000 })
    expect(await dataOf(app, await begin(app, { name: 'Ada' }))).toEqual({ name: 'Ada' })
  })
})

describe('a store that emits events', () => {
  class EmittingStore extends EventEmitter {
    readonly inner = new MapStore()
    get = this.inner.get.bind(this.inner)
    set = this.inner.set.bind(this.inner)
    destroy = this.inner.destroy.bind(this.inner)
  }

  test("an 'error' that nobody else listens for does not end the process", async () => {
    const store = new EmittingStore()
    const app = expressApp({ store })
    const cookie = await begin(app, { name: 'Ada' })
    expect(() => store.emit('error', new Error('connection lost'))).not.toThrow()
    expect(await dataOf(app, cookie)).toEqual({ name: 'Ada' })
  })

  test("'disconnect' has it left alone, 'connect' has it asked again; and without that it is asked on trial", async () => {
    const store = new EmittingStore()
    const app = expressApp({ store, timeout: 60_000 })
    const cookie = await begin(app, { name: 'Ada' })
    const status = async () => (await app.does(({ data }) => data['name'], { cookie })).status
    store.emit('disconnect')
    expect(await status()).toBe(503)
    store.emit('connect')
    expect(await status()).toBe(200)
    store.emit('disconnect')
    await eventually(async () => (await status()) === 200)
  })
})
