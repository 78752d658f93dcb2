// Why: a session's life within one request: found when first touched, kept when changed, before the response's head is
// sent. Where it is kept is the store's business.
import { SessionStoreUnavailable } from '../errors.js'
import { markPrivate } from '../http/caching.js'
import type { HttpRequest } from '../http/request.js'
import type { HttpResponse } from '../http/response.js'
import { andThen, isPromise, type MaybePromise } from '../maybe-promise.js'
import type { SessionCookie } from './cookie.js'
import {
  deserializeSession,
  emptySession,
  isEmptyReserve,
  isEmptySession,
  type Session,
  type SessionReserve,
  serializeSession,
  takeReserve,
} from './data.js'
import { Flash } from './flash.js'
import type { OwnerMark } from './owner-mark.js'
import type { SessionOwners } from './owners.js'
import type { OwnedSessions } from './sessions.js'
import type { RejectedSession, SessionRecord, SessionStore } from './store.js'

/** The text of a session without data. */
const EMPTY = serializeSession(emptySession())

/** What all requests' sessions share. */
export interface SessionServices {
  readonly store: SessionStore
  readonly cookie: SessionCookie
  readonly expireAfter: number | undefined
  /** Those who know of owners, where the app has `indexBy`. */
  readonly owners: SessionOwners | undefined
  readonly owned: OwnedSessions | undefined
  /** Told why a cookie was not accepted. */
  readonly onRejected: (reason: string, request: HttpRequest) => void
  /** Told why what a request changed was not kept, though it was not to fail for it. */
  readonly onDropped: (reason: string, request: HttpRequest) => void
  /** Told of a cookie that is sent without `Secure` though a proxy, which nobody trusts, says that the request is HTTPS. */
  readonly onMissedHttps: () => void
}

/** The session of one request. */
export class SessionLifecycle {
  readonly #services: SessionServices
  readonly #request: HttpRequest
  #found: SessionRecord | undefined
  #sought = false
  #outage: { readonly error: unknown } | undefined
  /** An outage that the request is to bear: its session is empty, and nothing is kept of it. */
  #borne: SessionStoreUnavailable | undefined
  #data: Session | undefined
  #reserve: SessionReserve = {}
  /** The text to compare with, where it is not the very text that was found. */
  #textFound: string | undefined
  #flash: Flash | undefined
  /** What {@link commit} kept. */
  #committed: string | undefined
  #ending: 'none' | 'reset' | 'renew' = 'none'

  constructor(services: SessionServices, request: HttpRequest) {
    this.#services = services
    this.#request = request
  }

