// Why: one parser of Content-Type both chooses how a body is read and judges it, so that the two cannot disagree.
import { UnsupportedMediaType } from '../errors.js'

/** A parsed `Content-Type`: type in lower case, its charset in lower case and its boundary as it is, if they are named. */
export interface MediaType {
  readonly type: string
  readonly charset: string | undefined
  readonly boundary: string | undefined
}

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
const QUOTED = '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\t\\x20-\\x7e])*"'
// A semicolon may be followed by no parameter (RFC 9110, 5.6.6).
const PARAMETER = `[ \\t]*;[ \\t]*(?:(${TOKEN})=(${TOKEN}|${QUOTED}))?`
const ONE_PARAMETER = new RegExp(PARAMETER, 'y')
const TYPE = new RegExp(`${TOKEN}/${TOKEN}`, 'y')

const JSON_PLAIN: MediaType = { type: 'application/json', charset: undefined, boundary: undefined }

/**
 * Parses a `Content-Type` by the exact grammar of RFC 9110, 8.3.1.
 * @throws UnsupportedMediaType when it does not fit the grammar
 */
export function parseMediaType(header: string): MediaType {
  if (header === 'application/json') return JSON_PLAIN
  TYPE.lastIndex = 0
  const type = TYPE.exec(header)?.[0]
  if (type === undefined) throw malformed(header)
  let at = type.length
  let charset: string | undefined
  let boundary: string | undefined
  while (at < header.length) {
    ONE_PARAMETER.lastIndex = at
    const match = ONE_PARAMETER.exec(header)
    if (match === null) throw malformed(header)
    at = ONE_PARAMETER.lastIndex
    const parameter = match[1]?.toLowerCase()
    if (parameter === 'charset') {
      if (charset !== undefined) throw malformed(header)
      charset = unquote(match[2] as string).toLowerCase()
    } else if (parameter === 'boundary') {
      if (boundary !== undefined) throw malformed(header)
      boundary = unquote(match[2] as string)
    }
  }
  return { type: type.toLowerCase(), charset, boundary }
}

/** @throws UnsupportedMediaType for every charset but UTF-8 */
export function checkCharset(charset: string | undefined): void {
  if (charset === undefined || charset === 'utf-8' || charset === 'utf8') return
  throw new UnsupportedMediaType(`Bodies are read as UTF-8, not as ${JSON.stringify(charset.slice(0, 40))}.`)
}

function unquote(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
}

function malformed(header: string): UnsupportedMediaType {
  return new UnsupportedMediaType(`The Content-Type ${JSON.stringify(header.slice(0, 100))} is malformed.`)
}
