// Why: what is under way on each connection decides when it may be closed, and whether a refusal can be written on it.
import { once } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import type { BodyStream } from '../http/body-stream.js'
import { type ClientError, refuse } from './refusal.js'

/**
 * While draining, connections are looked at this often, in milliseconds; one that was idle twice in a row is closed. A
 * request that crossed our `Connection: close` has arrived by then.
 */
const IDLE_CHECK = 250

/** How long a connection may do nothing, in milliseconds, and how often connections are looked at for that. */
export interface IdleLimit {
  readonly timeout: number
  readonly check: number
}

/** What is known of an open connection. */
export interface Connection {
  readonly socket: Socket
  underWay: number
  /** When it was last looked at. */
  bytesRead: number
  /** How often in a row it was found to do nothing. */
  idleChecks: number
  /** The newest of those under way. */
  newest: ServerResponse | undefined
  /** What came behind them and is no request; answered when nothing is under way any more. */
  error: ClientError | undefined
  /** To be told when it ends while something is under way on it. */
  readonly onGone: Set<() => void>
  readonly streams: Set<BodyStream>
}

function newConnection(socket: Socket): Connection {
  return {
    socket,
    underWay: 0,
    bytesRead: -1,
    idleChecks: 0,
    newest: undefined,
    error: undefined,
    onGone: new Set(),
    streams: new Set(),
  }
}

/** For an answer on a connection that another server opened: what is known of it ends with the answer. */
export function foreignConnection(socket: Socket, outgoing: ServerResponse): Connection {
  const connection = newConnection(socket)
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) tellGone(connection)
  })
  return connection
}

function tellGone({ onGone }: Connection): void {
  for (const tell of onGone) tell()
}

/** The open connections of a server. */
export class Connections {
  readonly #open = new Map<Socket, Connection>()
  readonly #sweeping: NodeJS.Timeout

  /** What is below them where they are encrypted; a handshake may be under way, of which node:http knows nothing. */
  readonly #sockets = new Set<Socket>()

  /**
   * @param idle closes what nothing happens on. Not by node:http's keepAliveTimeout, which sets a timer with each answer:
   * a tenth of what a small request costs (docs/decisions/030)
   */
  constructor(server: Server, idle: IdleLimit) {
    this.#sweeping = setInterval(() => this.#closeIdle(Math.ceil(idle.timeout / idle.check)), idle.check).unref()
    const isEncrypted = server instanceof TlsServer
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    server.on(isEncrypted ? 'secureConnection' : 'connection', (socket: Socket) => {
      const connection = newConnection(socket)
      this.#open.set(socket, connection)
      socket.once('close', () => {
        this.#open.delete(socket)
        tellGone(connection)
      })
    })
    // Not at once: the answer to a request just before may be about to end the connection.
    server.on('clientError', (error: ClientError, socket) => setImmediate(() => this.#refuse(socket as Socket, error)))
  }

  /** Notes a request; undefined for one whose connection another server opened. */
  began(socket: Socket, outgoing: ServerResponse): Connection | undefined {
    const connection = this.#open.get(socket)
    if (connection !== undefined) {
      connection.underWay++
      connection.newest = outgoing
    }
    return connection
  }

  /** Notes that a request's answer is written. */
  ended(connection: Connection): void {
    if (--connection.underWay > 0) return
    connection.newest = undefined
    if (connection.error !== undefined) refuse(connection.socket, connection.error)
  }

  /** Not in front of answers that are still to come: the client would take it for one of these. */
  #refuse(socket: Socket, error: ClientError): void {
    const connection = this.#open.get(socket)
    const { underWay, newest } = connection ?? { underWay: 0, newest: undefined }
    if (connection === undefined || newest === undefined) refuse(socket, error)
    else if (newest.req.complete) connection.error ??= error
    else if (underWay === 1 && !newest.headersSent) refuse(socket, error)
    else socket.destroy()
  }

  /**
   * Not `server.close()` alone: that cuts idle connections at once, and with them requests that are already on the wire;
   * and to node:http a connection is idle while a large response is still on its way out.
   */
  async drain(server: Server, deadline: number): Promise<void> {
    // A stream that would go on for ever must not hold a restart up to the deadline.
    for (const { streams } of this.#open.values()) for (const body of streams) body.finish()
    const ended = new Promise<void>((resolve) => {
      NetServer.prototype.close.call(server, () => resolve())
    })
    for (const connection of this.#open.values()) connection.bytesRead = -1
    const closeIdle = () => this.#closeIdle(1)
    const checking = setInterval(closeIdle, Math.min(IDLE_CHECK, deadline))
    const force = setTimeout(() => {
      server.closeAllConnections()
      for (const socket of this.#sockets) socket.destroy()
    }, deadline)
    await ended
    // Of those that another server accepted this one keeps no count.
    await Promise.all([...this.#sockets].map((socket) => once(socket, 'close')))
    clearInterval(checking)
    clearInterval(this.#sweeping)
    clearTimeout(force)
    // Nothing is left to close but node:http's own timer, which would hold the server for ever.
    server.close()
  }

  /** Looks at every connection, and closes those on which nothing happened since it looked so many times before. */
  #closeIdle(checks: number): void {
    for (const [socket, connection] of this.#open) {
      const isBusy = connection.underWay > 0 || socket.writableLength > 0
      connection.idleChecks = !isBusy && connection.bytesRead === socket.bytesRead ? connection.idleChecks + 1 : 0
      connection.bytesRead = socket.bytesRead
      if (connection.idleChecks >= checks) socket.destroy()
    }
  }
}
