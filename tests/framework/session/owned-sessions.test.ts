// A user's sessions, listed and ended: what an app configures, sees and is told. What every store promises is in contracts/.
import {
  CookieStore,
  MemoryStore,
  NoSessionOwnerError,
  RackCookieStore,
  RailsCookieStore,
  type SessionStoreClass,
  SessionsNotIndexedError,
} from 'contrail'
import { describe, expect, test, vi } from 'vitest'
import { bootError, cookieOf } from '../../harness/app.js'
import { recordingStore } from '../../harness/recording-store.js'
import { type SessionApp, sessionApp } from '../../harness/sessions.js'

const indexed = (more: object = {}): SessionApp =>
  sessionApp({ store: MemoryStore, sessionOptions: { indexBy: 'user', ...more } })

const login = async (app: SessionApp, user: unknown, headers: Record<string, string> = {}): Promise<string> =>
  cookieOf(await app.does((controller) => controller.put({ user }), { headers }))

const userSeen = async (app: SessionApp, cookie: string) =>
  (await app.does(({ data }) => data['user'], { cookie })).seen

describe('a session in a list', () => {
  test('says when it was logged in, when it was used, what the log-in was, and whether it is this one', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
    try {
      const indexDetails = (request: { header(name: string): string | undefined; ip: string | undefined }) => ({
        ip: request.ip,
        userAgent: request.header('user-agent'),
      })
      const app = indexed({ indexDetails })
      const laptop = await login(app, 1, { 'user-agent': 'Firefox' })
      vi.setSystemTime(1_800_000_030_000)
      const phone = await login(app, 1, { 'user-agent': 'Safari' })
      vi.setSystemTime(1_800_000_100_000)
      expect(await userSeen(app, laptop)).toBe(1)
      const { seen } = await app.does(({ sessions }) => sessions.list(), {
        cookie: phone,
        headers: { 'user-agent': 'another by now' },
      })
      const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000)
      expect(seen).toEqual([
        {
          handle: expect.stringMatching(/^[\w-]{22}$/) as string,
          createdAt: at(0),
          lastUsedAt: at(100),
          details: { ip: '127.0.0.1', userAgent: 'Firefox' },
          isCurrent: false,
        },
        {
          handle: expect.stringMatching(/^[\w-]{22}$/) as string,
          createdAt: at(30),
          lastUsedAt: at(30),
          details: { ip: '127.0.0.1', userAgent: 'Safari' },
          isCurrent: true,
        },
      ])
    } finally {
      vi.useRealTimers()
    }
  })

  test('is marked where the app does not see it', async () => {
    const app = indexed({ indexDetails: () => ({ secret: 1 }) })
    const cookie = await login(app, 1)
    const { seen, setCookies } = await app.does(({ data }) => ({ ...data }), { cookie })
    expect([seen, setCookies]).toEqual([{ user: 1 }, []])
  })

  test('whose details no session can hold fails at log-in, and says what is wrong', async () => {
    const app = indexed({ indexDetails: () => ({ at: new Map() }) })
    const { status } = await app.does((controller) => controller.put({ user: 1 }))
    expect(status).toBe(500)
    expect((app.log.at(-1) as { err: Error }).err.message).toMatch(/^what indexDetails returned.*\.at is /)
  })
})

describe("a controller's this.sessions", () => {
  test('destroyAll ends the session of the request too, and its cookie is dropped', async () => {
    const app = indexed()
    const [here, there] = [await login(app, 1), await login(app, 1)]
    const answer = await app.does(({ sessions }) => sessions.destroyAll(), { cookie: here })
    expect(answer.seen).toBe(2)
    expect(answer.setCookies[0]).toMatch(/Max-Age=0/)
    expect([await userSeen(app, here), await userSeen(app, there)]).toEqual([undefined, undefined])
  })

  test('destroy with the own handle resets the session', async () => {
    const app = indexed()
    const cookie = await login(app, 1)
    const { seen, setCookies } = await app.does(
      async ({ sessions, data }) => {
        const [own] = await sessions.list()
        return [await sessions.destroy(own?.handle ?? ''), data['user']]
      },
      { cookie },
    )
    expect(seen).toEqual([true, 1])
    expect(setCookies[0]).toMatch(/Max-Age=0/)
    expect(await userSeen(app, cookie)).toBeUndefined()
  })

  test("ends nothing of another's, whatever the handle", async () => {
    const app = indexed()
    const [mine, theirs] = [await login(app, 1), await login(app, 2)]
    const [{ handle = '' } = {}] = await app.app.sessions.list(2)
    expect((await app.does(({ sessions }) => sessions.destroy(handle), { cookie: mine })).seen).toBe(false)
    expect(await userSeen(app, theirs)).toBe(2)
  })

  test('at a log-in with a new password: the others end, this one goes on under a new id', async () => {
    const app = indexed()
    const [here, there] = [await login(app, 1), await login(app, 1)]
    const answer = await app.does(
      async (controller) => {
        controller.renewSession()
        return await controller.sessions.destroyOthers()
      },
      { cookie: here },
    )
    expect(answer.seen).toBe(1)
    expect([await userSeen(app, cookieOf(answer)), await userSeen(app, there)]).toEqual([1, undefined])
    expect(await app.app.sessions.list(1)).toHaveLength(1)
  })

  test('within the request that logs in: all there were end, and the new one is there after it', async () => {
    const app = indexed()
    const before = await login(app, 1)
    const answer = await app.does(async (controller) => {
      controller.put({ user: 1 })
      return await controller.sessions.destroyOthers()
    })
    expect(answer.seen).toBe(1)
    expect([await userSeen(app, before), await userSeen(app, cookieOf(answer))]).toEqual([undefined, 1])
  })

  test('throws when nobody is logged in', async () => {
    const app = indexed()
    const { status } = await app.does(({ sessions }) => sessions.list())
    expect(status).toBe(500)
    expect(app.log.at(-1)).toMatchObject({ err: { type: NoSessionOwnerError.name } })
  })

  test('makes an answer private', async () => {
    const app = indexed()
    const cookie = await login(app, 1)
    const { headers } = await app.does(({ sessions }) => sessions.list(), { cookie })
    expect(headers['cache-control']).toBe('private')
  })
})

