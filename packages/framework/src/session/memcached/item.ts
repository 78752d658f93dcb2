// Why: the form of a session in memcached. It says whose it is, so that one that came to the wrong key is not believed.
import type { SessionAge } from '../store.js'

/** A session as memcached keeps it. */
export interface Item extends SessionAge {
  readonly payload: string
}

// Another form would have another.
const VERSION = '1'
const FORM = /^1\.([\w-]{43})\.([0-9a-z]{1,10})\.([0-9a-z]{1,10})\./

/**
 * `1.STORED-ID.CREATED.SAVED.PAYLOAD`: the form's version, the SHA-256 of the id, two times in seconds since the epoch, to
 * the base 36, and the session's text.
 */
export function writeItem(storedId: string, { createdAt, savedAt, payload }: Item): string {
  return `${VERSION}.${storedId}.${createdAt.toString(36)}.${savedAt.toString(36)}.${payload}`
}

/** What {@link writeItem} wrote for this session; undefined for anything else. */
export function readItem(storedId: string, text: string): Item | undefined {
  const match = FORM.exec(text)
  if (match === null || match[1] !== storedId) return undefined
  return {
    createdAt: Number.parseInt(match[2] as string, 36),
    savedAt: Number.parseInt(match[3] as string, 36),
    payload: text.slice(match[0].length),
  }
}
