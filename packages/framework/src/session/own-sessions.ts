// Why: what a user asks of their own sessions, from a controller: `this.sessions`.
import { NoSessionOwnerError } from '../errors.js'
import type { SessionLifecycle } from './lifecycle.js'
import type { SessionOwners } from './owners.js'
import type { OwnedSession, OwnedSessions } from './sessions.js'

/** A session of the user whose request this is. */
export interface OwnSession extends OwnedSession {
  /** Whether it is the session of this request. */
  readonly isCurrent: boolean
}

/**
 * The sessions of the user whose request this is: `this.sessions`, for apps that configured `indexBy`. All methods throw
 * `NoSessionOwnerError` when nobody is logged in, and `SessionStoreUnavailable` (503) when the store cannot be asked.
 * A log-in in this very request is entered when its action has ended.
 */
export class OwnSessions {
  readonly #owners: SessionOwners
  readonly #sessions: OwnedSessions
  readonly #session: SessionLifecycle
  readonly #where: string

  /** Internal: use `this.sessions`. */
  constructor(owners: SessionOwners, sessions: OwnedSessions, session: SessionLifecycle, where: string) {
    this.#owners = owners
    this.#sessions = sessions
    this.#session = session
    this.#where = where
  }

  /** The user's sessions, that which was used last first. */
  async list(): Promise<OwnSession[]> {
    const { owner, handle } = this.#current()
    const sessions = await this.#sessions.list(owner)
    return sessions.map((session) => ({ ...session, isCurrent: session.handle === handle }))
  }

  /** Ends one of the user's sessions; that of this request is reset. Returns false when there is none of that handle. */
  async destroy(handle: string): Promise<boolean> {
    const current = this.#current()
    const wasThere = await this.#sessions.destroy(current.owner, handle)
    if (handle === current.handle) this.#session.reset()
    return wasThere
  }

  /** Ends all of the user's sessions but that of this request: "log out everywhere else". Returns how many there were. */
  async destroyOthers(): Promise<number> {
    const { owner, handle } = this.#current()
    return await this.#sessions.destroyAll(owner, { except: handle })
  }

  /** Ends all of the user's sessions, and resets that of this request. Returns how many there were. */
  async destroyAll(): Promise<number> {
    const ended = await this.#sessions.destroyAll(this.#current().owner)
    this.#session.reset()
    return ended
  }

  #current(): { readonly owner: string; readonly handle: string | undefined } {
    const { mark } = this.#session
    const owner = this.#owners.ownerOf(this.#session.data)
    if (owner === undefined) throw new NoSessionOwnerError(this.#where)
    return { owner, handle: mark?.owner === owner ? mark.handle : undefined }
  }
}
