// Why: headers that make a browser careful belong on every answer; an app should have to do something to be without them.
import { BootError } from '../errors.js'
import { type InitialHeaders, ResponseHeaders } from '../http/response-headers.js'

/** Headers of every answer, by name; null takes one of the framework's away. */
export type DefaultHeaders = Readonly<Record<string, string | null | undefined>>

/** What every answer has unless the app says otherwise: docs/decisions/021. */
export const DEFAULT_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-permitted-cross-domain-policies': 'none',
}

/** The header of HTTPS alone: it is sent with no other answer, whoever sets it. */
const HSTS = 'strict-transport-security'

/** These are decided for each answer. */
const NOT_DEFAULTS = [
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'set-cookie',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-request-id',
]

/** Default headers, ready to be sent. */
export interface ResolvedHeaders {
  readonly initial: InitialHeaders
  /** `Strict-Transport-Security`, for answers over HTTPS. */
  readonly hsts: string | undefined
}

/**
 * The headers of every answer: the framework's, with the app's over them.
 * @param hsts the framework's `Strict-Transport-Security`, if it is to be sent
 * @throws BootError for a header that cannot be sent, or is no default's to set
 */
export function resolveDefaultHeaders(configured: unknown, hsts: string | undefined): ResolvedHeaders {
  if (configured !== undefined && (typeof configured !== 'object' || configured === null || Array.isArray(configured)))
    throw new BootError(`defaultHeaders is ${JSON.stringify(configured)}.`, `give an object, such as ${EXAMPLE}.`)
  const headers = new ResponseHeaders()
  for (const [name, value] of Object.entries(DEFAULT_HEADERS)) headers.set(name, value)
  if (hsts !== undefined) headers.set(HSTS, hsts)
  for (const [name, value] of Object.entries((configured ?? {}) as Record<string, unknown>)) {
    if (value === undefined) continue
    if (NOT_DEFAULTS.includes(name.toLowerCase()))
      throw new BootError(
        `defaultHeaders has ${JSON.stringify(name)}, which is decided for each answer.`,
        'set it in the actions that want another, with this.response.headers.',
      )
    if (value === null) headers.delete(name)
    else set(headers, name, value)
  }
  const known = headers.get(HSTS)
  return { initial: headers.delete(HSTS).asInitial(), hsts: known }
}

const EXAMPLE = "{ 'permissions-policy': 'camera=()', 'x-frame-options': null }"

function set(headers: ResponseHeaders, name: string, value: unknown): void {
  try {
    if (typeof value !== 'string') throw new TypeError(`The value for the header ${name} is no text.`)
    headers.set(name, value)
  } catch (error) {
    throw new BootError(`defaultHeaders: ${(error as Error).message}`, `give names and values, such as ${EXAMPLE}.`)
  }
}
