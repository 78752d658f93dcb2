// Why: a message set before a redirect is shown after it, once: it lives in the session from one request to the next.

/**
 * The messages that an app flashes. Rails' two are here; add the app's own by augmentation:
 * ```ts
 * declare module 'contrail' {
 *   interface FlashData { error: string; undo: { postId: number } }
 * }
 * ```
 * A value is what a session may hold: plain data and dates.
 */
export interface FlashData {
  notice: string
  alert: string
}

type Key = keyof FlashData

/**
 * The flash of a request: `this.flash` in a controller. What was set in the request before is read in this one, and
 * what is set in this one is for the next. A request that does not touch the flash leaves it for the one after.
 */
export class Flash {
  readonly #values: Map<string, unknown>
  /** Those that end with this request. */
  readonly #ending: Set<string>

  /** Internal: use `this.flash`. */
  constructor(fromRequestBefore: Readonly<Record<string, unknown>> = {}) {
    this.#values = new Map(Object.entries(fromRequestBefore))
    this.#ending = new Set(this.#values.keys())
  }

  /** A message of the request before, or one that was set in this. */
  get<K extends Key>(key: K): FlashData[K] | undefined {
    return this.#values.get(key) as FlashData[K] | undefined
  }

  has(key: Key): boolean {
    return this.#values.has(key)
  }

  /** Sets a message for the next request; this one sees it too. */
  set<K extends Key>(key: K, value: FlashData[K]): void {
    this.#values.set(key, value)
    this.#ending.delete(key)
  }

  /** For messages that are shown in this very response, and not in the next. */
  get now(): { set<K extends Key>(key: K, value: FlashData[K]): void } {
    return {
      set: (key, value) => {
        this.#values.set(key, value)
        this.#ending.add(key)
      },
    }
  }

  /** Keeps a message, or all, for one more request. */
  keep(key?: Key): void {
    if (key === undefined) this.#ending.clear()
    else this.#ending.delete(key)
  }

  /** Ends a message, or all, with this request. */
  discard(key?: Key): void {
    for (const name of key === undefined ? this.#values.keys() : [key]) this.#ending.add(name)
  }

  /** All messages that this request sees, in an object without a prototype: what `render(this.flash)` shows. */
  toJSON(): Partial<FlashData> {
    return Object.assign(Object.create(null) as object, Object.fromEntries(this.#values)) as Partial<FlashData>
  }

  /** Whether this request sees no message. Internal. */
  get isEmpty(): boolean {
    return this.#values.size === 0
  }

  /** Forgets everything. Internal: with the session. */
  clear(): void {
    this.#values.clear()
    this.#ending.clear()
  }

  /** What the session is to keep; undefined when that is nothing. Internal. */
  forNextRequest(): Readonly<Record<string, unknown>> | undefined {
    const kept = Object.create(null) as Record<string, unknown>
    for (const [key, value] of this.#values) if (!this.#ending.has(key) && value !== undefined) kept[key] = value
    return Object.keys(kept).length === 0 ? undefined : kept
  }
}