describe('without indexBy', () => {
  test('app.sessions and this.sessions throw, and say what to configure', async () => {
    const app = sessionApp({ store: MemoryStore })
    expect(() => app.app.sessions).toThrow(SessionsNotIndexedError)
    expect(() => app.app.sessions).toThrow(/Add indexBy: 'userId'.*sessionOptions in config\/application.ts/)
    const { status } = await app.does(({ sessions }) => sessions.list())
    expect(status).toBe(500)
    expect(app.log.at(-1)).toMatchObject({ err: { type: SessionsNotIndexedError.name } })
  })

  test('the store is used as it is', () => {
    const { RecordingStore, made } = recordingStore()
    sessionApp({ store: RecordingStore as SessionStoreClass<object> })
    expect(made).toHaveLength(1)
  })
})

describe('sessions that were not marked', () => {
  test('as they were kept before indexBy was there, or by another, are empty: nothing could end them', async () => {
    const kept = new Map<string, string>()
    class Lasting extends MemoryStore {
      override create(payload: string): string {
        const id = super.create(payload)
        kept.set(id, payload)
        return id
      }
      override load(id: string) {
        const payload = kept.get(id)
        const found = super.load(id)
        if (payload === undefined || !('rejected' in found)) return found
        return { payload, createdAt: 1, savedAt: 1, stale: false, id }
      }
    }
    const before = sessionApp({ store: Lasting })
    const cookie = await login(before, 1)
    const visitor = cookieOf(await before.does((controller) => controller.put({ cart: [1] })))
    const after = sessionApp({ store: Lasting, sessionOptions: { indexBy: 'user' } })
    expect(await userSeen(after, cookie)).toBeUndefined()
    expect(after.log.at(-1)).toMatchObject({ reason: expect.stringContaining('not in the index') as string })
    expect((await after.does(({ data }) => data['cart'], { cookie: visitor })).seen).toEqual([1])
  })
})

