// Why: what a client puts into Authorization is hostile text. It is read once, strictly: what is malformed is no credentials.
import { decodeBase64 } from '../security/base64.js'

/** A name and a password, as HTTP Basic authentication has them. */
export interface BasicCredentials {
  readonly name: string
  readonly password: string
}

/** A token, and what was said beside it: `Token token="…", nonce="…"`. */
export interface TokenCredentials {
  readonly token: string
  /** Without a prototype. */
  readonly options: Readonly<Record<string, string | undefined>>
}

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i
const TOKEN = /^(?:token|bearer) +(.+)$/i
/** What a token may be of, as in RFC 6750, and what ends it. */
const BARE = /\s*([A-Za-z0-9\-._~+/]+=*)\s*(?:[,;\t]|$)/y
const PARAMETER = /\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))\s*(?:[,;\t]|$)/y
const MAXIMUM_PARAMETERS = 20
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 7617 forbids them in names and passwords
const CONTROL = /[\x00-\x1f\x7f]/

/** The credentials of `Authorization: Basic …` (RFC 7617, in UTF-8); undefined when there are none, or not well-formed ones. */
export function basicCredentials(header: string | undefined): BasicCredentials | undefined {
  const encoded = header === undefined ? undefined : BASIC.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const unpadded = encoded.replace(/=+$/, '')
  const bytes = decodeBase64(unpadded.padEnd(Math.ceil(unpadded.length / 4) * 4, '='))
  const text = bytes === undefined ? undefined : decodeUtf8(bytes)
  const colon = text?.indexOf(':') ?? -1
  if (text === undefined || colon === -1 || CONTROL.test(text)) return undefined
  return { name: text.slice(0, colon), password: text.slice(colon + 1) }
}

/**
 * The token of `Authorization: Bearer …` or, as Rails has it, `Token token="…", name="value"`; undefined when there is none,
 * or the header is malformed.
 */
export function tokenCredentials(header: string | undefined): TokenCredentials | undefined {
  const text = header === undefined ? undefined : TOKEN.exec(header)?.[1]?.trim()
  if (text === undefined) return undefined
  const token = tokenParameter(text)
  if (token === undefined || token.value === '') return undefined
  const options = Object.create(null) as Record<string, string>
  let { end } = token
  for (let count = 0; end < text.length; count++) {
    const parameter = parameterAt(text, end)
    if (parameter === undefined || count === MAXIMUM_PARAMETERS) return undefined
    options[parameter.name] ??= parameter.value
    end = parameter.end
  }
  return { token: token.value, options }
}

/** What a header begins with: the token by itself, or as a parameter. */
function tokenParameter(text: string): { readonly value: string; readonly end: number } | undefined {
  const named = parameterAt(text, 0)
  if (named?.name === 'token') return named
  BARE.lastIndex = 0
  const bare = BARE.exec(text)
  return bare === null ? undefined : { value: bare[1] as string, end: BARE.lastIndex }
}

function parameterAt(text: string, start: number) {
  PARAMETER.lastIndex = start
  const match = PARAMETER.exec(text)
  if (match === null) return undefined
  const value = match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? ''
  return { name: match[1] as string, value, end: PARAMETER.lastIndex }
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
