// Why: `contrail generate controller`, from its arguments to what controller.ts decides by.
import { importFramework } from '../../app-framework.js'
import { readRecord } from '../../generation-record.js'
import type { Generator } from '../generator.js'
import { SKIP_TESTS, testsWanted } from '../tests-wanted.js'
import { controllerCall, controllerPlan, recordedChoices } from './controller.js'

export const generator: Generator = {
  define(command) {
    command
      .argument('<name>', 'posts, or admin/posts')
      .argument('[actions...]', 'its actions: index show archive')
      .option('--skip-routes', 'leave config/routes.ts alone')
      .option(...SKIP_TESTS)
  },

  async plan({ folder, direction, args, options }) {
    const [name, actions] = args as [string, string[]]
    const { Controller } = await importFramework(folder)
    const taken = new Set(Object.getOwnPropertyNames(Controller.prototype))
    const known = readRecord(folder).calls[controllerCall(name)]
    const given = { actions, routes: options['skipRoutes'] !== true }
    const tests = testsWanted(folder, direction, options)
    if (direction === 'generate' || actions.length > 0 || known === undefined)
      return controllerPlan({ name, taken, tests, ...given })
    const recorded = recordedChoices(known)
    return controllerPlan({ name, taken, tests, ...recorded, routes: given.routes && recorded.routes })
  },
}
