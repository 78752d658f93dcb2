// Why: queries and urlencoded bodies have one grammar; both are read here, into an object without a prototype.
import { BadRequest } from '../errors.js'
import { type FormKind, noFields, type QueryFields, setField } from './nested-fields.js'

/** How many fields a query or a form may have. */
export const MAXIMUM_FIELDS = 1_000

/**
 * Parses `application/x-www-form-urlencoded` text, that of a query or of a body.
 * @param what how an error names the text
 * @throws BadRequest for malformed percent-encoding, more than {@link MAXIMUM_FIELDS} fields, or names that contradict
 * each other
 */
export function parseForm(text: string, what: FormKind): QueryFields {
  const fields = noFields() as QueryFields
  if (text === '') return fields
  // Asked once of the whole text, so that a plain query is read without asking each of its fields.
  const isEncoded = text.includes('%') || text.includes('+')
  const mayNest = isEncoded || text.includes('[')
  let nested = false
  let count = 0
  for (let start = 0; start <= text.length; ) {
    const ampersand = text.indexOf('&', start)
    const end = ampersand === -1 ? text.length : ampersand
    if (end > start) {
      if (++count > MAXIMUM_FIELDS) throw new BadRequest(`The ${what} has more than ${MAXIMUM_FIELDS} fields.`)
      const equals = text.indexOf('=', start)
      const nameEnd = equals === -1 || equals > end ? end : equals
      let name = text.slice(start, nameEnd)
      let value = text.slice(Math.min(nameEnd + 1, end), end)
      if (isEncoded) {
        name = decode(name, what)
        value = decode(value, what)
      }
      nested ||= mayNest && name.includes('[')
      if (nested) setField(fields, name, value, what)
      else fields[name] = value
    }
    start = end + 1
  }
  return fields
}

function decode(text: string, what: FormKind): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw new BadRequest(`The ${what} has malformed percent-encoding.`)
  }
}
