// Why: what an action may rely on is said by a schema of any library that speaks Standard Schema, and judged in one place.
// The only file that knows @standard-schema/spec, which is types alone.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { InvalidParams, type ParameterIssue } from '../errors.js'
import { isPromise } from '../maybe-promise.js'

/** A schema of zod, valibot, arktype, or any other library that speaks Standard Schema. */
export type Schema<Output = unknown> = StandardSchemaV1<unknown, Output>

/** What a schema makes of what it accepts. */
export type SchemaOutput<S extends StandardSchemaV1> = StandardSchemaV1.InferOutput<S>

/** A list of everything would be larger than the request: each item of a long list can be wrong. */
const MAXIMUM_ISSUES = 100
const MAXIMUM_KEY = 100

/**
 * What the schema makes of a value.
 * @param at the parameter the value is of; undefined for all of them
 * @throws InvalidParams listing what is wrong; TypeError for a schema that answers later
 */
export function validate<S extends StandardSchemaV1>(
  schema: S,
  value: unknown,
  at: string | undefined,
): SchemaOutput<S> {
  const result = check(schema, value)
  if (!isPromise(result)) return outcome(result, value, at) as SchemaOutput<S>
  // Its outcome is of no use any more, and must not end the process.
  result.catch(() => undefined)
  throw new TypeError('This schema is asynchronous: call await this.params.expectAsync(…) instead of expect.')
}

/** {@link validate} for schemas that answer later; for others too. */
export async function validateAsync<S extends StandardSchemaV1>(
  schema: S,
  value: unknown,
  at: string | undefined,
): Promise<SchemaOutput<S>> {
  return outcome(await check(schema, value), value, at) as SchemaOutput<S>
}

function check(schema: StandardSchemaV1, value: unknown) {
  const standard = (schema as Partial<StandardSchemaV1> | undefined)?.['~standard']
  if (typeof standard?.validate === 'function') return standard.validate(value)
  throw new TypeError(
    'params.expect takes a schema that speaks Standard Schema, as those of zod, valibot and arktype do.',
  )
}

function outcome(result: StandardSchemaV1.Result<unknown>, value: unknown, at: string | undefined): unknown {
  if (result.issues === undefined) return result.value
  throw new InvalidParams(result.issues.slice(0, MAXIMUM_ISSUES).map((issue) => describe(issue, value, at)))
}

function describe(
  { message, path = [] }: StandardSchemaV1.Issue,
  value: unknown,
  at: string | undefined,
): ParameterIssue {
  const inner = path.map((segment) => (typeof segment === 'object' ? segment.key : segment))
  const keys = (at === undefined ? inner : [at, ...inner]).map((key) => String(key).slice(0, MAXIMUM_KEY))
  return {
    path: keys.join('.'),
    pointer: keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    message: withoutValue(message, valueAt(value, inner)),
  }
}

function valueAt(value: unknown, keys: readonly PropertyKey[]): unknown {
  let at = value
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Record<PropertyKey, unknown>)[key]
  }
  return at
}

/** valibot and arktype quote what was sent; it may be a password, and answers end up in logs and on screens. */
function withoutValue(message: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') return message
  return message.replaceAll(JSON.stringify(value), '"…"').replaceAll(`"${value}"`, '"…"')
}
