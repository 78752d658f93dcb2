// Why: an app that is for HTTPS alone says so once: plain requests are sent there, browsers remember it, and cookies stay there.
import { BadRequest, BootError } from '../errors.js'
import type { HttpRequest } from '../http/request.js'
import type { HttpResponse } from '../http/response.js'
import { checkKnownKeys } from '../known-keys.js'

/** How HTTPS is insisted on. */
export interface ForceSSLOptions {
  /** Requests that may come over plain HTTP, such as a load balancer's health checks. Default: none. */
  readonly exclude?: ((request: HttpRequest) => boolean) | undefined
  /** Where plain requests are sent: a host, with its port if it is not 443. Default: the host that the request names. */
  readonly host?: string | undefined
  /**
   * `Strict-Transport-Security`: how long browsers remember. Default: two years, subdomains included, not preloaded; false
   * sends none.
   */
  readonly hsts?: HstsOptions | false | undefined
  /** Whether cookies are `Secure` though a request came over plain HTTP. Default: true. */
  readonly secureCookies?: boolean | undefined
}

/** What browsers are told of HTTPS. */
export interface HstsOptions {
  /** Seconds. 0 makes browsers forget. Default: 63,072,000, which is two years. */
  readonly maxAge?: number | undefined
  /** Whether subdomains are for HTTPS alone too. Default: true. */
  readonly includeSubDomains?: boolean | undefined
  /** Consent to be put into browsers' built-in lists, which is hard to take back. Default: false. */
  readonly preload?: boolean | undefined
}

/** Answers a request that is to come again by HTTPS; false for one that may pass. */
export type SslUpgrade = (request: HttpRequest, response: HttpResponse, onLoop: () => void) => boolean

/** What `forceSSL` comes to. */
export interface ForceSSL {
  readonly upgrade: SslUpgrade
  readonly hsts: string | undefined
  readonly secureCookies: boolean
}

const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i
const KEYS = Object.keys({
  exclude: true,
  host: true,
  hsts: true,
  secureCookies: true,
} satisfies Record<keyof ForceSSLOptions, true>)
const HSTS_KEYS = Object.keys({
  maxAge: true,
  includeSubDomains: true,
  preload: true,
} satisfies Record<keyof HstsOptions, true>)

/**
 * Compiles `forceSSL`; undefined where it is not wanted.
 * @throws BootError for an option that is not as it should be
 */
export function resolveForceSSL(configured: unknown): ForceSSL | undefined {
  if (configured === undefined || configured === false) return undefined
  if (configured !== true && (typeof configured !== 'object' || configured === null))
    throw new BootError(`forceSSL is ${JSON.stringify(configured)}.`, 'give true, or an object of options.')
  const options: ForceSSLOptions = configured === true ? {} : configured
  checkKnownKeys(options, KEYS, 'forceSSL in config/application.ts')
  const { exclude, host, secureCookies = true } = options
  if (exclude !== undefined && typeof exclude !== 'function')
    throw new BootError('forceSSL: exclude is no function.', "write: exclude: (request) => request.path === '/up'")
  if (host !== undefined && (typeof host !== 'string' || !HOST.test(host)))
    throw new BootError(`forceSSL: host is ${JSON.stringify(host)}.`, "give a host, such as 'www.example.com'.")
  return { upgrade: upgrading(exclude, host), hsts: hstsOf(options.hsts), secureCookies }
}

function upgrading(exclude: ForceSSLOptions['exclude'], host: string | undefined): SslUpgrade {
  return (request, response, onLoop) => {
    if (request.secure || exclude?.(request) === true) return false
    if (request.header('x-forwarded-proto') === 'https') onLoop()
    const target = host ?? request.host?.replace(/:80$/, '')
    if (target === undefined) throw new BadRequest('The request names no host to go to by HTTPS.')
    // 308 keeps the method and the body; what reads no 308 reads GET's 301.
    response.status = request.method === 'GET' || request.method === 'HEAD' ? 301 : 308
    response.headers.set('location', `https://${target}${targetOf(request)}`)
    response.answeredBy = 'forceSSL'
    return true
  }
}

/** @throws BadRequest for what no header can carry */
function targetOf({ path, url }: HttpRequest): string {
  const query = url.slice(path.length)
  if (/[^!-~]/.test(query)) throw new BadRequest('The query holds a character that a URL cannot have.')
  return path + query
}

function hstsOf(configured: HstsOptions | false | undefined): string | undefined {
  if (configured === false) return undefined
  const options = configured ?? {}
  checkKnownKeys(options, HSTS_KEYS, 'forceSSL.hsts in config/application.ts')
  const { maxAge = 63_072_000, includeSubDomains = true, preload = false } = options
  if (!Number.isSafeInteger(maxAge) || maxAge < 0)
    throw new BootError(`forceSSL: hsts.maxAge is ${String(maxAge)}.`, 'give a whole number of seconds.')
  return `max-age=${maxAge}${includeSubDomains ? '; includeSubDomains' : ''}${preload ? '; preload' : ''}`
}
