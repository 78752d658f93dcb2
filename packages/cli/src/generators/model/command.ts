// Why: the generators of models, resources and scaffolds take the same arguments, and all bring a migration.
import type { Command } from '../../command-line.js'
import { readRecord } from '../../generation-record.js'
import type { Plan } from '../../plan.js'
import type { GeneratorCall } from '../generator.js'
import { typedArgs, withMigration, withRecordedMigration } from '../migration-files.js'
import { SKIP_TESTS, testsWanted } from '../tests-wanted.js'
import { type ModelChoices, requireSchema } from './model.js'
import { modelNames } from './names.js'

/** Gives a generator's command its arguments and options. */
export function modelCommand(command: Command): void {
  command
    .argument('<name>', 'post')
    .argument(
      '[fields...]',
      'its fields: title:string body:text? user:references price:decimal{10,2} email:string:uniq',
    )
    .option(...SKIP_TESTS)
}

/**
 * Decides on a plan and its migration.
 * @param kind names the generator in the record: `scaffold`
 */
export function planModel(
  { folder, direction, args, options }: GeneratorCall,
  kind: string,
  decide: (choices: ModelChoices) => Plan,
): Plan {
  requireSchema(folder)
  const [name, given] = args as [string, string[]]
  const { file, sqlTable } = modelNames(name)
  const known = readRecord(folder).calls[`${kind} ${file}`]
  const isTyped = direction === 'generate' || given.length > 0 || known === undefined
  const fields = isTyped ? given : typedArgs(known)
  const plan = decide({ folder, name, fields, tests: testsWanted(folder, direction, options) })
  if (direction === 'destroy') return withRecordedMigration(plan, folder)
  return withMigration(plan, folder, `create_${sqlTable}`)
}
