// Redis and PostgreSQL go away and come back: each request ends in time with 503, nobody is logged out, and no restart of
// the app is needed. Each case has an app of its own, and a connection of its own.
import connectPgSimple from 'connect-pg-simple'
import { RedisStore } from 'connect-redis'
import session from 'express-session'
import { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { askSocket, listen } from '../../../harness/app.js'
import { expressApp } from '../../../harness/express-app.js'
import { begin, dataOf, eventually, outcomeOf, turnsOfTheLoop, UNAVAILABLE } from '../../../harness/memcached-app.js'
import { startPostgres } from '../../../harness/postgres.js'
import { readersOf } from '../../../harness/racing-requests.js'
import { connectRedis, type Redis, startRedis } from '../../../harness/redis.js'
import type { SessionApp, SessionController } from '../../../harness/sessions.js'

let redis: Redis

beforeAll(async () => {
  redis = await startRedis()
})
beforeEach(() => redis.signal('SIGCONT'))
afterAll(() => redis.remove())

const redisApp = async (options: { timeout?: number; onOutage?: 'empty' } = {}, where = redis): Promise<SessionApp> => {
  const client = await connectRedis(where)
  onTestFinished(() => client.destroy())
  return expressApp({ store: new RedisStore({ client }), timeout: 150, ...options })
}

/** Far beyond every deadline, and far below a hang. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const result = await work
  expect(performance.now() - startedAt).toBeLessThan(10_000)
  return result
}

const ACTIONS: [what: string, act: (controller: SessionController) => void][] = [
  ['reads', ({ data }) => void data['name']],
  ['writes', (controller) => controller.put({ late: true })],
  ['logs out', (controller) => controller.resetSession()],
  ['renews', (controller) => controller.renewSession()],
]
const reads = async (app: SessionApp, cookie: string) => (await app.does(({ data }) => data['name'], { cookie })).status

describe('a Redis that is silent', () => {
  test.each(ACTIONS)('a request that %s gets 503, and is served when it speaks again', async (_what, act) => {
    const app = await redisApp()
    const cookie = await begin(app, { name: 'Ada' })
    redis.signal('SIGSTOP')
    expect(outcomeOf(await inTime(app.does(act, { cookie })))).toEqual(UNAVAILABLE)
    redis.signal('SIGCONT')
    await eventually(async () => (await reads(app, cookie)) === 200)
    expect(await dataOf(app, cookie)).toEqual({ name: 'Ada' })
  })

  test.each(ACTIONS.slice(1))('a request that %s when its session was found already gets 503', async (_what, act) => {
    const app = await redisApp()
    const cookie = await begin(app, { name: 'Ada' })
    const failed = app.does(
      async (controller) => {
        act(controller)
        redis.signal('SIGSTOP')
      },
      { cookie },
    )
    expect(outcomeOf(await inTime(failed))).toEqual(UNAVAILABLE)
    redis.signal('SIGCONT')
    await eventually(async () => (await reads(app, cookie)) === 200)
  })

  test('a visitor gets 503 for a new session; over a socket, other pages are served with and without a cookie', async () => {
    const app = await redisApp()
    const cookie = await begin(app, { name: 'Ada' })
    await app.does(() => {})
    const url = `${await listen(app.app)}/1`
    redis.signal('SIGSTOP')
    expect(outcomeOf(await inTime(app.does((controller) => controller.put({ name: 'Eve' }))))).toEqual(UNAVAILABLE)
    for (const headers of [{ cookie }, {}]) {
      const { status, setCookies } = await inTime(askSocket(url, { headers }))
      expect([status, setCookies]).toEqual([200, []])
    }
  })

  test('costs a deadline each no longer than it must: it is left alone, and found again', async () => {
    const app = await redisApp({ timeout: 100 })
    const cookie = await begin(app, { name: 'Ada' })
    redis.signal('SIGSTOP')
    for (let faults = 0; faults < 5; faults++) expect(await reads(app, cookie)).toBe(503)
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => app.does(({ data }) => data, { cookie })))
    expect(outcomes.filter(({ status }) => status !== 503)).toEqual([])
    expect(JSON.stringify(app.log)).toContain('RedisStore is left alone for a moment. It did not answer within 100 ms')
    redis.signal('SIGCONT')
    await eventually(async () => (await reads(app, cookie)) === 200)
  })

  test("onOutage: 'empty' gives an empty session and drops changes; a log-out fails all the same", async () => {
    const app = await redisApp({ onOutage: 'empty' })
    const cookie = await begin(app, { name: 'Ada' })
    redis.signal('SIGSTOP')
    const { status, seen, setCookies } = await app.does(
      (controller) => {
        const before = Object.keys(controller.data)
        controller.put({ late: true })
        return before
      },
      { cookie },
    )
    expect([status, seen, setCookies]).toEqual([200, [], []])
    const logOut = await app.does((controller) => controller.resetSession(), { cookie })
    expect(outcomeOf(logOut)).toEqual(UNAVAILABLE)
    redis.signal('SIGCONT')
    await eventually(async () => JSON.stringify(await dataOf(app, cookie)) === '{"name":"Ada"}')
  })
})

test('what had arrived in time counts, though the process was busy until after the deadline', async () => {
  const app = await redisApp({ timeout: 50 })
  const cookie = await begin(app, { name: 'Ada' })
  const reading = app.does(({ data }) => data['name'], { cookie })
  // The client writes at the end of the turn after this one; the answer comes while nobody listens.
  await turnsOfTheLoop(2)
  const until = performance.now() + 200
  while (performance.now() < until);
  const { status, seen } = await reading
  expect([status, seen]).toEqual([200, 'Ada'])
})

async function surviveRestart(app: SessionApp, stop: () => Promise<void>, restart: () => Promise<void>) {
  const { cookie, stop: stopReading } = await readersOf(app, 10)
  await stop()
  await eventually(async () => (await reads(app, cookie)) === 503)
  await restart()
  await eventually(async () => (await reads(app, cookie)) === 200)
  const answers = await stopReading()
  expect(answers.filter(({ status, name }) => !(status === 503 || (status === 200 && name === 'Ada')))).toEqual([])
  expect(answers.filter(({ setCookies }) => setCookies.length > 0)).toEqual([])
  expect(answers.filter(({ took }) => took > 10_000)).toEqual([])
  expect(await dataOf(app, cookie)).toEqual({ name: 'Ada' })
}

test('Redis killed and restarted under load: every answer is 200 or 503, and nobody is logged out', async () => {
  const own = await startRedis()
  onTestFinished(() => own.remove())
  await surviveRestart(await redisApp({}, own), own.stop, own.restart)
})

test('PostgreSQL crashed and restarted under load: every answer is 200 or 503, and nobody is logged out', async () => {
  const postgres = await startPostgres()
  onTestFinished(() => postgres.remove())
  const pool = new Pool({ connectionString: postgres.url, connectionTimeoutMillis: 1000, max: 4 })
  pool.on('error', () => undefined)
  onTestFinished(() => pool.end())
  const PGStore = connectPgSimple(session)
  const store = new PGStore({
    pool,
    createTableIfMissing: true,
    pruneSessionInterval: false,
    errorLog: () => undefined,
  })
  await surviveRestart(expressApp({ store, timeout: 1000 }), postgres.stop, postgres.restart)
})
