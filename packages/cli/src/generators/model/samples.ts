// Why: generated tests need rows to test with, and rows that those refer to: a value for each column, and a function for each
// table in between.
import { pascalCase, singularOf } from '../names.js'
import type { Field } from './fields.js'
import { type Column, columnsOf, modelPath, readModel } from './model-file.js'

/** What tests of a model are made with, as code. */
export interface Samples {
  /** The tables that rows are made in first. */
  readonly tables: readonly { readonly table: string; readonly model: string }[]
  /** Functions that make these rows, each with an empty line before it. */
  readonly functions: string
  /** `title: 'A'`, as code has it, and as JSON has it. */
  readonly values: readonly string[]
  readonly json: readonly string[]
  /** A change of one of them, that is no reference. */
  readonly change: string | undefined
  readonly jsonChange: string | undefined
  /** Whether the values wait for rows they refer to. */
  readonly isAsync: boolean
}

/** A value and another, as JSON has them; what code makes of these, where that is something else. */
const VALUES: Readonly<Record<string, { json: readonly [string, string]; code?: readonly [string, string] }>> = {
  varchar: { json: ["'A'", "'B'"] },
  text: { json: ["'A'", "'B'"] },
  char: { json: ["'A'", "'B'"] },
  integer: { json: ['1', '2'] },
  smallint: { json: ['1', '2'] },
  bigint: { json: ['1', '2'] },
  real: { json: ['1.5', '2.5'] },
  doublePrecision: { json: ['1.5', '2.5'] },
  boolean: { json: ['true', 'false'] },
  date: { json: ["'2026-01-01'", "'2026-01-02'"] },
  time: { json: ["'20:15:00'", "'20:30:00'"] },
  timestamp: {
    json: ["'2026-01-01T00:00:00.000Z'", "'2026-01-02T00:00:00.000Z'"],
    code: ["new Date('2026-01-01')", "new Date('2026-01-02')"],
  },
  jsonb: { json: ['{ a: 1 }', '{ b: 2 }'] },
  json: { json: ['{ a: 1 }', '{ b: 2 }'] },
  uuid: {
    json: ["'0199a2f0-0000-7000-8000-000000000001'", "'0199a2f0-0000-7000-8000-000000000002'"],
  },
}

/** Decides the values that tests of a model use, in an app in which its file may not be yet. */
export function samplesOf(folder: string, fields: readonly Field[]): Samples {
  const ancestors = new Map<string, { readonly model: string; readonly columns: readonly Column[] }>()
  const visit = (table: string, model: string) => {
    const text = readModel(folder, model)
    if (ancestors.has(table) || text === undefined) return
    const columns = columnsOf(text, modelPath(model), table).filter(({ isNeeded }) => isNeeded)
    for (const { table: next } of columns) if (next !== undefined && next !== table) visit(next, singularOf(next))
    ancestors.set(table, { model, columns })
  }
  for (const { reference } of fields) if (reference !== undefined) visit(reference.table, reference.model)
  const functions = [...ancestors].map(([table, { columns }]) => makerOf(table, columns))
  const pair = (field: Field, index: 0 | 1, form: 'json' | 'code') => `${field.name}: ${sampleOf(field, index, form)}`
  const changed = fields.find(({ reference }) => reference === undefined)
  return {
    tables: [...ancestors]
      .map(([table, { model }]) => ({ table, model }))
      .sort((one, other) => (one.model < other.model ? -1 : 1)),
    functions: functions.map((text) => `\n${text}\n`).join(''),
    values: fields.map((field) => pair(field, 0, 'code')),
    json: fields.map((field) => pair(field, 0, 'json')),
    change: changed && pair(changed, 1, 'code'),
    jsonChange: changed && pair(changed, 1, 'json'),
    isAsync: fields.some(({ reference }) => reference !== undefined),
  }
}

function sampleOf({ builder, reference, column }: Field, index: 0 | 1, form: 'json' | 'code'): string {
  if (reference !== undefined) return `await ${makerName(reference.table)}()`
  if (builder === 'numeric') {
    const [, , places = '0'] = /precision: (\d+), scale: (\d+)/.exec(column) ?? []
    return `'${Number(index + 1).toFixed(Number(places))}'`
  }
  return plainValue(builder, index, form)
}

function plainValue(builder: string, index: 0 | 1, form: 'json' | 'code'): string {
  const values = VALUES[builder] ?? VALUES['text']
  return (form === 'code' ? (values?.code ?? values?.json) : values?.json)?.[index] as string
}

/** A function that gives the id of a row: one for all, as there may be columns that no two rows have the same. */
function makerOf(table: string, columns: readonly Column[]): string {
  const values = columns.map(({ name, builder, table: next }) =>
    next === undefined || next === table
      ? `${name}: ${builder === 'numeric' ? "'1'" : plainValue(builder, 0, 'code')}`
      : `${name}: await ${makerName(next)}()`,
  )
  return `async function ${makerName(table)}(): Promise<number> {
  const [found] = await db.select().from(${table}).limit(1)
  const [made] = found ? [found] : await db.insert(${table}).values({ ${values.join(', ')} }).returning()
  return (made as { id: number }).id
}`
}

/** `someUserId`, of the table `users`. */
function makerName(table: string): string {
  return `some${pascalCase(singularOf(table))}Id`
}
