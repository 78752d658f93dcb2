// Why: one memcached server as the store sees it: ask it and have an answer in time, whatever connections come and go.
import { SessionStoreUnavailable } from '../../errors.js'
import { Breaker } from '../breaker.js'
import { Connection, type ConnectionOwner, type ConnectionSettings } from './connection.js'
import type { MemcachedSettings, ServerSettings } from './options.js'
import { type Operation, type Reply, statusInWords } from './protocol.js'

/** The servers of a store, of which there is at least one. */
export type MemcachedServers = readonly [MemcachedServer, ...MemcachedServer[]]

/**
 * The servers that options name.
 * @param problem what an outage means, as its error begins
 */
export function memcachedServers({ servers, poolSize }: MemcachedSettings, problem: string): MemcachedServers {
  const server = ({ name, ...settings }: ServerSettings) => new MemcachedServer(name, settings, poolSize, problem)
  const [first, ...others] = servers
  return [server(first), ...others.map(server)]
}

/** One memcached server: up to `poolSize` connections to it, opened as they are needed, and its breaker. */
export class MemcachedServer {
  /** `host:port`. */
  readonly name: string
  readonly #problem: string
  readonly #settings: ConnectionSettings
  readonly #poolSize: number
  readonly #breaker: Breaker
  /** All that are not closed yet, those among them that only wait for their last replies. */
  readonly #connections = new Set<Connection>()
  readonly #owner: ConnectionOwner = {
    onFault: (reason) => this.#failed(reason),
    onClosed: (connection) => this.#connections.delete(connection),
  }
  readonly #onReply = (reply: Reply) => {
    this.#breaker.succeeded()
    return reply
  }
  readonly #onFailure = (error: unknown) => {
    throw this.unavailable((error as Error).message)
  }
  #isClosed = false

  /** @param problem what an outage means, as its error begins */
  constructor(name: string, settings: ConnectionSettings, poolSize: number, problem: string) {
    this.name = name
    this.#problem = problem
    this.#settings = settings
    this.#poolSize = poolSize
    this.#breaker = new Breaker(settings.timeout)
  }

  /** Whether it has had so many faults that it is only asked on trial. */
  get isLeftAlone(): boolean {
    return this.#breaker.isOpen
  }

  /**
   * Asks the server.
   * @returns its reply, whatever the status
   * @throws SessionStoreUnavailable when there is none within the deadline; the operation may have happened all the same
   */
  perform(operation: Operation): Promise<Reply> {
    if (this.#isClosed) return Promise.reject(this.unavailable('is not asked any more: the store was closed'))
    if (!this.#breaker.admit())
      return Promise.reject(this.unavailable(`is left alone for a moment. It ${this.#breaker.lastFault}`))
    return this.#connection().perform(operation).then(this.#onReply, this.#onFailure)
  }

  /** The error that says what the server did. */
  unavailable(what: string): SessionStoreUnavailable {
    return new SessionStoreUnavailable(`${this.#problem}: memcached at ${this.name} ${what}.`)
  }

  /** The error of a reply with a status that no operation here should meet. */
  unexpected(status: number): SessionStoreUnavailable {
    return this.unavailable(`answered: ${statusInWords(status)}`)
  }

  /** Lets what is under way end, and closes every connection. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#connections].map((connection) => connection.quit()))
  }

  /** The one that collects in this turn of the event loop, else an idle one, a new one, or that with the least to do. */
  #connection(): Connection {
    let best: Connection | undefined
    let usable = 0
    for (const connection of this.#connections) {
      if (!connection.isUsable) {
        connection.retire()
        continue
      }
      usable += 1
      if (connection.isCollecting) return connection
      if (best === undefined || connection.load < best.load) best = connection
    }
    if (best !== undefined && (best.load === 0 || usable >= this.#poolSize)) return best
    const opened = new Connection(this.#settings, this.#owner)
    this.#connections.add(opened)
    return opened
  }

  #failed(reason: string): void {
    this.#breaker.failed(reason)
    // Whatever befell the server befell the other connections too, and the trial is not to fail for an old one.
    if (this.#breaker.isOpen) for (const other of this.#connections) other.retire()
  }
}
