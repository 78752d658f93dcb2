// Why: while an action works, a browser can fetch already what the page is known to need (RFC 8297).
import type { RequestContext } from '../request-context.js'

/** What to fetch, and how. */
export interface EarlyHint {
  /** A path of this site, or an http(s) address. */
  readonly href: string
  readonly rel: 'preload' | 'modulepreload' | 'preconnect' | 'dns-prefetch'
  /** What it is: `script`, `style`, `font`, `image`, … */
  readonly as?: string
  readonly crossorigin?: 'anonymous' | 'use-credentials'
}

/** Sends the hints, where the adapter can. */
export function sendEarlyHints({ request, sent }: RequestContext, links: readonly EarlyHint[]): void {
  const values = links.map(linkOf)
  if (!sent && values.length > 0) request.sendEarlyHints(values)
}

function linkOf({ href, rel, as, crossorigin }: EarlyHint): string {
  if (!/^(?:\/|https?:\/\/)[^\s<>"\\^`{|}]*$/.test(href) || !/^[\x21-\x7e]+$/.test(href)) {
    throw new TypeError(`earlyHints(): ${JSON.stringify(href)} is no path of this site and no http(s) address.`)
  }
  const words = [rel, as, crossorigin].filter((word) => word !== undefined)
  for (const word of words) {
    if (!/^[a-z-]+$/.test(word)) throw new TypeError(`earlyHints(): ${JSON.stringify(word)} is no plain word.`)
  }
  return `<${href}>; rel=${rel}${as === undefined ? '' : `; as=${as}`}${crossorigin === undefined ? '' : `; crossorigin=${crossorigin}`}`
}
