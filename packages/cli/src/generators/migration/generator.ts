// Why: `contrail generate migration`: AddXToY and RemoveXFromY change the model and write the SQL for it, as in Rails; any other
// name is an empty file for SQL of one's own.
import { CliError } from '../../cli-error.js'
import { readRecord } from '../../generation-record.js'
import type { Plan } from '../../plan.js'
import { formatted } from '../formatted.js'
import type { Generator, GeneratorCall } from '../generator.js'
import { typedArgs, withMigration, withRecordedMigration } from '../migration-files.js'
import { parseFields } from '../model/fields.js'
import { requireSchema } from '../model/model.js'
import { addColumns, columnsOf, modelPath, readModel, removeColumns } from '../model/model-file.js'
import { modelNames } from '../model/names.js'
import { parsePlainName } from '../names.js'

const ADD = /^add-.+-to-(.+)$/
const REMOVE = /^remove-.+-from-(.+)$/

export const generator: Generator = {
  define(command) {
    command
      .argument('<name>', 'add-subtitle-to-posts, remove-subtitle-from-posts, or any other')
      .argument('[fields...]', 'what is added or removed: subtitle:string?')
  },

  plan(call) {
    const { folder, direction, args } = call
    requireSchema(folder)
    const name = parsePlainName((args as [string])[0], 'migration')
    const plan = decide(call, name)
    if (direction === 'destroy') return withRecordedMigration(plan, folder)
    return withMigration(plan, folder, name.replaceAll('-', '_'), plan.edits.length === 0)
  },
}

function decide({ folder, direction, args }: GeneratorCall, name: string): Plan {
  const id = `migration ${name}`
  const given = (args as [string, string[]])[1]
  const known = readRecord(folder).calls[id]
  const texts = direction === 'destroy' && given.length === 0 && known !== undefined ? typedArgs(known) : given
  const target = ADD.exec(name)?.[1] ?? REMOVE.exec(name)?.[1]
  const plan = { id, args: texts, files: [] }
  if (texts.length === 0) return { ...plan, edits: [] }
  if (target === undefined) {
    throw new CliError(
      `The migration ${name} has fields, and its name does not say what becomes of them.`,
      'call it add-…-to-posts or remove-…-from-posts; or leave the fields out, and write the SQL yourself.',
    )
  }
  const fields = parseFields(texts)
  const { file, table } = modelNames(target)
  const path = modelPath(file)
  const text = readModel(folder, file)
  if (text === undefined) {
    throw new CliError(
      `There is no ${path}.`,
      `name a model of the app, or generate it: contrail generate model ${file} …`,
    )
  }
  const adds = ADD.test(name)
  if (direction === 'generate')
    checkColumns(
      text,
      path,
      table,
      fields.map((field) => field.name),
      adds,
    )
  const inStyle = (content: string) => formatted(folder, [{ path, content }])[0]?.content ?? content
  const add = (before: string) => inStyle(addColumns(before, path, table, fields))
  const remove = (before: string) => inStyle(removeColumns(before, path, table, fields))
  const what = fields.map((field) => field.name).join(', ')
  return { ...plan, edits: [{ path, what, apply: adds ? add : remove, revert: adds ? remove : add }] }
}

function checkColumns(text: string, path: string, table: string, names: readonly string[], adds: boolean): void {
  const there = columnsOf(text, path, table).map(({ name }) => name)
  const wrong = names.find((name) => there.includes(name) === adds)
  if (wrong === undefined) return
  throw new CliError(
    adds ? `${path} has a column ${wrong} already.` : `${path} has no column ${wrong}.`,
    `those that it has: ${there.join(', ')}.`,
  )
}
