// The memory store: ids that nobody can choose or read from it, and no more memory than its sessions need.
import { MemoryStore, type SessionStoreContext } from 'contrail'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cookieOf } from '../../harness/app.js'
import { sessionApp } from '../../harness/sessions.js'

const NAME = '_test_app_session'
const idOf = (cookie: string) => cookie.slice(NAME.length + 1)

test('S1: an id that the client invented is not adopted', async () => {
  const app = sessionApp({ store: MemoryStore })
  for (const invented of ['A'.repeat(22), 'chosen', '']) {
    const answer = await app.does((controller) => controller.put({ user: 1 }), { cookie: `${NAME}=${invented}` })
    expect(idOf(cookieOf(answer))).toMatch(/^[\w-]{22}$/)
    expect(idOf(cookieOf(answer))).not.toBe(invented)
    expect((await app.does(({ data }) => Object.keys(data), { cookie: `${NAME}=${invented}` })).seen).toEqual([])
  }
})

test('S2: log-in gives a new id, and the old one stands for nothing', async () => {
  const app = sessionApp({ store: MemoryStore })
  const before = cookieOf(await app.does((controller) => controller.put({ cart: [1] })))
  const after = cookieOf(
    await app.does(
      (controller) => {
        controller.renewSession()
        controller.put({ user: 1 })
      },
      { cookie: before },
    ),
  )
  expect(after).not.toBe(before)
  expect((await app.does(({ data }) => ({ ...data }), { cookie: before })).seen).toEqual({})
  expect((await app.does(({ data }) => ({ ...data }), { cookie: after })).seen).toEqual({ cart: [1], user: 1 })
})

describe('S5: what the store holds', () => {
  /** Everything that was put into any Map while `work` ran. */
  async function dump(work: () => Promise<void>): Promise<unknown[]> {
    const dumped: unknown[] = []
    const set = vi.spyOn(Map.prototype, 'set').mockImplementation(function (this: Map<unknown, unknown>, key, value) {
      dumped.push(key, value)
      set.mockRestore()
      try {
        return this.set(key, value)
      } finally {
        spyAgain()
      }
    })
    const implementation = set.getMockImplementation()
    const spyAgain = () => void vi.spyOn(Map.prototype, 'set').mockImplementation(implementation as never)
    try {
      await work()
    } finally {
      vi.restoreAllMocks()
    }
    return dumped
  }

  test('names no id, and nothing in it opens a session', async () => {
    const app = sessionApp({ store: MemoryStore })
    let cookie = ''
    const dumped = await dump(async () => {
      cookie = cookieOf(await app.does((controller) => controller.put({ user: 'planted' })))
      await app.does((controller) => controller.put({ user: 'planted again' }), { cookie })
    })
    const texts = dumped.map((one) => (typeof one === 'string' ? one : (JSON.stringify(one) ?? '')))
    expect(texts.join()).toContain('planted again')
    expect(texts.join()).not.toContain(idOf(cookie))
    for (const text of texts) {
      const { seen } = await app.does(({ data }) => Object.keys(data), {
        cookie: `${NAME}=${encodeURIComponent(text)}`,
      })
      expect(seen).toEqual([])
    }
  })

  test('an id has 128 random bits', async () => {
    const app = sessionApp({ store: MemoryStore })
    const ids = new Set<string>()
    for (let count = 0; count < 200; count++) ids.add(idOf(cookieOf(await app.does((c) => c.put({ a: 1 })))))
    expect(ids.size).toBe(200)
    const bytes = [...ids].map((id) => Buffer.from(id, 'base64url'))
    expect(new Set(bytes.map((one) => one.length))).toEqual(new Set([16]))
    // Every bit is 0 in one id and 1 in another.
    for (let bit = 0; bit < 128; bit++) {
      expect(new Set(bytes.map((one) => ((one[bit >> 3] as number) >> (bit & 7)) & 1)).size).toBe(2)
    }
  })
})

test('S6: __proto__ is data', async () => {
  const app = sessionApp({ store: MemoryStore })
  const hostile = JSON.parse('{"__proto__":{"x":1},"deep":{"__proto__":{"x":1}}}') as object
  const cookie = cookieOf(await app.does((controller) => controller.put(hostile)))
  const { seen } = await app.does(({ data }) => JSON.stringify(data), { cookie })
  expect(seen).toBe('{"__proto__":{"x":1},"deep":{"__proto__":{"x":1}}}')
  expect(({} as Record<string, unknown>)['x']).toBeUndefined()
})

describe('its memory', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())

  function store(limits: Partial<SessionStoreContext>): MemoryStore {
    return new MemoryStore(
      {},
      { key: NAME, secret: '', oldSecrets: [], expireAfter: undefined, maxLifetime: undefined, ...limits },
    )
  }

  test.each([{ expireAfter: 100 }, { maxLifetime: 100 }])('is given back when sessions end by %j', (limits) => {
    const sessions = store(limits)
    const peak = 1000
    for (let count = 0; count < peak; count++) sessions.create('{}')
    expect(sessions.size).toBe(peak)
    vi.setSystemTime(Date.now() + 100_000)
    for (let count = 0; count < peak; count++) sessions.create('{}')
    expect(sessions.size).toBe(peak)
    for (let round = 0; round < 10; round++) {
      vi.setSystemTime(Date.now() + 100_000)
      for (let count = 0; count < peak; count++) sessions.create('{}')
    }
    expect(sessions.size).toBeLessThanOrEqual(peak * 1.5)
  })

  test('is given back at once when a session is ended', async () => {
    let made: MemoryStore | undefined
    class SeenStore extends MemoryStore {
      constructor(options: object, context: SessionStoreContext) {
        super(options, context)
        made = this
      }
    }
    const app = sessionApp({ store: SeenStore })
    const cookie = cookieOf(await app.does((controller) => controller.put({ user: 1 })))
    expect(made?.size).toBe(1)
    await app.does((controller) => controller.resetSession(), { cookie })
    expect(made?.size).toBe(0)
  })

  test('keeps every session that has not ended', () => {
    const sessions = store({ expireAfter: 100 })
    const ids = Array.from({ length: 500 }, () => sessions.create('{"a":1}'))
    vi.setSystemTime(Date.now() + 99_000)
    for (let count = 0; count < 500; count++) sessions.create('{}')
    for (const id of ids) expect(sessions.load(id)).toMatchObject({ payload: '{"a":1}' })
  })

  test('a session that ended while its request was under way is not saved', () => {
    const sessions = store({ expireAfter: 100 })
    const record = sessions.load(sessions.create('{"a":1}'))
    if ('rejected' in record) throw new Error(record.rejected)
    vi.setSystemTime(Date.now() + 100_000)
    expect(sessions.save(record, '{"a":2}')).toBeUndefined()
  })
})
