// Why: from parameters of any shape only those that are named, in the shape they are named with: Rails' permit, with types.
import { UploadedFile } from './uploaded-file.js'

/** A single value: what `permit` lets through under a plain name. */
export type Scalar = string | number | boolean | null | UploadedFile

/**
 * What to pick: names of single values, and objects that say what is below a name: `[]` for a list of single values,
 * `['title']` for an object, `[['name']]` for a list of objects.
 */
export type Permit = string | { readonly [name: string]: PermitBelow }
export type PermitBelow = readonly Permit[] | readonly [readonly Permit[]]

/** What `permit` gives back. */
export type Permitted<P extends readonly Permit[]> = {
  [K in Extract<P[number], string> | KeysOf<Extract<P[number], object>>]?: K extends KeysOf<Extract<P[number], object>>
    ? Below<BelowOf<Extract<P[number], object>, K>>
    : Scalar
}

type KeysOf<O> = O extends unknown ? Extract<keyof O, string> : never
type BelowOf<O, K extends string> = O extends { readonly [N in K]: infer B } ? B : never
type Below<B> = B extends readonly []
  ? Scalar[]
  : B extends readonly [infer Item extends readonly Permit[]]
    ? Permitted<Item>[]
    : B extends readonly Permit[]
      ? Permitted<B>
      : never

/** Picks from an object; what is not named, or of another shape, is left out. The result has no prototype. */
export function permit(source: Readonly<Record<string, unknown>>, permits: readonly Permit[]): Record<string, unknown> {
  const picked = Object.create(null) as Record<string, unknown>
  for (const one of permits) {
    if (typeof one === 'string') pick(picked, one, source, isScalar)
    else if (typeof one === 'object' && one !== null) {
      for (const name of Object.keys(one)) pickBelow(picked, name, source, one[name] as PermitBelow)
    } else throw new TypeError(`permit takes names, and objects of names, not ${String(one)}.`)
  }
  return picked
}

type Check = (value: unknown) => boolean

function pick(picked: Record<string, unknown>, name: string, source: Readonly<Record<string, unknown>>, check: Check) {
  if (Object.hasOwn(source, name) && check(source[name])) picked[name] = source[name]
}

function pickBelow(
  picked: Record<string, unknown>,
  name: string,
  source: Readonly<Record<string, unknown>>,
  below: PermitBelow,
): void {
  if (!Array.isArray(below)) throw new TypeError(`permit takes a list below ${JSON.stringify(name)}, such as [].`)
  const [first] = below as readonly unknown[]
  const value = Object.hasOwn(source, name) ? source[name] : undefined
  if (below.length === 0) pick(picked, name, source, isScalars)
  else if (Array.isArray(first)) {
    if (Array.isArray(value)) picked[name] = value.filter(isObject).map((item) => permit(item, first as Permit[]))
  } else if (isObject(value)) picked[name] = permit(value, below as readonly Permit[])
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value) || value instanceof UploadedFile
}

function isScalars(value: unknown): boolean {
  return Array.isArray(value) && value.every(isScalar)
}

/** Whether a value is an object of parameters, and neither a list nor a file. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof UploadedFile)
}
