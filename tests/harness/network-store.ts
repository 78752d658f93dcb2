// A session store that answers with promises and takes its time, in an order that the seed decides.
import {
  comparedInProcess,
  MemoryStore,
  type RejectedSession,
  type SessionIndexSupport,
  type SessionRecord,
  type SessionStore,
  type SessionStoreContext,
} from 'contrail'
import { randomFrom } from './random-values.js'

/** A memory store as if over a network: each call is under way for a few turns before it happens, and a few after. */
export class NetworkStore implements SessionStore {
  static readonly optionNames = {} as const
  readonly preload: boolean = true
  readonly #memory: MemoryStore
  readonly #random = randomFrom(1)
  /** As a store has it that can only get and set. */
  readonly index: SessionIndexSupport

  constructor(options: object, context: SessionStoreContext) {
    this.#memory = new MemoryStore(options, context)
    const texts = new Map<string, { readonly text: string; readonly endsAt: number }>()
    const { index } = this.#memory
    this.index = {
      storedIdOf: (cookie) => index.storedIdOf(cookie),
      find: (storedId) => this.#late(() => index.find(storedId)),
      destroy: (storedId) => this.#late(() => index.destroy(storedId)),
      ...comparedInProcess(
        (key) =>
          this.#late(() => {
            const kept = texts.get(key)
            return kept === undefined || kept.endsAt <= Date.now() ? undefined : kept.text
          }),
        (key, text, seconds = Number.POSITIVE_INFINITY) =>
          this.#late(() => void texts.set(key, { text, endsAt: Date.now() + seconds * 1000 })),
      ),
    }
  }

  load(cookie: string): Promise<SessionRecord | RejectedSession> {
    return this.#late(() => this.#memory.load(cookie))
  }

  create(payload: string): Promise<string> {
    return this.#late(() => this.#memory.create(payload))
  }

  save(record: SessionRecord, payload: string): Promise<string | undefined> {
    return this.#late(() => this.#memory.save(record as Parameters<MemoryStore['save']>[0], payload))
  }

  destroy(record: SessionRecord): Promise<boolean> {
    return this.#late(() => this.#memory.destroy(record as Parameters<MemoryStore['destroy']>[0]))
  }

  async #late<T>(work: () => T | Promise<T>): Promise<T> {
    await turns(this.#random() * 4)
    const result = await work()
    await turns(this.#random() * 4)
    return result
  }
}

/** Lets others go first, a few times. */
export async function turns(count: number): Promise<void> {
  for (let left = Math.floor(count); left > 0; left--) await Promise.resolve()
}
