// Why: a module that is evaluated again leaves its first evaluation behind: timers, singletons, registrations. Here it is
// known which evaluation is whose, and when it is over.
import type { ModuleScope } from 'contrail'
import type { Framework } from '../app-framework.js'

/** An evaluation of a module, and the module's id. */
export interface Evaluation {
  readonly id: string
  readonly scope: ModuleScope
}

/** The evaluations of an app's modules. */
export class ModuleScopes {
  readonly #framework: Framework
  readonly #current = new Map<string, Evaluation>()
  /** Of these, those that an app was booted from that served. */
  readonly #served = new Set<Evaluation>()
  #replaced: Evaluation[] = []
  #neverServed: Evaluation[] = []

  constructor(framework: Framework) {
    this.#framework = framework
  }

  /** Evaluates a module, in the place of its evaluation before. */
  async evaluate(id: string, work: () => Promise<unknown>): Promise<unknown> {
    this.#replace(id)
    const scope = new this.#framework.ModuleScope()
    this.#current.set(id, { id, scope })
    return await scope.run(work)
  }

  /**
   * An app was booted from what was evaluated, and serves.
   * @param used the ids of its modules; undefined where that cannot be told
   */
  serve(used: ReadonlySet<string> | undefined): void {
    for (const id of this.#current.keys()) if (used?.has(id) === false) this.#replace(id)
    for (const evaluation of this.#current.values()) this.#served.add(evaluation)
  }

  /** Gives away, once, those that the code before was made of and the code now is not. */
  takeReplaced(): Evaluation[] {
    const taken = this.#replaced
    this.#replaced = []
    return taken
  }

  /** Gives away, once, those that were replaced before any request could be answered by them. */
  takeNeverServed(): Evaluation[] {
    const taken = this.#neverServed
    this.#neverServed = []
    return taken
  }

  /** Gives away all that there are: what comes next begins with nothing. */
  takeAll(): Evaluation[] {
    for (const id of [...this.#current.keys()]) this.#replace(id)
    return [...this.takeNeverServed(), ...this.takeReplaced()]
  }

  #replace(id: string): void {
    const evaluation = this.#current.get(id)
    if (evaluation === undefined) return
    this.#current.delete(id)
    evaluation.scope.withdraw()
    if (this.#served.delete(evaluation)) this.#replaced.push(evaluation)
    else this.#neverServed.push(evaluation)
  }
}

/** Ends evaluations, the last begun first. @returns what failed, as lines for a person */
export async function disposeEvaluations(evaluations: readonly Evaluation[]): Promise<string[]> {
  const failures: string[] = []
  for (const { id, scope } of [...evaluations].reverse())
    for (const error of await scope.dispose()) failures.push(`What ${id} began could not be ended: ${String(error)}`)
  return failures
}
