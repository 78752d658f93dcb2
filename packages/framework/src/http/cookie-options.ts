// Why: what an app asks of a cookie, checked and filled in, so that no cookie is sent that a browser would drop silently.
import { type CookieAttributes, isCookiePath, prefixOf } from './cookies.js'

/** What an app may ask of a cookie. */
export interface CookieOptions extends Omit<CookieAttributes, 'secure'> {
  /** When the browser drops it, as a date; `maxAge` says the same in seconds. */
  expires?: Date | undefined
  /**
   * Whether it is for HTTPS only. `'auto'`, the default: when the request came by HTTPS, directly or by the word of a
   * trusted proxy (`trustProxy`); always for what browsers take no other way (`__Host-`, `__Secure-`, `sameSite: 'none'`,
   * `partitioned`).
   */
  secure?: boolean | 'auto' | undefined
}

/** What tells a cookie to be deleted from others of its name. */
export type CookieDeletion = Omit<CookieOptions, 'expires' | 'maxAge'>

/** Twenty years, as Rails has it, in seconds. Browsers make less of it: 400 days in Chromium. */
export const PERMANENT = 20 * 31_556_952

/** Whether any option is given. */
export function hasOptions(options: CookieOptions): boolean {
  return Object.values(options).some((value) => value !== undefined)
}

/**
 * Seconds until a cookie of these options ends; undefined when it ends with the browser.
 * @throws TypeError when `maxAge` is no whole number of one or more seconds, `expires` no date to come, or both are given
 */
export function lifeOf(name: string, { maxAge, expires }: CookieOptions): number | undefined {
  if (expires === undefined) {
    if (maxAge === undefined || (Number.isSafeInteger(maxAge) && maxAge > 0)) return maxAge
    throw refused(name, `maxAge is ${String(maxAge)}`, 'give a whole number of seconds, or delete the cookie')
  }
  if (maxAge !== undefined) throw refused(name, 'maxAge and expires are both given', 'give one of them')
  const seconds = expires instanceof Date ? Math.ceil((expires.getTime() - Date.now()) / 1000) : Number.NaN
  if (seconds > 0) return seconds
  throw refused(name, 'expires is no date to come', 'give a later one, or delete the cookie')
}

/**
 * The attributes of a cookie, with the defaults: path `/`, `httpOnly`, `sameSite` lax, `secure` as the request was.
 * @throws TypeError when a browser would drop a cookie of this name with them
 */
export function attributesOf(name: string, options: CookieDeletion, isSecureRequest: boolean): CookieAttributes {
  const { path = '/', httpOnly = true, sameSite = 'lax', secure = 'auto', domain, partitioned } = options
  if (!isCookiePath(path)) {
    throw refused(
      name,
      `the path ${JSON.stringify(path)} is none that a browser could match`,
      "begin it with '/' and encode what is no ASCII, as in a URL",
    )
  }
  const prefix = prefixOf(name)
  const reason =
    sameSite === 'none' ? "sameSite 'none'" : partitioned === true ? 'partitioned' : prefix && `a name with ${prefix}`
  if (reason && secure === false) {
    throw refused(name, `${reason} wants secure: browsers drop it otherwise`, 'remove secure: false')
  }
  if (prefix === '__host-' && (domain !== undefined || path !== '/')) {
    throw refused(name, 'a name with __Host- wants path / and no domain', 'remove path and domain, or rename it')
  }
  const isSecure = secure === 'auto' ? Boolean(reason) || isSecureRequest : secure
  return { domain, path, httpOnly, sameSite, partitioned, secure: isSecure }
}

function refused(name: string, problem: string, fix: string): TypeError {
  return new TypeError(`The cookie ${JSON.stringify(name)} cannot be set: ${problem}. To mend it, ${fix}.`)
}
