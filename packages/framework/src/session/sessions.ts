// Why: what an app asks of an owner's sessions, and has done with them: `app.sessions`.
import { checkKnownKeys } from '../known-keys.js'
import type { KeptSession, SessionIndexSupport } from './index-support.js'
import type { IndexEntry, OwnerIndex } from './owner-index.js'
import { ownerText, type SessionDetails, type SessionOwner, type SessionOwners } from './owners.js'
import { nowInSeconds } from './store.js'

/** A session of an owner, as lists show it. */
export interface OwnedSession {
  /** What to end it by. It is no id of the session, and opens nothing. */
  readonly handle: string
  /** When it was logged in. */
  readonly createdAt: Date
  /** When it was last used, to the minute. */
  readonly lastUsedAt: Date
  /** What `indexDetails` returned at log-in, if there is such a function. */
  readonly details: Partial<SessionDetails>
}

/** Options of {@link OwnedSessions.destroyAll}. */
export interface DestroyAllOptions {
  /** The handle of a session to keep. */
  readonly except?: string | undefined
}

interface Found {
  readonly entry: IndexEntry
  readonly session: OwnedSession | undefined
}

/** Seconds for which an entry without its session is left alone: a log-in enters a session before it keeps it. */
const GRACE = 60

/**
 * The sessions of the app's users: `app.sessions`, for apps that configured `indexBy`. All methods ask the store, and throw
 * `SessionStoreUnavailable` (503) when it cannot be asked; what they were to end may then live, and they are to be called
 * again.
 */
export class OwnedSessions {
  readonly #owners: SessionOwners
  readonly #index: OwnerIndex
  readonly #support: SessionIndexSupport
  /** How many sessions an owner may have. Internal. */
  readonly limit: number

  /** Internal: use `app.sessions`. */
  constructor(owners: SessionOwners, index: OwnerIndex, support: SessionIndexSupport, limit: number) {
    this.#owners = owners
    this.#index = index
    this.#support = support
    this.limit = limit
  }

  /** An owner's sessions, that which was used last first. Those that expired are not among them. */
  async list(owner: SessionOwner): Promise<OwnedSession[]> {
    const name = ownerText(owner)
    const found = await this.#find(name)
    if (found.some(isGone)) await this.#forget(name, found.filter(isGone))
    return lastUsedFirst(found).flatMap(({ session }) => session ?? [])
  }

  /** Ends one session of an owner. Returns false when the owner has none of that handle, or no more. */
  async destroy(owner: SessionOwner, handle: string): Promise<boolean> {
    return (await this.#end(ownerText(owner), (entry) => entry.handle === handle)) > 0
  }

  /**
   * Ends all sessions of an owner, or all but one. What requests under way change in them is not kept. Returns how many
   * were ended; log-ins that come after it are none of them.
   */
  async destroyAll(owner: SessionOwner, options: DestroyAllOptions = {}): Promise<number> {
    checkKnownKeys(options, ['except'], 'the options of sessions.destroyAll')
    return await this.#end(ownerText(owner), (entry) => entry.handle !== options.except)
  }

  /** Ends what an owner has too many of, that which was not used for longest first. Internal: at log-in. */
  async makeRoom(owner: string): Promise<void> {
    const found = await this.#find(owner)
    const gone = found.filter(isGone)
    if (gone.length > 0) await this.#forget(owner, gone)
    // The last to be entered stays, whoever asks: of two log-ins at once the two must not end each other.
    const others = lastUsedFirst(found.slice(0, -1).filter((one) => !isGone(one)))
    const ending = new Set(others.slice(this.limit - 1).map(({ entry }) => entry.handle))
    if (ending.size > 0) await this.#end(owner, ({ handle }) => ending.has(handle))
  }

  async #end(owner: string, which: (entry: IndexEntry) => boolean): Promise<number> {
    // From here on they are no sessions any more; what is left of them is in nobody's way, and is removed.
    const ended = await this.#index.remove(owner, which)
    const wereThere = await Promise.all(ended.map(({ storedId }) => this.#support.destroy(storedId)))
    return wereThere.filter((wasThere) => wasThere !== false).length
  }

  async #find(owner: string): Promise<Found[]> {
    const { entries } = await this.#index.read(owner)
    return await Promise.all(
      entries.map(async (entry) => {
        const kept = await this.#support.find(entry.storedId)
        return { entry, session: kept && this.#describe(owner, entry, kept) }
      }),
    )
  }

  /** Undefined when the session is another owner's by now, or of a later log-in. */
  #describe(owner: string, { handle }: IndexEntry, { payload, savedAt }: KeptSession): OwnedSession | undefined {
    const mark = this.#owners.markOf(payload)
    if (mark === undefined || mark === 'foreign' || mark.owner !== owner || mark.handle !== handle) return undefined
    return {
      handle,
      createdAt: new Date(mark.since * 1000),
      lastUsedAt: new Date(savedAt * 1000),
      details: (mark.details ?? {}) as Partial<SessionDetails>,
    }
  }

  async #forget(owner: string, gone: readonly Found[]): Promise<void> {
    const names = new Set(gone.map(({ entry }) => `${entry.handle} ${entry.storedId}`))
    await this.#index.remove(owner, ({ handle, storedId }) => names.has(`${handle} ${storedId}`))
  }
}

function isGone({ session, entry }: Found): boolean {
  return session === undefined && nowInSeconds() - entry.since >= GRACE
}

function lastUsedFirst(found: readonly Found[]): Found[] {
  const time = ({ session, entry }: Found) => session?.lastUsedAt.getTime() ?? entry.since * 1000
  // Of those used in one second, that which was entered last counts as the later.
  return found.toReversed().sort((a, b) => time(b) - time(a))
}
