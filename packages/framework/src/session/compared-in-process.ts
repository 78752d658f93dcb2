// Why: stores that can only get and set are to carry an index too, as well as they can.
import type { MaybePromise } from '../maybe-promise.js'
import type { TextShelf } from './index-support.js'
import { Turns } from './turns.js'

/**
 * Texts with versions, for a store that can only get and set: a text is its own version, and within this process writes of
 * one key take turns. Two processes that write at the very same time do not see each other: of two log-ins of one owner
 * one may then be missing from the index, and its session is empty. None comes back that was ended.
 * @param get the text under a key
 * @param set keeps a text for some seconds, undefined for good
 */
export function comparedInProcess(
  get: (key: string) => MaybePromise<string | undefined>,
  set: (key: string, text: string, seconds: number | undefined) => MaybePromise<void>,
): TextShelf {
  const turns = new Turns()
  return {
    async read(key) {
      const text = await get(key)
      return text === undefined ? undefined : { text, version: text }
    },
    write(key, text, version, seconds) {
      return turns.take(key, async () => {
        if ((await get(key)) !== version) return false
        await set(key, text, seconds)
        return true
      })
    },
  }
}
