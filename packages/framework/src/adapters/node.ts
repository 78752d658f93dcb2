// Why: node:http around the app: sockets in, light requests through, and an end in which nothing under way is lost.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import { BootError } from '../errors.js'
import { BodyStream, isStreamed } from '../http/body-stream.js'
import type { RawRequest } from '../http/raw-request.js'
import type { HttpResponse } from '../http/response.js'
import type { Logger } from '../logging/logger.js'
import { isPromise, type MaybePromise } from '../maybe-promise.js'
import { endIfNotRead, writeStream } from './node-body.js'

/** What answers requests: `app.handle`, or anything in front of it. It never throws. */
export type Handle = (request: RawRequest) => MaybePromise<HttpResponse>

/** Options of {@link serve}. */
export interface ServeOptions {
  /** 0 takes any free port. Default: `PORT`, else 3000. */
  readonly port?: number | undefined
  /** The address to bind. Default: `HOST`, else every address. */
  readonly host?: string | undefined
  /** Told when a handler broke its promise not to throw, or answered what cannot be written. */
  readonly logger: Pick<Logger, 'fatal'>
  /** Milliseconds that requests under way are given when the server is told to stop. Default: 30,000. */
  readonly shutdownTimeout?: number | undefined
  /** Milliseconds a client may read nothing of an answer that is ready for it; 0 for ever. Default: 30,000. */
  readonly sendTimeout?: number | undefined
}

/** A server that listens. */
export interface RunningServer {
  /** `http://127.0.0.1:3000` */
  readonly url: string
  readonly port: number
  /**
   * Stops accepting, answers what is under way and what still arrives on open connections, with `Connection: close`, and
   * resolves when all connections have ended, by themselves or by the deadline.
   */
  close(): Promise<void>
}

/**
 * While draining, connections are looked at this often, in milliseconds; one that was idle twice in a row is closed. A
 * request that crossed our `Connection: close` has arrived by then.
 */
const IDLE_CHECK = 250

// headersTimeout and requestTimeout stop slow clients (slowloris); keepAliveTimeout outlives that of common load balancers,
// which would otherwise send a request into a connection that is just being closed.
const SERVER_OPTIONS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 72_000,
} as const

/**
 * Serves a handler over node:http.
 * @throws BootError when the port is taken or the address cannot be bound; its `cause` is Node's error
 */
export async function serve(handle: Handle, options: ServeOptions): Promise<RunningServer> {
  const { logger, shutdownTimeout = 30_000, sendTimeout = 30_000 } = options
  let draining = false
  const broken = (error: unknown) => logger.fatal({ err: error }, 'a body failed; its connection was cut')
  const connections: Connections = new Map()
  const server = createServer(SERVER_OPTIONS, (incoming, outgoing) => {
    const connection = connections.get(incoming.socket)
    if (connection !== undefined) connection.underWay++
    const request = new NodeRequest(incoming, outgoing, connection)
    const answer = (response: HttpResponse) => {
      const { body } = response
      if (isStreamed(body)) return stream(response, BodyStream.of(body, { onError: broken }))
      if (connection !== undefined) connection.underWay--
      request.release()
      if (draining) response.headers.setTrusted('connection', 'close')
      outgoing.writeHead(response.status, response.headers.flat)
      outgoing.end(body ?? undefined)
      endIfNotRead(outgoing, sendTimeout)
    }
    const stream = (response: HttpResponse, body: BodyStream) => {
      const cancel = () => body.cancel()
      connection?.onGone.add(cancel)
      connection?.streams.add(body)
      if (draining) response.headers.setTrusted('connection', 'close')
      outgoing.writeHead(response.status, response.headers.flat)
      if (draining) body.finish()
      // Who left before there was anything to cancel is not told of again.
      if (incoming.socket.destroyed) cancel()
      return writeStream(body, outgoing, sendTimeout).then(() => {
        connection?.onGone.delete(cancel)
        connection?.streams.delete(body)
        if (connection !== undefined) connection.underWay--
        request.release()
      })
    }
    const fail = (error: unknown) => abandon(outgoing, logger, error)
    try {
      const response = handle(request)
      if (isPromise(response)) response.then(answer).catch(fail)
      else answer(response)?.catch(fail)
    } catch (error) {
      fail(error)
    }
  })
  server.on('connection', (socket) => {
    const connection: Connection = { underWay: 0, bytesRead: -1, onGone: new Set(), streams: new Set() }
    connections.set(socket, connection)
    socket.once('close', () => {
      connections.delete(socket)
      for (const tell of connection.onGone) tell()
    })
  })
  await bind(server, options)
  const { port, address, family } = server.address() as AddressInfo
  const host = address === '::' || address === '0.0.0.0' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address

  let closing: Promise<void> | undefined
  const close = () => {
    draining = true
    // A stream that would go on for ever must not hold a restart up to the deadline.
    for (const { streams } of connections.values()) for (const body of streams) body.finish()
    closing ??= drain(server, connections, shutdownTimeout)
    return closing
  }
  return { url: `http://${host}:${port}`, port, close }
}

