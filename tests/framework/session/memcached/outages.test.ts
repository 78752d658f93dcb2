// M2, M5: memcached goes away and comes back: an outage is cheap, ends by itself, and touches no more than it must.

import { describe, expect, onTestFinished, test } from 'vitest'
import { cookieOf } from '../../../harness/app.js'
import { faultyMemcached } from '../../../harness/faulty-memcached.js'
import { startMemcached } from '../../../harness/memcached.js'
import {
  begin,
  dataOf,
  eventually,
  memcachedApp,
  outcomeOf,
  turnsOfTheLoop,
  UNAVAILABLE,
} from '../../../harness/memcached-app.js'
import { readersOf } from '../../../harness/racing-requests.js'
import type { SessionApp } from '../../../harness/sessions.js'

const { memcached, proxy } = await faultyMemcached()

const reads = async (app: SessionApp, cookie: string) => (await app.does(({ data }) => data['name'], { cookie })).status

describe.each(['SIGKILL', 'SIGTERM'] as const)('M2: %s and a restart under load', (signal) => {
  test('every request is answered 200 or 503, none drops its cookie, and soon all are served again', async () => {
    const own = await startMemcached()
    onTestFinished(() => own.stop())
    const app = memcachedApp({ memcacheServer: own.address })
    const { cookie, stop: stopReading } = await readersOf(app, 20)
    await own.stop(signal)
    await eventually(async () => (await reads(app, cookie)) === 503)
    await own.restart()
    await eventually(async () => (await reads(app, cookie)) === 200)
    await eventually(async () => {
      const fresh = await app.does((controller) => controller.put({ name: 'Grace' }))
      return fresh.status === 200 && (await reads(app, cookieOf(fresh))) === 200
    })
    const answers = await stopReading()
    expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([])
    expect(answers.filter(({ setCookies }) => setCookies.length > 0)).toEqual([])
    expect(answers.filter(({ took }) => took > 10_000)).toEqual([])
    // What memcached had is gone with its process.
    expect(await dataOf(app, cookie)).toEqual({})
  })
})

test('a server that is down is left alone, and asked again by one request at a time', async () => {
  const app = memcachedApp({ memcacheServer: proxy.address, timeout: 0.2, poolSize: 1 })
  const cookie = await begin(app, { name: 'Ada' })
  await proxy.set('silent')
  for (let faults = 0; faults < 5; faults++) expect(await reads(app, cookie)).toBe(503)
  proxy.received.length = 0
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, async () => outcomeOf(await app.does(({ data }) => data, { cookie }))),
  )
  expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).toEqual(new Set([JSON.stringify(UNAVAILABLE)]))
  expect(JSON.stringify(app.log.at(-1))).toContain('left alone for a moment. It did not answer within 200 ms')
  // One at most: the pause may have ended while the test was being held up.
  expect(proxy.opcodes.length).toBeLessThanOrEqual(1)
  await new Promise((resolve) => setTimeout(resolve, 150))
  proxy.received.length = 0
  await Promise.all(Array.from({ length: 200 }, () => reads(app, cookie)))
  expect(proxy.opcodes).toHaveLength(1)
  await proxy.set('pass')
  await eventually(async () => (await reads(app, cookie)) === 200)
  expect(await dataOf(app, cookie)).toEqual({ name: 'Ada' })
})

test('a connection that dies when nothing is under way costs nobody anything', async () => {
  const app = memcachedApp({ memcacheServer: proxy.address })
  const cookie = await begin(app, { name: 'Ada' })
  for (let times = 0; times < 10; times++) {
    await proxy.set('down')
    await proxy.set('pass')
    await eventually(async () => proxy.open === 0)
    await turnsOfTheLoop(10)
    expect(await dataOf(app, cookie)).toEqual({ name: 'Ada' })
  }
})

test('connections that were forgotten on the way cost a few requests, and not one each', async () => {
  const app = memcachedApp({ memcacheServer: proxy.address, timeout: 0.2, poolSize: 20 })
  const cookie = await begin(app, { name: 'Ada' })
  await proxy.set('held')
  const busy: Promise<unknown>[] = []
  for (let count = 0; count < 20; count++) {
    busy.push(reads(app, cookie))
    await turnsOfTheLoop(2)
  }
  await proxy.set('pass')
  await Promise.all(busy)
  expect(proxy.open).toBeGreaterThan(12)
  proxy.received.length = 0
  await proxy.set('forgotten')
  await eventually(async () => (await reads(app, cookie)) === 200)
  // The breaker's five, and the trial on a new connection.
  expect(proxy.opcodes.length).toBeLessThanOrEqual(8)
})

