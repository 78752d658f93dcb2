// Why: a comparison that stops at the first difference tells, by its time, how much of a guess was right.
import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether two byte strings are equal, in a time that depends on their lengths alone. Unequal lengths are unequal. */
export function equalInConstantTime(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

/**
 * Whether two texts are equal, in a time that tells nothing of where they differ, nor of the length of the one that is kept
 * secret: for tokens, API keys and passwords that a request is compared with.
 */
export function secureCompare(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
