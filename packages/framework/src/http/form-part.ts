// Why: what a part of a multipart form says of itself decides whether it is text or a file, and under which name; so it is read by
// the exact grammar, and what does not fit is refused rather than guessed.
import { isUtf8 } from 'node:buffer'
import { BadRequest } from '../errors.js'
import { checkCharset, parseMediaType } from './media-type.js'

/** A part's headers as they came: bytes as latin1, by names in lower case. */
export type PartHeaders = Readonly<Record<string, readonly string[] | undefined>>

/** What a part says of itself. A part with a filename is a file. */
export interface PartHead {
  readonly name: string
  readonly filename: string | undefined
  readonly type: string
}

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
// Browsers write a quote as %22 and leave backslashes as they are, others write \" (RFC 7578, 4.2; RFC 2183).
const PARAMETER = new RegExp(`[ \\t]*;[ \\t]*(?:(${TOKEN})=(?:"((?:[^"\\\\]|\\\\"?)*)"|(${TOKEN})))?`, 'y')
const FORM_DATA = /^form-data(?=[ \t]*(?:;|$))/i

/**
 * Reads the headers of a part.
 * @throws BadRequest, or UnsupportedMediaType for text that is not UTF-8
 */
export function readPartHead(headers: PartHeaders): PartHead {
  const { name, filename, ...others } = dispositionOf(headers['content-disposition'])
  if (name === undefined) throw formRefused('has a part without a name')
  const isFile = filename !== undefined || others['filename*'] !== undefined
  const type = headers['content-type']?.[0]
  if (!isFile) {
    if (type !== undefined) checkCharset(parseMediaType(type).charset)
    return { name, filename: undefined, type: 'text/plain' }
  }
  return { name, filename: filename ?? extended(others['filename*'] as string), type: claimedType(type) }
}

interface Disposition {
  readonly name?: string
  readonly filename?: string
  readonly 'filename*'?: string
}

function dispositionOf(values: readonly string[] | undefined): Disposition {
  const header = values?.length === 1 ? utf8(values[0] as string) : ''
  const start = FORM_DATA.exec(header)
  if (start === null) throw formRefused('has a part that is no form-data')
  const parameters: Record<string, string> = Object.create(null) as Record<string, string>
  for (let at = start[0].length; at < header.trimEnd().length; ) {
    PARAMETER.lastIndex = at
    const match = PARAMETER.exec(header)
    const key = match?.[1]?.toLowerCase()
    // What one program reads as the first of two, another reads as the second.
    if (match === null || (key !== undefined && key in parameters))
      throw formRefused('has a malformed Content-Disposition')
    if (key !== undefined) parameters[key] = match[2]?.replaceAll('\\"', '"') ?? (match[3] as string)
    at = PARAMETER.lastIndex
  }
  return parameters
}

function utf8(text: string): string {
  const bytes = Buffer.from(text, 'latin1')
  if (!isUtf8(bytes)) throw formRefused('is not valid UTF-8')
  return bytes.toString('utf8')
}

/** `UTF-8''na%C3%AFve.txt`, which some clients send alone. */
function extended(value: string): string {
  const encoded = value.slice(value.lastIndexOf("'") + 1)
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}

/** A claim only, so that one that makes no sense is no reason to refuse the file. */
function claimedType(header: string | undefined): string {
  try {
    return header === undefined ? 'application/octet-stream' : parseMediaType(header).type
  } catch {
    return 'application/octet-stream'
  }
}

/** A 400 that ends the connection, which would otherwise go on bringing a body of which nothing more is read. */
export function formRefused(what: string): BadRequest {
  return new BadRequest(`The form ${what}.`, { headers: { connection: 'close' } })
}
