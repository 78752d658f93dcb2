// Why: `contrail generate controller`, from its arguments to what controller.ts decides by.
import { importFramework } from '../../app-framework.js'
import { readRecord } from '../../generation-record.js'
import type { Generator } from '../generator.js'
import { controllerCall, controllerPlan } from './controller.js'

export const generator: Generator = {
  define(command) {
    command
      .argument('<name>', 'posts, or admin/posts')
      .argument('[actions...]', 'its actions: index show archive')
      .option('--skip-routes', 'leave config/routes.ts alone')
  },

  async plan({ folder, direction, args, options }) {
    const [name, actions] = args as [string, string[]]
    const { Controller } = await importFramework(folder)
    const taken = new Set(Object.getOwnPropertyNames(Controller.prototype))
    const known =
      direction === 'destroy' && actions.length === 0 ? readRecord(folder).calls[controllerCall(name)] : undefined
    return controllerPlan({ name, actions: known ?? actions, routes: options['skipRoutes'] !== true, taken })
  },
}
