// Why: the contract between a rate limit and the place its counts are kept; of one process or of all.
import type { MaybePromise } from '../maybe-promise.js'

/** How many requests a window has had. */
export interface RateLimitCount {
  /** This one included. */
  readonly count: number
  /** Milliseconds until the window ends, and the next request begins another. */
  readonly resetIn: number
}

/** Where rate limits count. */
export interface RateLimitStore {
  /**
   * Counts a request, atomically. A window begins with its first request.
   * @param key of letters, digits, `-` and `_`, 43 of them: nobody's address or name can be read from it
   * @param within seconds that the window lasts
   * @throws when nothing can be counted; what becomes of the request is the limit's to say (`onOutage`)
   */
  increment(key: string, within: number): MaybePromise<RateLimitCount>
  /** Lets go of connections. */
  close?(): MaybePromise<void>
}