  /**
   * For stores that must be asked over a network: fetches the session of a request that carries its cookie. A store that
   * cannot be asked fails the actions that touch the session, when they do, and no others.
   */
  preload(): MaybePromise<void> {
    const { store } = this.#services
    if (!store.preload || this.#cookie === undefined) return
    const fail = (error: unknown) => {
      if (!this.#bears(error)) this.#outage = { error }
      else {
        this.#borne = error
        this.#services.onRejected(error.message, this.#request)
      }
    }
    try {
      const result = store.load(this.#cookie)
      if (!isPromise(result)) return this.#accept(result)
      return result.then((found) => this.#accept(found), fail)
    } catch (error) {
      fail(error)
    }
  }

  /** The session's data, to read and to change. */
  get data(): Session {
    this.#data ??= this.#begin()
    return this.#data
  }

  /** The messages from the request before, and for the next. */
  get flash(): Flash {
    if (this.#flash === undefined) {
      this.#data ??= this.#begin()
      this.#flash = new Flash(this.#reserve._flash)
    }
    return this.#flash
  }

  /** The names of what the session holds; undefined when nobody has touched it, which asking for them does not. */
  get knownKeys(): string[] | undefined {
    return this.#data && Object.keys(this.#data)
  }

  /** Whether there is a message to show. Who asks has not used the session by it: it is looked at, and not begun. */
  get hasMessages(): boolean {
    if (this.#flash !== undefined) return !this.#flash.isEmpty
    if (this.#data !== undefined) return this.#reserve._flash !== undefined
    if (this.#cookie === undefined || this.#outage !== undefined) return false
    this.#seek()
    // No text of the app's has it so: quotes within one are escaped.
    return this.#found?.payload.includes('"_flash"') === true
  }

  /** The secret that this session's CSRF tokens are made from; undefined until there is one. */
  get csrfSecret(): string | undefined {
    this.#data ??= this.#begin()
    return this.#reserve._csrf
  }

  set csrfSecret(secret: string) {
    this.#data ??= this.#begin()
    this.#reserve._csrf = secret
  }

  /**
   * How the session is listed, as it was found; undefined when it is not.
   * @throws SessionStoreUnavailable in an outage, even one that is to be borne: what was asked cannot be told
   */
  get mark(): OwnerMark | undefined {
    this.#data ??= this.#begin()
    if (this.#borne !== undefined) throw this.#borne
    return this.#reserve._index
  }

  /** Drops data and id. */
  reset(): void {
    this.#seek()
    this.#ending = 'reset'
    this.#data = emptySession()
    this.#reserve = {}
    this.#flash?.clear()
  }

  /** Keeps the data under a new id. CSRF tokens of before are void: whoever planted the session may have read one. */
  renew(): void {
    this.#data ??= this.#begin()
    delete this.#reserve._csrf
    if (this.#ending === 'none') this.#ending = 'renew'
  }

  /**
   * Keeps what changed and writes the cookie into the response.
   * @throws SessionDataError, CookieOverflowError, or what the store throws; the response then has no session cookie
   */
  commit(response: HttpResponse): MaybePromise<void> {
    if (this.#data === undefined) return
    if (this.#flash !== undefined) this.#reserve._flash = this.#flash.forNextRequest()
    this.#services.owners?.mark(this.#data, this.#reserve, this.#request)
    const isEmpty = isEmptySession(this.#data) && isEmptyReserve(this.#reserve)
    this.#committed = isEmpty ? EMPTY : serializeSession(this.#data, this.#reserve)
    const kept = isEmpty ? this.#end() : this.#keep(this.#committed)
    return andThen(kept, (header) => {
      markPrivate(response, header !== undefined)
      if (header === undefined) return
      response.headers.appendTrusted('set-cookie', header)
      if (this.#services.cookie.missesHttps(this.#request)) this.#services.onMissedHttps()
    })
  }

  /** Whether it was changed after the time to keep changes was over. */
  get changedLate(): boolean {
    if (this.#data === undefined) return false
    try {
      const now = serializeSession(this.#data, this.#reserve)
      return now !== (this.#committed ?? this.#textFound ?? this.#found?.payload ?? EMPTY)
    } catch {
      // What cannot be kept was not there in time.
      return true
    }
  }

  get #cookie(): string | undefined {
    return this.#request.cookies[this.#services.cookie.key]
  }

  #begin(): Session {
    this.#seek()
    if (this.#found === undefined) return emptySession()
    try {
      const session = deserializeSession(this.#found.payload)
      this.#reserve = takeReserve(session)
      // The reserve is written last, whatever the order in which a store merged it in.
      if (!isEmptyReserve(this.#reserve)) this.#textFound = serializeSession(session, this.#reserve)
      return session
    } catch {
      this.#services.onRejected('its content is not the JSON of a session', this.#request)
      return emptySession()
    }
  }

  #seek(): void {
    if (this.#outage !== undefined) throw this.#outage.error
    if (this.#sought) return
    const { store } = this.#services
    if (!store.preload && this.#cookie !== undefined) this.#load(store, this.#cookie)
    // Only now: a store that threw has found nothing out, and the next touch is not to see an empty session.
    this.#sought = true
  }

  #load(store: SessionStore, cookie: string): void {
    const result = store.load(cookie)
    if (isPromise(result))
      throw new TypeError(`${store.constructor.name}.load gave a promise; such a store must say preload = true.`)
    this.#accept(result)
  }

  #accept(result: SessionRecord | RejectedSession): void {
    if ('rejected' in result) this.#services.onRejected(result.rejected, this.#request)
    else this.#found = result
  }

  /** An empty session is none: what was kept is ended, and the browser drops its cookie. */
  #end(): MaybePromise<string | undefined> {
    const { store, cookie } = this.#services
    const isReset = this.#ending === 'reset'
    if (isReset && this.#borne !== undefined) throw this.#borne
    // Only other frameworks keep one; reading it is no reason to drop it.
    if (this.#found?.payload === EMPTY && !isReset) return undefined
    if (this.#found === undefined) return isReset && this.#cookie !== undefined ? cookie.drop(this.#request) : undefined
    return andThen(store.destroy(this.#found), (wasThere) =>
      wasThere !== false || isReset ? cookie.drop(this.#request) : undefined,
    )
  }

  #keep(payload: string): MaybePromise<string | undefined> {
    const { store, cookie } = this.#services
    const keep = (value: string) => cookie.keep(value, this.#request)
    const found = this.#found
    if (this.#borne !== undefined) {
      if (this.#ending === 'reset') throw this.#borne
      return this.#drop(this.#borne)
    }
    if (found === undefined) return this.#bearing(() => andThen(store.create(payload), keep))
    if (this.#ending !== 'none') return this.#replace(found, payload)
    const isUnchanged = payload === (this.#textFound ?? found.payload)
    if (isUnchanged && !found.stale) return undefined
    return this.#bearing(() =>
      andThen(store.save(found, isUnchanged ? found.payload : payload), (value) => {
        // Ended meanwhile. The browser may have the cookie of what came after it by now, which is not to be dropped.
        if (value === undefined) return undefined
        return value === this.#cookie && this.#services.expireAfter === undefined ? undefined : keep(value)
      }),
    )
  }

  #bears(error: unknown): error is SessionStoreUnavailable {
    return this.#services.store.onOutage === 'empty' && error instanceof SessionStoreUnavailable
  }

  /** Keeps a change, or drops it in an outage that is to be borne. */
  #bearing(keep: () => MaybePromise<string | undefined>): MaybePromise<string | undefined> {
    const drop = (error: unknown) => {
      if (this.#bears(error)) return this.#drop(error)
      throw error
    }
    try {
      const kept = keep()
      return isPromise(kept) ? kept.catch(drop) : kept
    } catch (error) {
      return drop(error)
    }
  }

  #drop({ message }: SessionStoreUnavailable): undefined {
    this.#services.onDropped(message, this.#request)
  }

  /**
   * The new session stands before the old one goes: a failure between the two logs nobody out. Data of a session that
   * another request ended meanwhile is not carried over.
   */
  #replace(found: SessionRecord, payload: string): MaybePromise<string | undefined> {
    const { store, cookie } = this.#services
    if (this.#ending === 'renew' && store.renew !== undefined)
      return andThen(store.renew(found, payload), (value) =>
        value === undefined ? undefined : cookie.keep(value, this.#request),
      )
    return andThen(store.create(payload), (value) => {
      const header = cookie.keep(value, this.#request)
      return andThen(store.destroy(found), (wasThere) =>
        wasThere !== false || this.#ending === 'reset' ? header : this.#undo(value),
      )
    })
  }

  #undo(value: string): MaybePromise<undefined> {
    const { store } = this.#services
    return andThen(store.load(value), (result) =>
      andThen('rejected' in result ? false : store.destroy(result), () => undefined),
    )
  }
}
