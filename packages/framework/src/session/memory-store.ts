// Why: sessions that a server keeps, where one process is all there is: tests, and development.
import type { SessionIndexSupport } from './index-support.js'
import { MemoryTexts } from './memory-texts.js'
import { mergePayloads } from './merge.js'
import { newSessionId, storedId } from './session-id.js'
import {
  endedBecause,
  nowInSeconds,
  type RejectedSession,
  refreshDue,
  type SessionRecord,
  type SessionStore,
  type SessionStoreContext,
} from './store.js'

interface MemoryRecord extends SessionRecord {
  readonly id: string
}

interface Kept {
  readonly payload: string
  readonly createdAt: number
  readonly savedAt: number
}

/** How many kept sessions each new one looks at: all have been looked at before their number has grown by a third. */
const SWEPT_AT_ONCE = 4

/**
 * Keeps sessions in this process's memory, for tests and for development. They end with the process, and other processes
 * of the app know nothing of them. The cookie holds a random id, the store its SHA-256.
 *
 * Sessions that ended by `expireAfter` or `maxLifetime` are removed a few at a time; without either none ever ends.
 */
export class MemoryStore implements SessionStore {
  static readonly optionNames = {} as const
  readonly preload = false
  readonly index: SessionIndexSupport
  readonly #context: SessionStoreContext
  readonly #sessions = new Map<string, Kept>()
  #sweep = this.#sessions.entries()

  constructor(_options: object, context: SessionStoreContext) {
    this.#context = context
    const texts = new MemoryTexts()
    this.index = {
      storedIdOf: storedId,
      find: (key) => {
        const kept = this.#sessions.get(key)
        return kept === undefined || endedBecause(kept, context) !== undefined ? undefined : kept
      },
      destroy: (key) => this.#sessions.delete(key),
      read: (key) => texts.read(key),
      write: (...parameters) => texts.write(...parameters),
    }
  }

  /** How many sessions are kept, ended ones that were not removed yet among them. */
  get size(): number {
    return this.#sessions.size
  }

  load(id: string): MemoryRecord | RejectedSession {
    const kept = this.#sessions.get(storedId(id))
    if (kept === undefined) return { rejected: 'no session of its id is kept' }
    const rejected = endedBecause(kept, this.#context)
    if (rejected !== undefined) return { rejected }
    return { ...kept, stale: refreshDue(kept, this.#context), id }
  }

  create(payload: string): string {
    this.#removeSomeEnded()
    const id = newSessionId()
    const now = nowInSeconds()
    this.#sessions.set(storedId(id), { payload, createdAt: now, savedAt: now })
    return id
  }

  save(record: MemoryRecord, payload: string): string | undefined {
    const key = storedId(record.id)
    const kept = this.#sessions.get(key)
    if (kept === undefined || endedBecause(kept, this.#context) !== undefined) return undefined
    const merged = mergePayloads(record.payload, payload, kept.payload)
    this.#sessions.set(key, { payload: merged, createdAt: kept.createdAt, savedAt: nowInSeconds() })
    return record.id
  }

  destroy(record: MemoryRecord): boolean {
    return this.#sessions.delete(storedId(record.id))
  }

  #removeSomeEnded(): void {
    for (let count = 0; count < SWEPT_AT_ONCE; count++) {
      const { done, value } = this.#sweep.next()
      if (done === true) {
        this.#sweep = this.#sessions.entries()
        return
      }
      const [key, kept] = value
      if (endedBecause(kept, this.#context) !== undefined) this.#sessions.delete(key)
    }
  }
}
