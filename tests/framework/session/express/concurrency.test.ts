// S3, S4: of requests that run at once none undoes another's log-out, nor its change within one process; between processes
// a change that was written over is written again.
import { RedisStore } from 'connect-redis'
import type { ExpressStore } from 'contrail'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expressApp, type Gate, MapStore } from '../../../harness/express-app.js'
import { barrier, begin, dataOf, eventually, turnsOfTheLoop } from '../../../harness/memcached-app.js'
import { change, logOut, often } from '../../../harness/racing-requests.js'
import { randomFrom } from '../../../harness/random-values.js'
import { connectRedis, type Redis, type RedisClient, startRedis } from '../../../harness/redis.js'
import type { SessionApp } from '../../../harness/sessions.js'

let redis: Redis
let clients: RedisClient[]

beforeAll(async () => {
  redis = await startRedis()
  clients = [await connectRedis(redis), await connectRedis(redis)]
})
afterAll(async () => {
  for (const client of clients) client.destroy()
  await redis.remove()
})

/** As good as processes of their own: stores know nothing of each other. A crowded test machine is no outage. */
const processes = (count: number): SessionApp[] =>
  clients.slice(0, count).map((client) => expressApp({ store: new RedisStore({ client }), timeout: 10_000 }))

test('1,000 pairs of changes to one session in one process: both are kept each time', async () => {
  const [app] = processes(1) as [SessionApp]
  const random = randomFrom(1)
  const kept = await often(1000, async () => {
    const cookie = await begin(app, { start: 0 })
    const both = barrier(2)
    const answers = await Promise.all([
      change(app, cookie, 'a', both, { turns: random() * 2 }),
      change(app, cookie, 'b', both, { turns: random() * 2 }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    return Object.keys((await dataOf(app, cookie)) ?? {}).sort()
  })
  expect(kept.filter((keys) => keys.join() !== 'a,b,start')).toEqual([])
})

test.each([1, 2])('1,000 log-outs that race a change, by %i processes: none is undone', async (count) => {
  const [first, second = first] = processes(count) as [SessionApp, SessionApp?]
  const random = randomFrom(count)
  const ends = await often(1000, async () => {
    const cookie = await begin(first, { user: 1 })
    const both = barrier(2)
    const [written] = await Promise.all([
      change(second, cookie, 'late', both, { turns: random() * 4 }),
      logOut(first, cookie, both, random() * 4),
    ])
    return [written.status, written.setCookies.length, Object.keys((await dataOf(second, cookie)) ?? {}).length]
  })
  expect(ends.filter(([status, cookies, keys]) => status !== 200 || cookies !== 0 || keys !== 0)).toEqual([])
})

test('200 changes of different keys at once in one process: 200 are kept, in a few writes', async () => {
  const store = new MapStore()
  const app = expressApp({ store, timeout: 10_000 })
  const cookie = await begin(app, { start: 0 })
  store.calls.length = 0
  const all = barrier(200)
  const names = Array.from({ length: 200 }, (_, index) => `key${index}`)
  const answers = await Promise.all(names.map((name) => change(app, cookie, name, all)))
  expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  expect(Object.keys((await dataOf(app, cookie)) ?? {}).sort()).toEqual([...names, 'start'].sort())
  expect(store.calls.filter((method) => method === 'set').length).toBeLessThan(10)
})

describe('between two processes, step by step', () => {
  /** Two processes, of which the second stops before its next write until it is told to go on. */
  async function heldUp() {
    const first = new MapStore()
    let goOn = () => {}
    let reached = () => {}
    let holds = false
    const gate: Gate = async (method) => {
      if (method !== 'set' || !holds) return
      holds = false
      reached()
      await new Promise<void>((resolve) => {
        goOn = resolve
      })
    }
    const second: ExpressStore = new MapStore(gate, first.kept)
    const apps = [first, second].map((store) => expressApp({ store, timeout: 10_000 })) as [SessionApp, SessionApp]
    const cookie = await begin(apps[0], { start: 0 })
    return {
      apps,
      cookie,
      kept: first.kept,
      /** Has the second process change a key, up to the write. */
      async begins() {
        holds = true
        const held = new Promise<void>((resolve) => {
          reached = resolve
        })
        const answer = change(apps[1], cookie, 'b', async () => {})
        await held
        return { answer, goOn: () => goOn() }
      },
    }
  }

  test('a write that was based on what was there before is seen at the first look, and mended', async () => {
    const { apps, cookie, begins } = await heldUp()
    const late = await begins()
    const early = change(apps[0], cookie, 'a', async () => {})
    // Within the moment between the write and the look at it.
    await turnsOfTheLoop(2)
    late.goOn()
    await Promise.all([early, late.answer])
    await eventually(async () => Object.keys((await dataOf(apps[0], cookie)) ?? {}).length === 3)
  })

  test('one that came after the first look is mended by the second', async () => {
    const { apps, cookie, begins } = await heldUp()
    const late = await begins()
    await change(apps[0], cookie, 'a', async () => {})
    late.goOn()
    expect((await late.answer).status).toBe(200)
    expect(await dataOf(apps[1], cookie)).toEqual({ start: 0, b: 'b' })
    await eventually(async () => Object.keys((await dataOf(apps[0], cookie)) ?? {}).length === 3)
  })

  test('closing takes the second look at once', async () => {
    const { apps, cookie, begins } = await heldUp()
    const late = await begins()
    await change(apps[0], cookie, 'a', async () => {})
    late.goOn()
    await late.answer
    await apps[0].app.close()
    expect(Object.keys((await dataOf(apps[1], cookie)) ?? {}).sort()).toEqual(['a', 'b', 'start'])
  })

  test('a write that comes after the log-out, and was begun before, brings nothing back', async () => {
    const { apps, cookie, kept, begins } = await heldUp()
    const late = await begins()
    await logOut(apps[0], cookie, async () => {})
    late.goOn()
    // Not even in the moment before the writer notices.
    const thief = dataOf(apps[0], cookie)
    const { status, setCookies } = await late.answer
    expect([status, setCookies, await thief]).toEqual([200, [], {}])
    // The mark of its end is all that is left.
    expect([...kept.values()].filter((text) => text.includes('payload'))).toEqual([])
  })
})

test('of two requests of a process that end one session at once, one is told that it did, however slow the other', async () => {
  let sets = 0
  const first = barrier(2)
  // After the session itself and the two new ones: the second mark of its end, should there be one.
  const store = new MapStore((method) => {
    if (method !== 'set') return
    sets += 1
    if (sets === 5) return first()
  })
  const app = expressApp({ store, timeout: 10_000 })
  const cookie = await begin(app, { user: 1 })
  const both = barrier(2)
  const renewals = Array.from({ length: 2 }, () =>
    app.does(
      async (controller) => {
        void controller.data
        await both()
        controller.renewSession()
      },
      { cookie },
    ),
  )
  await Promise.race(renewals)
  const release = first()
  const renewed = await Promise.all(renewals)
  void release
  expect(renewed.filter(({ setCookies }) => setCookies.length > 0)).toHaveLength(1)
})

test('of many requests of a process that end one session at once, one is told that it did', async () => {
  const [app] = processes(1) as [SessionApp]
  const cookie = await begin(app, { user: 1 })
  const all = barrier(10)
  const renewed = await Promise.all(
    Array.from({ length: 10 }, () =>
      app.does(
        async (controller) => {
          void controller.data
          await all()
          controller.renewSession()
        },
        { cookie },
      ),
    ),
  )
  expect(renewed.filter(({ setCookies }) => setCookies.length > 0)).toHaveLength(1)
})
