// Why: an action's cookies, as Rails has them: plain, signed and encrypted ones, each for a visit or for good.
import type { CookieChanges } from './cookie-changes.js'
import { type CookieDeletion, type CookieOptions, hasOptions, lifeOf, PERMANENT } from './cookie-options.js'
import type { CookieSeal } from './cookie-seals.js'
import { checkJsonValue, type Jsonable, type JsonValue } from './json-value.js'

/**
 * The cookies of a request: `this.cookies` in a controller. What is set or deleted shows at once, and is sent when the
 * action has ended. Defaults: path `/`, `httpOnly`, `sameSite` lax, `secure` when the request came by HTTPS.
 */
export class CookieJar {
  readonly #changes: CookieChanges
  readonly #isPermanent: boolean
  #signed: SealedCookieJar | undefined
  #encrypted: SealedCookieJar | undefined

  /** Internal: use `this.cookies`. */
  constructor(changes: CookieChanges, isPermanent = false) {
    this.#changes = changes
    this.#isPermanent = isPermanent
  }

  /** A cookie's value, or undefined. The client can write what it likes into it. */
  get(name: string): string | undefined {
    return this.#changes.get(name)
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /**
   * Sets a cookie. The value it has already is not sent again, unless an option is given.
   * @throws TypeError when the name, the value or an option cannot be sent, or browsers would drop the cookie;
   * CookieOverflowError when name and value are over 4,096 bytes
   */
  set(name: string, value: string, options: CookieOptions = {}): void {
    this.#changes.set(name, value, this.#isPermanent ? forGood(options) : options)
  }

  /**
   * Deletes a cookie. One that was set with `path`, `domain` or `partitioned` is deleted with the same. Nothing is sent
   * for a cookie that did not come with the request, unless an option is given.
   * @throws TypeError as {@link set}
   */
  delete(name: string, options: CookieDeletion = {}): void {
    this.#changes.delete(name, options)
  }

  /** Cookies that the client can read and not change. */
  get signed(): SealedCookieJar {
    this.#signed ??= new SealedCookieJar(this.#changes, this.#changes.services.signed, this.#isPermanent)
    return this.#signed
  }

  /** Cookies that the client can neither read nor change. */
  get encrypted(): SealedCookieJar {
    this.#encrypted ??= new SealedCookieJar(this.#changes, this.#changes.services.encrypted, this.#isPermanent)
    return this.#encrypted
  }

  /** The same cookies; those set through it last 20 years, or as long as the browser lets them. */
  get permanent(): CookieJar {
    return new CookieJar(this.#changes, true)
  }
}

/** Signed or encrypted cookies: any JSON value, bound to the cookie's name, with its expiry inside. */
export class SealedCookieJar {
  readonly #changes: CookieChanges
  readonly #seal: CookieSeal
  readonly #isPermanent: boolean

  /** Internal: use `this.cookies.signed` or `this.cookies.encrypted`. */
  constructor(changes: CookieChanges, seal: CookieSeal, isPermanent = false) {
    this.#changes = changes
    this.#seal = seal
    this.#isPermanent = isPermanent
  }

  /**
   * A cookie's value; undefined when there is none, and also (with a line in the log) when it was not sealed here for
   * this name, was changed, or has expired. One sealed with a secret of the past is sealed anew with the response.
   */
  get(name: string): JsonValue | undefined {
    const sealed = this.#changes.get(name)
    if (sealed === undefined) return undefined
    const opened = this.#seal.open(name, sealed)
    const content = opened === undefined ? undefined : contentOf(opened.content)
    if (opened === undefined || content === undefined) {
      this.#changes.reject(
        name,
        'it was not sealed here for this name with a secret that is still known, or was changed',
      )
      return undefined
    }
    const [value, expiry, options] = content
    const left = expiry === 0 ? undefined : expiry - nowInSeconds()
    if (left !== undefined && left <= 0) {
      this.#changes.reject(name, 'it has expired')
      return undefined
    }
    if (opened.stale) this.#changes.set(name, this.#seal.seal(name, opened.content), { ...options, maxAge: left })
    return value
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /**
   * Sets a cookie. The value it has already is not sent again, unless an option is given.
   * @param value what JSON carries: strings, finite numbers, booleans, null, arrays and plain objects of these
   * @throws TypeError when the value is not such, or as {@link CookieJar.set}; CookieOverflowError
   */
  set<const T>(name: string, value: T & Jsonable<T>, options: CookieOptions = {}): void {
    checkJsonValue(value, `The value of the cookie ${JSON.stringify(name)}`)
    const asked = this.#isPermanent ? forGood(options) : options
    const life = lifeOf(name, asked)
    const { maxAge, expires, ...attributes } = asked
    const text = textOf(value, life === undefined ? 0 : nowInSeconds() + life, attributes)
    if (!hasOptions(asked) && this.#holds(name, text)) return
    this.#changes.set(name, this.#seal.seal(name, text), asked)
  }

  /** Deletes a cookie, as {@link CookieJar.delete}. */
  delete(name: string, options: CookieDeletion = {}): void {
    this.#changes.delete(name, options)
  }

  /** The same cookies; those set through it last 20 years, or as long as the browser lets them. */
  get permanent(): SealedCookieJar {
    return new SealedCookieJar(this.#changes, this.#seal, true)
  }

  #holds(name: string, text: string): boolean {
    const sealed = this.#changes.get(name)
    const opened = sealed === undefined ? undefined : this.#seal.open(name, sealed)
    return opened?.content === text && !opened.stale
  }
}

type Content = readonly [value: JsonValue, expiry: number, attributes: CookieDeletion]

/** What is sealed: `[value]`, `[value,expiry]` or `[value,expiry,options]`, so that it can be sealed anew as it was set. */
function textOf(value: unknown, expiry: number, attributes: CookieDeletion): string {
  if (hasOptions(attributes)) return JSON.stringify([value, expiry, attributes])
  return JSON.stringify(expiry === 0 ? [value] : [value, expiry])
}

function contentOf(text: string): Content | undefined {
  try {
    const [value, expiry = 0, attributes = {}] = JSON.parse(text) as Partial<Content>
    return value === undefined ? undefined : [value, expiry, attributes]
  } catch {
    return undefined
  }
}

function forGood(options: CookieOptions): CookieOptions {
  return options.maxAge === undefined && options.expires === undefined ? { ...options, maxAge: PERMANENT } : options
}

function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
