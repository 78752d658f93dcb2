// Why: whose a session is, the app says by naming a key of it (`indexBy`); here it is asked, and the session is marked.
import type { HttpRequest } from '../http/request.js'
import { deserializeSession, type Session, type SessionData, type SessionReserve, takeReserve } from './data.js'
import type { OwnerMark } from './owner-mark.js'
import { newSessionId } from './session-id.js'
import { nowInSeconds } from './store.js'

/** Whom a session belongs to: a user's id, most often. `1` and `'1'` are the same owner. */
export type SessionOwner = string | number

/** The keys of {@link SessionData} that can name an owner. */
type OwnerKey = {
  [Key in keyof SessionData]-?: NonNullable<SessionData[Key]> extends SessionOwner ? Key : never
}[keyof SessionData]

/**
 * What is kept of a log-in for lists of sessions; see `indexDetails`. Add the app's own by augmentation:
 * ```ts
 * declare module 'contrail' {
 *   interface SessionDetails { ip: string; userAgent: string | undefined }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps fill it by declaration merging
export interface SessionDetails {}

/** Options for apps that list a user's sessions and end them. */
export interface SessionIndexOptions {
  /**
   * Whose a session is: the key of the session that has the user's id, or a function of the session that returns it,
   * undefined for nobody's. With it an index of each owner's sessions is kept, for `this.sessions` and `app.sessions`, and
   * a session of an owner is valid only as long as it is in there. For stores that keep sessions on a server.
   */
  indexBy?: OwnerKey | ((session: Session) => SessionOwner | null | undefined) | undefined
  /** What to keep of the request that logs in, such as its address and browser: plain data, for lists of sessions. */
  indexDetails?: ((request: HttpRequest) => SessionDetails) | undefined
  /** How many sessions an owner may have; one log-in more ends the one that was not used for longest. Default: 100. */
  indexLimit?: number | undefined
}

/** Knows whose sessions are, by what the app configured. */
export class SessionOwners {
  readonly #indexBy: NonNullable<SessionIndexOptions['indexBy']>
  readonly #details: SessionIndexOptions['indexDetails']

  constructor(indexBy: NonNullable<SessionIndexOptions['indexBy']>, details: SessionIndexOptions['indexDetails']) {
    this.#indexBy = indexBy
    this.#details = details
  }

  /**
   * The owner of a session, undefined when it is nobody's.
   * @throws TypeError when what `indexBy` names can be no owner
   */
  ownerOf(session: Session): string | undefined {
    const by = this.#indexBy
    const owner: unknown = typeof by === 'function' ? by(session) : session[by]
    if (owner === undefined || owner === null) return undefined
    return ownerText(owner, typeof by === 'function' ? 'what indexBy returned' : `this.session.${String(by)}`)
  }

  /** Marks a session that is to be kept: anew when its owner is another than before, not at all when it has none. */
  mark(session: Session, reserve: SessionReserve, request: HttpRequest): void {
    const owner = this.ownerOf(session)
    if (owner === reserve._index?.owner) return
    if (owner === undefined) delete reserve._index
    else {
      const details = this.#details?.(request)
      const mark = { owner, handle: newSessionId(), since: nowInSeconds() }
      reserve._index = details === undefined ? mark : { ...mark, details }
    }
  }

  /**
   * The mark of a session that is kept: undefined when it has no owner, `'foreign'` when it has one that it is not marked
   * with, as sessions have that were kept while there was no index, or another.
   */
  markOf(payload: string): OwnerMark | 'foreign' | undefined {
    try {
      const session = deserializeSession(payload)
      const { _index } = takeReserve(session)
      const owner = this.ownerOf(session)
      if (owner === undefined) return undefined
      return _index?.owner === owner ? _index : 'foreign'
    } catch {
      return 'foreign'
    }
  }
}

/** An owner as a text. @throws TypeError for what can be none */
export function ownerText(owner: unknown, what = 'the owner given'): string {
  if (typeof owner === 'string' && owner !== '') return owner
  if (typeof owner === 'number' && Number.isSafeInteger(owner)) return String(owner)
  const shown = typeof owner === 'string' ? 'an empty string' : typeof owner === 'number' ? String(owner) : typeof owner
  throw new TypeError(`The owner of a session is a whole number or a string that is not empty; ${what} is ${shown}.`)
}

/** The mark in the text of a session that was marked just now. */
export function markIn(payload: string): OwnerMark | undefined {
  if (!payload.includes('"_index"')) return undefined
  return takeReserve(deserializeSession(payload))._index
}
