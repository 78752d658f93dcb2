// Why: a pool of connections belongs to the process, not to the code that opens it: that is loaded again at each change
// in development, and would open another one each time.
import { callAll, processDisposals } from './on-dispose.js'

interface Shared {
  readonly value: unknown
  readonly dispose: (() => unknown) | undefined
}

const kept = new Map<string, Shared>()

/** Options of {@link shared}. */
export interface SharedValueOptions<T> {
  /** Lets go of the value when the process stops serving, or the dev server begins anew: `(pool) => pool.end()`. */
  readonly dispose?: (value: T) => unknown
}

/**
 * Makes a thing once in a process, and gives the same one to code that is loaded again by the dev server: a pool of
 * connections, an embedded database, a client.
 * ```ts
 * export const pool = shared('pool', () => new Pool({ connectionString }), { dispose: (pool) => pool.end() })
 * ```
 * It is let go of by {@link disposeShared}, which an app calls that was told to stop, the last made first.
 * @param key names it within the process
 */
export function shared<T>(key: string, make: () => T, options: SharedValueOptions<T> = {}): T {
  const found = kept.get(key)
  if (found !== undefined) return found.value as T
  const value = make()
  const { dispose } = options
  kept.set(key, { value, dispose: dispose && (() => dispose(value)) })
  return value
}

/**
 * Calls what was given to `onDispose`, and lets go of all that {@link shared} keeps, the last made first; what is asked for afterwards is made anew. Called when a
 * server was told to stop, and by the command line; call it at the end of a program that boots an app without serving it.
 * @throws AggregateError of what failed, after everything was tried
 */
export async function disposeShared(): Promise<void> {
  const all = [...kept.values()].reverse()
  kept.clear()
  const failures = await processDisposals.call()
  failures.push(
    ...(await callAll(
      all.map(
        ({ dispose }) =>
          () =>
            dispose?.(),
      ),
    )),
  )
  if (failures.length > 0) throw new AggregateError(failures, 'What the app shares could not all be let go of.')
}
