// Why: the session's cookie, whichever store is behind it: its attributes are decided at boot, its size checked when written.
import { BootError, CookieOverflowError } from '../errors.js'
import { type CookieAttributes, isCookiePath, MAXIMUM_COOKIE_SIZE, prefixOf, serializeCookie } from '../http/cookies.js'
import type { HttpRequest } from '../http/request.js'
import type { SessionCookieOptions } from './store.js'

// Percent signs are left out too: a cookie's value is decoded when it is read. Of what needs encoding only base64's own
// characters are let in, so that no value can end the header, its attributes or itself.
const PLAIN = /^[\w.~-]*$/
const VALUE = /^[\w.~+/=-]*$/
const ENCODED = /[+/=]/g

/** Writes a session's `Set-Cookie`. */
export class SessionCookie {
  readonly #secureMode: boolean | 'auto'
  readonly #plain: Suffixes
  readonly #secure: Suffixes

  /**
   * @param key the cookie's name
   * @throws BootError when the options make no cookie that a browser would keep
   */
  constructor(
    readonly key: string,
    options: SessionCookieOptions,
  ) {
    this.#secureMode = options.secure ?? 'auto'
    checkConsistency(key, options)
    const attributes: CookieAttributes = {
      domain: options.domain,
      path: options.path ?? '/',
      httpOnly: options.httpOnly ?? true,
      sameSite: options.sameSite ?? 'lax',
      partitioned: options.partitioned,
    }
    try {
      this.#plain = suffixes(key, { ...attributes, secure: false }, options.expireAfter)
      this.#secure = suffixes(key, { ...attributes, secure: true }, options.expireAfter)
    } catch (error) {
      throw new BootError(
        `sessionOptions cannot be made into a cookie: ${(error as Error).message}.`,
        'write key, domain, path and sameSite as a Set-Cookie header can carry them.',
      )
    }
  }

  /**
   * The header that keeps a value in the browser.
   * @throws CookieOverflowError when browsers would drop it for its size; TypeError for a character that no store may use
   */
  keep(value: string, request: HttpRequest): string {
    const encoded = PLAIN.test(value) ? value : encode(value)
    const size = this.key.length + encoded.length
    if (size > MAXIMUM_COOKIE_SIZE) throw new CookieOverflowError('session cookie', this.key, size, MAXIMUM_COOKIE_SIZE)
    return `${this.key}=${encoded}${this.#suffixes(request).keep}`
  }

  /** The header that makes the browser drop the cookie. */
  drop(request: HttpRequest): string {
    return `${this.key}=${this.#suffixes(request).drop}`
  }

  /** Whether a cookie for this request goes unprotected only because nobody trusts the proxy that says HTTPS. */
  missesHttps(request: HttpRequest): boolean {
    return this.#secureMode === 'auto' && !request.secure && request.header('x-forwarded-proto') === 'https'
  }

  #suffixes(request: HttpRequest): Suffixes {
    const secure = this.#secureMode === 'auto' ? request.secure : this.#secureMode
    return secure ? this.#secure : this.#plain
  }
}

function encode(value: string): string {
  if (VALUE.test(value)) return value.replace(ENCODED, encodeURIComponent)
  throw new TypeError('The session store made a cookie value with other than letters, digits and -._~+/= in it.')
}

interface Suffixes {
  readonly keep: string
  readonly drop: string
}

function suffixes(key: string, attributes: CookieAttributes, maxAge: number | undefined): Suffixes {
  const suffix = (age: number | undefined) =>
    serializeCookie(key, '', { ...attributes, maxAge: age }).slice(key.length + 1)
  return { keep: suffix(maxAge), drop: suffix(0) }
}

function checkConsistency(key: string, options: SessionCookieOptions): void {
  const refuse = (problem: string, fix: string) => {
    throw new BootError(`sessionOptions: ${problem}.`, fix)
  }
  if (options.sameSite === 'none' && options.secure !== true) {
    refuse(
      "sameSite 'none' without secure: true: browsers drop such a cookie",
      "add secure: true, or use sameSite: 'lax'.",
    )
  }
  if (options.partitioned === true && options.secure !== true) {
    refuse('partitioned without secure: true: browsers drop such a cookie', 'add secure: true, or remove partitioned.')
  }
  if (options.path !== undefined && !isCookiePath(options.path)) {
    refuse(
      `the path ${JSON.stringify(options.path)} is none that a browser could match`,
      "begin it with '/' and encode what is no ASCII, as in a URL.",
    )
  }
  const prefix = prefixOf(key)
  if (prefix === '__secure-' && options.secure !== true) {
    refuse(`the key ${key} without secure: true: browsers drop such a cookie`, 'add secure: true, or use another key.')
  }
  const isHost = options.secure === true && options.domain === undefined && (options.path ?? '/') === '/'
  if (prefix === '__host-' && !isHost) {
    refuse(
      `the key ${key} wants secure: true, path: '/' and no domain: browsers drop it otherwise`,
      'set these, or use another key.',
    )
  }
  for (const name of ['expireAfter', 'maxLifetime'] as const) {
    const seconds = options[name]
    if (seconds !== undefined && (!Number.isSafeInteger(seconds) || seconds < 1)) {
      refuse(
        `${name} is ${JSON.stringify(seconds)}`,
        'give a whole number of seconds, such as 1_209_600 for two weeks.',
      )
    }
  }
}
