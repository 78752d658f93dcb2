// Why: node:http around the app: sockets in, light requests through, and an end in which nothing under way is lost.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Server as Acceptor, AddressInfo, Socket } from 'node:net'
import type { HttpError } from '../errors.js'
import { BodyStream, isStreamed } from '../http/body-stream.js'
import type { NodeExchange } from '../http/handlers.js'
import type { RawRequest } from '../http/raw-request.js'
import type { BodyChunk, HttpResponse } from '../http/response.js'
import type { Logger } from '../logging/logger.js'
import { isPromise, type MaybePromise } from '../maybe-promise.js'
import { type BindOptions, bind } from './bind.js'
import { type Connection, Connections, foreignConnection } from './connections.js'
import { continueWhenRead } from './expect-continue.js'
import { framingFault } from './framing.js'
import { setHeadersBeside } from './merged-headers.js'
import { endIfNotRead, writeStream } from './node-body.js'
import { sendRefusal } from './refusal.js'
import { keepTickShape } from './tick-shape.js'
import { createTlsServer, type TlsOptions } from './tls.js'
import { sendWhole } from './whole-answer.js'

// Now: the first collection is while an app boots.
keepTickShape()

/** What answers requests: `app.handle`, or anything in front of it. It never throws. */
export type Handle = (request: RawRequest) => MaybePromise<HttpResponse>

/** Options of {@link serve}. */
export interface ServeOptions extends BindOptions {
  /** Told when a handler broke its promise not to throw, or answered what cannot be written. */
  readonly logger: Pick<Logger, 'fatal'>
  /** Milliseconds that requests under way are given when the server is told to stop. Default: 30,000. */
  readonly shutdownTimeout?: number | undefined
  /** Milliseconds a client may read nothing of an answer that is ready for it; 0 for ever. Default: 30,000. */
  readonly sendTimeout?: number | undefined
  /** Milliseconds a client is given to send a request's headers; 0: no limit. Default: 10,000. */
  readonly headersTimeout?: number | undefined
  /** Milliseconds a client is given to send a whole request; 0: no limit. Default: 30,000. */
  readonly requestTimeout?: number | undefined
  /** Serves HTTPS, with this certificate. Default: HTTP. */
  readonly tls?: TlsOptions | undefined
  /**
   * A server of node:net's whose connections are answered, in place of those of a port of one's own; who made it closes it.
   * Internal: for the dev server, whose port outlives the process behind it.
   */
  readonly acceptor?: Acceptor | undefined
}

/** Answers a request of node:http's: what `createServer` takes. */
export type RequestListener = (incoming: IncomingMessage, outgoing: ServerResponse) => void

/** A server that listens. */
export interface RunningServer {
  /** `http://127.0.0.1:3000`, or with `https:` */
  readonly url: string
  readonly port: number
  /**
   * Stops accepting, answers what is under way and what still arrives on open connections, with `Connection: close`, and
   * resolves when all connections have ended, by themselves or by the deadline.
   */
  close(): Promise<void>
}

// headersTimeout and requestTimeout stop slow clients (slowloris).
const SERVER_OPTIONS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  // connections.ts closes what is idle.
  keepAliveTimeout: 0,
  // Whatever flags the process was started with.
  insecureHTTPParser: false,
  // Judged in framing.ts, so that the answer is the app's.
  requireHostHeader: false,
} as const

// Outlives that of common load balancers, which would otherwise send a request into a connection that is just being closed.
const IDLE_LIMIT = { timeout: 72_000, check: 4_000 }

/**
 * Serves a handler over node:http.
 * @throws BootError when the port is taken or the address cannot be bound; its `cause` is Node's error
 */
export async function serve(handle: Handle, options: ServeOptions): Promise<RunningServer> {
  const { logger, shutdownTimeout = 30_000, sendTimeout = 30_000 } = options
  const { headersTimeout = SERVER_OPTIONS.headersTimeout, requestTimeout = SERVER_OPTIONS.requestTimeout } = options
  const limits = { ...SERVER_OPTIONS, headersTimeout, requestTimeout }
  const server = options.tls === undefined ? createServer(limits) : createTlsServer(options.tls, limits)
  // By default node:http leaves out what comes after the 2,000th, unseen by whoever judges it. The limit of 16 KiB holds.
  server.maxHeadersCount = 0
  let draining = false
  const connections = new Connections(server, IDLE_LIMIT)
  const answer = nodeListener(handle, logger, { connections, isDraining: () => draining, sendTimeout })
  server.on('request', answer)
  server.on('checkContinue', (incoming, outgoing) => {
    continueWhenRead(incoming, outgoing)
    answer(incoming, outgoing)
  })
  server.on('connect', (_, socket) => sendRefusal(socket as Socket, 501))
  if (options.acceptor === undefined) await bind(server, options)
  else acceptFrom(options.acceptor, server)
  const { port, address, family } = ((options.acceptor ?? server).address() ?? NOWHERE) as AddressInfo
  const host = address === '::' || address === '0.0.0.0' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address

  let closing: Promise<void> | undefined
  const close = () => {
    draining = true
    closing ??= connections.drain(server, shutdownTimeout)
    return closing
  }
  return { url: `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`, port, close }
}

/** Of an acceptor that is told of connections another process accepted. */
const NOWHERE: AddressInfo = { address: '127.0.0.1', family: 'IPv4', port: 0 }

