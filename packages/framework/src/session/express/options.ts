// Why: a mistake in the options of ExpressSessionStore is found when the app boots, not when the store is first asked.
import { BootError } from '../../errors.js'
import type { MaybePromise } from '../../maybe-promise.js'
import { type ExpressStore, lackOf } from './express-store.js'

/** The express-session store's own part of `sessionOptions`. */
export interface ExpressSessionStoreOptions {
  /**
   * The store, such as `new RedisStore({ client, prefix: 'blog:' })`. Or a function that gives it, at once or with a
   * promise: it is called when a session is first needed, and again with the next request as long as it fails, so that an
   * app boots while its database is down, and `contrail routes` connects to nothing.
   */
  store: ExpressStore | (() => MaybePromise<ExpressStore>)
  /**
   * **Milliseconds** that one call of the store may take, opening it included: a whole number from 1 to 60,000. Default:
   * 250. (The `timeout` of `MemcachedStore` is in seconds.)
   */
  timeout?: number | undefined
  /**
   * What to do with requests that need their session while the store cannot be asked. `'unavailable'`, the default: they
   * are answered 503 with Retry-After. `'empty'`: they go on with an empty session, and what they change in it is not kept;
   * the log tells of both. Either way the browser's cookie stays, and so nobody is logged out; and either way a request
   * that is to end its session (log-out) is answered 503, since it could not.
   */
  onOutage?: 'unavailable' | 'empty' | undefined
  /**
   * Called when the app closes, such as `() => client.close()`. The interface has no way to close a store, and the
   * connections are the app's: without this they stay open. Not called for a function's store that was never needed, and
   * waited for no longer than `timeout`; should it fail, the app is closed all the same.
   */
  close?: (() => MaybePromise<unknown>) | undefined
}

/** What the store runs with. */
export interface ExpressSettings {
  readonly store: ExpressStore | (() => MaybePromise<ExpressStore>)
  /** In milliseconds. */
  readonly timeout: number
  readonly onOutage: 'unavailable' | 'empty'
  readonly close: (() => MaybePromise<unknown>) | undefined
}

/**
 * Checks the options and fills in what they leave open.
 * @throws BootError naming the option and how to mend it
 */
export function resolveOptions(options: ExpressSessionStoreOptions): ExpressSettings {
  const { store, timeout = 250, onOutage = 'unavailable', close } = options
  checkStore(store)
  if (!Number.isSafeInteger(timeout) || timeout < 1 || timeout > 60_000)
    refuse('timeout', timeout, 'give a whole number of milliseconds from 1 to 60,000, such as 250.')
  if (onOutage !== 'unavailable' && onOutage !== 'empty')
    refuse('onOutage', onOutage, "choose 'unavailable' (503) or 'empty'.")
  if (close !== undefined && typeof close !== 'function')
    refuse('close', close, 'give a function, such as () => client.close().')
  return { store, timeout, onOutage, close }
}

function checkStore(store: unknown): void {
  const fix = 'give a store made for express-session, such as new RedisStore({ client }), or a function that gives one.'
  if (store === undefined) throw new BootError('sessionOptions: ExpressSessionStore has no store.', fix)
  if (typeof store === 'function') {
    if (lackOf(store.prototype as unknown) !== undefined) return
    throw new BootError(
      `sessionOptions: store is the class ${store.name}.`,
      `give one of its stores: new ${store.name}(…).`,
    )
  }
  const lack = lackOf(store)
  if (lack !== undefined) throw new BootError(`sessionOptions: store ${lack}, so it is no store.`, fix)
}

function refuse(name: string, value: unknown, fix: string): never {
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value)
  throw new BootError(`sessionOptions: ${name} is ${shown}.`, fix)
}
