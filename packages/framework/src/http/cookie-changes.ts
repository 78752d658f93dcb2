// Why: cookies that an action sets are seen by what reads them later in the request, and sent when the action has ended.
import { CookieOverflowError } from '../errors.js'
import { markPrivate } from './caching.js'
import { attributesOf, type CookieDeletion, type CookieOptions, hasOptions, lifeOf } from './cookie-options.js'
import type { CookieSeal } from './cookie-seals.js'
import { MAXIMUM_COOKIE_SIZE, serializeCookie } from './cookies.js'
import type { HttpRequest } from './request.js'
import type { HttpResponse } from './response.js'

/** What all requests' cookies share. */
export interface CookieServices {
  readonly signed: CookieSeal
  readonly encrypted: CookieSeal
  /** The name of the session's cookie, which no action sets. */
  readonly sessionKey: string
  /** Whether cookies are for HTTPS alone, by whatever the request came. */
  readonly alwaysSecure: boolean
  /** Told why a signed or encrypted cookie was not accepted. */
  readonly onRejected: (name: string, reason: string, request: HttpRequest) => void
  /** Told of a cookie that was set or deleted when the head was sent already. */
  readonly onLate: (name: string, request: HttpRequest) => void
}

interface Change {
  /** Undefined for a cookie that is deleted. */
  readonly value: string | undefined
  readonly header: string
}

/** The cookies of one request: those that came, and what became of them. */
export class CookieChanges {
  readonly services: CookieServices
  readonly #request: HttpRequest
  readonly #changes = new Map<string, Change>()
  readonly #rejected = new Set<string>()
  readonly #isSent: () => boolean

  constructor(services: CookieServices, request: HttpRequest, isSent: () => boolean) {
    this.services = services
    this.#request = request
    this.#isSent = isSent
  }

  /** A cookie's value as it is now; undefined when there is none, or it was deleted. */
  get(name: string): string | undefined {
    const change = this.#changes.get(name)
    return change === undefined ? this.#request.cookies[name] : change.value
  }

  /** Whether a cookie was set or deleted in this request. */
  has(name: string): boolean {
    return this.#changes.has(name)
  }

  /**
   * Sets a cookie. The value it has already is not sent again, unless an option is given.
   * @throws TypeError or CookieOverflowError when a browser would not keep it
   */
  set(name: string, value: string, options: CookieOptions): void {
    this.#checkName(name)
    if (typeof value !== 'string') {
      throw new TypeError(
        `The cookie ${JSON.stringify(name)} was given ${typeof value}. A plain cookie is a string: ` +
          'use cookies.signed or cookies.encrypted for other values, or String(value).',
      )
    }
    if (this.get(name) === value && !hasOptions(options)) return
    const maxAge = lifeOf(name, options)
    const header = this.#header(name, value, { ...options, maxAge })
    const size = header.indexOf(';') - '='.length
    if (size > MAXIMUM_COOKIE_SIZE) throw new CookieOverflowError('cookie', name, size, MAXIMUM_COOKIE_SIZE)
    this.#change(name, { value, header })
  }

  /** Deletes a cookie. Nothing is sent for one that did not come, unless options say where it might be. */
  delete(name: string, options: CookieDeletion): void {
    this.#checkName(name)
    const isThere = this.#changes.has(name) || this.#request.cookies[name] !== undefined
    if (!isThere && !hasOptions(options)) return
    this.#change(name, { value: undefined, header: this.#header(name, '', { ...options, maxAge: 0 }) })
  }

  #change(name: string, change: Change): void {
    if (this.#isSent()) this.services.onLate(name, this.#request)
    this.#changes.set(name, change)
  }

  /** Logs, once a request, why a cookie is not accepted. */
  reject(name: string, reason: string): void {
    if (this.#rejected.has(`${name} ${reason}`)) return
    this.#rejected.add(`${name} ${reason}`)
    this.services.onRejected(name, reason, this.#request)
  }

  /** Writes what changed into the response. */
  commit(response: HttpResponse): void {
    if (this.#changes.size === 0) return
    markPrivate(response, true)
    for (const { header } of this.#changes.values()) response.headers.append('set-cookie', header)
  }

  #header(name: string, value: string, options: CookieOptions): string {
    const attributes = attributesOf(name, options, this.services.alwaysSecure || this.#request.secure)
    try {
      return serializeCookie(name, value, { ...attributes, maxAge: options.maxAge })
    } catch (error) {
      const problem = error instanceof URIError ? 'its value is no well-formed text' : (error as Error).message
      throw new TypeError(`The cookie ${JSON.stringify(name)} cannot be set: ${problem}.`, { cause: error })
    }
  }

  #checkName(name: string): void {
    if (name !== this.services.sessionKey) return
    throw new TypeError(
      `The cookie ${JSON.stringify(name)} is the session's. Change this.session, or call resetSession() to end it.`,
    )
  }
}
