// A session store that keeps nothing and remembers what it was made with, to see what a configuration came to.
import type { SessionStore, SessionStoreContext } from 'contrail'

/** What a {@link recordingStore} was made with. */
export interface Made {
  readonly options: Readonly<Record<string, unknown>>
  readonly context: SessionStoreContext
}

/** A class of stores with the options `first`, `second`, `secret` and `oldSecret`, and what each was made with, in order. */
export function recordingStore() {
  const made: Made[] = []
  class RecordingStore implements SessionStore {
    static readonly optionNames = { first: true, second: true, secret: true, oldSecret: true } as const
    readonly preload = false
    constructor(options: RecordingOptions, context: SessionStoreContext) {
      made.push({ options: { ...options }, context })
    }
    load() {
      return { rejected: 'nothing is kept' }
    }
    create() {
      return 'nothing'
    }
    save() {
      return undefined
    }
    destroy() {}
  }
  return { RecordingStore, made }
}

interface RecordingOptions {
  readonly first?: number
  readonly second?: number
  readonly secret?: string | undefined
  readonly oldSecret?: string | readonly string[]
}
