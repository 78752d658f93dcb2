// Why: query, body and path as one plain object, in which no name that a stranger sends can reach a method or a prototype.
import { BadRequest, NotFound } from '../errors.js'

/**
 * The parameters of a request: query, then body, then path; the later wins. A value is unknown until it was looked at:
 * narrow it, or use {@link Params.int} and {@link Params.string}.
 */
export interface Params {
  readonly [name: string]: unknown
  /** A parameter's value, whatever its name, the names of these methods included. */
  get(name: string): unknown
  /** Whether there is a parameter of this name. */
  has(name: string): boolean
  /**
   * A parameter as a safe integer.
   * @throws NotFound when it is a path parameter and no integer; BadRequest when another is missing or none
   */
  int(name: string): number
  /**
   * A parameter as a string.
   * @throws BadRequest when it is missing or no string
   */
  string(name: string): string
}

const HIDDEN = Symbol('parameters with the name of a method')
const PATH = Symbol('names of path parameters')

interface Inner {
  [name: string]: unknown
  [HIDDEN]?: Record<string, unknown>
  [PATH]?: Readonly<Record<string, unknown>>
}

const INTEGER = /^-?\d{1,16}$/

const methods = {
  get(this: Inner, name: string): unknown {
    if (Object.hasOwn(this, name)) return this[name]
    const hidden = this[HIDDEN]
    return hidden !== undefined && Object.hasOwn(hidden, name) ? hidden[name] : undefined
  },
  has(this: Params, name: string): boolean {
    return this.get(name) !== undefined
  },
  int(this: Params & Inner, name: string): number {
    const value = this.get(name)
    const number = typeof value === 'string' && INTEGER.test(value) ? Number(value) : value
    if (Number.isSafeInteger(number)) return number as number
    if (this[PATH] !== undefined && name in this[PATH]) throw new NotFound()
    throw new BadRequest(`The parameter ${JSON.stringify(name)} must be an integer.`)
  },
  string(this: Params, name: string): string {
    const value = this.get(name)
    if (typeof value === 'string') return value
    throw new BadRequest(`The parameter ${JSON.stringify(name)} must be a string.`)
  },
}

const PROTOTYPE: object = Object.freeze(Object.assign(Object.create(null) as object, methods))

/** Merges the sources of parameters. A body that is JSON but no object is found under `_json`, as in Rails. */
export function createParams(
  query: Readonly<Record<string, unknown>> | undefined,
  body: unknown,
  path: Readonly<Record<string, unknown>> | undefined,
): Params {
  const params = Object.create(PROTOTYPE) as Inner
  if (query !== undefined) take(params, query)
  if (body !== undefined) {
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) take(params, body as Record<string, unknown>)
    else define(params, '_json', body)
  }
  if (path !== undefined) {
    take(params, path)
    Object.defineProperty(params, PATH, { value: path })
  }
  return params as unknown as Params
}

function take(params: Inner, source: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(source)) define(params, name, source[name])
}

function define(params: Inner, name: string, value: unknown): void {
  if (Object.hasOwn(methods, name)) {
    if (params[HIDDEN] === undefined) Object.defineProperty(params, HIDDEN, { value: Object.create(null) })
    ;(params[HIDDEN] as Record<string, unknown>)[name] = value
  } else params[name] = value
}
