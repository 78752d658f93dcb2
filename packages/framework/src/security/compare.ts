// Why: a comparison that stops at the first difference tells, by its time, how much of a guess was right.
import { timingSafeEqual } from 'node:crypto'

/** Whether two byte strings are equal, in a time that depends on their lengths alone. Unequal lengths are unequal. */
export function equalInConstantTime(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}
