// Why: query, body and path as one plain object, in which no name that a stranger sends can reach a method or a prototype.
import { BadRequest, NotFound, ParameterMissing } from '../errors.js'
import { isObject, type Permit, type Permitted, permit } from './permit.js'
import { type Schema, type SchemaOutput, validate, validateAsync } from './schema.js'
import { UploadedFile } from './uploaded-file.js'

/**
 * The parameters of a request: query, then body, then path; the later wins. A value is unknown until it was looked at:
 * narrow it, read it with `int`, `string` and their like, or take several at once with {@link Params.expect} or
 * {@link Params.permit}.
 *
 * What reads one parameter throws `NotFound` when a path parameter is not of its kind, and `BadRequest` when another is
 * not, or is missing and there is no fallback. A field that was left empty counts as missing, but for `string`.
 */
export interface Params {
  readonly [name: string]: unknown
  /** A parameter's value, whatever its name, the names of these methods included. */
  get(name: string): unknown
  /** Whether there is a parameter of this name. */
  has(name: string): boolean
  /** A parameter as a safe integer. @throws NotFound or BadRequest */
  int(name: string): number
  int<F>(name: string, fallback: F): number | F
  /** A parameter as a finite number, in decimal. @throws NotFound or BadRequest */
  number(name: string): number
  number<F>(name: string, fallback: F): number | F
  /** A parameter as a string, which may be empty. @throws BadRequest */
  string(name: string): string
  string<F>(name: string, fallback: F): string | F
  /** A parameter as true (`true`, `1`, `on`) or false (`false`, `0`, `off`). @throws NotFound or BadRequest */
  boolean(name: string): boolean
  boolean<F>(name: string, fallback: F): boolean | F
  /** A file of a multipart form. @throws BadRequest */
  file(name: string): UploadedFile
  file<F>(name: string, fallback: F): UploadedFile | F
  /**
   * The parameters below a name (`post[title]`), as parameters in turn.
   * @throws ParameterMissing when there are none
   */
  require(name: string): Params
  /**
   * Those parameters that are named, in the shape they are named with; all others are left out. Nothing is required.
   * ```ts
   * this.params.permit('page', { post: ['title', { tags: [], links: [['url']] }] })
   * ```
   */
  permit<const P extends readonly Permit[]>(...permits: P): Permitted<P>
  /**
   * What a schema (of zod, valibot, arktype, …) makes of all parameters, or of the one that is named.
   * @throws InvalidParams, a 422 that lists every problem; TypeError for a schema that is asynchronous
   */
  expect<S extends Schema>(schema: S): SchemaOutput<S>
  expect<S extends Schema>(name: string, schema: S): SchemaOutput<S>
  /** {@link Params.expect} for schemas that are asynchronous. @throws InvalidParams */
  expectAsync<S extends Schema>(schema: S): Promise<SchemaOutput<S>>
  expectAsync<S extends Schema>(name: string, schema: S): Promise<SchemaOutput<S>>
}

/** Parameters as properties of its own, and in private fields what nobody is to see. Its methods are below. */
class Bag {
  /** Parameters with the name of a method. */
  #hidden: Record<string, unknown> | undefined = undefined
  readonly #path: Readonly<Record<string, unknown>> | undefined

  /** @param path the path's own parameters, which must be put into it like any others */
  constructor(path: Readonly<Record<string, unknown>> | undefined) {
    this.#path = path
  }

  static put(bag: Inner, name: string, value: unknown): void {
    if (!Object.hasOwn(methods, name)) bag[name] = value
    else {
      bag.#hidden ??= Object.create(null) as Record<string, unknown>
      bag.#hidden[name] = value
    }
  }

  static hidden(bag: Bag): Readonly<Record<string, unknown>> | undefined {
    return bag.#hidden
  }

  static isOfPath(bag: Bag, name: string): boolean {
    return bag.#path !== undefined && Object.hasOwn(bag.#path, name)
  }
}

type Inner = Bag & Record<string, unknown>

const INTEGER = /^-?\d{1,16}$/
const DECIMAL = /^-?\d{1,40}(?:\.\d{1,40})?$/
const BOOLEANS = new Map<unknown, boolean>([
  ...['true', '1', 'on', true].map((text): [unknown, boolean] => [text, true]),
  ...['false', '0', 'off', false].map((text): [unknown, boolean] => [text, false]),
])

