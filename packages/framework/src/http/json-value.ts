// Why: a value that JSON changes or loses without a word (a date, a map, NaN) is a riddle a request later; it is refused.

/** What JSON carries: what a signed or encrypted cookie gives back. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }

/** Holds a value's type to what JSON carries, interfaces included, which have no index signature. */
export type Jsonable<T> = T extends JsonValue
  ? T
  : T extends ((...parameters: never[]) => unknown) | symbol | bigint | undefined | { toJSON(): unknown }
    ? never
    : {
        readonly [K in keyof T]: undefined extends T[K]
          ? Jsonable<Exclude<T[K], undefined>> | undefined
          : Jsonable<T[K]>
      }

const MAXIMUM_DEPTH = 100

/**
 * Checks that a value comes back from JSON as it is. A key that holds undefined is left out, as JSON does.
 * @param path how the error names the value
 * @throws TypeError naming the path of what JSON would change or lose
 */
export function checkJsonValue(value: unknown, path: string, depth = 0): void {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refused(path, String(value))
    return
  }
  if (typeof value !== 'object') throw refused(path, typeof value)
  if (depth > MAXIMUM_DEPTH) throw refused(path, `nested deeper than ${MAXIMUM_DEPTH} levels, or cyclic`)
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) checkJsonValue(value[index], `${path}[${index}]`, depth + 1)
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null
  if (!isPlain || typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    throw refused(path, (value.constructor as { name?: string } | undefined)?.name || 'object of a class')
  }
  for (const key of Object.keys(value)) {
    const inner = (value as Record<string, unknown>)[key]
    if (inner !== undefined) checkJsonValue(inner, `${path}.${key}`, depth + 1)
  }
}

function refused(path: string, what: string): TypeError {
  return new TypeError(
    `${path} is ${what}, which JSON does not carry. Give strings, finite numbers, booleans, null, arrays and plain objects.`,
  )
}
