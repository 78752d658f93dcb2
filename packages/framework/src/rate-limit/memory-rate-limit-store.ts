// Why: an app of one process needs nothing else to count with. What strangers can fill must have an end.
import type { RateLimitCount, RateLimitStore } from './store.js'

interface Window {
  count: number
  readonly endsAt: number
}

/** How many windows of one length are kept at most, about 16 MB: the oldest go first. */
const MAXIMUM_WINDOWS = 100_000

/**
 * Counts in this process: several processes count each for itself, and a restart begins anew.
 */
export class MemoryRateLimitStore implements RateLimitStore {
  readonly #maximum: number
  /** By the windows' length: of one length, the first to begin is the first to end, and the first in the map. */
  readonly #windows = new Map<number, Map<string, Window>>()

  /** @param maximum how many windows of one length are kept */
  constructor(maximum: number = MAXIMUM_WINDOWS) {
    this.#maximum = maximum
  }

  /** How many windows are kept. */
  get size(): number {
    return [...this.#windows.values()].reduce((sum, { size }) => sum + size, 0)
  }

  increment(key: string, within: number): RateLimitCount {
    const now = Date.now()
    const windows = this.#of(within)
    const known = windows.get(key)
    // A clock that was put back must not make a window longer than it is.
    if (known !== undefined && now < known.endsAt && known.endsAt - now <= within * 1000) {
      known.count += 1
      return { count: known.count, resetIn: known.endsAt - now }
    }
    windows.delete(key)
    this.#makeRoom(windows, now)
    windows.set(key, { count: 1, endsAt: now + within * 1000 })
    return { count: 1, resetIn: within * 1000 }
  }

  #of(within: number): Map<string, Window> {
    let windows = this.#windows.get(within)
    if (windows === undefined) {
      windows = new Map()
      this.#windows.set(within, windows)
    }
    return windows
  }

  /** With each window that begins, two that have ended go: no request has to wait for a great clean-up. */
  #makeRoom(windows: Map<string, Window>, now: number): void {
    let left = 2
    for (const [key, { endsAt }] of windows) {
      const mustGo = windows.size >= this.#maximum
      if (!mustGo && (now < endsAt || left === 0)) return
      windows.delete(key)
      left -= 1
    }
  }
}
