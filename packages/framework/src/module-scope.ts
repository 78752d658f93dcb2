// Why: the dev server evaluates a module again when it changed; what it did elsewhere the first time goes when that is over.
import { AsyncLocalStorage } from 'node:async_hooks'
import { ContainerEntries, recordEntries } from './container-entries.js'
import { Disposals, moduleDisposals } from './on-dispose.js'

let evaluated: AsyncLocalStorage<ContainerEntries> | undefined

/** The entries are recorded from the first module on that is evaluated in a scope: an app that is served has none. */
function recorded(): AsyncLocalStorage<ContainerEntries> {
  if (evaluated === undefined) {
    const storage = new AsyncLocalStorage<ContainerEntries>()
    recordEntries(() => storage.getStore())
    evaluated = storage
  }
  return evaluated
}

/** One evaluation of a module, and all that it put elsewhere. Internal: for the dev server. */
export class ModuleScope {
  readonly #entries = new ContainerEntries()
  readonly #disposals = new Disposals()

  /** Evaluates the module. What it registers, then or in what it began, is the scope's. */
  async run<T>(evaluate: () => Promise<T>): Promise<T> {
    return await recorded().run(this.#entries, () => moduleDisposals.run(this.#disposals, evaluate))
  }

  /** Takes out of the container what the module registered: it was evaluated anew, or is imported no more. */
  withdraw(): void {
    this.#entries.withdraw()
  }

  /** Ends what the module began, when no request is answered by its code any more. @returns what failed */
  async dispose(): Promise<unknown[]> {
    return [...(await this.#disposals.end()), ...(await this.#entries.dispose())]
  }
}
