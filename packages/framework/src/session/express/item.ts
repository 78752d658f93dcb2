// Why: the form of a session in a store for express-session: a cookie for the store to read, and the rest for us alone. It
// says whose it is, so that one that came to the wrong key is not believed.
import { randomBytes } from 'node:crypto'
import { nowInSeconds, type SessionAge, type SessionStoreContext } from '../store.js'
import type { ExpressSession } from './express-store.js'

/** A session as such a store keeps it. */
export interface Item extends SessionAge {
  readonly payload: string
  /** Who wrote it last, newest first: by this a writer sees whether another wrote over it. */
  readonly writes: readonly string[]
}

/** A text as such a store keeps it, beside the sessions. */
export interface Text {
  readonly text: string
  /** As with sessions. There is one at least. */
  readonly writes: readonly [string, ...string[]]
  readonly savedAt: number
}

/** Another form would have another number. */
const FORM = 1
/** How many writes a session remembers, and for how many seconds: far beyond the looks at them. */
const WRITES = 64
const REMEMBERED = 10
/** Seconds for which a text is kept that is needed for good: as long as browsers keep a cookie, 400 days. */
const FOR_GOOD = 34_560_000
/** Seconds for which it is remembered that a session has ended, beyond the life that it could have had. */
const MARGIN = 3600

/** A session, under the key it is kept by. */
export function writeItem(key: string, item: Item, context: SessionStoreContext): ExpressSession {
  const { payload, createdAt, savedAt, writes } = item
  return {
    // A second longer than it lives, for stores that round down. The end itself is not left to the store.
    cookie: cookieFor(lifetimeOf(createdAt, context), 1),
    contrail: { form: FORM, key, createdAt, savedAt, writes, payload },
  } as ExpressSession
}

/** What {@link writeItem} wrote under this key; undefined for anything else. */
export function readItem(key: string, value: unknown): Item | undefined {
  const { createdAt, savedAt, writes, payload } = partOf(key, value) ?? {}
  const isItem = isTime(createdAt) && isTime(savedAt) && Array.isArray(writes) && typeof payload === 'string'
  return isItem ? { createdAt, savedAt, writes: writes as string[], payload } : undefined
}

/** The writes of a session or a text that somebody may still look for, newest first. */
export function recentWrites({ writes, savedAt }: Item | Text): readonly string[] {
  return nowInSeconds() - savedAt > REMEMBERED ? [] : writes.slice(0, WRITES - 1)
}

/** The mark of a session that has ended: it outlives whatever a late writer could still write. */
export function writeEnd(key: string, by: string, createdAt: number, context: SessionStoreContext): ExpressSession {
  const cookie = cookieFor(lifetimeOf(createdAt, context), MARGIN)
  return { cookie, contrail: { form: FORM, key, endedBy: by } } as ExpressSession
}

/** By whom a session was ended; undefined when there is no mark of it. */
export function readEnd(key: string, value: unknown): string | undefined {
  const { endedBy } = partOf(key, value) ?? {}
  return typeof endedBy === 'string' ? endedBy : undefined
}

/**
 * A text, under the key it is kept by.
 * @param seconds how long it is needed; undefined for good
 */
export function writeText(key: string, { text, writes, savedAt }: Text, seconds = FOR_GOOD): ExpressSession {
  return { cookie: cookieFor(seconds, 1), contrail: { form: FORM, key, savedAt, writes, text } } as ExpressSession
}

/** What {@link writeText} wrote under this key; undefined for anything else. */
export function readText(key: string, value: unknown): Text | undefined {
  const { savedAt, writes, text } = partOf(key, value) ?? {}
  const isText = isTime(savedAt) && Array.isArray(writes) && typeof writes[0] === 'string' && typeof text === 'string'
  return isText ? { text, writes: writes as [string, ...string[]], savedAt } : undefined
}

/** A name for one write, by which it is known again. */
export function newToken(): string {
  return randomBytes(6).toString('base64url')
}

function partOf(key: string, value: unknown): Readonly<Record<string, unknown>> | undefined {
  const part = (value as { contrail?: unknown } | null | undefined)?.contrail
  if (typeof part !== 'object' || part === null) return undefined
  const found = part as Readonly<Record<string, unknown>>
  return found['form'] === FORM && found['key'] === key ? found : undefined
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** Seconds that a session has if nobody uses it from now on; undefined when nobody set an end. */
function lifetimeOf(createdAt: number, { expireAfter, maxLifetime }: SessionStoreContext): number | undefined {
  if (expireAfter === undefined && maxLifetime === undefined) return undefined
  const left = maxLifetime === undefined ? Number.POSITIVE_INFINITY : createdAt + maxLifetime - nowInSeconds()
  return Math.min(expireAfter ?? Number.POSITIVE_INFINITY, Math.max(left, 1))
}

/** Stores go by `expires`, or by `maxAge`, or by `originalMaxAge`. Without an end each has its own default. */
function cookieFor(seconds: number | undefined, more: number): ExpressSession['cookie'] {
  const others = { httpOnly: true, path: '/' }
  if (seconds === undefined) return { originalMaxAge: null, expires: null, ...others } as ExpressSession['cookie']
  const maxAge = (seconds + more) * 1000
  return {
    originalMaxAge: maxAge,
    maxAge,
    expires: new Date(Date.now() + maxAge),
    ...others,
  } as ExpressSession['cookie']
}
