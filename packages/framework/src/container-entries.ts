// Why: tsyringe keeps every class and registration for ever; of code that was replaced nothing may be injected, or stay.
import { disposables, type Registration, registrations, tables, typeInfo } from './container.js'
import { callAll } from './on-dispose.js'

interface Registered {
  readonly token: unknown
  readonly registration: Registration
}

/** What one module put into the container. */
export class ContainerEntries {
  readonly #classes = new Set<unknown>()
  #registered: Registered[] = []

  addClass(injectable: unknown): void {
    this.#classes.add(injectable)
  }

  addRegistration(token: unknown, registration: Registration): void {
    this.#registered.push({ token, registration })
  }

  /**
   * What boots from now on is given none of it. What is known by the module's own classes stays until {@link dispose}: only
   * code that was replaced asks for these, in requests that are still under way.
   */
  withdraw(): void {
    this.#remove(({ token }) => !this.#classes.has(token))
  }

  /** Takes out the rest, and disposes of its singletons and of what else was made of its classes. @returns what failed */
  async dispose(): Promise<unknown[]> {
    const made = [...disposables].filter((instance) => this.#classes.has(instance.constructor))
    const singletons = this.#registered.map(({ registration }) => registration.instance)
    this.#remove(() => true)
    for (const injectable of this.#classes) typeInfo.delete(injectable)
    // Whatever was only asked for has an empty entry, which would keep its class.
    for (const table of tables) for (const [token, all] of table) if (all.length === 0) table.delete(token)
    this.#classes.clear()
    this.#registered = []
    return await disposeAll(new Set([...singletons, ...made]))
  }

  #remove(isMeant: (registered: Registered) => boolean): void {
    const meant = this.#registered.filter(isMeant)
    const own = new Set(meant.map(({ registration }) => registration))
    for (const { token } of meant) {
      const others = registrations.getAll(token).filter((registration) => !own.has(registration))
      registrations.setAll(token, others)
    }
  }
}

/**
 * Has what is put into the container from now on recorded.
 * @param current those of the module that is being evaluated
 */
export function recordEntries(current: () => ContainerEntries | undefined): void {
  const { set } = registrations
  registrations.set = (token, registration) => {
    current()?.addRegistration(token, registration)
    set.call(registrations, token, registration)
  }
  const setInfo = typeInfo.set.bind(typeInfo)
  typeInfo.set = (injectable, parameters) => {
    current()?.addClass(injectable)
    return setInfo(injectable, parameters)
  }
}

/** Disposes of every singleton, when the process ends. @returns what failed */
export async function disposeSingletons(): Promise<unknown[]> {
  const all = [...registrations._registryMap.values()].flat()
  return await disposeAll(new Set([...all.map(({ instance }) => instance), ...disposables]))
}

/** The last made first. */
async function disposeAll(instances: ReadonlySet<unknown>): Promise<unknown[]> {
  const known = [...instances].filter((instance) => typeof instance === 'object' && instance !== null)
  for (const instance of known) disposables.delete(instance)
  return await callAll(known.reverse().map((instance) => () => disposalOf(instance)?.call(instance)))
}

const NAMES = ['dispose', (Symbol as { asyncDispose?: symbol }).asyncDispose, (Symbol as { dispose?: symbol }).dispose]

/** tsyringe's `dispose()`, else what `await using` and `using` call. */
function disposalOf(instance: object): (() => unknown) | undefined {
  for (const name of NAMES) {
    const method = name === undefined ? undefined : (instance as Record<string | symbol, unknown>)[name]
    if (typeof method === 'function') return method as () => unknown
  }
  return undefined
}
