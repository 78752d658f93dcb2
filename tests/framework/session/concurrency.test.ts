// Many requests of one session at once, in every order: nothing ended comes back, and no change is lost.
import { MemoryStore } from 'contrail'
import { describe, expect, test } from 'vitest'
import { cookieOf } from '../../harness/app.js'
import { NetworkStore, turns } from '../../harness/network-store.js'
import { type Random, randomFrom } from '../../harness/random-values.js'
import { type SessionApp, type SessionController, sessionApp } from '../../harness/sessions.js'

const stores = [{ store: MemoryStore }, { store: NetworkStore }]

const logIn = async (app: SessionApp) => cookieOf(await app.does((controller) => controller.put({ user: 1, cart: 0 })))

/** Whether a cookie is that of somebody logged in. */
const isAlive = async (app: SessionApp, cookie: string) =>
  (await app.does(({ data }) => data['user'], { cookie })).seen !== undefined

type Act = (controller: SessionController) => void

/** An action that reads its session, does something, and ends, each after a few turns. */
const slowly = (random: Random, act: Act) => async (controller: SessionController) => {
  await turns(random() * 12)
  void controller.data
  await turns(random() * 12)
  act(controller)
  await turns(random() * 12)
}

/** A request that begins after a few turns, and whose action is slow. */
async function request(app: SessionApp, random: Random, cookie: string, act: Act) {
  await turns(random() * 48)
  return app.does(slowly(random, act), { cookie })
}

describe.each(stores)('$store.name', ({ store }) => {
  test('S3: a slow writer racing a log-out brings nobody back, in 1,000 orders', async () => {
    const app = sessionApp({ store })
    const random = randomFrom(3)
    let tooLate = 0
    for (let round = 0; round < 1000; round++) {
      const cookie = await logIn(app)
      const [written, ended] = await Promise.all([
        request(app, random, cookie, (controller) => controller.put({ late: 1 })),
        request(app, random, cookie, (controller) => controller.resetSession()),
      ])
      expect([written.status, ended.status]).toEqual([200, 200])
      const cookies = [cookie, ...written.setCookies.map((header) => header.split(';')[0] as string)]
      for (const one of cookies) expect(await isAlive(app, one)).toBe(false)
      if (written.setCookies.length > 0) tooLate += 1
    }
    // The orders were of both kinds: some writers came too late, and began a session of their own, without a user.
    expect(tooLate).toBeGreaterThan(10)
    expect(tooLate).toBeLessThan(990)
  })

  test('S3: a renewal racing a log-out leaves one of them done, in 1,000 orders', async () => {
    const app = sessionApp({ store })
    const random = randomFrom(4)
    let alive = 0
    for (let round = 0; round < 1000; round++) {
      const cookie = await logIn(app)
      const [renewed] = await Promise.all([
        request(app, random, cookie, (controller) => controller.renewSession()),
        request(app, random, cookie, (controller) => controller.resetSession()),
      ])
      expect(await isAlive(app, cookie)).toBe(false)
      for (const header of renewed.setCookies) {
        expect(await isAlive(app, header.split(';')[0] as string)).toBe(true)
        alive += 1
      }
    }
    expect(alive).toBeGreaterThan(10)
    expect(alive).toBeLessThan(990)
  })

  test('S4: 200 writers of different keys at once all keep their change', async () => {
    const app = sessionApp({ store })
    const random = randomFrom(5)
    const cookie = await logIn(app)
    const keys = Array.from({ length: 200 }, (_, index) => `key${index}`)
    await Promise.all(
      keys.map((key) =>
        app.does(
          slowly(random, ({ data }) => void Object.assign(data, { [key]: key })),
          { cookie },
        ),
      ),
    )
    const { seen } = await app.does(({ data }) => ({ ...data }), { cookie })
    expect(seen).toEqual({ user: 1, cart: 0, ...Object.fromEntries(keys.map((key) => [key, key])) })
  })

  test('sessions of requests at once are not mixed up', async () => {
    const app = sessionApp({ store })
    const random = randomFrom(6)
    const visitors = await Promise.all(
      Array.from({ length: 100 }, async (_, name) => ({
        name,
        cookie: cookieOf(await app.does(slowly(random, (c) => c.put({ name })))),
      })),
    )
    const seen = await Promise.all(
      visitors.map(
        async ({ cookie }) =>
          (
            await app.does(
              async ({ data }) => {
                await turns(random() * 12)
                return data['name'] as number
              },
              { cookie },
            )
          ).seen,
      ),
    )
    expect(seen).toEqual(visitors.map(({ name }) => name))
  })
})

describe('of a session that another request ended meanwhile', () => {
  /** Logs in, and out again while `act` is under way. */
  async function afterLogOut(act: Act) {
    let made: MemoryStore | undefined
    class SeenStore extends MemoryStore {
      constructor(...parameters: ConstructorParameters<typeof MemoryStore>) {
        super(...parameters)
        made = this
      }
    }
    const app = sessionApp({ store: SeenStore })
    const cookie = await logIn(app)
    const answer = await app.does(
      async (controller) => {
        void controller.data
        await app.does((other) => other.resetSession(), { cookie })
        act(controller)
      },
      { cookie },
    )
    return { app, answer, kept: made?.size }
  }

  test('a renewal leaves nothing behind', async () => {
    const { answer, kept } = await afterLogOut((controller) => controller.renewSession())
    expect([answer.setCookies, kept]).toEqual([[], 0])
  })

  test('what is written after resetSession is kept', async () => {
    const { app, answer } = await afterLogOut((controller) => {
      controller.resetSession()
      controller.put({ notice: 'Goodbye.' })
    })
    expect((await app.does(({ data }) => ({ ...data }), { cookie: cookieOf(answer) })).seen).toEqual({
      notice: 'Goodbye.',
    })
  })

  test('resetSession drops the cookie once more', async () => {
    const { answer } = await afterLogOut((controller) => controller.resetSession())
    expect(answer.setCookies).toEqual([expect.stringMatching('=; Max-Age=0;')])
  })
})

test('a cookie store keeps the session of whichever request ends last', async () => {
  const app = sessionApp()
  const cookie = await logIn(app)
  const random = randomFrom(8)
  const answers = await Promise.all(
    ['a', 'b'].map((key) =>
      app.does(
        slowly(random, ({ data }) => void Object.assign(data, { [key]: 1 })),
        { cookie },
      ),
    ),
  )
  const seen = await Promise.all(
    answers.map(async (answer) => (await app.does(({ data }) => Object.keys(data), { cookie: cookieOf(answer) })).seen),
  )
  expect(seen).toEqual([
    ['user', 'cart', 'a'],
    ['user', 'cart', 'b'],
  ])
})
