// A store that fails is not an empty session: the request that needed it fails, and nobody is logged out.
import { type Controller, HttpError, MemoryStore, type SessionStore, type SessionStoreContext } from 'contrail'
import { describe, expect, test } from 'vitest'
import { cookieOf } from '../../harness/app.js'
import { NetworkStore } from '../../harness/network-store.js'
import { sessionApp } from '../../harness/sessions.js'

class Down extends HttpError {
  constructor() {
    super(503, 'The session store is down.', { headers: { 'retry-after': '1' } })
  }
}

/** A store whose methods fail as the test says. */
function failing(...methods: (keyof SessionStore)[]) {
  const down = new Set<keyof SessionStore>()
  class FailingStore extends MemoryStore {
    constructor(options: object, context: SessionStoreContext) {
      super(options, context)
      const store = this as unknown as Record<string, (...parameters: unknown[]) => unknown>
      for (const method of methods) {
        const works = store[method]?.bind(this)
        store[method] = (...parameters) => {
          if (down.has(method)) throw new Down()
          return works?.(...parameters)
        }
      }
    }
  }
  return {
    store: FailingStore,
    fail: () => methods.forEach((method) => void down.add(method)),
    mend: () => down.clear(),
  }
}

describe.each(['at once', 'late'])('a store that is down, and fails %s', (when) => {
  class DownStore extends NetworkStore {
    static down = false
    override load(cookie: string) {
      if (!DownStore.down) return super.load(cookie)
      if (when === 'at once') throw new Down()
      return Promise.reject(new Down())
    }
  }
  const up = async () => {
    DownStore.down = false
    const app = sessionApp({ store: DownStore })
    const cookie = cookieOf(await app.does((controller) => controller.put({ user: 1 })))
    DownStore.down = true
    return { app, cookie }
  }

  test('M1: fails actions that touch the session, and leaves the cookie alone', async () => {
    const { app, cookie } = await up()
    const acts = [
      (controller: Controller) => void controller.session,
      (controller: Controller) => controller.resetSession(),
      (controller: Controller) => controller.renewSession(),
    ]
    for (const act of acts) {
      const { status, setCookies, headers } = await app.does(act, { cookie })
      expect([status, setCookies, headers['retry-after']]).toEqual([503, [], '1'])
    }
    DownStore.down = false
    expect((await app.does(({ data }) => data['user'], { cookie })).seen).toBe(1)
  })

  test('M1: fails no others', async () => {
    const { app, cookie } = await up()
    expect((await app.does(() => {}, { cookie })).status).toBe(200)
  })
})

describe('a store that fails', () => {
  test('at first is not an empty session to who touches it again', async () => {
    const { store, fail, mend } = failing('load')
    const app = sessionApp({ store })
    const cookie = cookieOf(await app.does((controller) => controller.put({ user: 1 })))
    fail()
    const { seen, setCookies } = await app.does(
      (controller) => {
        expect(() => controller.data).toThrow(Down)
        mend()
        return controller.data['user']
      },
      { cookie },
    )
    expect([seen, setCookies]).toEqual([1, []])
  })

  test.each([
    ['create', (controller: { put(changes: object): void }) => controller.put({ late: 1 }), undefined],
    ['save', (controller: { put(changes: object): void }) => controller.put({ late: 1 }), { user: 1 }],
    ['destroy', (controller: Controller) => controller.resetSession(), { user: 1 }],
  ] as const)('when asked to %s is a 503 without a cookie', async (method, act, before) => {
    const { store, fail } = failing(method)
    const app = sessionApp({ store })
    const cookie = before === undefined ? undefined : cookieOf(await app.does((controller) => controller.put(before)))
    fail()
    const { status, setCookies } = await app.does(act as never, cookie === undefined ? {} : { cookie })
    expect([status, setCookies]).toEqual([503, []])
  })
})

test('renewSession: a failure between old and new logs nobody out', async () => {
  const { store, fail } = failing('create')
  const app = sessionApp({ store })
  const cookie = cookieOf(await app.does((controller) => controller.put({ user: 1 })))
  fail()
  expect((await app.does((controller) => controller.renewSession(), { cookie })).status).toBe(503)
  expect((await app.does(({ data }) => data['user'], { cookie })).seen).toBe(1)
})
