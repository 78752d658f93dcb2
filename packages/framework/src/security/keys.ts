// Why: one secret, many purposes; each purpose gets a key of its own, so that what is sealed for one opens for no other.
import { hkdfSync } from 'node:crypto'

/** The fewest characters a secret may have outside development and test: 32 random bytes in hex. */
export const MINIMUM_SECRET_LENGTH = 64

/**
 * Derives a 32-byte key from a secret for one purpose (HKDF-SHA256, RFC 5869; the salt is the framework's name,
 * the info the purpose).
 */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'contrail', purpose, 32))
}
