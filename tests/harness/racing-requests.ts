// Requests of one session that race each other, or an outage of its store.
import { begin, turnsOfTheLoop } from './memcached-app.js'
import type { SessionApp } from './sessions.js'

/** Does it so often, fifty at a time. */
export async function often<T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  while (results.length < times) {
    const group = Array.from({ length: 50 }, (_, index) => work(results.length + index))
    results.push(...(await Promise.all(group)))
  }
  return results
}

/** A request that has read its session, and sets a key of it when all are as far. */
export const change = (
  app: SessionApp,
  cookie: string,
  key: string,
  ready: () => Promise<void>,
  { turns = 0, value = key as unknown } = {},
) =>
  app.does(
    async ({ data }) => {
      void data['start']
      await ready()
      await turnsOfTheLoop(turns)
      data[key] = value
    },
    { cookie },
  )

/** A request that has read its session, and ends it when all are as far. */
export const logOut = (app: SessionApp, cookie: string, ready: () => Promise<void>, turns = 0) =>
  app.does(
    async (controller) => {
      void controller.data
      await ready()
      await turnsOfTheLoop(turns)
      controller.resetSession()
    },
    { cookie },
  )

/** What a request that read a name from its session was answered, and in how many milliseconds. */
export interface Reading {
  readonly status: number
  readonly setCookies: readonly string[]
  readonly name: unknown
  readonly took: number
}

/** Begins a session and lets clients read it, one request after another each, until they are stopped. */
export async function readersOf(
  app: SessionApp,
  clients: number,
): Promise<{ cookie: string; stop(): Promise<readonly Reading[]> }> {
  const cookie = await begin(app, { name: 'Ada' })
  let goesOn = true
  const readings: Reading[] = []
  const client = async () => {
    while (goesOn) {
      const startedAt = performance.now()
      const { status, setCookies, seen } = await app.does(({ data }) => data['name'], { cookie })
      readings.push({ status, setCookies, name: seen, took: performance.now() - startedAt })
      await turnsOfTheLoop(1)
    }
  }
  const running = Array.from({ length: clients }, client)
  await turnsOfTheLoop(20)
  const stop = async () => {
    goesOn = false
    await Promise.all(running)
    return readings
  }
  return { cookie, stop }
}
