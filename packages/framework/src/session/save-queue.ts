// Why: of many requests that change one session at once, each would otherwise find it changed by another and try again.

interface Batch<Change> {
  readonly changes: Change[]
  readonly done: Promise<boolean>
  hasBegun: boolean
}

/** Writes each session once at a time in this process. Changes that come meanwhile are collected, and written together. */
export class SaveQueue<Change> {
  readonly #write: (key: string, changes: readonly Change[]) => Promise<boolean>
  /** The last batch of each session that is being written. No Map, for the garbage of it: docs/decisions/008. */
  readonly #batches: Record<string, Batch<Change> | undefined> = Object.create(null)

  /** @param write writes changes, of which the last to come is the last to count */
  constructor(write: (key: string, changes: readonly Change[]) => Promise<boolean>) {
    this.#write = write
  }

  /** Resolves or rejects as the write does that has this change in it. */
  save(key: string, change: Change): Promise<boolean> {
    const last = this.#batches[key]
    if (last !== undefined && !last.hasBegun) {
      last.changes.push(change)
      return last.done
    }
    const changes = [change]
    const begin = () => {
      batch.hasBegun = true
      return this.#write(key, changes)
    }
    const done = (last?.done.catch(() => false) ?? Promise.resolve()).then(begin)
    const batch: Batch<Change> = { changes, done, hasBegun: false }
    this.#batches[key] = batch
    const forget = () => {
      if (this.#batches[key] === batch) delete this.#batches[key]
    }
    // Not by `finally`, which whoever waits would wait for too.
    done.then(forget, forget)
    return done
  }
}