/** The parts of node:http's request that the app asks for, when it asks. */
class NodeRequest implements RawRequest {
  readonly #incoming: IncomingMessage
  readonly #outgoing: ServerResponse
  readonly #connection: Connection | undefined
  #aborting: AbortController | undefined
  #abort: (() => void) | undefined

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, connection: Connection | undefined) {
    this.#incoming = incoming
    this.#outgoing = outgoing
    this.#connection = connection
  }

  get method(): string {
    return this.#incoming.method as string
  }

  get url(): string {
    return this.#incoming.url as string
  }

  get headers(): RawRequest['headers'] {
    return this.#incoming.headers
  }

  get body(): IncomingMessage {
    return this.#incoming
  }

  get remoteAddress(): string | undefined {
    return this.#incoming.socket.remoteAddress
  }

  get encrypted(): boolean {
    return 'encrypted' in this.#incoming.socket
  }

  get signal(): AbortSignal {
    if (this.#aborting === undefined) {
      const aborting = new AbortController()
      this.#aborting = aborting
      this.#abort = () => aborting.abort(new DOMException('The client went away.', 'AbortError'))
      if (this.#incoming.socket.destroyed) this.#abort()
      else this.#connection?.onGone.add(this.#abort)
    }
    return this.#aborting.signal
  }

  get sendEarlyHints(): ((links: readonly string[]) => void) | undefined {
    // What is older than HTTP/1.1 would take an informational response for the answer.
    if (this.#incoming.httpVersion === '1.0') return undefined
    return (links) => this.#outgoing.writeEarlyHints({ link: [...links] })
  }

  /** The answer is whole: who leaves now leaves nothing undone. */
  release(): void {
    if (this.#abort !== undefined) this.#connection?.onGone.delete(this.#abort)
  }
}

/**
 * For a handler that broke its promise not to throw, or an answer that node:http refuses to write: one request is lost,
 * and with it its connection, but not the process.
 */
function abandon(outgoing: ServerResponse, logger: ServeOptions['logger'], error: unknown): void {
  logger.fatal({ err: error }, 'a request could not be answered; its connection was cut')
  outgoing.destroy()
}

function bind(server: Server, options: ServeOptions): Promise<void> {
  const port = options.port === undefined ? portFromEnvironment() : checkPort(options.port, `port is ${options.port}`)
  const host = options.host ?? process.env['HOST']
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(
          new BootError(`Port ${port} is taken.`, 'stop what listens there, or choose another port (PORT, or -p).', {
            cause: error,
          }),
        )
      } else
        reject(
          new BootError(
            `${host ?? 'Every address'}, port ${port}, cannot be bound: ${error.message}.`,
            'choose another address (HOST, or -b) or port (PORT, or -p).',
            { cause: error },
          ),
        )
    })
    server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve)
  })
}

function portFromEnvironment(): number {
  const text = process.env['PORT']
  return text === undefined || text === '' ? 3000 : checkPort(Number(text), `PORT is ${JSON.stringify(text)}`)
}

function checkPort(port: number, problem: string): number {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new BootError(`${problem}.`, 'set it to a number from 0 to 65535.')
}

/** What is known of an open connection. */
interface Connection {
  underWay: number
  bytesRead: number
  /** To be told when it ends while something is under way on it. */
  readonly onGone: Set<() => void>
  readonly streams: Set<BodyStream>
}

type Connections = Map<Socket, Connection>

/**
 * Not `server.close()` alone: that cuts idle connections at once, and with them requests that are already on the wire;
 * and to node:http a connection is idle while a large response is still on its way out.
 */
async function drain(server: Server, connections: Connections, deadline: number): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve())
  })
  const closeIdle = () => {
    for (const [socket, connection] of connections) {
      if (connection.underWay > 0 || socket.writableLength > 0) continue
      if (connection.bytesRead === socket.bytesRead) socket.destroy()
      connection.bytesRead = socket.bytesRead
    }
  }
  const checking = setInterval(closeIdle, Math.min(IDLE_CHECK, deadline))
  const force = setTimeout(() => server.closeAllConnections(), deadline)
  await ended
  clearInterval(checking)
  clearTimeout(force)
  // Nothing is left to close but node:http's own timer, which would hold the server for ever.
  server.close()
}
