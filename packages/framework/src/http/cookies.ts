// Why: cookies are parsed and written by one well-kept library. The only file that knows it.
import { parseCookie, type SerializeOptions, stringifySetCookie } from 'cookie'

/** The attributes of a cookie, as `Set-Cookie` has them. */
export interface CookieAttributes {
  /** Which hosts get it: this domain and all below. Without it: the very host that set it. */
  domain?: string | undefined
  /** Below which path it is sent. Default: `/`. */
  path?: string | undefined
  /** Kept from JavaScript in the page. */
  httpOnly?: boolean | undefined
  /** Sent over HTTPS only. */
  secure?: boolean | undefined
  /** Whether it travels with requests that other sites start. */
  sameSite?: 'strict' | 'lax' | 'none' | undefined
  /** Kept apart for each top-level site (CHIPS); wants `secure`. */
  partitioned?: boolean | undefined
  /** Seconds until the browser drops it. Without it: when the browser closes. */
  maxAge?: number | undefined
}

/** Cookies by name, without a prototype; the first of several with one name wins, malformed encoding stays raw. */
export function parseCookies(header: string | undefined): Readonly<Record<string, string | undefined>> {
  return parseCookie(header ?? '')
}

/**
 * A `Set-Cookie` value.
 * @throws TypeError when the name or an attribute holds what a cookie cannot
 */
export function serializeCookie(name: string, value: string, attributes: CookieAttributes): string {
  return stringifySetCookie(name, value, attributes as SerializeOptions)
}
