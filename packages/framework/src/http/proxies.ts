// Why: X-Forwarded-* is written by whoever sent the request; only a trusted proxy's word counts. The only file that knows proxy-addr.
import type { IncomingMessage } from 'node:http'
import proxyAddress from '@fastify/proxy-addr'
import type { RawRequest } from './raw-request.js'

/**
 * Whose `X-Forwarded-For`, `-Proto` and `-Host` to believe: `false` nobody's, `true` everybody's (only where nothing but
 * the proxy can reach the app), a number of proxies in front, or addresses, CIDR ranges and the names `loopback`,
 * `linklocal` and `uniquelocal`.
 */
export type TrustProxy = boolean | number | string | readonly string[]

/** Decides whether the proxy at an address, `hops` steps away, is trusted. */
export type ProxyTrust = (address: string, hops: number) => boolean

/**
 * Compiles `trustProxy`; undefined when nobody is trusted.
 * @throws TypeError when an address or range is none
 */
export function compileProxyTrust(trust: TrustProxy): ProxyTrust | undefined {
  if (trust === false || trust === 0) return undefined
  if (trust === true) return () => true
  if (typeof trust === 'number') return (_, hops) => hops < trust
  return proxyAddress.compile(typeof trust === 'string' ? trust.split(/\s*,\s*/) : [...trust])
}

/** The client's address: the nearest in `X-Forwarded-For` that is no trusted proxy. */
export function clientAddress(raw: RawRequest, trust: ProxyTrust | undefined): string | undefined {
  if (trust === undefined || raw.remoteAddress === undefined) return raw.remoteAddress
  const request = { headers: raw.headers, socket: { remoteAddress: raw.remoteAddress } }
  return proxyAddress(request as unknown as IncomingMessage, trust)
}

/** The last value of a forwarded header, that is the one the nearest proxy wrote, if that proxy is trusted. */
export function forwarded(raw: RawRequest, name: string, trust: ProxyTrust | undefined): string | undefined {
  if (trust === undefined || raw.remoteAddress === undefined || !trust(raw.remoteAddress, 0)) return undefined
  const header = raw.headers[name]
  const text = typeof header === 'string' ? header : header?.at(-1)
  return text?.split(',').at(-1)?.trim() || undefined
}