/** Reads one kind of parameter: undefined for what is not of it. */
type Read<T> = (value: unknown) => T | undefined

/** A method that reads a parameter of one kind. */
function reader<T>(kind: string, read: Read<T>, isMissing: (value: unknown) => boolean) {
  return function (this: Params & Inner, name: string, ...fallback: [unknown?]): unknown {
    const value = this.get(name)
    if (fallback.length > 0 && isMissing(value)) return fallback[0]
    const result = read(value)
    if (result !== undefined) return result
    if (Bag.isOfPath(this, name)) throw new NotFound()
    throw new BadRequest(`The parameter ${JSON.stringify(name)} must be ${kind}.`)
  }
}

const isAbsent = (value: unknown) => value === undefined || value === null
const isEmpty = (value: unknown) => isAbsent(value) || value === ''

const methods = {
  get(this: Inner, name: string): unknown {
    if (Object.hasOwn(this, name)) return this[name]
    const hidden = Bag.hidden(this)
    return hidden !== undefined && Object.hasOwn(hidden, name) ? hidden[name] : undefined
  },
  has(this: Params, name: string): boolean {
    return this.get(name) !== undefined
  },
  int: reader(
    'an integer',
    (value) => {
      const number = typeof value === 'string' && INTEGER.test(value) ? Number(value) : value
      return Number.isSafeInteger(number) ? (number as number) : undefined
    },
    isEmpty,
  ),
  number: reader(
    'a number',
    (value) => {
      const number = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value
      return typeof number === 'number' && Number.isFinite(number) ? number : undefined
    },
    isEmpty,
  ),
  string: reader('a string', (value) => (typeof value === 'string' ? value : undefined), isAbsent),
  boolean: reader('true or false', (value) => BOOLEANS.get(value), isEmpty),
  file: reader('a file', (value) => (value instanceof UploadedFile ? value : undefined), isEmpty),
  require(this: Params, name: string): Params {
    const value = this.get(name)
    if (isObject(value) && Object.keys(value).length > 0) return createParams(undefined, value, undefined)
    throw new ParameterMissing(name)
  },
  permit(this: Inner, ...permits: readonly Permit[]): unknown {
    return permit(plain(this), permits)
  },
  expect(this: Params & Inner, ...parameters: [Schema] | [string, Schema]): unknown {
    const { schema, value, name } = subject(this, parameters)
    return validate(schema, value, name)
  },
  expectAsync(this: Params & Inner, ...parameters: [Schema] | [string, Schema]): Promise<unknown> {
    const { schema, value, name } = subject(this, parameters)
    return validateAsync(schema, value, name)
  },
}

/** What a schema is to judge: one parameter, or all. */
function subject(params: Params & Inner, parameters: [Schema] | [string, Schema]) {
  const [first, second] = parameters
  if (typeof first !== 'string') return { schema: first, value: plain(params), name: undefined }
  return { schema: second as Schema, value: params.get(first), name: first }
}

/** All parameters, those with the names of methods too, without the methods. */
function plain(params: Inner): Record<string, unknown> {
  return Object.assign(Object.create(null) as Record<string, unknown>, params, Bag.hidden(params))
}

for (const [name, value] of Object.entries(methods)) Object.defineProperty(Bag.prototype, name, { value })
// No name that a stranger sends may reach anything else.
Reflect.deleteProperty(Bag.prototype, 'constructor')
Object.setPrototypeOf(Bag.prototype, null)
Object.freeze(Bag.prototype)

/** Merges the sources of parameters. A body that is JSON but no object is found under `_json`, as in Rails. */
export function createParams(
  query: Readonly<Record<string, unknown>> | undefined,
  body: unknown,
  path: Readonly<Record<string, unknown>> | undefined,
): Params {
  const params = new Bag(path) as Inner
  if (query !== undefined) take(params, query)
  if (body !== undefined) {
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) take(params, body as Record<string, unknown>)
    else Bag.put(params, '_json', body)
  }
  if (path !== undefined) take(params, path)
  return params as unknown as Params
}

function take(params: Inner, source: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(source)) Bag.put(params, name, source[name])
}
