// Why: what is no request never reaches the app, and still gets a short answer in the form the app's errors have.
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

/** Milliseconds a refused client is given to read its answer; closed at once, the answer may be lost with the connection. */
const LINGER = 1_000

/** What node:http reports in `clientError`. */
export interface ClientError extends Error {
  readonly code?: string
  /** The bytes it stumbled over, and how far it came in them. */
  readonly rawPacket?: Uint8Array
  readonly bytesParsed?: number
}

const STATUSES: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
}

/** The first line of a request that is well formed but for its method. */
const REQUEST_LINE = /^[A-Z][A-Z-]{0,31} \S+ HTTP\/1\.[01]\r\n/

const LINE_FEED = 10
/** How much of a line is looked at. */
const LINE = 1_000

/** Answers a client that sent no request, or none in time, and ends its connection. */
export function refuse(socket: Socket, error: ClientError): void {
  if (socket.writableEnded) return
  if (!socket.writable || error.code === 'ECONNRESET') socket.destroy()
  else sendRefusal(socket, statusOf(error))
}

/** Answers on a bare connection, and ends it. */
export function sendRefusal(socket: Socket, status: number): void {
  const title = STATUS_CODES[status] as string
  const body = JSON.stringify({ type: 'about:blank', title, status })
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'content-type: application/problem+json; charset=utf-8',
    'cache-control: no-store',
    `content-length: ${body.length}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  setTimeout(() => socket.destroy(), LINGER).unref()
}

function statusOf({ code = '', rawPacket, bytesParsed = 0 }: ClientError): number {
  if (code !== 'HPE_INVALID_METHOD' || rawPacket === undefined) return STATUSES[code] ?? 400
  const lineStart = rawPacket.subarray(0, bytesParsed).lastIndexOf(LINE_FEED) + 1
  const line = Buffer.from(rawPacket.subarray(lineStart, lineStart + LINE)).toString('latin1')
  return REQUEST_LINE.test(line) ? 501 : 400
}
