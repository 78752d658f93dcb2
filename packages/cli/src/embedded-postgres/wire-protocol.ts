// Why: PostgreSQL's wire protocol, as far as whoever passes it on must know it: where a message ends, how a connection
// begins, and whether a transaction is open. https://www.postgresql.org/docs/current/protocol-message-formats.html
import { randomInt } from 'node:crypto'

/** What a client sends: a whole message, or what comes before the first one. */
export interface ClientMessage {
  readonly kind: 'startup' | 'encryption' | 'cancel' | 'terminate' | 'query'
  readonly bytes: Buffer
}

const STARTUP_CODES: Readonly<Record<number, ClientMessage['kind']>> = {
  80877102: 'cancel',
  80877103: 'encryption',
  80877104: 'encryption',
}

/** Cuts the bytes of a connection into messages. */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0)
  #started = false

  /** The messages that are whole with this chunk. */
  read(chunk: Buffer): ClientMessage[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const messages: ClientMessage[] = []
    for (let message = this.#next(); message !== undefined; message = this.#next()) messages.push(message)
    return messages
  }

  #next(): ClientMessage | undefined {
    // Only what begins a connection comes without a byte for its type.
    const head = this.#started ? 1 : 0
    if (this.#rest.length < head + 4) return undefined
    const length = head + this.#rest.readUInt32BE(head)
    if (this.#rest.length < length) return undefined
    const bytes = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    if (this.#started) return { kind: bytes[0] === TERMINATE ? 'terminate' : 'query', bytes }
    const kind = STARTUP_CODES[bytes.readUInt32BE(4)] ?? 'startup'
    this.#started = kind === 'startup'
    return { kind, bytes }
  }
}

const TERMINATE = 'X'.charCodeAt(0)
const READY = 'Z'.charCodeAt(0)

/** Ends a series of messages after an error, from which on the server ignores all others. */
export const SYNC = message('S')

/** A message that runs SQL. */
export const query = (sql: string): Buffer => message('Q', `${sql}\0`)

/** No, this connection is not encrypted. */
export const REFUSED_ENCRYPTION = Buffer.from('N')

/** Lets a client in: no password, and the parameters that clients ask a server for. */
export function welcome(version: string): Buffer {
  const parameters = {
    server_version: version,
    server_encoding: 'UTF8',
    client_encoding: 'UTF8',
    DateStyle: 'ISO, MDY',
    integer_datetimes: 'on',
    standard_conforming_strings: 'on',
  }
  const key = Buffer.alloc(8)
  key.writeUInt32BE(process.pid)
  key.writeUInt32BE(randomInt(2 ** 32), 4)
  return Buffer.concat([
    message('R', Buffer.alloc(4)),
    ...Object.entries(parameters).map(([name, value]) => message('S', `${name}\0${value}\0`)),
    message('K', key),
    message('Z', 'I'),
  ])
}

/** An error that ends the connection. */
export function fatal(text: string): Buffer {
  return message('E', `SFATAL\0VFATAL\0C58000\0M${text}\0\0`)
}

/** Whether an answer says that the server is ready, and outside of a transaction. */
export function isIdleAfter(answer: Uint8Array): boolean {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength)
  let status: number | undefined
  for (let at = 0; at + 5 <= bytes.length; at += 1 + bytes.readUInt32BE(at + 1)) {
    status = bytes[at] === READY ? bytes[at + 5] : undefined
  }
  return status === 'I'.charCodeAt(0)
}

function message(type: string, body: Buffer | string = ''): Buffer {
  const content = Buffer.from(body)
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeUInt32BE(content.length + 4, 1)
  return Buffer.concat([head, content])
}
