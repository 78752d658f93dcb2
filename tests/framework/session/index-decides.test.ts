// The index alone says which sessions a user has: what the store fails to remove, or removes late, is no session all the same.
import { MemoryStore, type SessionStoreContext, SessionStoreUnavailable } from 'contrail'
import { describe, expect, test } from 'vitest'
import { cookieOf } from '../../harness/app.js'
import { type SessionApp, type SessionController, sessionApp } from '../../harness/sessions.js'

/** A memory store that removes no session: neither by its record nor by its stored id. */
class Clinging extends MemoryStore {
  constructor(options: object, context: SessionStoreContext) {
    super(options, context)
    Object.assign(this, { index: { ...this.index, destroy: () => true } })
  }
  override destroy(): boolean {
    return true
  }
}

/** A memory store that cannot be asked to remove a session by its record. */
class Failing extends MemoryStore {
  override destroy(): never {
    throw new SessionStoreUnavailable()
  }
}

const clinging = () => sessionApp({ store: Clinging, sessionOptions: { indexBy: 'user' } })

const login = async (app: SessionApp, user: number): Promise<string> =>
  cookieOf(await app.does((controller) => controller.put({ user })))

const userSeen = async (app: SessionApp, cookie: string) =>
  (await app.does(({ data }) => data['user'], { cookie })).seen

const deeds: Record<string, (controller: SessionController) => void> = {
  'a change': (controller) => controller.put({ late: true }),
  'a renewal': (controller) => controller.renewSession(),
  'a renewed log-in as another': (controller) => {
    controller.renewSession()
    controller.put({ user: 2 })
  },
}

test('a renewal that comes too late leaves nothing in the store', async () => {
  const made: MemoryStore[] = []
  class Watched extends MemoryStore {
    constructor(options: object, context: SessionStoreContext) {
      super(options, context)
      made.push(this)
    }
  }
  const app = sessionApp({ store: Watched, sessionOptions: { indexBy: 'user' } })
  const cookie = await login(app, 1)
  await app.does(
    async (controller) => {
      void controller.data['user']
      await app.app.sessions.destroyAll(1)
      controller.renewSession()
    },
    { cookie },
  )
  expect(made[0]?.size).toBe(0)
})

describe('a store that removes nothing', () => {
  test.each(Object.entries(deeds))('destroyAll, and a request under way: %s', async (_what, act) => {
    const app = clinging()
    const cookie = await login(app, 1)
    let seen = () => {}
    const hasRead = new Promise<void>((resolve) => {
      seen = resolve
    })
    let goOn = () => {}
    const told = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const slow = app.does(
      async (controller) => {
        void controller.data['user']
        seen()
        await told
        act(controller)
      },
      { cookie },
    )
    await hasRead
    await app.app.sessions.destroyAll(1)
    goOn()
    const answer = await slow
    expect(answer.setCookies).toEqual([])
    expect(await userSeen(app, cookie)).toBeUndefined()
    expect([await app.app.sessions.list(1), await app.app.sessions.list(2)]).toEqual([[], []])
  })

  test('log-out', async () => {
    const app = clinging()
    const cookie = await login(app, 1)
    await app.does((controller) => controller.resetSession(), { cookie })
    expect(await userSeen(app, cookie)).toBeUndefined()
    expect(await app.app.sessions.list(1)).toEqual([])
  })

  test('a renewal: the old id', async () => {
    const app = clinging()
    const before = await login(app, 1)
    const after = cookieOf(await app.does((controller) => controller.renewSession(), { cookie: before }))
    expect([await userSeen(app, before), await userSeen(app, after)]).toEqual([undefined, 1])
  })
})

describe('a store that fails to remove', () => {
  const failing = () => sessionApp({ store: Failing, sessionOptions: { indexBy: 'user' } })

  test('a session that was renewed does not log its user out', async () => {
    const app = failing()
    const before = await login(app, 1)
    const answer = await app.does((controller) => controller.renewSession(), { cookie: before })
    expect(answer.status).toBe(200)
    expect([await userSeen(app, before), await userSeen(app, cookieOf(answer))]).toEqual([undefined, 1])
  })

  test('a session of nobody that is renewed at log-in makes it fail, since the old id still stands for something', async () => {
    const app = failing()
    const before = cookieOf(await app.does((controller) => controller.put({ cart: [1] })))
    const answer = await app.does(
      (controller) => {
        controller.renewSession()
        controller.put({ user: 1 })
      },
      { cookie: before },
    )
    expect([answer.status, answer.setCookies]).toEqual([503, []])
  })

  test('log-out is a 503, and has happened', async () => {
    const app = failing()
    const cookie = await login(app, 1)
    expect((await app.does((controller) => controller.resetSession(), { cookie })).status).toBe(503)
    expect(await userSeen(app, cookie)).toBeUndefined()
  })
})
