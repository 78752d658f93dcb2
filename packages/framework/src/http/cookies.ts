// Why: cookies are parsed and written by one well-kept library. The only file that knows it.
import { parseCookie, parseSetCookie, type SerializeOptions, type SetCookie, stringifySetCookie } from 'cookie'

/** What browsers keep at most of a cookie: name and value together, in bytes (RFC 6265bis, 5.6). */
export const MAXIMUM_COOKIE_SIZE = 4096

// As of a URL, in which spaces and the like are encoded: others match no request.
const PATH = /^\/[!-:<-~]*$/

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

/** A `Set-Cookie` header as a browser reads it, its value as it stands there, not decoded. */
export function readSetCookie(header: string): SetCookie {
  return parseSetCookie(header, { decode: (value) => value })
}

/** Whether a `Path` is one that a browser could match. */
export function isCookiePath(path: string): boolean {
  return PATH.test(path)
}

/** The prefix of a name that browsers take only with certain attributes, in lower case; they know it in any case. */
export function prefixOf(name: string): '__host-' | '__secure-' | undefined {
  return /^__(?:host|secure)-/i.exec(name)?.[0].toLowerCase() as '__host-' | '__secure-' | undefined
}
