// What the database refuses and the client may mend is a 422 that says so, as what a validator refuses.
import { InvalidParams } from 'contrail'
import type { DrizzleQueryError } from 'drizzle-orm'

/** By PostgreSQL's codes. */
const MESSAGES: Readonly<Record<string, string>> = {
  '22001': 'is too long',
  '22003': 'is out of range',
  '23502': 'must be given',
  '23503': 'refers to nothing, or is referred to',
  '23505': 'is taken',
  '23514': 'is not allowed',
}

/** The error to answer with: a 422 where the database refused a value, else the error itself. */
export function refusalOf(error: DrizzleQueryError): Error {
  const { code = '', detail = '', column_name } = (error.cause ?? {}) as Readonly<Record<string, string | undefined>>
  const message = MESSAGES[code]
  if (message === undefined) return error
  const column = column_name ?? /^Key \("?(\w+)/.exec(detail)?.[1] ?? ''
  const path = column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return new InvalidParams([{ path, pointer: path && `/${path}`, message }])
}
