// Why: `contrail generate` and `contrail destroy`: from arguments to a generator's plan, carried out or taken back.
import { importFramework } from '../app-framework.js'
import { apply, revert } from '../files.js'
import { readRecord } from '../generation-record.js'
import { controllerCall, controllerPlan } from '../generators/controller/controller.js'
import type { Plan } from '../plan.js'
import { conflictResolver, logChange } from '../terminal.js'

/** Options that every generator has. */
export interface GenerateOptions {
  readonly dryRun?: true
  readonly force?: true
  readonly skip?: true
  readonly skipRoutes?: true
}

/** Which way a plan goes. */
export type Direction = 'generate' | 'destroy'

/** Makes a controller, or removes it again. */
export async function controller(
  direction: Direction,
  folder: string,
  name: string,
  actions: readonly string[],
  options: GenerateOptions,
): Promise<void> {
  const { Controller } = await importFramework(folder)
  const taken = new Set(Object.getOwnPropertyNames(Controller.prototype))
  const known =
    direction === 'destroy' && actions.length === 0 ? readRecord(folder).calls[controllerCall(name)] : undefined
  const plan = controllerPlan({ name, actions: known ?? actions, routes: options.skipRoutes !== true, taken })
  await carryOut(direction, folder, plan, options)
}

async function carryOut(direction: Direction, root: string, plan: Plan, options: GenerateOptions): Promise<void> {
  const common = { root, dryRun: options.dryRun === true, log: logChange }
  if (direction === 'destroy') revert(plan, { ...common, force: options.force === true })
  else await apply(plan, common, conflictResolver(options))
}
