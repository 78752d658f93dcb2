// Why: a handler of Node's kind writes its head itself, and would say `public`, or put its own cookies in the place of those
// of its guard, without knowing that the answer is for one person.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { CACHE_HEADERS, markPrivate } from '../http/caching.js'
import { HttpResponse } from '../http/response.js'

/**
 * Has an answer that is for one person stay so, whatever is said until its head is written.
 * @param cookies `Set-Cookie` headers that it must have
 */
export function keepPersonal(outgoing: ServerResponse, cookies: readonly string[]): void {
  const writeHead = outgoing.writeHead.bind(outgoing)
  // Every way to a head leads through it, those without a call of it, too.
  outgoing.writeHead = (status: number, ...rest: unknown[]) => {
    const message = typeof rest[0] === 'string' ? rest[0] : undefined
    setHeaders(outgoing, rest.find((one) => typeof one === 'object' && one !== null) ?? {})
    const others = cookiesOf(outgoing).filter((cookie) => !cookies.includes(cookie))
    if (cookies.length + others.length > 0) outgoing.setHeader('set-cookie', [...cookies, ...others])
    makePrivate(outgoing)
    return message === undefined ? writeHead(status) : writeHead(status, message)
  }
}

/** As `writeHead` does: an object, a list of names and values in turn, or a list of pairs; each replaces what is there. */
function setHeaders(outgoing: ServerResponse, given: object): void {
  const pairs = Array.isArray(given) ? pairsOf(given) : Object.entries(given as OutgoingHttpHeaders)
  for (const [name] of pairs) outgoing.removeHeader(name)
  for (const [name, value] of pairs) {
    if (value !== undefined) outgoing.appendHeader(name, typeof value === 'number' ? String(value) : value)
  }
}

type Pair = [name: string, value: OutgoingHttpHeaders[string]]

function pairsOf(list: readonly unknown[]): Pair[] {
  if (Array.isArray(list[0])) return list as Pair[]
  return Array.from({ length: Math.floor(list.length / 2) }, (_, at) => list.slice(2 * at, 2 * at + 2) as Pair)
}

function cookiesOf(outgoing: ServerResponse): string[] {
  const said = outgoing.getHeader('set-cookie')
  return said === undefined ? [] : [said].flat().map(String)
}

function makePrivate(outgoing: ServerResponse): void {
  const view = new HttpResponse()
  for (const name of CACHE_HEADERS) {
    const said = outgoing.getHeader(name)
    if (said !== undefined) view.headers.set(name, [said].flat().join(', '))
  }
  markPrivate(view, outgoing.hasHeader('set-cookie'))
  for (const [name, value] of view.headers) outgoing.setHeader(name, value)
}
