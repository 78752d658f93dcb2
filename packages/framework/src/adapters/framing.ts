// Why: where two servers read one message differently, a request can be smuggled past the first. node:http lets some such
// messages through; they are refused here. The reasons are in docs/decisions/020.
import type { IncomingMessage } from 'node:http'
import { BadRequest, type HttpError, UnsupportedMediaType } from '../errors.js'

/**
 * What is wrong with how a request is framed, if anything: a version other than 1.0 and 1.1, a transfer coding other than
 * `chunked`, one in HTTP/1.0, which knows none, no Host in HTTP/1.1, or more than one; more than one Content-Type.
 */
export function framingFault(incoming: IncomingMessage): HttpError | undefined {
  const { httpVersion } = incoming
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return fault('Only HTTP/1.0 and HTTP/1.1 are spoken here.')
  const coding = incoming.headers['transfer-encoding']
  if (coding !== undefined) {
    if (httpVersion === '1.0') return fault('HTTP/1.0 has no Transfer-Encoding.')
    if (coding.toLowerCase() !== 'chunked') return fault('The only Transfer-Encoding that is read is chunked.')
  }
  if (incoming.headers.host === undefined && httpVersion === '1.1') {
    return fault('A request of HTTP/1.1 needs a Host header.')
  }
  return repeated(incoming.rawHeaders)
}

/** `headers` has the first of them alone, and a proxy in front may go by the last. */
function repeated(rawHeaders: readonly string[]): HttpError | undefined {
  let hosts = 0
  let types = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
    else if (name.length === 12 && name.toLowerCase() === 'content-type') types++
  }
  if (hosts > 1) return fault('The request has more than one Host header.')
  return types > 1 ? new UnsupportedMediaType('The request has more than one Content-Type.') : undefined
}

/** Where a message ends is then a guess, so nothing more is read from its connection. */
function fault(message: string): HttpError {
  return new BadRequest(message, { headers: { connection: 'close' } })
}
