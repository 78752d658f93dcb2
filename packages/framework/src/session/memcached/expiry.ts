// Why: memcached takes a number of seconds over 30 days for a date, in 1970, and what was stored is gone at once.
import { nowInSeconds, type SessionStoreContext } from '../store.js'

const LONGEST_DURATION = 2_592_000
const LATEST_DATE = 0xffff_ffff

/**
 * When memcached may forget a session, as memcached counts: 0 never, up to 30 days as a duration, else as a date.
 * A second later than the session ends, as memcached rounds down; the end itself is the store's to judge.
 * @param createdAt when the session began, in seconds since the epoch
 */
export function expirationOf(createdAt: number, { expireAfter, maxLifetime }: SessionStoreContext): number {
  const left = maxLifetime === undefined ? Number.POSITIVE_INFINITY : createdAt + maxLifetime - nowInSeconds()
  return expirationIn(Math.min(expireAfter ?? Number.POSITIVE_INFINITY, Math.max(left, 1)) + 1)
}

/** When memcached may forget what is needed for some seconds more, infinitely many for good. */
export function expirationIn(seconds: number): number {
  if (seconds === Number.POSITIVE_INFINITY) return 0
  return seconds <= LONGEST_DURATION ? seconds : Math.min(nowInSeconds() + seconds, LATEST_DATE)
}
