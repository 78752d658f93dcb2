// Why: where two servers read one message differently, a request can be smuggled past the first. node:http lets some such
// messages through; they are refused here. The reasons are in docs/decisions/020.
import type { IncomingMessage } from 'node:http'
import { BadRequest, type HttpError } from '../errors.js'

/**
 * What is wrong with how a request is framed, if anything: a version other than 1.0 and 1.1, a transfer coding other than
 * `chunked`, one in HTTP/1.0, which knows none, no Host in HTTP/1.1, or more than one.
 */
export function framingFault(incoming: IncomingMessage): HttpError | undefined {
  const { httpVersion } = incoming
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return fault('Only HTTP/1.0 and HTTP/1.1 are spoken here.')
  const coding = incoming.headers['transfer-encoding']
  if (coding !== undefined) {
    if (httpVersion === '1.0') return fault('HTTP/1.0 has no Transfer-Encoding.')
    if (coding.toLowerCase() !== 'chunked') return fault('The only Transfer-Encoding that is read is chunked.')
  }
  if (incoming.headers.host === undefined) {
    return httpVersion === '1.1' ? fault('A request of HTTP/1.1 needs a Host header.') : undefined
  }
  return hasTwoHosts(incoming.rawHeaders) ? fault('The request has more than one Host header.') : undefined
}

/** `headers.host` is the first of them, and a proxy in front may go by the last. */
function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  return hosts > 1
}

/** Where a message ends is then a guess, so nothing more is read from its connection. */
function fault(message: string): HttpError {
  return new BadRequest(message, { headers: { connection: 'close' } })
}
