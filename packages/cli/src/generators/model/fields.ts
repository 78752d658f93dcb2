// Why: fields as Rails writes them, `title:string:uniq body:text? user:references`, become columns and what is expected of
// values. All from one table of types.
import { CliError } from '../../cli-error.js'
import { camelCase, parseName } from '../names.js'

/** A column of a table, as the templates write it. */
export interface Field {
  /** In code: `publishedAt`, `userId`. */
  readonly name: string
  /** What drizzle-orm/pg-core makes it with: `varchar`. */
  readonly builder: string
  /** `varchar({ length: 255 }).notNull()` */
  readonly column: string
  /** What the validator expects: `line(255)`; what of it is in app/validators/values.ts: `line`. */
  readonly schema: string
  readonly value: string
  readonly isRequired: boolean
  readonly isUnique: boolean
  readonly isIndexed: boolean
  /** The model it refers to, and that model's table: `user`, `users`. */
  readonly reference: { readonly model: string; readonly table: string } | undefined
}

interface Type {
  readonly builder: string
  /** What follows the builder's name: `({ length: 255 })`. */
  readonly options?: (numbers: readonly number[]) => string
  /** Among the values of app/validators/values.ts. */
  readonly value: string
  /** What follows the value's name. */
  readonly limits?: (numbers: readonly number[]) => string
  /** How many numbers it takes in braces, at most. */
  readonly numbers?: number
}

const TYPES: Readonly<Record<string, Type>> = {
  string: {
    builder: 'varchar',
    options: ([length = 255]) => `({ length: ${length} })`,
    value: 'line',
    limits: ([length]) => `(${length ?? ''})`,
    numbers: 1,
  },
  text: { builder: 'text', value: 'text' },
  integer: { builder: 'integer', value: 'integer' },
  bigint: { builder: 'bigint', options: () => "({ mode: 'number' })", value: 'whole' },
  float: { builder: 'doublePrecision', value: 'float' },
  decimal: {
    builder: 'numeric',
    options: ([digits = 10, places = 2]) => `({ precision: ${digits}, scale: ${places} })`,
    value: 'decimal',
    limits: ([digits = 10, places = 2]) => `(${digits}, ${places})`,
    numbers: 2,
  },
  boolean: { builder: 'boolean', value: 'flag' },
  date: { builder: 'date', value: 'date' },
  time: { builder: 'time', value: 'time' },
  datetime: { builder: 'timestamp', options: () => '({ withTimezone: true })', value: 'moment' },
  json: { builder: 'jsonb', value: 'json' },
  uuid: { builder: 'uuid', value: 'uuid' },
}

const ALIASES: Readonly<Record<string, string>> = { timestamp: 'datetime', jsonb: 'json', belongs_to: 'references' }
const MODIFIERS = ['uniq', 'index']

/** Columns that every table has, and names that mean something to Drizzle or to every object. */
const TAKEN = new Set([
  'id',
  'createdAt',
  'updatedAt',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'enableRLS',
  'getSQL',
])

/** Reads the fields of a model. @throws CliError for one that cannot be understood, or comes twice */
export function parseFields(texts: readonly string[]): Field[] {
  const fields = texts.map(parseField)
  const twice = fields.find(({ name }, index) => fields.findIndex((other) => other.name === name) !== index)
  if (twice !== undefined) throw new CliError(`The field ${twice.name} is named twice.`, 'name each field once.')
  return fields
}

const SYNTAX = /^([A-Za-z][A-Za-z0-9_]{0,59})(?::([a-z_]+)(?:\{(\d{1,4}(?:[,.]\d{1,4})*)\})?([?!]?)((?::[a-z]+)*))?$/

function parseField(text: string): Field {
  const match = SYNTAX.exec(text)
  if (match === null) {
    throw new CliError(
      `A field cannot be written ${JSON.stringify(text.slice(0, 80))}.`,
      'write name:type, name:type? where it may be missing, name:type:uniq or name:type:index: title:string body:text? user:references.',
    )
  }
  const [, given = '', typeName = 'string', detail, mark = '', modifierText = ''] = match
  const modifiers = modifierText.split(':').slice(1)
  const unknown = modifiers.find((one) => !MODIFIERS.includes(one))
  if (unknown !== undefined)
    throw new CliError(`The field ${text} has the modifier ${unknown}.`, 'those that there are: uniq, index.')
  const own = camelCase(
    given
      .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
      .replaceAll('_', '-')
      .toLowerCase(),
  )
  const numbers = detail === undefined ? [] : detail.split(/[,.]/).map(Number)
  const isRequired = mark !== '?'
  const common = { isRequired, isUnique: modifiers.includes('uniq'), isIndexed: modifiers.includes('index') }
  const name = ALIASES[typeName] ?? typeName
  if (name === 'references') return referenceField(text, own, given, common)
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined
  if (type === undefined) {
    const known = [...Object.keys(TYPES), 'references'].join(', ')
    throw new CliError(`The field ${text} is of the type ${typeName}, which there is not.`, `choose from ${known}.`)
  }
  checkNumbers(text, numbers, type)
  checkName(own)
  const rest = { ...common, name: own, builder: type.builder, value: type.value, reference: undefined }
  const column = `${type.builder}${type.options?.(numbers) ?? '()'}${constraints(common)}`
  return { ...rest, column, schema: optional(`${type.value}${type.limits?.(numbers) ?? ''}`, isRequired) }
}

type Common = Pick<Field, 'isRequired' | 'isUnique' | 'isIndexed'>

function referenceField(text: string, own: string, given: string, common: Common): Field {
  const { namespaces, singular, plural } = parseName(given.replaceAll('_', '-'), 'model')
  if (namespaces.length > 0) throw new CliError(`The field ${text} has a namespace.`, 'leave it out.')
  const table = camelCase(plural)
  const name = `${camelCase(singular)}Id`
  checkName(own)
  return {
    ...common,
    name,
    builder: 'bigint',
    column: `bigint({ mode: 'number' })${constraints(common)}.references(() => ${table}.id)`,
    schema: optional('whole', common.isRequired),
    value: 'whole',
    // Rows are looked for by what they refer to, and PostgreSQL makes no index for that by itself.
    isIndexed: !common.isUnique,
    reference: { model: singular, table },
  }
}

function constraints({ isRequired, isUnique }: Common): string {
  return `${isRequired ? '.notNull()' : ''}${isUnique ? '.unique()' : ''}`
}

function optional(schema: string, isRequired: boolean): string {
  return isRequired ? schema : `${schema}.nullish()`
}

function checkName(name: string): void {
  if (!TAKEN.has(name)) return
  throw new CliError(`A field cannot be called ${name}: every table or object has that.`, 'choose another name.')
}

function checkNumbers(text: string, given: readonly number[], { numbers = 0, builder }: Type): void {
  const [first = 1, second = 0] = given
  const fits = given.length <= numbers && first >= 1 && (builder !== 'numeric' || (second < first && first <= 1000))
  if (fits) return
  throw new CliError(
    `The field ${text} has numbers in braces that its type does not take.`,
    'those that there are: string{80}, decimal{10,2}, of which the second is smaller.',
  )
}
