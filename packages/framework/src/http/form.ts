// Why: queries and urlencoded bodies have one grammar; both are read here, into an object without a prototype.
import { BadRequest } from '../errors.js'

/** How many fields a query or a form may have. */
export const MAXIMUM_FIELDS = 1_000

/** Decoded names and values. As in Rails, the last of several values with one name wins. */
export type FormFields = Record<string, string>

/**
 * Parses `application/x-www-form-urlencoded` text, that of a query or of a body.
 * @param what how an error names the text: `query` or `form`
 * @throws BadRequest for malformed percent-encoding, or more than {@link MAXIMUM_FIELDS} fields
 */
export function parseForm(text: string, what: 'query' | 'form'): FormFields {
  const fields: FormFields = Object.create(null) as FormFields
  if (text === '') return fields
  let count = 0
  for (let start = 0; start <= text.length; ) {
    const ampersand = text.indexOf('&', start)
    const end = ampersand === -1 ? text.length : ampersand
    if (end > start) {
      if (++count > MAXIMUM_FIELDS) throw new BadRequest(`The ${what} has more than ${MAXIMUM_FIELDS} fields.`)
      const equals = text.indexOf('=', start)
      const nameEnd = equals === -1 || equals > end ? end : equals
      fields[decode(text.slice(start, nameEnd), what)] = decode(text.slice(Math.min(nameEnd + 1, end), end), what)
    }
    start = end + 1
  }
  return fields
}

function decode(text: string, what: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw new BadRequest(`The ${what} has malformed percent-encoding.`)
  }
}
