// Why: `contrail generate model`: a table, its line in db/schema.ts, a repository and a test of that, and the migration. What
// a model consists of is what a resource and a scaffold begin with.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../../cli-error.js'
import type { NewFile, Plan } from '../../plan.js'
import { formatted } from '../formatted.js'
import { SCHEMA_FILE, schemaEdit } from '../schema-file.js'
import { renderTemplates } from '../template.js'
import { type Field, parseFields } from './fields.js'
import { modelPath } from './model-file.js'
import { type ModelNames, modelNames, withArticle } from './names.js'
import { type Samples, samplesOf } from './samples.js'

/** What a model is generated from. */
export interface ModelChoices {
  /** The app's folder. */
  readonly folder: string
  /** As typed: `post`, `BlogPost`. */
  readonly name: string
  /** As typed: `title:string`. */
  readonly fields: readonly string[]
  /** Whether there are tests, or why not. */
  readonly tests: true | { readonly why: string }
}

/** What templates of a model know. */
export interface ModelData extends ModelNames {
  readonly fields: readonly Field[]
  readonly samples: Samples
  readonly an: typeof withArticle
}

const TEMPLATES = new URL('../../../src/generators/model/templates/', import.meta.url)

/** @throws CliError where the app has no database, the name or a field cannot be, or a model referred to is not there */
export function modelData({ folder, name, fields: texts }: ModelChoices): ModelData {
  const names = modelNames(name)
  const fields = parseFields(texts)
  for (const { reference } of fields) {
    if (reference === undefined) continue
    if (reference.model === names.file)
      throw new CliError(
        `The model ${names.file} would refer to itself.`,
        'add that column by hand, then run contrail db:generate.',
      )
    if (existsSync(join(folder, modelPath(reference.model)))) continue
    throw new CliError(
      `There is no model ${reference.model} to refer to: ${modelPath(reference.model)} is missing.`,
      `generate it first: contrail generate model ${reference.model} …`,
    )
  }
  return { ...names, fields, samples: samplesOf(folder, fields), an: withArticle }
}

/** @throws CliError where the app has no database */
export function requireSchema(folder: string): void {
  if (existsSync(join(folder, SCHEMA_FILE))) return
  throw new CliError(
    `There is no database here: ${join(folder, SCHEMA_FILE)} is missing.`,
    'run this in the folder of an app with one: contrail new NAME --database postgres.',
  )
}

/** Decides what a model consists of, but for its migration. */
export function modelPlan(choices: ModelChoices, data = modelData(choices)): Plan {
  const { fields, file } = data
  const builders = new Set(['bigint', 'pgTable', 'timestamp', ...fields.map(({ builder }) => builder)])
  const indexed = fields.filter(({ isIndexed }) => isIndexed).map(({ name }) => name)
  if (indexed.length > 0) builders.add('index')
  const references = fields.flatMap(({ reference }) => reference ?? [])
  const more = { imports: [...builders].sort(), indexed, references: unique(references) }
  return {
    id: `model ${file}`,
    args: choices.fields,
    ...ownFiles(choices, renderFiles(TEMPLATES, { ...data, ...more })),
    edits: [schemaEdit(file)],
  }
}

function unique(references: readonly { readonly model: string; readonly table: string }[]) {
  return references
    .filter(({ model }, index) => references.findIndex((other) => other.model === model) === index)
    .sort((one, other) => (one.model < other.model ? -1 : 1))
}

/** The files of a folder of templates, in which NAME stands for the model, and of its controller for the plural. */
export function renderFiles(templates: URL, data: ModelData & Readonly<Record<string, unknown>>): NewFile[] {
  return renderTemplates(templates, data).map((file) => ({
    ...file,
    path: file.path.replace('NAME-controller', `${data.plural}-controller`).replace('NAME', data.file),
  }))
}

/** As the app formats them; without tests where it has none. */
export function ownFiles({ folder, tests }: ModelChoices, all: readonly NewFile[]): Pick<Plan, 'files' | 'left'> {
  const isTest = ({ path }: NewFile) => path.startsWith('tests/')
  if (tests === true) return { files: formatted(folder, all), left: [] }
  return {
    files: formatted(
      folder,
      all.filter((file) => !isTest(file)),
    ),
    left: all.filter(isTest).map(({ path }) => ({ path, why: tests.why })),
  }
}
