// Why: a session's life within one request: found when first touched, kept when changed, before the response's head is
// sent. Where it is kept is the store's business.
import type { HttpRequest } from '../http/request.js'
import type { HttpResponse } from '../http/response.js'
import { andThen, isPromise, type MaybePromise } from '../maybe-promise.js'
import type { SessionCookie } from './cookie.js'
import { deserializeSession, emptySession, isEmptySession, type Session, serializeSession } from './data.js'
import type { RejectedSession, SessionRecord, SessionStore } from './store.js'

/** What all requests' sessions share. */
export interface SessionServices {
  readonly store: SessionStore
  readonly cookie: SessionCookie
  readonly expireAfter: number | undefined
  /** Told why a cookie was not accepted. */
  readonly onRejected: (reason: string, request: HttpRequest) => void
}

/** The session of one request. */
export class SessionLifecycle {
  readonly #services: SessionServices
  readonly #request: HttpRequest
  #found: SessionRecord | undefined
  #sought = false
  #data: Session | undefined
  #ending: 'none' | 'reset' | 'renew' = 'none'

  constructor(services: SessionServices, request: HttpRequest) {
    this.#services = services
    this.#request = request
  }

  /** For stores that must be asked over a network: fetches the session of a request that carries its cookie. */
  preload(): MaybePromise<void> {
    const { store } = this.#services
    if (!store.preload || this.#cookie === undefined) return
    return andThen(store.load(this.#cookie), (result) => this.#accept(result))
  }

  /** The session's data, to read and to change. */
  get data(): Session {
    this.#data ??= this.#begin()
    return this.#data
  }

  /** Drops data and id. */
  reset(): void {
    this.#seek()
    this.#ending = 'reset'
    this.#data = emptySession()
  }

  /** Keeps the data under a new id. */
  renew(): void {
    this.#data ??= this.#begin()
    if (this.#ending === 'none') this.#ending = 'renew'
  }

  /**
   * Keeps what changed and writes the cookie into the response.
   * @throws SessionDataError, CookieOverflowError, or what the store throws; the response then has no session cookie
   */
  commit(response: HttpResponse): MaybePromise<void> {
    if (this.#data === undefined) return
    const isEmpty = isEmptySession(this.#data)
    const kept = isEmpty ? this.#end() : this.#keep(serializeSession(this.#data))
    return andThen(kept, (header) => {
      markPrivate(response, header !== undefined)
      if (header !== undefined) response.headers.append('set-cookie', header)
    })
  }

  get #cookie(): string | undefined {
    return this.#request.cookies[this.#services.cookie.key]
  }

  #begin(): Session {
    this.#seek()
    if (this.#found === undefined) return emptySession()
    try {
      return deserializeSession(this.#found.payload)
    } catch {
      this.#services.onRejected('its content is not the JSON of a session', this.#request)
      return emptySession()
    }
  }

  #seek(): void {
    if (this.#sought) return
    this.#sought = true
    const { store } = this.#services
    if (store.preload || this.#cookie === undefined) return
    const result = store.load(this.#cookie)
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
    const drop = () => this.#services.cookie.drop(this.#request)
    if (this.#found !== undefined) return andThen(this.#services.store.destroy(this.#found), drop)
    return this.#ending === 'reset' && this.#cookie !== undefined ? drop() : undefined
  }

  #keep(payload: string): MaybePromise<string | undefined> {
    const { store, cookie } = this.#services
    const keep = (value: string) => cookie.keep(value, this.#request)
    const found = this.#found
    if (found === undefined) return andThen(store.create(payload), keep)
    if (this.#ending !== 'none') return this.#replace(found, payload)
    if (payload === found.payload && !found.stale) return undefined
    return andThen(store.save(found, payload), (value) => {
      if (value === undefined) return cookie.drop(this.#request)
      return value === this.#cookie && this.#services.expireAfter === undefined ? undefined : keep(value)
    })
  }

  /** The new session stands before the old one goes: a failure between the two logs nobody out. */
  #replace(found: SessionRecord, payload: string): MaybePromise<string> {
    const { store, cookie } = this.#services
    return andThen(store.create(payload), (value) => {
      const header = cookie.keep(value, this.#request)
      return andThen(store.destroy(found), () => header)
    })
  }
}

/** What a session had a part in is for one person: no shared cache may keep it. */
function markPrivate(response: HttpResponse, hasCookie: boolean): void {
  const control = response.headers.get('cache-control')
  if (control === undefined) response.headers.setTrusted('cache-control', hasCookie ? 'private, no-store' : 'private')
  else if (hasCookie && /(?:^|[\s,])public(?:[\s,]|$)/i.test(control)) {
    response.headers.set('cache-control', control.replace(/(^|[\s,])public(?=[\s,]|$)/gi, '$1private'))
  }
}
