// Why: the contract between a session's life and the place it is kept. A store turns a cookie's value into a session and
// back; cookie stores and server stores differ only in what the cookie carries.

import type { CookieAttributes } from '../http/cookies.js'
import type { MaybePromise } from '../maybe-promise.js'
import type { SessionIndexSupport } from './index-support.js'
import type { SessionIndexOptions } from './owners.js'

/** A session as a store found it. */
export interface SessionRecord {
  /** The session's text form. */
  readonly payload: string
  /** When the session began, in seconds since the epoch. */
  readonly createdAt: number
  /** Whether it should be saved even if unchanged: its expiry is due to be moved on, or it is sealed with an old secret. */
  readonly stale: boolean
  /** When the session was last saved, in seconds since the epoch. Told by stores that offer `index`. */
  readonly savedAt?: number
}

/** A cookie that is no session: the reason goes to the log, the request gets an empty session. */
export interface RejectedSession {
  readonly rejected: string
}

/**
 * Where sessions are kept. Write a store by implementing this, and run `sessionStoreContract` of `contrail/testing` over it.
 * A method may answer at once or with a promise.
 */
export interface SessionStore {
  /**
   * False for a store whose `load` answers at once: it is called when an action first touches the session, or never.
   * True for one that must be asked over a network: a session is then fetched before the action runs, but only for
   * requests that carry its cookie.
   */
  readonly preload: boolean
  /**
   * What becomes of a request that needs its session when a method throws {@link SessionStoreUnavailable}.
   * `'unavailable'`, the default: it fails with that error. `'empty'`: it goes on with an empty session, and what it
   * changes is not kept; a request that is to end its session fails all the same.
   */
  readonly onOutage?: 'unavailable' | 'empty'
  /**
   * The session that a cookie's value stands for. Never throws for a bad value, whatever it is.
   * @throws when the store cannot be asked; an outage is not an empty session
   */
  load(cookie: string): MaybePromise<SessionRecord | RejectedSession>
  /**
   * Keeps a new session. Returns the cookie's value: letters, digits and `-._~`, which need no encoding, or base64's `+/=`,
   * which are percent-encoded on their way to the browser and are themselves again when `load` gets them.
   */
  create(payload: string): MaybePromise<string>
  /**
   * Keeps a session's new state, or, when `payload` is that of the record, moves its expiry on. Returns the cookie's
   * value, or undefined when the session was destroyed meanwhile: it stays destroyed.
   */
  save(record: SessionRecord, payload: string): MaybePromise<string | undefined>
  /**
   * Ends a session: its cookie's value stands for nothing from now on, as far as the store can tell. Returns false when
   * it had ended already: of several requests that end one session at once, all but one are told so.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a store that cannot tell need not say anything
  destroy(record: SessionRecord): MaybePromise<boolean | void>
  /**
   * Keeps a session under a new id, with this text, and ends the old one. Returns the new cookie's value, or undefined when
   * the session was destroyed meanwhile: then no new one stands either. Without it, `create` and `destroy` are used.
   */
  renew?(record: SessionRecord, payload: string): MaybePromise<string | undefined>
  /** For stores on a server: what an index of sessions by their owner (`indexBy`) is made with. Without it there is none. */
  readonly index?: SessionIndexSupport
  /** Lets go of connections. */
  close?(): MaybePromise<void>
}

/** Options that every store's sessions have: those of the cookie, how long a session lives, and the app's secrets. */
export interface SessionCookieOptions extends Omit<CookieAttributes, 'maxAge' | 'secure'>, SessionIndexOptions {
  /**
   * The app's secret: what cookie stores seal sessions with, and signed and encrypted cookies are made with whatever the
   * store. At least 64 characters outside development and test. Default: `SECRET_KEY_BASE`; make one with `contrail secret`.
   */
  secret?: string | undefined
  /**
   * Secrets of the past: what was sealed with one is read, and sealed with `secret` when next touched. Default:
   * `SECRET_KEY_BASE_OLD`.
   */
  oldSecret?: string | readonly string[] | undefined
  /** The cookie's name. Default: `_NAME_session`, with the app's name from its package.json. */
  key?: string | undefined
  /**
   * Seconds until a session that nobody uses ends: enforced on the server, told to the browser as `Max-Age`, and moved on
   * by use. Without it the cookie lasts until the browser closes, and the server sets no limit.
   */
  expireAfter?: number | undefined
  /** Seconds until a session ends however much it is used. Enforced on the server. Default: no limit. */
  maxLifetime?: number | undefined
  /**
   * Whether the cookie is for HTTPS only. `'auto'`, the default: when the request came by HTTPS, directly or by the word
   * of a trusted proxy (`trustProxy`).
   */
  secure?: boolean | 'auto' | undefined
}

/** What a store is made with, beside its own options. */
export interface SessionStoreContext {
  /** The cookie's name. */
  readonly key: string
  /** The app's secret: write with it. */
  readonly secret: string
  /** Secrets of the past: read with them too. */
  readonly oldSecrets: readonly string[]
  /** In seconds; see {@link SessionCookieOptions}. */
  readonly expireAfter: number | undefined
  /** In seconds; see {@link SessionCookieOptions}. */
  readonly maxLifetime: number | undefined
}

/**
 * A class of session stores, as `sessionStore` in config/application.ts takes it.
 * @typeParam Options the store's own part of `sessionOptions`
 */
export interface SessionStoreClass<Options extends object> {
  new (options: Options, context: SessionStoreContext): SessionStore
  /** The names of the store's own options; others are refused at boot. */
  readonly optionNames: Readonly<Record<keyof Options, true>>
}

/** An unchanged session is saved again, to move its expiry on, at most once in this fraction of `expireAfter`. */
export const REFRESH_FRACTION = 1 / 10

/** Now, in whole seconds since the epoch. */
export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000)
}

/** What of a session's age a store must judge. */
export interface SessionAge {
  readonly createdAt: number
  readonly savedAt: number
}

/** Why a session of this age has ended, or undefined when it has not. */
export function endedBecause(age: SessionAge, context: SessionStoreContext): string | undefined {
  const now = nowInSeconds()
  if (context.expireAfter !== undefined && now >= age.savedAt + context.expireAfter)
    return 'it was not used within expireAfter'
  if (context.maxLifetime !== undefined && now >= age.createdAt + context.maxLifetime)
    return 'it is older than maxLifetime'
  return undefined
}

/** Whether an unchanged session of this age is due to have its expiry moved on. */
export function refreshDue(age: SessionAge, context: SessionStoreContext): boolean {
  return context.expireAfter !== undefined && nowInSeconds() - age.savedAt >= context.expireAfter * REFRESH_FRACTION
}
