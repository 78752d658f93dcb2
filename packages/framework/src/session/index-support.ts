// Why: what a store must offer, beside keeping sessions, for an owner's sessions to be listed and ended. As little as that:
// a session by its stored name, and a text by a key.
import type { MaybePromise } from '../maybe-promise.js'

/** A session as it is kept, asked for by its name in the store and not by its cookie. */
export interface KeptSession {
  /** The session's text form. */
  readonly payload: string
  /** When it was last saved, in seconds since the epoch. */
  readonly savedAt: number
}

/** A text as it was read, and its version, which only the store understands. */
export interface VersionedText {
  readonly text: string
  readonly version: unknown
}

/** Texts by key, which are replaced only by who has seen what is there. */
export interface TextShelf {
  /** The text under a key; undefined when there is none. @throws SessionStoreUnavailable */
  read(key: string): MaybePromise<VersionedText | undefined>
  /**
   * Writes a text, if what is there is still of this version, or if nothing is there and `version` is undefined.
   * An empty text is the same as none, and need not be kept.
   * @param key 43 letters, digits, `-` and `_`
   * @param version that of the text as it was read
   * @param seconds how long it is needed; undefined for good. To lose it earlier is safe: it ends the owner's sessions.
   * @returns whether it was written; false when another was quicker
   * @throws SessionStoreUnavailable
   */
  write(key: string, text: string, version: unknown, seconds: number | undefined): MaybePromise<boolean>
}

/**
 * What `SessionStore.index` offers. A store whose `preload` is false answers `read` at once.
 * Where there is no compare-and-swap, `comparedInProcess` makes the texts out of a get and a set.
 */
export interface SessionIndexSupport extends TextShelf {
  /** What the store calls the session of a cookie that it accepted. The session cannot be opened with it. */
  storedIdOf(cookie: string): string
  /** The session of that name; undefined when it has ended. @throws SessionStoreUnavailable */
  find(storedId: string): MaybePromise<KeptSession | undefined>
  /** Ends the session of that name; false when there was none. @throws SessionStoreUnavailable */
  // biome-ignore lint/suspicious/noConfusingVoidType: a store that cannot tell need not say anything
  destroy(storedId: string): MaybePromise<boolean | void>
}
