// Why: express-session has a store for nearly every database there is. Through this one they work here, with the promises
// that are made of sessions, as far as the interface lets anyone keep them. See docs/decisions/011.
import type { SessionIndexSupport } from '../index-support.js'
import { mergePayloads } from '../merge.js'
import { markIn } from '../owners.js'
import { SaveQueue } from '../save-queue.js'
import { newSessionId, storedId } from '../session-id.js'
import {
  endedBecause,
  nowInSeconds,
  type RejectedSession,
  refreshDue,
  type SessionRecord,
  type SessionStore,
  type SessionStoreContext,
} from '../store.js'
import { type Item, newToken, readEnd, readItem, recentWrites, writeEnd, writeItem } from './item.js'
import { type ExpressSessionStoreOptions, resolveOptions } from './options.js'
import { SecondLooks } from './second-looks.js'
import { StoreCaller } from './store-caller.js'
import { ExpressTexts } from './texts.js'

/** A session as it was found in the store. */
interface ExpressRecord extends Omit<SessionRecord, 'savedAt'>, Item {
  readonly id: string
}

/** A session and the mark of its end, each under its own key: no late write of the one undoes the other. */
interface Keys {
  readonly session: string
  readonly end: string
}

interface Change {
  readonly record: ExpressRecord
  readonly payload: string
  /** How many second looks there have been that found it undone. */
  readonly undone: number
}

const SESSION_ID = /^[\w-]{22}$/
/** How often a change is written, when other processes write over it each time, before the request fails. */
const ATTEMPTS = 10
/** Milliseconds between a write and the look at it: most who read the session before the write have written by then. */
const SETTLING = 1
/** How often a second look may write a change again: with a store that does not read what it wrote, it would for ever. */
const MENDINGS = 3
/** Seconds after which the store's own default life of an unchanged session is moved on, where nobody set an end. */
const TOUCH_AFTER = 3600

/**
 * Keeps sessions in any store that was made for express-session (Redis, PostgreSQL, DynamoDB, MongoDB, …), under the
 * SHA-256 of an id that only the cookie has.
 *
 * As with `MemcachedStore`, a session that was ended stays ended, and an outage is a 503 that logs nobody out (see
 * `onOutage`). Changes of requests that run at once are merged by key: always in one process. Between processes a change
 * that another wrote over is seen and written again, a tenth of a second later at the latest; but the interface has no
 * compare-and-swap, and so a process that is held up for longer, just between reading and writing, can undo a change. Of two processes that end
 * one session in the same moment both may be told that it was they.
 *
 * `expireAfter` and `maxLifetime` hold whatever the store does; it is told them as the session's `cookie.expires` and
 * `maxAge`. Without either, the store's own default counts, mostly a day, from the last change or, with a store that has
 * `touch`, the last use: set it with the store's own option (`ttl`, as a rule).
 */
export class ExpressSessionStore implements SessionStore {
  static readonly optionNames = { store: true, timeout: true, onOutage: true, close: true } as const
  readonly preload = true
  readonly onOutage: 'unavailable' | 'empty'
  /**
   * For `indexBy`. Of two processes that write one user's index within the same milliseconds, one can lose what it wrote. If
   * it was a log-in, that user must log in again. Sessions that were ended stay ended: they bear the mark of it as well.
   */
  readonly index: SessionIndexSupport
  readonly #context: SessionStoreContext
  readonly #caller: StoreCaller
  readonly #saves = new SaveQueue<Change>((_key, changes) => this.#write(changes))
  readonly #secondLooks = new SecondLooks()
  /** Sessions that are being ended by this process. */
  readonly #endings = new Map<string, Promise<boolean>>()

