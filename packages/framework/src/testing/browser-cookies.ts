// Why: a client keeps cookies as a browser does (RFC 6265bis, 5.7 and 5.8), or a login that no browser would keep passes.
import { isIP } from 'node:net'
import {
  type CookieAttributes,
  MAXIMUM_COOKIE_SIZE,
  prefixOf,
  readSetCookie,
  serializeCookie,
} from '../http/cookies.js'

/** A cookie in a client's jar. */
export interface BrowserCookie {
  readonly name: string
  /** Decoded. */
  readonly value: string
  /** The host that it is sent to; with `hostOnly` false also all below it. */
  readonly domain: string
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: 'strict' | 'lax' | 'none' | undefined
  /** Undefined for one that lasts until the browser closes. */
  readonly expires: Date | undefined
}

interface Kept extends BrowserCookie {
  /** As it came. */
  readonly raw: string
}

/** The cookies of one client. */
export class BrowserCookies {
  readonly #kept = new Map<string, Kept>()
  readonly #own: URL

  /** Internal: use `client.cookies`. @param own where the client asks when it is not told */
  constructor(own: URL) {
    this.#own = own
  }

  /** The value of a cookie, decoded, whatever its path; of several, that with the longest path. */
  get(name: string): string | undefined {
    return this.all().find((cookie) => cookie.name === name)?.value
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /** All cookies that have not expired, those with the longest paths first, as they are sent. */
  all(): BrowserCookie[] {
    return this.#sorted().map(({ raw: _, ...cookie }) => cookie)
  }

  /**
   * Puts a cookie into the jar, as if the app had set it. `path` is `/` unless it is given.
   * @throws TypeError when a browser would not keep it, or it cannot be written
   */
  set(name: string, value: string, attributes: CookieAttributes = {}): void {
    const refused = this.store(serializeCookie(name, value, { path: '/', ...attributes }), this.#own)
    if (refused !== undefined) throw new TypeError(`The cookie ${JSON.stringify(name)} cannot be kept: ${refused}.`)
  }

  /** Removes all cookies of a name. */
  delete(name: string): void {
    for (const [key, kept] of this.#kept) if (kept.name === name) this.#kept.delete(key)
  }

  clear(): void {
    this.#kept.clear()
  }

  /** Does what a `Set-Cookie` says. @returns why a browser would not, if it would not. Internal. */
  store(header: string, from: URL): string | undefined {
    const { name, value = '', maxAge, expires, ...said } = readSetCookie(header)
    const host = hostOf(from)
    const domain = said.domain?.replace(/^\./, '').toLowerCase() || undefined
    const cookie: Kept = {
      name,
      value: decoded(value),
      raw: value,
      domain: domain ?? host,
      hostOnly: domain === undefined || !domain.includes('.'),
      path: said.path?.startsWith('/') ? said.path : defaultPath(from),
      secure: said.secure === true,
      httpOnly: said.httpOnly === true,
      sameSite: said.sameSite as BrowserCookie['sameSite'],
      expires: maxAge === undefined ? expires : new Date(Date.now() + Math.max(maxAge, 0) * 1000),
    }
    const refused = this.#refusal(cookie, from, { domain, partitioned: said.partitioned === true })
    if (refused !== undefined) return refused
    // An expired one is kept until it is next looked for: it must take the place of what it deletes.
    this.#kept.set(`${name};${cookie.domain};${cookie.path}`, cookie)
    return undefined
  }

  /** The `Cookie` header for a URL; undefined when no cookie is for it. Internal. */
  headerFor(url: URL): string | undefined {
    return asHeader(
      this.#sorted().filter(
        (cookie) =>
          isFor(cookie, hostOf(url)) && pathMatches(url.pathname, cookie.path) && (!cookie.secure || isSecure(url)),
      ),
    )
  }

  /** A `Cookie` header with all that a host has set, whatever paths and schemes they are for. Internal. */
  headerForAll(url: URL): string | undefined {
    return asHeader(this.#sorted().filter((cookie) => isFor(cookie, hostOf(url))))
  }

  #sorted(): Kept[] {
    const now = Date.now()
    for (const [key, { expires }] of this.#kept) {
      if (expires !== undefined && expires.getTime() <= now) this.#kept.delete(key)
    }
    // The sort is stable, and a map is in the order in which its keys were first set.
    return [...this.#kept.values()].sort((one, other) => other.path.length - one.path.length)
  }

  #refusal(
    cookie: Kept,
    from: URL,
    { domain, partitioned }: { readonly domain: string | undefined; readonly partitioned: boolean },
  ): string | undefined {
    const { name, raw, secure } = cookie
    const host = hostOf(from)
    if (name === '' && raw === '') return 'it has neither name nor value'
    if (Buffer.byteLength(name) + Buffer.byteLength(raw) > MAXIMUM_COOKIE_SIZE)
      return `its name and value are over ${MAXIMUM_COOKIE_SIZE} bytes`
    if (domain !== undefined && !domainMatches(host, domain)) return `its domain is ${domain}, and ${host} set it`
    if (secure && !isSecure(from)) return `it is Secure, and ${from.origin} set it: give the client protocol: 'https'`
    if (!secure && cookie.sameSite === 'none') return 'it is SameSite=None without Secure'
    if (!secure && partitioned) return 'it is Partitioned without Secure'
    const prefix = prefixOf(name)
    if (prefix !== undefined && !secure) return 'its name wants Secure'
    if (prefix === '__host-' && (domain !== undefined || cookie.path !== '/'))
      return 'its name wants the path / and no domain'
    const covers = !isSecure(from) && this.#sorted().some((kept) => kept.secure && overlays(cookie, kept))
    return covers ? 'a Secure cookie of this name is kept already' : undefined
  }
}

/** Browsers take their own machine's names for as safe as HTTPS. */
function isSecure(url: URL): boolean {
  const host = hostOf(url)
  return url.protocol === 'https:' || /^(?:.+\.)?localhost$/.test(host) || /^127\.|^\[?::1\]?$/.test(host)
}

function hostOf(url: URL): string {
  return url.hostname.toLowerCase()
}

function domainMatches(host: string, domain: string): boolean {
  if (host === domain) return true
  // No list of public suffixes: what has no dot, such as com, is taken for one.
  return domain.includes('.') && host.endsWith(`.${domain}`) && isIP(host) === 0
}

function isFor(cookie: BrowserCookie, host: string): boolean {
  return cookie.hostOnly ? host === cookie.domain : domainMatches(host, cookie.domain)
}

function pathMatches(path: string, cookiePath: string): boolean {
  return path === cookiePath || path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`)
}

function defaultPath({ pathname }: URL): string {
  return pathname.slice(0, Math.max(pathname.lastIndexOf('/'), 1))
}

/** Whether a cookie would be sent where another of its name is. */
function overlays(cookie: BrowserCookie, other: BrowserCookie): boolean {
  const { name, domain, path } = cookie
  const sameHost = domainMatches(domain, other.domain) || domainMatches(other.domain, domain)
  return name === other.name && sameHost && pathMatches(path, other.path)
}

function asHeader(cookies: readonly Kept[]): string | undefined {
  if (cookies.length === 0) return undefined
  return cookies.map(({ name, raw }) => (name === '' ? raw : `${name}=${raw}`)).join('; ')
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
