// Why: the index of sessions is kept beside them in a store that can only get and set: each page is written over the version
// that was read, as well as that can be known.
import type { TextShelf, VersionedText } from '../index-support.js'
import { nowInSeconds } from '../store.js'
import { Turns } from '../turns.js'
import { newToken, readText, recentWrites, type Text, writeText } from './item.js'
import type { StoreCaller } from './store-caller.js'

/** Milliseconds, at least, between a write and the look at it: see `SETTLING` of sessions. */
const SETTLING = 1
/** Seconds for which an empty text is kept, so that who wrote it can see that it stands. */
const EMPTY_FOR = 60

/**
 * Texts in a store for express-session. Within a process writes of a key take turns. Between processes a write that another
 * wrote over at once is seen, and counts as not written; one that is written over later is lost.
 */
export class ExpressTexts implements TextShelf {
  readonly #caller: StoreCaller
  readonly #turns = new Turns()

  constructor(caller: StoreCaller) {
    this.#caller = caller
  }

  async read(key: string): Promise<VersionedText | undefined> {
    const found = await this.#get(nameOf(key))
    return found && { text: found.text, version: found.writes[0] }
  }

  write(key: string, text: string, version: unknown, seconds: number | undefined): Promise<boolean> {
    return this.#turns.take(key, () => this.#compareAndSet(nameOf(key), text, version, seconds))
  }

  async #compareAndSet(name: string, text: string, version: unknown, seconds: number | undefined): Promise<boolean> {
    const found = await this.#get(name)
    if (found?.writes[0] !== version) return false
    const token = newToken()
    const writes: Text['writes'] = [token, ...(found === undefined ? [] : recentWrites(found))]
    const written = writeText(name, { text, writes, savedAt: nowInSeconds() }, text === '' ? EMPTY_FOR : seconds)
    await this.#caller.call('set', name, written)
    await new Promise((resolve) => setTimeout(resolve, SETTLING * (1 + Math.random())))
    return (await this.#get(name))?.writes.includes(token) === true
  }

  async #get(name: string): Promise<Text | undefined> {
    return readText(name, await this.#caller.call('get', name))
  }
}

/** No session's key has a dot in it. */
function nameOf(key: string): string {
  return `o.${key}`
}
