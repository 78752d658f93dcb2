// Why: an answer that is there as a whole goes out in one write, with a head that this framework has checked already. What
// node:http would do beside that is a seventh of a small request: docs/decisions/031.
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { HttpResponse } from '../http/response.js'

/** With any of these node:http has something to decide. */
const DECIDED_BY_NODE: ReadonlySet<string> = new Set([
  'connection',
  'date',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const STATUS_LINES = Array.from(
  { length: 600 },
  (_, status) => `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}`,
)

/** What is sent before the body. node:http keeps it here since its beginnings, and makes it itself where it is null. */
interface WithHead {
  _header: string | null | undefined
}

/**
 * Sends an answer whose body is none, text or bytes, on a connection of our own server's that is to be kept.
 * @param outgoing untouched by anybody else
 * @returns false, with nothing done, where that is node:http's to do: the connection is to end, or may have
 * to since the client asked whether to send its body, the client speaks HTTP/1.0, or this version of node:http keeps its heads elsewhere
 * @throws TypeError for a header that would be taken for more than one
 */
export function sendWhole(response: HttpResponse, outgoing: ServerResponse): boolean {
  const holder = outgoing as unknown as WithHead
  const { httpVersion, headers } = outgoing.req
  if (holder._header !== null || !outgoing.shouldKeepAlive || httpVersion !== '1.1' || headers.expect !== undefined) {
    return false
  }
  const lines = response.headers.lines(DECIDED_BY_NODE)
  if (lines === undefined) return false
  const { status } = response
  const body = response.body as string | Uint8Array | null
  // For who watches node:http's answers: diagnostics_channel, and what measures by it.
  outgoing.statusCode = status
  outgoing.statusMessage = STATUS_CODES[status] ?? 'unknown'
  const head = `${STATUS_LINES[status]}\r\n${lines}Date: ${date()}\r\nConnection: keep-alive\r\n\r\n`
  // Heads are Latin-1, and text of as many bytes as characters is ASCII: both are one piece then.
  if (typeof body === 'string' && body.length === (response.byteLength ?? Buffer.byteLength(body))) {
    holder._header = head + body
    outgoing.end()
  } else {
    holder._header = head
    outgoing.end(body ?? undefined)
  }
  return true
}

let second = 0
let dateOfSecond = ''

/** The time as HTTP writes it (RFC 9110, 5.6.7), to the second. */
function date(): string {
  const now = Math.floor(Date.now() / 1000)
  if (now !== second) {
    second = now
    dateOfSecond = new Date(now * 1000).toUTCString()
  }
  return dateOfSecond
}
