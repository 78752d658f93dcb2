// Why: what the session store contract must be told about a store before it can hold it to its promises.
import type { MaybePromise } from '../../maybe-promise.js'
import type { SessionStoreClass } from '../../session/store.js'

/** How the contract moves time. */
export interface SessionStoreClock {
  /** Lets seconds pass for the store. */
  advance(seconds: number): MaybePromise<void>
  /** Called when a case has ended, whether it moved the clock or not. */
  restore(): MaybePromise<void>
}

/** What the contract must be told about a store. */
export interface SessionStoreHarness {
  /** The class of stores, as `sessionStore` in config/application.ts takes it. */
  // biome-ignore lint/suspicious/noExplicitAny: the options' type is the store's own affair
  readonly store: SessionStoreClass<any>
  /** The store's own part of `sessionOptions`. Called for each app that a case boots. Default: none. */
  readonly options?: (() => MaybePromise<object>) | undefined
  /**
   * Whether sessions are kept on a server, and the cookie has an id only. Such a store must end what was ended, whoever
   * has a copy of the cookie, and keep the changes of requests that run at once.
   */
  readonly keepsOnServer: boolean
  /** Whether the store offers `index`, so that a user's sessions can be listed and ended. Default: false. */
  readonly offersIndex?: boolean | undefined
  /** Whether dates come back as dates. Default: true; false for a store that writes another framework's format. */
  readonly keepsDates?: boolean | undefined
  /**
   * A clock for one case. Default: {@link stillClock}, so that cases must run one after the other. A store whose time is
   * a server's own needs another.
   */
  readonly clock?: (() => SessionStoreClock) | undefined
  /** Seconds that sessions live in the cases about time, a multiple of 20. Default: 1,000. */
  readonly lifetime?: number | undefined
}

/** One promise of the contract. */
export interface SessionStoreCase {
  /** The promise, in words. */
  readonly name: string
  /** Whether such a store makes this promise at all. */
  appliesTo(harness: SessionStoreHarness): boolean
  /**
   * Holds a store to the promise; does nothing where it does not apply.
   * @throws AssertionError when the store does not keep it
   */
  run(harness: SessionStoreHarness): Promise<void>
}

/** A clock that stands still until it is moved: `Date.now` is replaced until `restore`. */
export function stillClock(): SessionStoreClock {
  const original = Date.now
  let now = original()
  Date.now = () => now
  return {
    advance(seconds) {
      now += seconds * 1000
    },
    restore() {
      Date.now = original
    },
  }
}
