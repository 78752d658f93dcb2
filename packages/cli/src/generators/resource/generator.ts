// Why: `contrail generate resource`, from its arguments to what resource.ts decides by.
import type { Generator } from '../generator.js'
import { modelCommand, planModel } from '../model/command.js'
import { resourcePlan } from './resource.js'

export const generator: Generator = {
  define: modelCommand,
  plan: (call) => planModel(call, 'resource', resourcePlan),
}
