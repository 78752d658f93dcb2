// M1: whatever befalls the connection to memcached, each request ends in time, and nobody is logged out.

import { describe, expect, test } from 'vitest'
import { askSocket, listen } from '../../../harness/app.js'
import { type Fault } from '../../../harness/fault-proxy.js'
import { faultyMemcached } from '../../../harness/faulty-memcached.js'
import { begin, dataOf, memcachedApp, outcomeOf, turnsOfTheLoop, UNAVAILABLE } from '../../../harness/memcached-app.js'
import type { SessionApp, SessionController } from '../../../harness/sessions.js'

const { memcached, proxy } = await faultyMemcached()

const app = (timeout: number) => memcachedApp({ memcacheServer: proxy.address, timeout })

/** Far beyond every deadline, and far below a hang. */
async function inTime<T>(work: Promise<T>, milliseconds = 10_000): Promise<T> {
  const startedAt = performance.now()
  const result = await work
  expect(performance.now() - startedAt).toBeLessThan(milliseconds)
  return result
}

const NOTICED: Fault[] = ['down', 'fin', 'rst', 'cut', 'cut and rst', 'garbage', 'text', 'huge']
const UNNOTICED: Fault[] = ['silent', 'slow', 'trickle', 'cut and silent']

const ACTIONS: [what: string, act: (controller: SessionController) => void][] = [
  ['reads', ({ data }) => void data['name']],
  ['writes', (controller) => controller.put({ late: true })],
  ['logs out', (controller) => controller.resetSession()],
  ['renews', (controller) => controller.renewSession()],
]

describe.each([...NOTICED, ...UNNOTICED])('with the fault: %s', (fault) => {
  // What is noticed needs no deadline, so none can pass on a busy machine, and the very next request must be served.
  const isNoticed = NOTICED.includes(fault)
  const timeout = isNoticed ? 60 : 0.1
  const attempts = isNoticed ? 1 : 10

  test.each(ACTIONS)('a request that %s gets 503, and the next is served', async (_what, act) => {
    const booted = app(timeout)
    const cookie = await begin(booted, { name: 'Ada' })
    await proxy.set(fault)
    expect(outcomeOf(await inTime(booted.does(act, { cookie })))).toEqual(UNAVAILABLE)
    await proxy.set('pass')
    expect(await dataOf(booted, cookie, attempts)).toEqual({ name: 'Ada' })
  })

  test.each(ACTIONS.slice(1))('a request that %s when its session was found already gets 503', async (_what, act) => {
    const booted = app(timeout)
    const cookie = await begin(booted, { name: 'Ada' })
    const failed = booted.does(
      async (controller) => {
        act(controller)
        await proxy.set(fault)
      },
      { cookie },
    )
    expect(outcomeOf(await inTime(failed))).toEqual(UNAVAILABLE)
    await proxy.set('pass')
    // It may have happened before its answer was lost.
    const { name } = ((await dataOf(booted, cookie, attempts)) ?? { name: 'not served' }) as { name?: string }
    expect(['Ada', undefined]).toContain(name)
  })

  test('a visitor gets 503 for a new session, and one with the next request', async () => {
    const booted = app(timeout)
    await proxy.set(fault)
    const failed = booted.does((controller) => controller.put({ name: 'Ada' }))
    expect(outcomeOf(await inTime(failed))).toEqual(UNAVAILABLE)
    await proxy.set('pass')
    expect(await dataOf(booted, await begin(booted, { name: 'Ada' }))).toEqual({ name: 'Ada' })
  })

  test('over a socket: a page that leaves the session alone is served, with and without its cookie', async () => {
    const booted = app(timeout)
    const cookie = await begin(booted, { name: 'Ada' })
    await booted.does(() => {})
    const url = `${await listen(booted.app)}/1`
    await proxy.set(fault)
    for (const headers of [{ cookie }, {}]) {
      const { status, setCookies } = await inTime(askSocket(url, { headers }))
      expect([status, setCookies]).toEqual([200, []])
    }
    await proxy.set('pass')
    expect(await dataOf(booted, cookie, attempts)).toEqual({ name: 'Ada' })
  })
})

test('what had arrived in time counts, though the process was busy until after the deadline', async () => {
  // Without the proxy, which is busy with this process.
  const booted = memcachedApp({ memcacheServer: memcached.address, timeout: 0.05 })
  const cookie = await begin(booted, { name: 'Ada' })
  const reading = booted.does(({ data }) => data['name'], { cookie })
  // The request is written by then, and answered while nobody listens.
  await turnsOfTheLoop(2)
  const until = performance.now() + 200
  while (performance.now() < until);
  const { status, seen } = await reading
  expect([status, seen]).toEqual([200, 'Ada'])
})

test('one slow answer fails its own request, and not those of other connections', async () => {
  const booted = app(0.4)
  const cookie = await begin(booted, { name: 'Ada' })
  await proxy.set('slow')
  const slow = booted.does(({ data }) => data, { cookie })
  await new Promise((resolve) => setTimeout(resolve, 100))
  await proxy.set('pass')
  expect(await dataOf(booted, cookie)).toEqual({ name: 'Ada' })
  expect(outcomeOf(await slow)).toEqual(UNAVAILABLE)
})

describe('closing', () => {
  const opened = async (): Promise<SessionApp> => {
    const booted = app(0.1)
    await Promise.all(Array.from({ length: 20 }, () => begin(booted, { name: 'Ada' })))
    return booted
  }

  test('leaves no connection behind', async () => {
    const booted = await opened()
    await booted.app.close()
    await booted.app.close()
    await expect.poll(() => proxy.open).toBe(0)
    const after = await booted.does((controller) => controller.put({ late: true }))
    expect(outcomeOf(after)).toEqual(UNAVAILABLE)
    expect(proxy.open).toBe(0)
  })

  test.each(UNNOTICED)('ends in time with the fault: %s', async (fault) => {
    const booted = await opened()
    await proxy.set(fault)
    const waiting = booted.does((controller) => controller.put({ late: true }))
    await new Promise((resolve) => setImmediate(resolve))
    await inTime(booted.app.close())
    await waiting
    await proxy.set('pass')
    await expect.poll(() => proxy.open).toBe(0)
  })
})
