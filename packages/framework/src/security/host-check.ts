// Why: DNS rebinding makes a browser send another site's requests here; the Host header then gives it away.
import { Forbidden } from '../errors.js'

/** Which hosts a request may name: exact names, or `.example.com` for a domain and all below it. */
export type Hosts = readonly string[]

/** What a browser on the developer's own machine calls it. */
export const LOCAL_HOSTS: Hosts = ['.localhost', '127.0.0.1', '[::1]', '0.0.0.0']

/** A check of a request's host name, or undefined when every host is welcome. */
export function compileHostCheck(hosts: Hosts | undefined): ((hostname: string | undefined) => void) | undefined {
  if (hosts === undefined) return undefined
  const exact = new Set(hosts.map((host) => host.replace(/^\./, '').toLowerCase()))
  const suffixes = hosts.filter((host) => host.startsWith('.')).map((host) => host.toLowerCase())
  return (hostname) => {
    if (hostname !== undefined && (exact.has(hostname) || suffixes.some((suffix) => hostname.endsWith(suffix)))) return
    throw new Forbidden(
      `The host ${JSON.stringify(hostname ?? '')} is not one of this app's. If it should be, add it to hosts in config/application.ts.`,
    )
  }
}