describe('M5: of two servers one is dead', () => {
  test('the sessions of the other are served; those of the dead one wait for it, and new ones avoid it', async () => {
    const [alive, dead] = [memcached, await startMemcached()]
    onTestFinished(() => dead.stop())
    // Whichever is named first.
    const app = memcachedApp({ memcacheServer: [dead.address, alive.address], timeout: 1 })
    const other = memcachedApp({ memcacheServer: `${alive.address}, ${dead.address}`, timeout: 1 })
    const cookies = await Promise.all(Array.from({ length: 60 }, () => begin(app, { name: 'Ada' })))
    const statuses = (which: SessionApp) => Promise.all(cookies.map((cookie) => reads(which, cookie)))
    const seenByOther = await Promise.all(cookies.map((cookie) => dataOf(other, cookie)))
    expect(seenByOther).toEqual(cookies.map(() => ({ name: 'Ada' })))
    const onDead = Number(/STAT curr_items (\d+)/.exec(await dead.says('stats'))?.[1])
    expect(onDead).toBeGreaterThan(10)
    expect(onDead).toBeLessThan(50)

    await dead.stop()
    for (let rounds = 0; rounds < 6; rounds++) {
      const failed = (await statuses(app)).filter((status) => status !== 200)
      expect(failed).toEqual(Array.from({ length: onDead }, () => 503))
    }
    const fresh = await Promise.all(Array.from({ length: 60 }, () => begin(app, { name: 'Grace' })))
    expect(await Promise.all(fresh.map((cookie) => reads(app, cookie)))).toEqual(fresh.map(() => 200))

    await dead.restart()
    await eventually(async () => !(await statuses(app)).includes(503))
    const names = await Promise.all(cookies.map(async (cookie) => JSON.stringify(await dataOf(app, cookie))))
    expect(names.filter((text) => text === '{"name":"Ada"}')).toHaveLength(60 - onDead)
    expect(names.filter((text) => text === '{}')).toHaveLength(onDead)
  })
})

describe("onOutage: 'empty'", () => {
  const bearing = () => memcachedApp({ memcacheServer: proxy.address, timeout: 0.1, onOutage: 'empty' })
  const messages = (app: SessionApp) => app.log.map(({ msg }) => msg)

  test('a request goes on with an empty session, which the log tells', async () => {
    const app = bearing()
    const cookie = await begin(app, { name: 'Ada' })
    await proxy.set('down')
    const { status, seen, setCookies } = await app.does(({ data }) => Object.keys(data), { cookie })
    expect([status, seen, setCookies]).toEqual([200, [], []])
    expect(app.log).toMatchObject([
      { msg: 'session cookie ignored', reason: expect.stringMatching(/failed with ECONN/) },
    ])
    await proxy.set('pass')
    expect(await dataOf(app, cookie)).toEqual({ name: 'Ada' })
  })

  test('what is written is dropped, and makes no new session, even if memcached is back by then', async () => {
    const app = bearing()
    const cookie = await begin(app, { name: 'Ada' })
    await proxy.set('rst')
    const { status, setCookies } = await app.does(
      async (controller) => {
        controller.put({ late: true })
        await proxy.set('pass')
      },
      { cookie },
    )
    expect([status, setCookies]).toEqual([200, []])
    expect(messages(app)).toEqual(['session cookie ignored', 'session change dropped'])
    expect(await dataOf(app, cookie)).toEqual({ name: 'Ada' })
  })

  test('a change of a session that was found, and a new session, are dropped', async () => {
    const app = bearing()
    const cookie = await begin(app, { name: 'Ada' })
    const put = async (ask: { cookie?: string }) => {
      const answer = await app.does(async (controller) => {
        controller.put({ late: true })
        await proxy.set('fin')
      }, ask)
      await proxy.set('pass')
      return [answer.status, answer.setCookies.length]
    }
    expect([await put({ cookie }), await put({})]).toEqual([
      [200, 0],
      [200, 0],
    ])
    expect(messages(app)).toEqual(['session change dropped', 'session change dropped'])
    expect(await dataOf(app, cookie)).toEqual({ name: 'Ada' })
  })

  test.each(['before', 'after'])(
    'a log-out fails all the same, when the outage came %s the session was found',
    async (when) => {
      const app = bearing()
      const cookie = await begin(app, { name: 'Ada' })
      if (when === 'before') await proxy.set('down')
      const answer = await app.does(
        async (controller) => {
          controller.resetSession()
          if (when === 'after') await proxy.set('down')
        },
        { cookie },
      )
      expect(outcomeOf(answer)).toEqual(UNAVAILABLE)
      const again = await app.does(
        (controller) => {
          controller.resetSession()
          controller.put({ fresh: true })
        },
        { cookie },
      )
      expect(outcomeOf(again)).toEqual(UNAVAILABLE)
      await proxy.set('pass')
      expect(await dataOf(app, cookie)).toEqual({ name: 'Ada' })
    },
  )

  test('other errors are errors', async () => {
    const app = memcachedApp({ memcacheServer: memcached.address, timeout: 10, onOutage: 'empty' })
    const { status } = await app.does((controller) => controller.put({ large: 'x'.repeat(2_000_000) }))
    expect(status).toBe(500)
  })
})
