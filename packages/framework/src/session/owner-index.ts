// Why: which sessions an owner has. The index decides: what is not in it is no session of theirs, whatever else the store
// still keeps, so that ending sessions is one write, and losing the index ends them all. See docs/decisions/012.
import { SessionStoreUnavailable } from '../errors.js'
import { andThen, type MaybePromise } from '../maybe-promise.js'
import type { TextShelf } from './index-support.js'
import { SaveQueue } from './save-queue.js'
import { storedId } from './session-id.js'
import { nowInSeconds, REFRESH_FRACTION, type SessionStoreContext } from './store.js'

/** One session of an owner. */
export interface IndexEntry {
  readonly handle: string
  /** What the store calls the session. */
  readonly storedId: string
  /** When it was entered, in seconds since the epoch. */
  readonly since: number
}

/** All sessions of an owner, as they were read. */
export interface IndexPage {
  readonly entries: readonly IndexEntry[]
  /** When the page was written, in seconds since the epoch; 0 when there is none. */
  readonly savedAt: number
}

/** Says what becomes of an owner's entries. Called again when another was quicker; returns what it was given for no change. */
export type IndexChange = (entries: readonly IndexEntry[]) => readonly IndexEntry[]

/** How often a change is tried, when other processes are quicker each time, before the request fails. */
const ATTEMPTS = 30
/** Seconds that a page is kept longer than its sessions can need it. */
const MARGIN = 5
const NONE: IndexPage = { entries: [], savedAt: 0 }

/** The index: a page for each owner, kept by the store. */
export class OwnerIndex {
  readonly #shelf: TextShelf
  readonly #lifetime: number | undefined
  readonly #refreshAfter: number
  readonly #changes = new SaveQueue<IndexChange>((key, changes) => this.#write(key, changes))

  constructor(shelf: TextShelf, { expireAfter, maxLifetime }: SessionStoreContext) {
    this.#shelf = shelf
    // A page is written again when a session is used that late after it was; until then it must outlast every session.
    this.#refreshAfter = expireAfter === undefined ? Number.POSITIVE_INFINITY : expireAfter * REFRESH_FRACTION
    const longest = Math.min(
      expireAfter === undefined ? Number.POSITIVE_INFINITY : Math.ceil(expireAfter + this.#refreshAfter),
      maxLifetime ?? Number.POSITIVE_INFINITY,
    )
    this.#lifetime = longest === Number.POSITIVE_INFINITY ? undefined : longest + MARGIN
  }

  /** An owner's sessions. At once where the store answers at once. @throws SessionStoreUnavailable */
  read(owner: string): MaybePromise<IndexPage> {
    return andThen(this.#shelf.read(keyOf(owner)), (found) => (found === undefined ? NONE : parse(found.text)))
  }

  /** Whether a session that was saved now could outlast a page of that age. */
  isDue(pageSavedAt: number): boolean {
    return nowInSeconds() - pageSavedAt >= this.#refreshAfter
  }

  /**
   * Changes an owner's page, whatever others change in it at the same time.
   * @throws SessionStoreUnavailable when it is not known whether it was changed
   */
  async change(owner: string, change: IndexChange): Promise<void> {
    await this.#changes.save(keyOf(owner), change)
  }

  /** Writes an owner's page again, so that it outlasts the sessions that are saved by now. */
  refresh(owner: string): Promise<void> {
    return this.change(owner, (entries) => [...entries])
  }

  /** Enters a session. Returns how many the owner has with it. */
  async add(owner: string, entry: IndexEntry): Promise<number> {
    let count = 0
    await this.change(owner, (entries) => {
      count = entries.length + 1
      return [...entries, entry]
    })
    return count
  }

  /** Lets an entry stand for the session under its new name; false when the session had ended. */
  async move(owner: string, handle: string, from: string, to: string): Promise<boolean> {
    let moved = false
    await this.change(owner, (entries) => {
      moved = entries.some((entry) => entry.handle === handle && entry.storedId === from)
      return moved ? entries.map((entry) => (entry.handle === handle ? { ...entry, storedId: to } : entry)) : entries
    })
    return moved
  }

  /** Takes entries out, and returns those that were still there. */
  async remove(owner: string, which: (entry: IndexEntry) => boolean): Promise<readonly IndexEntry[]> {
    let removed: IndexEntry[] = []
    await this.change(owner, (entries) => {
      removed = entries.filter(which)
      return removed.length === 0 ? entries : entries.filter((entry) => !which(entry))
    })
    return removed
  }

  async #write(key: string, changes: readonly IndexChange[]): Promise<boolean> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const found = await this.#shelf.read(key)
      const { entries } = found === undefined ? NONE : parse(found.text)
      const changed = changes.reduce((current, change) => change(current), entries)
      if (changed === entries || (changed.length === 0 && entries.length === 0)) return true
      if (await this.#shelf.write(key, textOf(changed), found?.version, this.#lifetime)) return true
      if (attempt > 2) await new Promise((resolve) => setTimeout(resolve, Math.random() * attempt))
    }
    throw new SessionStoreUnavailable(
      `The index of a user's sessions was changed by others ${ATTEMPTS} times while this request tried to.`,
    )
  }
}

function keyOf(owner: string): string {
  return storedId(`owner ${owner}`)
}

function textOf(entries: readonly IndexEntry[]): string {
  if (entries.length === 0) return ''
  return JSON.stringify([nowInSeconds(), ...entries.map(({ handle, storedId, since }) => [handle, storedId, since])])
}

/** What is no page of an index lists nobody. */
function parse(text: string): IndexPage {
  if (text === '') return NONE
  try {
    const [savedAt, ...rows] = JSON.parse(text) as [number, ...[string, string, number][]]
    return { savedAt, entries: rows.map(([handle, storedId, since]) => ({ handle, storedId, since })) }
  } catch {
    return NONE
  }
}
