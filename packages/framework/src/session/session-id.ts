// Why: who knows a session's id has the session. A store never learns it: it is given the id's hash, from which the id
// cannot be found, so that what leaks from a store opens no session, and no comparison with it tells anything by its time.
import { hash, randomBytes } from 'node:crypto'

/** A new id, the cookie's value: 128 random bits in base64url. */
export function newSessionId(): string {
  return randomBytes(16).toString('base64url')
}

/** What a store calls a session: the SHA-256 of its id, in base64url. */
export function storedId(id: string): string {
  return hash('sha256', id, 'base64url')
}
