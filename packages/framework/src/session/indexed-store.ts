// Why: with an index, a session of an owner begins, moves and ends in two places. The index is written first where that
// makes a session valid or ends one, so that whatever fails in between, none lives that was ended.
import { andThen, type MaybePromise } from '../maybe-promise.js'
import type { SessionIndexSupport } from './index-support.js'
import type { OwnerIndex } from './owner-index.js'
import type { OwnerMark } from './owner-mark.js'
import { markIn, type SessionOwners } from './owners.js'
import type { OwnedSessions } from './sessions.js'
import {
  nowInSeconds,
  REFRESH_FRACTION,
  type RejectedSession,
  type SessionRecord,
  type SessionStore,
  type SessionStoreContext,
} from './store.js'

/** A session as the store found it, and where the index has it. */
interface IndexedRecord extends SessionRecord {
  readonly found: SessionRecord
  readonly storedId: string
  /** Undefined when it is nobody's. */
  readonly mark: OwnerMark | undefined
  readonly pageSavedAt: number
}

/** Seconds after which a session in use is saved again, at most, so that lists can tell when it was used. */
const LAST_USE_PRECISION = 60

/** A store whose sessions with an owner are valid only as long as the owner's index has them. */
export class IndexedStore implements SessionStore {
  readonly preload: boolean
  readonly onOutage: 'unavailable' | 'empty'
  readonly #store: SessionStore
  readonly #support: SessionIndexSupport
  readonly #owners: SessionOwners
  readonly #index: OwnerIndex
  readonly #sessions: OwnedSessions
  readonly #precision: number

  constructor(
    store: SessionStore & { readonly index: SessionIndexSupport },
    parts: { readonly owners: SessionOwners; readonly index: OwnerIndex; readonly sessions: OwnedSessions },
    { expireAfter }: SessionStoreContext,
  ) {
    this.preload = store.preload
    this.onOutage = store.onOutage ?? 'unavailable'
    this.#store = store
    this.#support = store.index
    this.#owners = parts.owners
    this.#index = parts.index
    this.#sessions = parts.sessions
    this.#precision = Math.min(LAST_USE_PRECISION, (expireAfter ?? Number.POSITIVE_INFINITY) * REFRESH_FRACTION)
  }

  load(cookie: string): MaybePromise<IndexedRecord | RejectedSession> {
    return andThen(this.#store.load(cookie), (found) => ('rejected' in found ? found : this.#check(found, cookie)))
  }

  create(payload: string): MaybePromise<string> {
    const mark = markIn(payload)
    return mark === undefined ? this.#store.create(payload) : this.#createMarked(payload, mark)
  }

  save(record: IndexedRecord, payload: string): MaybePromise<string | undefined> {
    const mark = payload === record.payload ? record.mark : markIn(payload)
    if (mark === undefined && record.mark === undefined) return this.#store.save(record.found, payload)
    return this.#saveMarked(record, payload, mark)
  }

  async renew(record: IndexedRecord, payload: string): Promise<string | undefined> {
    const { mark: before, found } = record
    const after = markIn(payload)
    const cookie = await this.#store.create(payload)
    const storedId = this.#support.storedIdOf(cookie)
    let wasThere: boolean
    if (before !== undefined && before.handle === after?.handle) {
      wasThere = await this.#index.move(before.owner, before.handle, record.storedId, storedId)
    } else {
      if (after !== undefined) await this.#enter(after, storedId)
      wasThere = before === undefined || (await this.#leave(before)) !== undefined
    }
    // Whoever ended the session meanwhile, by the index or in the store, does not see it go on under another name.
    if (wasThere && (await this.#removeRenewed(found, before))) return cookie
    // The row may be another renewal's by now, which was quicker.
    if (after !== undefined)
      await this.#index.remove(after.owner, (one) => one.handle === after.handle && one.storedId === storedId)
    await this.#support.destroy(storedId)
    return undefined
  }

  destroy(record: IndexedRecord): MaybePromise<boolean> {
    if (record.mark === undefined) return andThen(this.#store.destroy(record.found), (wasThere) => wasThere !== false)
    return this.#destroyMarked(record, record.mark)
  }

  close(): MaybePromise<void> {
    return this.#store.close?.()
  }

  #check(found: SessionRecord, cookie: string): MaybePromise<IndexedRecord | RejectedSession> {
    const { payload, createdAt, stale } = found
    const storedId = this.#support.storedIdOf(cookie)
    const mark = this.#owners.markOf(payload)
    if (mark === 'foreign') return { rejected: 'it has an owner, and is not in the index, as it was kept without one' }
    if (mark === undefined) return { payload, createdAt, stale, found, storedId, mark, pageSavedAt: 0 }
    return andThen(this.#index.read(mark.owner), ({ entries, savedAt }) => {
      if (!entries.some((entry) => entry.handle === mark.handle && entry.storedId === storedId))
        return { rejected: "it is not in its owner's index: it was ended, or the index was lost" }
      const lastSavedAt = found.savedAt ?? nowInSeconds()
      const isDue = nowInSeconds() - lastSavedAt >= this.#precision
      return { payload, createdAt, stale: stale || isDue, found, storedId, mark, pageSavedAt: savedAt }
    })
  }

  async #createMarked(payload: string, mark: OwnerMark): Promise<string> {
    const cookie = await this.#store.create(payload)
    await this.#enter(mark, this.#support.storedIdOf(cookie))
    return cookie
  }

  async #saveMarked(record: IndexedRecord, payload: string, mark: OwnerMark | undefined): Promise<string | undefined> {
    const { mark: before } = record
    const isSame = mark?.handle === before?.handle
    if (!isSame && mark !== undefined) await this.#enter(mark, record.storedId)
    const cookie = await this.#store.save(record.found, payload)
    if (!isSame && mark !== undefined && cookie === undefined) await this.#leave(mark)
    if (!isSame && before !== undefined) await this.#leave(before)
    if (isSame && before !== undefined && cookie !== undefined && this.#index.isDue(record.pageSavedAt))
      await this.#index.refresh(before.owner)
    return cookie
  }

  /** Whether the session was still there. One that was listed ended with its row: it need not go for the new to stand. */
  async #removeRenewed(found: SessionRecord, before: OwnerMark | undefined): Promise<boolean> {
    try {
      return (await this.#store.destroy(found)) !== false
    } catch (error) {
      if (before === undefined) throw error
      return true
    }
  }

  /** Log-out ends a session that another request gave a new id meanwhile, too: its handle is the same. */
  async #destroyMarked(record: IndexedRecord, mark: OwnerMark): Promise<boolean> {
    const renewedAs = await this.#leave(mark)
    const wasThere = (await this.#store.destroy(record.found)) !== false
    if (renewedAs !== undefined && renewedAs !== record.storedId) await this.#support.destroy(renewedAs)
    return wasThere || renewedAs !== undefined
  }

  async #enter({ owner, handle, since }: OwnerMark, storedId: string): Promise<void> {
    const count = await this.#index.add(owner, { handle, storedId, since })
    if (count > this.#sessions.limit) await this.#sessions.makeRoom(owner)
  }

  /** Takes a session out of the index. Returns what the store calls it by now; undefined when it was not in there. */
  async #leave({ owner, handle }: OwnerMark): Promise<string | undefined> {
    const [entry] = await this.#index.remove(owner, (one) => one.handle === handle)
    return entry?.storedId
  }
}
