// Why: tests say what a form holds as nested data; it is sent in the names that forms have, as Rails writes them.

/** A field's value. Null is sent as an empty one; undefined is left out. */
export type FieldValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Date
  | Blob
  | readonly FieldValue[]
  | { readonly [name: string]: FieldValue }

/** Fields by name: `{ post: { title: 'Hi', tags: ['a', 'b'] } }` is `post[title]`, `post[tags][]` and `post[tags][]`. */
export type Fields = Readonly<Record<string, FieldValue>>

/** A field as it is sent. */
export type Field = readonly [name: string, value: string | Blob]

/** The fields of a form or a query, in order. Dates are sent in ISO 8601. */
export function fieldsOf(fields: Fields): Field[] {
  return Object.entries(fields).flatMap(([name, value]) => flatten(name, value))
}

function flatten(name: string, value: FieldValue): Field[] {
  if (value === undefined) return []
  if (value === null) return [[name, '']]
  if (value instanceof Blob) return [[name, value]]
  if (value instanceof Date) return [[name, value.toISOString()]]
  if (Array.isArray(value)) return value.flatMap((one: FieldValue) => flatten(`${name}[]`, one))
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([key, inner]) => flatten(`${name}[${key}]`, inner as FieldValue))
  return [[name, String(value)]]
}

/** Fields as text, as queries and forms without files have them. @throws TypeError for a file */
export function urlencoded(fields: readonly Field[]): string {
  return fields
    .map(([name, value]) => {
      if (typeof value !== 'string') throw new TypeError(`The field ${name} is a file, which a query cannot carry.`)
      return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`
    })
    .join('&')
}
