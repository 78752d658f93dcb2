// Why: `contrail generate session-store`, from its arguments and what the app uses so far to what session-store.ts decides by.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Framework, importFramework } from '../../app-framework.js'
import { CliError } from '../../cli-error.js'
import { readRecord } from '../../generation-record.js'
import { APPLICATION_FILE, sessionStoreOf } from '../application-file.js'
import type { Direction, Generator } from '../generator.js'
import { SKIP_TESTS, testsWanted } from '../tests-wanted.js'
import {
  checkOptions,
  type PreviousStore,
  recordedStore,
  sessionStoreNames,
  sessionStorePlan,
  USUAL,
} from './session-store.js'

export const generator: Generator = {
  define(command) {
    command
      .argument('<name>', 'files')
      .option('--skip-config', 'leave config/application.ts alone')
      .option(...SKIP_TESTS)
  },

  async plan({ folder, direction, args, options }) {
    const [name] = args as [string]
    const framework = await importFramework(folder)
    const before = options['skipConfig'] === true ? undefined : storeBefore(framework, folder, direction, name)
    const tests = testsWanted(folder, direction, options)
    return sessionStorePlan({ name, before, tests, taken: new Set(Object.keys(framework)) })
  },
}

function storeBefore(
  framework: Framework,
  folder: string,
  direction: Direction,
  name: string,
): PreviousStore | undefined {
  const { id, className } = sessionStoreNames(name)
  const recorded = recordedStore(readRecord(folder).calls[id])
  if (direction === 'destroy') return isThere(folder, recorded) ? recorded : USUAL
  const present = sessionStoreOf(readApplicationFile(folder))
  if (present.name === className) return recorded
  const store =
    present.specifier === 'contrail' ? (framework as Record<string, unknown>)[present.name ?? ''] : undefined
  checkOptions(
    present,
    typeof store === 'function' && 'optionNames' in store ? Object.keys(store.optionNames as object) : [],
  )
  return present
}

/** A store of the app's own may have been destroyed meanwhile. */
function isThere(folder: string, store: PreviousStore | undefined): boolean {
  const { specifier } = store ?? {}
  if (specifier?.startsWith('.') !== true) return true
  return existsSync(join(folder, dirname(APPLICATION_FILE), specifier.replace(/\.js$/, '.ts')))
}

function readApplicationFile(folder: string): string {
  if (existsSync(join(folder, APPLICATION_FILE))) return readFileSync(join(folder, APPLICATION_FILE), 'utf8')
  throw new CliError(`There is no ${APPLICATION_FILE} to change.`, 'run this in the folder of an app.')
}
