// Why: JSON from strangers: no key that reaches a prototype, no depth that breaks what comes after, no number beyond range.
import { BadRequest } from '../errors.js'

/** How deep arrays and objects may be nested: Rails' and JSON.parse's limit in Ruby. */
export const MAXIMUM_JSON_DEPTH = 100

const BYTE_ORDER_MARK = 0xfeff

/**
 * Parses a JSON body.
 * @throws BadRequest when it is not JSON, is nested deeper than {@link MAXIMUM_JSON_DEPTH}, holds a key `__proto__` or
 * `constructor.prototype`, or a number that is no finite double
 */
export function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text)
  } catch (error) {
    throw new BadRequest(`The request's body is not valid JSON: ${(error as Error).message}.`.replace(/\.\.$/, '.'))
  }
  check(value, 0)
  return value
}

/** One walk for all that JSON.parse lets pass. Of `__proto__` it makes a property of the object's own, which is met here. */
function check(value: unknown, depth: number): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new BadRequest("The request's JSON holds a number that is out of range.")
  }
  if (typeof value !== 'object' || value === null) return
  if (depth >= MAXIMUM_JSON_DEPTH) {
    throw new BadRequest(`The request's JSON is nested deeper than ${MAXIMUM_JSON_DEPTH} levels.`)
  }
  if (Array.isArray(value)) for (const item of value) check(item, depth + 1)
  else {
    for (const key in value) {
      const member = (value as Record<string, unknown>)[key]
      if (key === '__proto__' || (key === 'constructor' && hasPrototype(member))) throw reachesPrototype(key)
      check(member, depth + 1)
    }
  }
}

function hasPrototype(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
}

function reachesPrototype(key: string): BadRequest {
  const name = key === 'constructor' ? 'constructor.prototype' : key
  return new BadRequest(`The request's JSON holds the key ${name}, by which objects are given other prototypes.`)
}
