// Why: models are the app's own files, and change; what columns one has by now is in its file, and is read and written there.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../../cli-error.js'
import {
  type ArrayExpression,
  addImport,
  type Expression,
  indentAt,
  lineAfter,
  lineOf,
  type Node,
  type ObjectExpression,
  type ObjectProperty,
  parseTypeScript,
  removeImport,
  removeLines,
} from '../typescript-file.js'
import type { Field } from './fields.js'

/** A column, as a model's file has it. */
export interface Column {
  /** In code. */
  readonly name: string
  /** `varchar` */
  readonly builder: string
  /** Whether a row must be given it. */
  readonly isNeeded: boolean
  /** The table in code that it refers to. */
  readonly table: string | undefined
}

/** Where a model is, below the app's folder. */
export function modelPath(model: string): string {
  return `app/models/${model}.ts`
}

/** The text of a model's file; undefined where there is none. */
export function readModel(folder: string, model: string): string | undefined {
  const path = join(folder, modelPath(model))
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** The columns of a table. @throws CliError where the file has no such table */
export function columnsOf(text: string, path: string, table: string): Column[] {
  return propertiesOf(tableOf(text, path, table).columns).map(({ key, value }) => {
    const calls = callsOf(value as Expression)
    const [builder = ''] = calls
    const isGiven = calls.some((call) => /^(?:default|generated|\$default|\$onUpdate)/.test(call))
    return {
      name: key.type === 'Identifier' ? key.name : key.type === 'StringLiteral' ? key.value : '',
      builder,
      isNeeded: calls.includes('notNull') && !isGiven,
      table: calls.includes('references') ? referredTable(text, value as Expression) : undefined,
    }
  })
}

/** Adds columns to a table, their indexes, and the imports that they need. Those that are there stay as they are. */
export function addColumns(text: string, path: string, table: string, fields: readonly Field[]): string {
  const there = new Set(columnsOf(text, path, table).map(({ name }) => name))
  return fields
    .filter(({ name }) => !there.has(name))
    .reduce((result, field) => {
      const so = importsOfField(field).reduce((all, [name, from]) => addImport(all, path, name, from), result)
      const withColumn = addColumn(so, path, table, field)
      return field.isIndexed ? addIndex(withColumn, path, table, field.name) : withColumn
    }, text)
}

/** Takes columns away from a table, the indexes on them alone, and the imports that only they needed. */
export function removeColumns(text: string, path: string, table: string, fields: readonly Field[]): string {
  const without = fields.reduce((result, { name }) => {
    const so = removeIndexes(result, path, table, name)
    const property = propertiesOf(tableOf(so, path, table).columns).find(
      ({ key }) => key.type === 'Identifier' && key.name === name,
    )
    return property === undefined ? so : removeLines(so, property)
  }, text)
  const imports = [...fields.flatMap(importsOfField), ['index', DRIZZLE] as const]
  return imports.reduce((result, [name, from]) => removeImport(result, path, name, from), without)
}

const DRIZZLE = 'drizzle-orm/pg-core'

function importsOfField({ builder, reference, isIndexed }: Field): (readonly [name: string, from: string])[] {
  const drizzle = isIndexed ? [builder, 'index'] : [builder]
  const own = drizzle.map((name) => [name, DRIZZLE] as const)
  return reference === undefined ? own : [...own, [reference.table, `./${reference.model}.js`]]
}

/** Before the times that every table ends with. */
function addColumn(text: string, path: string, table: string, { name, column }: Field): string {
  const properties = propertiesOf(tableOf(text, path, table).columns)
  const next = properties.find(({ key }) => key.type === 'Identifier' && key.name === 'createdAt')
  const last = properties.at(-1)
  const beside = next ?? last
  if (beside === undefined) throw new CliError(`The table in ${path} has no columns.`, 'add the first one by hand.')
  const at = next === undefined ? lineAfter(text, beside.end as number) : lineOf(text, beside.start as number)
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  return `${text.slice(0, at)}${indentAt(text, beside.start as number)}${name}: ${column},${newline}${text.slice(at)}`
}

function addIndex(text: string, path: string, table: string, column: string): string {
  const { columns, extras } = tableOf(text, path, table)
  if (extras === undefined) {
    const at = columns.end as number
    return `${text.slice(0, at)}, (table) => [index().on(table.${column})]${text.slice(at)}`
  }
  const at = (extras.list.end as number) - 1
  const comma = extras.list.elements.length === 0 || /,\s*$/.test(text.slice(0, at)) ? '' : ', '
  return `${text.slice(0, at)}${comma}index().on(${extras.parameter}.${column})${text.slice(at)}`
}

function removeIndexes(text: string, path: string, table: string, column: string): string {
  const { extras } = tableOf(text, path, table)
  const elements = extras?.list.elements ?? []
  const code = (node: Pick<Node, 'start' | 'end'>) => text.slice(node.start as number, node.end as number)
  const own = new RegExp(`\\(\\s*${extras?.parameter}\\.${column}\\s*\\)`)
  const kept = elements.filter((element) => element !== null && !own.test(code(element)))
  if (extras === undefined || kept.length === elements.length) return text
  const list = kept.map((element) => code(element as Node)).join(', ')
  const { start, end } = extras.list
  if (kept.length > 0) return `${text.slice(0, (start as number) + 1)}${list}${text.slice((end as number) - 1)}`
  const { columns, whole } = { columns: tableOf(text, path, table).columns, whole: extras.whole }
  return text.slice(0, columns.end as number) + text.slice(whole.end as number)
}

/** What `pgTable('posts', { … }, (table) => [ … ])` is given. */
interface TableCode {
  readonly columns: ObjectExpression
  readonly extras:
    | { readonly list: ArrayExpression; readonly parameter: string; readonly whole: Pick<Node, 'start' | 'end'> }
    | undefined
}

function tableOf(text: string, path: string, table: string): TableCode {
  for (const statement of parseTypeScript(text, path).program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type !== 'VariableDeclaration') continue
    for (const { id, init } of declaration.declarations) {
      if (id.type !== 'Identifier' || id.name !== table || init?.type !== 'CallExpression') continue
      const [, columns, extras] = init.arguments
      if (columns?.type !== 'ObjectExpression') continue
      if (extras === undefined) return { columns, extras: undefined }
      const parameter = extras.type === 'ArrowFunctionExpression' ? extras.params[0] : undefined
      if (extras.type !== 'ArrowFunctionExpression' || extras.body.type !== 'ArrayExpression') break
      if (parameter?.type !== 'Identifier') break
      return { columns, extras: { list: extras.body, parameter: parameter.name, whole: extras } }
    }
  }
  throw new CliError(
    `${path} has no ${table} = pgTable('…', { … }, (table) => [ … ]), the last of which may be missing.`,
    'write the table so, or change the file by hand and run contrail db:generate.',
  )
}

function propertiesOf({ properties }: ObjectExpression): ObjectProperty[] {
  return properties.filter((property) => property.type === 'ObjectProperty')
}

/** `varchar({ length: 80 }).notNull()` calls varchar, then notNull. */
function callsOf(expression: Expression): string[] {
  if (expression.type !== 'CallExpression') return []
  const { callee } = expression
  if (callee.type === 'Identifier') return [callee.name]
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return []
  return [...callsOf(callee.object as Expression), callee.property.name]
}

function referredTable(text: string, { start, end }: Expression): string | undefined {
  return /\.references\(\s*\(\)[^=]*=>\s*(\w+)\./.exec(text.slice(start as number, end as number))?.[1]
}
