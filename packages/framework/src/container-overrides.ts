// Why: a test gives one app a fake in the place of what is injected. Nothing is registered for it, so there is nothing to undo.
import { BootError } from './errors.js'

/** What one app is given in the place of what its tokens stand for. */
export class Overrides {
  readonly #values: ReadonlyMap<unknown, unknown>
  readonly #asked = new Set<unknown>()
  /** Singletons that hold an override, directly or not: this app's own, so that no other app finds the fake in them. */
  readonly #singletons = new Map<unknown, unknown>()
  /** Whether a factory, or something delayed, may ask for what is not known at boot. */
  mayAskLater = false

  constructor(values: ReadonlyMap<unknown, unknown>) {
    this.#values = values
  }

  has(token: unknown): boolean {
    return this.#values.has(token)
  }

  get(token: unknown): unknown {
    this.#asked.add(token)
    return this.#values.get(token)
  }

  /** This app's own instance of a singleton, made once. */
  singleton(token: unknown, make: () => unknown): unknown {
    if (!this.#singletons.has(token)) this.#singletons.set(token, make())
    return this.#singletons.get(token)
  }

  /** All that a request's scope is to find in the place of what is registered. */
  *instances(): Iterable<readonly [token: unknown, value: unknown]> {
    yield* this.#values
    yield* this.#singletons
  }

  /** @throws BootError for an override that nobody asked for: a fake that is not used proves nothing */
  checkUse(): void {
    const unused = this.mayAskLater ? undefined : [...this.#values.keys()].find((token) => !this.#asked.has(token))
    if (unused === undefined) return
    const name = typeof unused === 'function' ? unused.name : String(unused)
    throw new BootError(
      `${name} is overridden, and no controller asks for it, directly or through what it is given.`,
      'override the class or token that a constructor asks for; what is made with new, not injected, cannot be overridden.',
    )
  }
}

/** Those of the app that is being booted; undefined for every app that has none. */
export let currentOverrides: Overrides | undefined

/**
 * Boots an app with overrides. Booting is synchronous, so that no other app can see them.
 * @throws BootError when one of them is asked for by nobody
 */
export function withOverrides<T>(values: ReadonlyMap<unknown, unknown>, boot: () => T): T {
  const overrides = new Overrides(values)
  currentOverrides = overrides
  try {
    const booted = boot()
    overrides.checkUse()
    return booted
  } finally {
    currentOverrides = undefined
  }
}
