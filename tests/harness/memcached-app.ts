// Apps whose sessions are in memcached, for tests of what becomes of them.
import { MemcachedStore, type MemcachedStoreOptions, type SessionCookieOptions, type SessionStoreClass } from 'contrail'
import { onTestFinished } from 'vitest'
import { cookieOf } from './app.js'
import { type SessionApp, sessionApp, type Visit } from './sessions.js'

/** Boots an app with a MemcachedStore, which is closed when the test ends. Each has connections of its own. */
export function memcachedApp(sessionOptions: MemcachedStoreOptions & SessionCookieOptions): SessionApp {
  const app = sessionApp({ store: MemcachedStore as SessionStoreClass<object>, sessionOptions })
  onTestFinished(() => app.app.close())
  return app
}

/**
 * Begins a session that holds this, and gives back its Cookie header. A machine that is busy may let the short deadline of
 * a test's app pass before it has begun; that is not what is tested then.
 */
export async function begin(app: SessionApp, data: object): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const visit = await app.does((controller) => controller.put(data))
    if (visit.status !== 503 || attempt === 10) return cookieOf(visit)
  }
}

/** What a session holds, read in a request of its own; in another, where a short deadline passed on a busy machine. */
export async function dataOf(app: SessionApp, cookie: string, attempts = 10): Promise<object | undefined> {
  for (let attempt = 1; ; attempt++) {
    const { status, seen } = await app.does(({ data }) => ({ ...data }), { cookie })
    if (status !== 503 || attempt === attempts) return seen
  }
}

/** What of an answer tells whether a session's outage was told as it should be. */
export const outcomeOf = ({ status, headers, setCookies }: Visit<unknown>) => ({
  status,
  retryAfter: headers['retry-after'],
  setCookies,
})

/** The outcome of a request that needed a session in an outage. */
export const UNAVAILABLE = { status: 503, retryAfter: '1', setCookies: [] }

/** Resolves for all once as many have come. */
export function barrier(count: number): () => Promise<void> {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  let missing = count
  return () => {
    missing -= 1
    if (missing === 0) open()
    return opened
  }
}

/** Waits for a number of turns of the event loop. */
export async function turnsOfTheLoop(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await new Promise((resolve) => setImmediate(resolve))
}

/** Tries until it holds, for five seconds at most. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('It did not come to hold within five seconds.')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