  /** @throws BootError when an option is not as it should be */
  constructor(options: ExpressSessionStoreOptions, context: SessionStoreContext) {
    const settings = resolveOptions(options)
    this.onOutage = settings.onOutage
    this.#context = context
    this.#caller = new StoreCaller(settings)
    const texts = new ExpressTexts(this.#caller)
    this.index = {
      storedIdOf: storedId,
      find: (key) => this.#find(keysOf(key)).then((found) => ('rejected' in found ? undefined : found)),
      destroy: (key) => this.#destroy(key),
      read: (key) => texts.read(key),
      write: (...parameters) => texts.write(...parameters),
    }
  }

  /** @throws SessionStoreUnavailable when the store cannot be asked */
  async load(id: string): Promise<ExpressRecord | RejectedSession> {
    if (!SESSION_ID.test(id)) return { rejected: 'it is no id of a session' }
    const found = await this.#find(keysOf(storedId(id)))
    return 'rejected' in found ? found : { ...found, stale: this.#isStale(found), id }
  }

  /** @throws SessionStoreUnavailable */
  async create(payload: string): Promise<string> {
    const id = newSessionId()
    const now = nowInSeconds()
    await this.#set(storedId(id), { payload, createdAt: now, savedAt: now, writes: [] })
    return id
  }

  /** @throws SessionStoreUnavailable; the change may have been kept all the same */
  async save(record: ExpressRecord, payload: string): Promise<string | undefined> {
    const key = storedId(record.id)
    // Lists tell when a user's session was last used, which a touch would not write down.
    if (payload === record.payload && this.#canTouch && markIn(payload) === undefined) {
      await this.#caller.call('touch', key, writeItem(key, record, this.#context))
      return record.id
    }
    return (await this.#saves.save(key, { record, payload, undone: 0 })) ? record.id : undefined
  }

  /** @throws SessionStoreUnavailable when it is not known whether the session has ended */
  destroy(record: ExpressRecord): Promise<boolean> {
    return this.#destroy(storedId(record.id))
  }

  /** Calls the option `close`; the store itself is the app's, and stays as it is. */
  async close(): Promise<void> {
    await this.#secondLooks.finish()
    await this.#caller.close()
  }

  /**
   * A touch moves on the store's clock and not the time of the last use in the session, by which `expireAfter` is judged:
   * it will do only where there is none.
   */
  get #canTouch(): boolean {
    return this.#context.expireAfter === undefined && this.#caller.canTouch
  }

  #isStale(found: Item): boolean {
    if (this.#context.expireAfter !== undefined) return refreshDue(found, this.#context)
    return this.#context.maxLifetime === undefined && nowInSeconds() - found.savedAt >= TOUCH_AFTER
  }

  async #find(keys: Keys): Promise<Item | RejectedSession> {
    const [value, end] = await Promise.all([this.#caller.call('get', keys.session), this.#caller.call('get', keys.end)])
    if (readEnd(keys.end, end) !== undefined) return { rejected: 'it was ended' }
    if (value === undefined || value === null) return { rejected: 'no session of its id is kept' }
    const item = readItem(keys.session, value)
    if (item === undefined) return { rejected: 'what is kept under its id is no session, or that of another' }
    const rejected = endedBecause(item, this.#context)
    return rejected === undefined ? item : { rejected }
  }

  async #set(key: string, item: Item): Promise<void> {
    await this.#caller.call('set', key, writeItem(key, item, this.#context))
  }

  /**
   * Reads, merges, writes, and looks whether it stands: a write that another, who had read before it, came to write over
   * is written again. What was written after the session ended is taken back; the mark of its end hides it meanwhile.
   */
  async #write(changes: readonly Change[]): Promise<boolean> {
    const keys = keysOf(storedId((changes[0] as Change).record.id))
    let found = await this.#find(keys)
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if ('rejected' in found) return false
      const payload = changes.reduce(
        (kept, change) => mergePayloads(change.record.payload, change.payload, kept),
        found.payload,
      )
      const token = newToken()
      const writes = [token, ...recentWrites(found)]
      await this.#set(keys.session, { payload, createdAt: found.createdAt, savedAt: nowInSeconds(), writes })
      await new Promise((resolve) => setTimeout(resolve, SETTLING * attempt * (1 + Math.random())))
      found = await this.#find(keys)
      if ('rejected' in found) {
        await this.#caller.call('destroy', keys.session)
        return false
      }
      if (found.writes.includes(token)) {
        // A mere refresh is no loss: the next request makes up for it.
        const undoable = changes.filter(({ record, payload }) => payload !== record.payload)
        if (undoable.length > 0) this.#secondLooks.plan(() => this.#lookAgain(keys.session, token, undoable))
        return true
      }
    }
    throw this.#caller.unavailable(`had the session changed by others ${ATTEMPTS} times while this request tried to`)
  }

  /** Writes changes again that another process wrote over after the first look at them. */
  async #lookAgain(key: string, token: string, changes: readonly Change[]): Promise<void> {
    const item = readItem(key, await this.#caller.call('get', key))
    if (item === undefined || item.writes.includes(token)) return
    const undone = changes.filter((change) => change.undone < MENDINGS)
    await Promise.all(undone.map((change) => this.#saves.save(key, { ...change, undone: change.undone + 1 })))
  }

  async #destroy(key: string): Promise<boolean> {
    const keys = keysOf(key)
    const before = this.#endings.get(keys.session)
    if (before !== undefined && (await before.catch(() => false))) return false
    const ending = this.#end(keys).finally(() => {
      if (this.#endings.get(keys.session) === ending) this.#endings.delete(keys.session)
    })
    this.#endings.set(keys.session, ending)
    return await ending
  }

  /** The mark first: from then on no write of another process can bring the session back. */
  async #end(keys: Keys): Promise<boolean> {
    const found = await this.#find(keys)
    if ('rejected' in found) return false
    const token = newToken()
    await this.#caller.call('set', keys.end, writeEnd(keys.end, token, found.createdAt, this.#context))
    const [end] = await Promise.all([this.#caller.call('get', keys.end), this.#caller.call('destroy', keys.session)])
    return readEnd(keys.end, end) === token
  }
}

/** @param key the SHA-256 of a session's id */
function keysOf(key: string): Keys {
  return { session: key, end: storedId(`the end of ${key}`) }
}
