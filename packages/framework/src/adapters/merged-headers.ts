// Why: middleware sets headers before the app does; both are sent. writeHead alone would drop what it finds there.
import type { ServerResponse } from 'node:http'
import { CACHE_HEADERS } from '../http/caching.js'
import type { HttpResponse } from '../http/response.js'

/**
 * Sets the app's status and headers beside those that are there. Of one name the app's wins, which knew the request
 * better; `Set-Cookie` and `Vary` are added to.
 */
export function setHeadersBeside({ status, headers, isPersonal }: HttpResponse, outgoing: ServerResponse): void {
  outgoing.statusCode = status
  // Middleware did not know that a session or a cookie would have a part in the answer.
  if (isPersonal) for (const name of CACHE_HEADERS) if (outgoing.hasHeader(name)) outgoing.setHeader(name, 'no-store')
  const own = new Set(['set-cookie'])
  for (const [name, value] of headers) {
    if (own.has(name)) outgoing.appendHeader(name, value)
    else outgoing.setHeader(name, name === 'vary' ? withVary(outgoing.getHeader(name), value) : value)
    own.add(name)
  }
}

/** A cache that is told of less than decides an answer gives one client's to another. */
function withVary(there: number | string | readonly string[] | undefined, value: string): string {
  const known = there === undefined ? [] : String(there).split(/\s*,\s*/)
  const lowerCase = known.map((name) => name.toLowerCase())
  const added = value.split(/\s*,\s*/).filter((name) => !lowerCase.includes(name.toLowerCase()))
  return [...known, ...added].join(', ')
}
