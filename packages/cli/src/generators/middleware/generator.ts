// Why: `contrail generate middleware`, from its arguments to what middleware.ts decides by.
import { importFramework } from '../../app-framework.js'
import { readRecord } from '../../generation-record.js'
import type { Generator } from '../generator.js'
import { SKIP_TESTS, testsWanted } from '../tests-wanted.js'
import { middlewareCall, middlewarePlan, SKIP_CONFIG } from './middleware.js'

export const generator: Generator = {
  define(command) {
    command
      .argument('<name>', 'request-timing')
      .option('--skip-config', 'leave config/application.ts alone')
      .option(...SKIP_TESTS)
  },

  async plan({ folder, direction, args, options }) {
    const [name] = args as [string]
    const taken = new Set(Object.keys(await importFramework(folder)))
    const known = direction === 'destroy' ? readRecord(folder).calls[middlewareCall(name)] : undefined
    const config = options['skipConfig'] !== true && known?.includes(SKIP_CONFIG) !== true
    return middlewarePlan({ name, config, tests: testsWanted(folder, direction, options), taken })
  },
}
