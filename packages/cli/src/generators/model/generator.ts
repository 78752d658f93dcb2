// Why: `contrail generate model`, from its arguments to what model.ts decides by.
import type { Generator } from '../generator.js'
import { modelCommand, planModel } from './command.js'
import { modelPlan } from './model.js'

export const generator: Generator = {
  define: modelCommand,
  plan: (call) => planModel(call, 'model', (choices) => modelPlan(choices)),
}
