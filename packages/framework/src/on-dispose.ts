// Why: what code starts (a timer, a listener, a connection) must end with it; in development code is replaced many times.
import { AsyncLocalStorage } from 'node:async_hooks'

/** What is to be called when something ends, the last given first. */
export class Disposals {
  #kept: (() => unknown)[] = []
  #isOver = false

  /** What comes after the end is called at once: it would never be otherwise. */
  add(dispose: () => unknown): void {
    if (this.#isOver) void Promise.resolve().then(dispose)
    else this.#kept.push(dispose)
  }

  /** Calls all of it. @returns what failed */
  async call(): Promise<unknown[]> {
    const all = this.#kept.reverse()
    this.#kept = []
    return await callAll(all)
  }

  /** As {@link call}, and for good. */
  async end(): Promise<unknown[]> {
    this.#isOver = true
    return await this.call()
  }
}

/** Calls one after the other, whatever fails. @returns what failed */
export async function callAll(all: Iterable<() => unknown>): Promise<unknown[]> {
  const failures: unknown[] = []
  for (const call of all) {
    try {
      await call()
    } catch (error) {
      failures.push(error)
    }
  }
  return failures
}

/** Those of code that nothing replaces: of every module in production, and of what runs outside modules. */
export const processDisposals = new Disposals()

/** Those of the module that is being evaluated; set by the dev server alone. */
export const moduleDisposals = new AsyncLocalStorage<Disposals>()

/**
 * Calls a function when the code that says so ends: in development when the module is replaced, because it or something it
 * imports changed, and the last request that its code answers is done; else when the process stops serving.
 * ```ts
 * const timer = setInterval(refresh, 60_000)
 * onDispose(() => clearInterval(timer))
 * ```
 * Call it at the top level of a module. Called elsewhere, in a constructor or an action, it holds until the process stops
 * or all code is loaded anew; an injected singleton has a method `dispose()` instead. What is given last is called first;
 * a promise is waited for.
 * @param dispose ends what the module began
 */
export function onDispose(dispose: () => unknown): void {
  const disposals = moduleDisposals.getStore() ?? processDisposals
  disposals.add(dispose)
}
