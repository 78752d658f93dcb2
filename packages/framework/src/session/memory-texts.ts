// Why: what the memory store keeps beside its sessions, the index of their owners, which must not grow for ever either.
import type { TextShelf, VersionedText } from './index-support.js'
import { nowInSeconds } from './store.js'

interface Kept extends VersionedText {
  readonly version: number
  readonly endsAt: number
}

/** How many texts each write looks at: more than one, so that those that ended become fewer than those that come. */
const SWEPT_AT_ONCE = 2

/** Texts in this process's memory, each until its time has come. */
export class MemoryTexts implements TextShelf {
  readonly #texts = new Map<string, Kept>()
  #sweep = this.#texts.entries()
  #version = 0

  /** How many texts are kept, ended ones that were not removed yet among them. */
  get size(): number {
    return this.#texts.size
  }

  read(key: string): VersionedText | undefined {
    const kept = this.#texts.get(key)
    return kept === undefined || kept.endsAt <= nowInSeconds() ? undefined : kept
  }

  write(key: string, text: string, version: unknown, seconds: number | undefined): boolean {
    if (this.read(key)?.version !== version) return false
    this.#removeSomeEnded()
    if (text === '') {
      this.#texts.delete(key)
      return true
    }
    const endsAt = seconds === undefined ? Number.POSITIVE_INFINITY : nowInSeconds() + seconds
    this.#texts.set(key, { text, version: ++this.#version, endsAt })
    return true
  }

  #removeSomeEnded(): void {
    for (let count = 0; count < SWEPT_AT_ONCE; count++) {
      const { done, value } = this.#sweep.next()
      if (done === true) {
        this.#sweep = this.#texts.entries()
        return
      }
      if (value[1].endsAt <= nowInSeconds()) this.#texts.delete(value[0])
    }
  }
}
