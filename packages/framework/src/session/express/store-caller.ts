// Why: a store of unknown make may throw, call back twice or never, or stop to answer. Each call of it ends here, once, in
// time, and with a result or a SessionStoreUnavailable.
import { SessionStoreUnavailable } from '../../errors.js'
import { isPromise } from '../../maybe-promise.js'
import { Breaker } from '../breaker.js'
import { type ExpressCallback, type ExpressSession, type ExpressStore, lackOf } from './express-store.js'
import type { ExpressSettings } from './options.js'

/** A call of one of the store's methods, with all arguments but the callback. */
type Call =
  | readonly [method: 'get' | 'destroy', sid: string]
  | readonly [method: 'set' | 'touch', sid: string, session: ExpressSession]

type Method = (this: ExpressStore, ...args: unknown[]) => unknown
type Listen = (event: string, listener: () => void) => unknown

/** Asks one store, which it opens when it is first needed. */
export class StoreCaller {
  readonly #settings: ExpressSettings
  readonly #breaker: Breaker
  #store: ExpressStore | undefined
  #opening: Promise<ExpressStore> | undefined
  #isClosed = false

  constructor(settings: ExpressSettings) {
    this.#settings = settings
    this.#breaker = new Breaker(settings.timeout)
    if (typeof settings.store !== 'function') this.#adopt(settings.store)
  }

  /** Whether the store can move its expiry on without a session being written. */
  get canTouch(): boolean {
    return typeof this.#store?.touch === 'function'
  }

  /**
   * Calls a method of the store.
   * @returns its result
   * @throws SessionStoreUnavailable when it has none within the deadline, or an error; it may have happened all the same
   */
  async call(...call: Call): Promise<unknown> {
    if (this.#isClosed) throw this.unavailable('is not asked any more: it was closed')
    if (!this.#breaker.admit()) {
      throw this.unavailable(`is left alone for a moment. It ${this.#breaker.lastFault}`)
    }
    try {
      const result = await this.#inTime(call)
      this.#breaker.succeeded()
      return result
    } catch (error) {
      // Others say ENOENT of a session that is not there, and express-session takes it so.
      if (call[0] === 'get' && (error as NodeJS.ErrnoException | null)?.code === 'ENOENT') return undefined
      throw error instanceof SessionStoreUnavailable
        ? error
        : this.unavailable(`failed with ${inWords(error)}`, { cause: error })
    }
  }

  /** The error that says what the store did. */
  unavailable(what: string, options: { cause?: unknown } = {}): SessionStoreUnavailable {
    const name = this.#store?.constructor?.name || 'the store'
    return new SessionStoreUnavailable(`The sessions cannot be reached: ${name} ${what}.`, options)
  }

  /** Does what the app said is to be done at the end. A store that was never needed has nothing to close. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const { close, timeout } = this.#settings
    if (close === undefined || (this.#store === undefined && this.#opening === undefined)) return
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeout)
    })
    // What cannot be closed, for it is gone already, ends with the process.
    const closing = Promise.resolve()
      .then(close)
      .catch(() => undefined)
    await Promise.race([closing, patience])
    clearTimeout(timer)
  }

  /** Settles once, whatever the store does afterwards. */
  #inTime(call: Call): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { timeout } = this.#settings
      const expire = () => {
        const fault = `did not answer within ${timeout} ms`
        // Errors come at once and cost nobody a deadline: it is silence that the breaker is for.
        this.#breaker.failed(fault)
        reject(this.unavailable(fault))
      }
      // What arrived while this process was busy is read before the deadline is held to have passed.
      const timer = setTimeout(() => {
        immediate = setImmediate(expire)
      }, timeout)
      let immediate: NodeJS.Immediate | undefined
      const stopClock = () => {
        clearTimeout(timer)
        clearImmediate(immediate)
      }
      const succeed = (result: unknown) => {
        stopClock()
        resolve(result)
      }
      const fail = (error: unknown) => {
        stopClock()
        reject(error)
      }
      this.#open()
        .then((store) => perform(store, call, succeed, fail))
        .catch(fail)
    })
  }

  #open(): Promise<ExpressStore> {
    if (this.#store !== undefined) return Promise.resolve(this.#store)
    const { store } = this.#settings
    this.#opening ??= Promise.resolve()
      .then(() => (typeof store === 'function' ? store() : store))
      .then((opened) => this.#adopt(opened))
      .catch((error: unknown) => {
        this.#opening = undefined
        throw error
      })
    return this.#opening
  }

  #adopt(store: ExpressStore): ExpressStore {
    const lack = lackOf(store)
    if (lack !== undefined) throw new TypeError(`what sessionOptions.store gave ${lack}`)
    this.#store = store
    const { on } = store as { on?: unknown }
    if (typeof on === 'function') {
      const listen: Listen = (event, listener) => (on as Listen).call(store, event, listener)
      // An error that nobody listens for would end the process. Every call that suffers from it says so itself.
      listen('error', () => undefined)
      listen('disconnect', () => this.#breaker.trip('said that it was disconnected'))
      listen('connect', () => this.#breaker.succeeded())
    }
    return store
  }
}

/**
 * Calls a method that calls back, or gives a promise, or both. A promise without a result says nothing where there is a
 * callback to come: an async method may end before what it began does.
 */
function perform(
  store: ExpressStore,
  [method, ...args]: Call,
  succeed: (result: unknown) => void,
  fail: (error: unknown) => void,
): void {
  const callback: ExpressCallback = (error, result) => {
    if (error) fail(error)
    else succeed(result)
  }
  const called = store[method] as Method
  const result = called.call(store, ...args, callback)
  if (!isPromise(result)) return
  const callsBack = called.length > args.length
  result.then((value) => {
    if (value !== undefined || !callsBack) succeed(value)
  }, fail)
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || String((error as NodeJS.ErrnoException).code ?? error.name)
}
