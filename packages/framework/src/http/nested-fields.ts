// Why: `post[title]` and `tags[]` mean the same in queries, urlencoded and multipart forms. Rack's rules, on objects without
// a prototype, on which no name is special: docs/decisions/015.
import { BadRequest } from '../errors.js'
import type { UploadedFile } from './uploaded-file.js'

/** How deep the names of fields may nest: Rack's limit. */
export const MAXIMUM_FIELD_DEPTH = 32

/** What a form has under one name: text, a file, a list (`tags[]`), or fields in turn (`post[title]`). */
export type FormValue = string | UploadedFile | FormValue[] | FormFields

/** Fields by name, without a prototype. Of several plain values with one name the last wins, as in Rails. */
export interface FormFields {
  [name: string]: FormValue
}

/** What a query has under one name: what a form has, but for files. */
export type QueryValue = string | QueryValue[] | QueryFields

/** The fields of a query, or of a form that is text. */
export interface QueryFields {
  [name: string]: QueryValue
}

/** How an error names what is read. */
export type FormKind = 'query' | 'form'

/** A field on its way to its place. */
interface Field {
  readonly name: string
  /** What is in its brackets, in order; empty for `[]`. */
  readonly keys: readonly string[]
  readonly value: string | UploadedFile
  readonly kind: FormKind
}

/** Fields without any yet. */
export function noFields(): FormFields {
  return Object.create(null) as FormFields
}

/**
 * Puts a value where its field's name says. A name whose brackets do not match is a name like any other.
 * @throws BadRequest when the name nests too deep, or takes a value for a list or an object, or the reverse
 */
export function setField(fields: FormFields, name: string, value: string | UploadedFile, kind: FormKind): void {
  const open = name.indexOf('[', 1)
  const keys = open === -1 ? [] : keysOf(name, open, kind)
  put(fields, keys.length === 0 ? name : name.slice(0, open), { name, keys, value, kind }, 0)
}

/** What is in the brackets from `open` on; nothing when they do not match. */
function keysOf(name: string, open: number, kind: FormKind): string[] {
  const keys: string[] = []
  for (let at = open; at < name.length; ) {
    const close = name.indexOf(']', at)
    if (name[at] !== '[' || close === -1) return []
    const key = name.slice(at + 1, close)
    if (key.includes('[')) return []
    if (keys.push(key) > MAXIMUM_FIELD_DEPTH) {
      throw new BadRequest(`The ${kind} has a name that nests deeper than ${MAXIMUM_FIELD_DEPTH} levels.`)
    }
    at = close + 1
  }
  return keys
}

/** Puts a field at `key`, or deeper by its keys from `index` on. */
function put(at: FormFields, key: string, field: Field, index: number): void {
  const { keys, value } = field
  const there = at[key]
  if (index === keys.length) {
    if (isList(there) || isFields(there)) throw conflict(field)
    at[key] = value
    return
  }
  const next = keys[index] as string
  if (next !== '') {
    if (there === undefined) at[key] = noFields()
    else if (!isFields(there)) throw conflict(field)
    put(at[key] as FormFields, next, field, index + 1)
    return
  }
  if (there === undefined) at[key] = []
  else if (!isList(there)) throw conflict(field)
  ;(at[key] as FormValue[]).push(...newItem(at[key] as FormValue[], field, index + 1))
}

/** What a field adds to its list: nothing where it goes into the list's last item, as Rack has it for `items[][name]`. */
function newItem(list: readonly FormValue[], field: Field, index: number): FormValue[] {
  const { keys, value } = field
  const key = keys[index]
  if (key === undefined) return [value]
  if (key === '') {
    const holder = noFields()
    put(holder, '', field, index)
    return [holder[''] as FormValue]
  }
  const last = list.at(-1)
  const goesOn = isFields(last) && !hasPath(last, keys, index)
  const item = goesOn ? last : noFields()
  put(item, key, field, index + 1)
  return goesOn ? [] : [item]
}

/** Whether an item has a value at these keys already, so that the field must be of the next item. */
function hasPath(item: FormFields, keys: readonly string[], index: number): boolean {
  let at: FormValue | undefined = item
  for (const key of keys.slice(index)) {
    if (key === '' || !isFields(at)) return false
    at = at[key]
  }
  return at !== undefined
}

function isList(value: FormValue | undefined): value is FormValue[] {
  return Array.isArray(value)
}

function isFields(value: FormValue | undefined): value is FormFields {
  return typeof value === 'object' && Object.getPrototypeOf(value) === null
}

function conflict({ name, kind }: Field): BadRequest {
  const shown = JSON.stringify(name.slice(0, 100))
  return new BadRequest(`The ${kind} has ${shown} where it has a value of another shape under the same name.`)
}
