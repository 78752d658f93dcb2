// Why: an origin that is not spelt as browsers spell it would match no request, and nobody would know.
import { BootError } from '../errors.js'

/**
 * The origins that may send forms and unsafe requests here beside the app's own.
 * @throws BootError for what is no origin, as browsers write it
 */
export function resolveTrustedOrigins(configured: unknown): ReadonlySet<string> {
  if (configured === undefined) return new Set()
  if (!Array.isArray(configured)) throw refused(configured)
  for (const origin of configured as unknown[]) {
    const isOrigin = typeof origin === 'string' && /^https?:[^*]+$/.test(origin) && URL.canParse(origin)
    if (!isOrigin || new URL(origin).origin !== origin) throw refused(origin)
  }
  return new Set(configured as string[])
}

function refused(value: unknown): BootError {
  return new BootError(
    `trustedOrigins has ${JSON.stringify(value)}, which is no origin.`,
    "give a list of scheme, host and port, in lower case, without a path and without the scheme's own port, such as ['https://pay.example.com'].",
  )
}
