// Why: what is asked of a store that was written for express-session, as a shape: an app that has none installs nothing.

/** How a store's method ends: with an error, or with its result. */
export type ExpressCallback = (error?: unknown, result?: unknown) => void

/** The part of a session from which stores tell how long to keep it. */
export interface ExpressSessionCookie {
  /** Milliseconds from when it was saved; null when nobody set an end. */
  readonly originalMaxAge: number | null
  /** Milliseconds from when it was saved; not there when nobody set an end. */
  maxAge?: number | undefined
  /** When it may be forgotten; null when nobody set an end: the store has a default of its own then, mostly a day. */
  expires?: Date | null | undefined
}

/** A session as stores for express-session take it: plain data with a cookie in it. */
export interface ExpressSession {
  cookie: ExpressSessionCookie
}

/**
 * A store for express-session: `new RedisStore(…)` of connect-redis, `new PGStore(…)` of connect-pg-simple, and dozens
 * more. Its methods may call back, or give promises, or both.
 */
export interface ExpressStore {
  get(sid: string, callback: ExpressCallback): unknown
  set(sid: string, session: ExpressSession, callback?: ExpressCallback): unknown
  destroy(sid: string, callback?: ExpressCallback): unknown
  /** Moves on how long the store keeps a session, and leaves the rest of it as it is. */
  touch?(sid: string, session: ExpressSession, callback?: ExpressCallback): unknown
}

/** The methods that a store must have. */
const METHODS = ['get', 'set', 'destroy'] as const

/** What keeps a value from being such a store, as the rest of a sentence that begins with it; undefined when it is one. */
export function lackOf(store: unknown): string | undefined {
  if (typeof store !== 'object' || store === null) return 'is no object'
  const missing = METHODS.find((method) => typeof (store as Partial<ExpressStore>)[method] !== 'function')
  return missing === undefined ? undefined : `has no method ${missing}`
}
