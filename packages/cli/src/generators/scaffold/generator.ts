// Why: `contrail generate scaffold`: a resource that can be read and written, with what is expected of what is written.
import type { Generator } from '../generator.js'
import { modelCommand, planModel } from '../model/command.js'
import { withController } from '../resource/resource.js'

const TEMPLATES = new URL('../../../src/generators/scaffold/templates/', import.meta.url)
const ACTIONS = ['index', 'create', 'show', 'update', 'destroy']

export const generator: Generator = {
  define: modelCommand,
  plan: (call) => planModel(call, 'scaffold', (choices) => withController(choices, 'scaffold', TEMPLATES, ACTIONS)),
}