function acceptFrom(acceptor: Acceptor, server: Server): void {
  acceptor.on('connection', (socket) => {
    server.emit('connection', socket)
    // It may have been accepted paused, so that nothing was read of it by anybody else.
    socket.resume()
  })
  // By this node:http begins to look for requests that take too long.
  server.emit('listening')
}

/** What a server of our own tells its listener. */
interface Surroundings {
  readonly connections: Connections
  readonly isDraining: () => boolean
  /** Milliseconds; 0, the default, for ever: a server that is not ours has its own. */
  readonly sendTimeout: number
}

/**
 * Answers requests of any node:http server by a handler.
 * @param logger told when the handler broke its promise not to throw, or answered what cannot be written
 */
export function nodeListener(
  handle: Handle,
  logger: ServeOptions['logger'],
  { connections, isDraining, sendTimeout = 0 }: Partial<Surroundings> = {},
): RequestListener {
  const onError = (error: unknown) => logger.fatal({ err: error }, 'a body failed; its connection was cut')

  // Another's server may want its connections kept for as long as it says.
  const isOwn = connections !== undefined

  // Made once, and none for each request: a request that is answered at once makes no function of its own.
  const answer = (request: NodeRequest, response: HttpResponse): Promise<void> | undefined => {
    const { outgoing, connection } = request
    const { body } = response
    if (isDraining?.() === true) response.headers.setTrusted('connection', 'close')
    if (isStreamed(body)) return stream(request, body, writeHead(response, outgoing, request.isShared))
    if (isOwn && !request.isShared && sendWhole(response, outgoing)) endIfNotRead(outgoing, sendTimeout)
    else if (writeHead(response, outgoing, request.isShared)) {
      outgoing.end(body ?? undefined)
      endIfNotRead(outgoing, sendTimeout)
    }
    request.release()
    connections?.ended(connection)
  }

  const stream = async (request: NodeRequest, pieces: AsyncIterable<BodyChunk>, isOpen: boolean) => {
    const { outgoing, connection } = request
    // Of one that has begun the first piece is here, and goes out with the head.
    if (isOpen && !(pieces instanceof BodyStream)) outgoing.flushHeaders()
    const body = BodyStream.of(pieces, { onError })
    const cancel = () => body.cancel()
    connection.onGone.add(cancel)
    connection.streams.add(body)
    if (isDraining?.() === true) body.finish()
    // Who left before there was anything to cancel is not told of again.
    if (!isOpen || connection.socket.destroyed) cancel()
    if (isOpen) await writeStream(body, outgoing, sendTimeout)
    connection.onGone.delete(cancel)
    connection.streams.delete(body)
    request.release()
    connections?.ended(connection)
  }

  const send = (request: NodeRequest, response: HttpResponse): void => {
    try {
      answer(request, response)?.catch((error: unknown) => abandon(request.outgoing, logger, error))
    } catch (error) {
      abandon(request.outgoing, logger, error)
    }
  }

  return (incoming, outgoing) => {
    const { socket } = incoming
    const connection = connections?.began(socket, outgoing) ?? foreignConnection(socket, outgoing)
    const request = new NodeRequest(incoming, outgoing, connection)
    try {
      const response = handle(request)
      if (!isPromise(response)) send(request, response)
      else
        response.then(
          (late) => send(request, late),
          (error: unknown) => abandon(outgoing, logger, error),
        )
    } catch (error) {
      abandon(outgoing, logger, error)
    }
  }
}

/** The parts of node:http's request that the app asks for, when it asks. */
class NodeRequest implements RawRequest {
  /** Whether middleware, a mounted handler or an action was given node:http's response: it may have headers then, or be sent. */
  isShared = false
  readonly outgoing: ServerResponse
  readonly connection: Connection
  readonly #incoming: IncomingMessage
  #aborting: AbortController | undefined
  #abort: (() => void) | undefined

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, connection: Connection) {
    this.#incoming = incoming
    this.outgoing = outgoing
    this.connection = connection
  }

  get fault(): HttpError | undefined {
    return framingFault(this.#incoming)
  }

  get node(): NodeExchange {
    this.isShared = true
    return { incoming: this.#incoming, outgoing: this.outgoing }
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
      else this.connection.onGone.add(this.#abort)
    }
    return this.#aborting.signal
  }

  get sendEarlyHints(): ((links: readonly string[]) => void) | undefined {
    // What is older than HTTP/1.1 would take an informational response for the answer.
    if (this.#incoming.httpVersion === '1.0') return undefined
    return (links) => this.outgoing.writeEarlyHints({ link: [...links] })
  }

  /** The answer is whole: who leaves now leaves nothing undone. */
  release(): void {
    if (this.#abort !== undefined) this.connection.onGone.delete(this.#abort)
  }
}

/** @returns false when there is nothing more to write: it was answered already, or broken off */
function writeHead(response: HttpResponse, outgoing: ServerResponse, isShared: boolean): boolean {
  if (!isShared) outgoing.writeHead(response.status, response.headers.flat as string[])
  else if (!outgoing.headersSent) setHeadersBeside(response, outgoing)
  else {
    // Broken off half-way, there is nobody else who will end it.
    if (!outgoing.writableEnded) outgoing.destroy()
    return false
  }
  return true
}

/**
 * For a handler that broke its promise not to throw, or an answer that node:http refuses to write: one request is lost,
 * and with it its connection, but not the process.
 */
function abandon(outgoing: ServerResponse, logger: ServeOptions['logger'], error: unknown): void {
  logger.fatal({ err: error }, 'a request could not be answered; its connection was cut')
  outgoing.destroy()
}
