// Why: a request target is hostile text; it is judged once, here, before anything matches against it.
import { BadRequest } from '../errors.js'

// What a path may not hold unencoded (RFC 3986), and the percent sign, which wants a closer look.
const UNUSUAL = /[^!$&'()*+,\-./0-9:;=@A-Z_a-z~]/
const PERCENT_ONLY = /^[!$%&'()*+,\-./0-9:;=@A-Z_a-z~]*$/
// Seen from clients in the wild and harmless: they stay as they are.
const TOLERATED = /["<>[\]^`{|}]/g

/**
 * The path of a request target, still percent-encoded, without its query.
 * @throws BadRequest when it is not a path: no leading slash, malformed or non-UTF-8 percent-encoding, a NUL, a
 * backslash, a `#`, white space or anything that is not ASCII
 */
export function pathOf(url: string): string {
  const question = url.indexOf('?')
  const path = question === -1 ? url : url.slice(0, question)
  if (path.charCodeAt(0) !== 47 /* / */)
    throw new BadRequest('The request target must be a path that begins with a slash.')
  if (UNUSUAL.test(path)) checkUnusual(path)
  return path
}

function checkUnusual(path: string): void {
  if (!PERCENT_ONLY.test(path.replace(TOLERATED, ''))) throw malformed()
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    throw malformed()
  }
  if (decoded.includes('\0')) throw malformed()
}

function malformed(): BadRequest {
  return new BadRequest(
    "The path is malformed: it holds a character or a percent-encoding that a URL's path cannot have.",
  )
}