describe('indexBy', () => {
  test('may be a function, for owners of several kinds', async () => {
    const app = indexed({
      indexBy: (session: Record<string, unknown>) =>
        session['admin'] === true ? `admin ${String(session['user'])}` : session['user'],
    })
    await login(app, 1)
    await app.does((controller) => controller.put({ user: 1, admin: true }))
    expect(await app.app.sessions.list('admin 1')).toHaveLength(1)
    expect(await app.app.sessions.list(1)).toHaveLength(1)
  })

  test.each([[1.5], [Number.NaN], [''], [{ id: 1 }], [true]])(
    'an owner that is %j is a 500 that says so',
    async (user) => {
      const app = indexed({ indexBy: () => user })
      const { status, setCookies } = await app.does((controller) => controller.put({ name: 'Ada' }))
      expect([status, setCookies]).toEqual([500, []])
      expect((app.log.at(-1) as { err: Error }).err.message).toMatch(
        /^The owner of a session is a whole number or a string/,
      )
      await expect(app.app.sessions.list(user as never)).rejects.toThrow('The owner of a session')
    },
  )

  test.each([
    [CookieStore, /browsers' cookies/],
    [RailsCookieStore, /browsers' cookies/],
    [RackCookieStore, /browsers' cookies/],
    [recordingStore().RecordingStore, /it offers no index/],
  ] as [SessionStoreClass<object>, RegExp][])('is refused with %o, with what to do instead', (store, problem) => {
    const error = bootError(() => sessionApp({ store, sessionOptions: { indexBy: 'user' } }))
    expect(error.problem).toMatch(problem)
    expect(error.problem).toContain(`indexBy cannot work with ${store.name}`)
    expect(error.fix).toMatch(/MemcachedStore/)
  })

  test.each([
    [{ indexBy: 1 }, /indexBy is no key/],
    [{ indexBy: '' }, /indexBy is no key/],
    [{ indexBy: 'user', indexDetails: { ip: true } }, /indexDetails is no function/],
    [{ indexBy: 'user', indexLimit: 0 }, /indexLimit is 0\./],
    [{ indexBy: 'user', indexLimit: '5' }, /indexLimit is "5"\./],
    [{ indexBy: 'user', indexLimit: 1001 }, /indexLimit is 1001\./],
    [{ indexLimit: 5 }, /indexLimit without indexBy/],
    [{ indexDetails: () => ({}) }, /indexDetails without indexBy/],
    [{ indexby: 'user' }, /Unknown key "indexby"/],
  ])('a mistake is refused at boot: %o', (sessionOptions, problem) => {
    expect(bootError(() => sessionApp({ store: MemoryStore, sessionOptions })).problem).toMatch(problem)
  })

  test('destroyAll refuses a misspelt option, which would end the session that was to stay', async () => {
    const app = indexed()
    const cookie = await login(app, 1)
    await expect(app.app.sessions.destroyAll(1, { exept: 'x' } as never)).rejects.toThrow(/did you mean "except"/)
    expect(await userSeen(app, cookie)).toBe(1)
  })
})

test('with indexLimit 1, of two log-ins at once one stays', async () => {
  const app = indexed({ indexLimit: 1 })
  for (let round = 0; round < 20; round++) {
    const cookies = await Promise.all([login(app, 1), login(app, 1)])
    const alive = await Promise.all(cookies.map((cookie) => userSeen(app, cookie)))
    expect(alive.filter((user) => user === 1)).toHaveLength(1)
    expect(await app.app.sessions.list(1)).toHaveLength(1)
  }
})

test('a request that does not touch its session asks no index, and a session of nobody asks none', async () => {
  let reads = 0
  class Counting extends MemoryStore {
    constructor(...parameters: ConstructorParameters<typeof MemoryStore>) {
      super(...parameters)
      const { index } = this
      Object.assign(this, {
        index: {
          ...index,
          read(key: string) {
            reads += 1
            return index.read(key)
          },
        },
      })
    }
  }
  const app = sessionApp({ store: Counting, sessionOptions: { indexBy: 'user' } })
  const visitor = cookieOf(await app.does((controller) => controller.put({ cart: [1] })))
  await app.does((controller) => controller.put({ cart: [2] }), { cookie: visitor })
  await app.does((controller) => controller.resetSession(), { cookie: visitor })
  const user = await login(app, 1)
  reads = 0
  await app.does(() => {}, { cookie: user })
  expect(reads).toBe(0)
  await userSeen(app, user)
  expect(reads).toBe(1)
})

test('an entry whose session is gone is taken from the index, but not while a log-in may be under way', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
  try {
    let made: MemoryStore | undefined
    const texts: string[] = []
    class Watched extends MemoryStore {
      constructor(...parameters: ConstructorParameters<typeof MemoryStore>) {
        super(...parameters)
        made = this
        const { index } = this
        const write: typeof index.write = (key, text, ...rest) => {
          texts.push(text)
          return index.write(key, text, ...rest)
        }
        Object.assign(this, { index: { ...index, write } })
      }
    }
    const app = sessionApp({ store: Watched, sessionOptions: { indexBy: 'user' } })
    const [gone] = [await login(app, 1), await login(app, 1)]
    made?.destroy({ id: idOf(gone) } as never)
    const handles = () => (texts.at(-1)?.match(/"[\w-]{22}"/g) ?? []).length
    expect(await app.app.sessions.list(1)).toHaveLength(1)
    expect(handles()).toBe(2)
    vi.setSystemTime(1_800_000_061_000)
    expect(await app.app.sessions.list(1)).toHaveLength(1)
    expect(handles()).toBe(1)
  } finally {
    vi.useRealTimers()
  }
})

test('pages of the memory store end with their sessions: none is left of users who log out, and few of those who stay away', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
  const pages = new Set<Map<unknown, unknown>>()
  const set = Map.prototype.set
  vi.spyOn(Map.prototype, 'set').mockImplementation(function (this: Map<unknown, unknown>, key, value) {
    if (typeof value === 'object' && value !== null && 'endsAt' in value) pages.add(this)
    return set.call(this, key, value) as Map<unknown, unknown>
  })
  try {
    const app = indexed({ expireAfter: 10 })
    for (let user = 1; user <= 20; user++)
      await app.does((controller) => controller.resetSession(), { cookie: await login(app, user) })
    const [kept] = pages
    expect(kept?.size).toBe(0)
    for (let user = 1; user <= 300; user++) await login(app, user)
    vi.setSystemTime(1_800_000_100_000)
    for (let user = 301; user <= 600; user++) await login(app, user)
    expect(pages.size).toBe(1)
    expect(kept?.size).toBeLessThan(400)
  } finally {
    vi.restoreAllMocks()
    vi.useRealTimers()
  }
})

const idOf = (cookie: string) => cookie.slice(cookie.indexOf('=') + 1)
