// Why: what Rails encrypts in a cookie is an envelope: the content, until when it counts, and for which cookie.
import { decodeBase64 } from '../security/base64.js'
import type { RejectedSession } from './store.js'

/** What an envelope says. */
export interface RailsEnvelope {
  /** The cookie's content. */
  readonly json: string
  /** When it stops to count, in milliseconds since the epoch. */
  readonly expiresAt: number | undefined
}

/** The text of an envelope. */
export function writeRailsEnvelope({ json, expiresAt }: RailsEnvelope, purpose: string): string {
  const message = Buffer.from(json).toString('base64')
  const exp = expiresAt === undefined ? null : new Date(expiresAt).toISOString()
  // Rails knows an envelope by how it begins, so the message comes first.
  return JSON.stringify({ _rails: { message, exp, pur: purpose } })
}

/** The envelope that a text is, unless it is for another purpose or has expired. */
export function readRailsEnvelope(text: string, purpose: string): RailsEnvelope | RejectedSession {
  const envelope = envelopeOf(text)
  const { message, exp, pur } = envelope ?? {}
  const json = typeof message === 'string' ? decodeBase64(message)?.toString('utf8') : undefined
  if (json === undefined) return { rejected: 'it has no envelope such as Rails gives its cookies' }
  if (pur !== purpose) return { rejected: 'Rails sealed it for another purpose than this cookie' }
  if (exp === undefined || exp === null) return { json, expiresAt: undefined }
  const expiresAt = typeof exp === 'string' && TIME.test(exp) ? Date.parse(exp) : Number.NaN
  if (Number.isNaN(expiresAt)) return { rejected: 'its envelope names no time such as Rails writes' }
  return Date.now() < expiresAt ? { json, expiresAt } : { rejected: 'it was not used within expireAfter' }
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/

function envelopeOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const envelope: unknown = (JSON.parse(text) as { readonly _rails?: unknown } | null)?._rails
    return typeof envelope === 'object' && envelope !== null ? (envelope as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
