// Why: DNS rebinding makes a browser send another site's requests here; the Host header then gives it away.
import { isIP } from 'node:net'
import { Forbidden } from '../errors.js'

/** Which hosts a request may name: exact names, or `.example.com` for a domain and all below it. */
export type Hosts = readonly string[]

/** Refuses a request by the name of the host it asked for, without its port. @throws Forbidden */
export type HostCheck = (hostname: string | undefined) => void

/** The check for an app's own list of hosts. */
export function compileHostCheck(hosts: Hosts): HostCheck {
  const exact = new Set(hosts.map((host) => host.replace(/^\./, '').toLowerCase()))
  const suffixes = hosts.filter((host) => host.startsWith('.')).map((host) => host.toLowerCase())
  const isListed = (hostname: string) => exact.has(hostname) || suffixes.some((suffix) => hostname.endsWith(suffix))
  return (hostname) => {
    if (hostname === undefined || !isListed(hostname)) throw refused(hostname)
  }
}

/** The check for development: only what {@link isLocalHost} says yes to. */
export const checkLocalHost: HostCheck = (hostname) => {
  if (!isLocalHost(hostname)) throw refused(hostname)
}

/**
 * Whether a host is a name of the developer's own machine: `localhost` and names below it, names below `.test`, or an IP
 * address, which is no name that anyone's DNS could rebind.
 */
export function isLocalHost(hostname: string | undefined): boolean {
  if (hostname === undefined) return false
  if (hostname === 'localhost' || /\.(?:localhost|test)$/.test(hostname)) return true
  return isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0
}

function refused(hostname: string | undefined): Forbidden {
  const named = JSON.stringify(hostname ?? '')
  return new Forbidden(
    `The host ${named} is not one of this app's. If it should be, add it to hosts in config/application.ts.`,
  )
}
