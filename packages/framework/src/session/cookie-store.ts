// Why: the default store: the whole session travels in its cookie, sealed. See docs/decisions/003 for the envelope.
import { Encryptor } from '../security/encryptor.js'
import { deriveKey } from '../security/keys.js'
import { openWithAny } from '../security/rotation.js'
import {
  endedBecause,
  nowInSeconds,
  type RejectedSession,
  refreshDue,
  type SessionRecord,
  type SessionStore,
  type SessionStoreContext,
} from './store.js'

/** The cookie store's own part of `sessionOptions`: it needs nothing that others do not have. */
export type CookieStoreOptions = Record<never, never>

/**
 * Keeps a session in its cookie, encrypted and authenticated. What it cannot do, for the server keeps nothing: end a
 * session whose cookie someone copied, before it expires; keep both changes of two requests made at once.
 */
export class CookieStore implements SessionStore {
  static readonly optionNames = {} as const
  readonly preload = false
  readonly #context: SessionStoreContext
  readonly #encryptors: readonly [Encryptor, ...Encryptor[]]

  constructor(_options: CookieStoreOptions, context: SessionStoreContext) {
    this.#context = context
    const encryptor = (secret: string) =>
      new Encryptor(deriveKey(secret, 'session cookie'), `session cookie ${context.key}`)
    this.#encryptors = [encryptor(context.secret), ...context.oldSecrets.map(encryptor)]
  }

  load(cookie: string): SessionRecord | RejectedSession {
    const opened = openWithAny(this.#encryptors, cookie)
    if (opened !== undefined) return this.#read(opened.content, opened.stale)
    return { rejected: 'it was not sealed here with a secret that is still known, or it was changed' }
  }

  create(payload: string): string {
    const now = nowInSeconds()
    return this.#seal(payload, now, now)
  }

  save(record: SessionRecord, payload: string): string {
    return this.#seal(payload, record.createdAt, nowInSeconds())
  }

  destroy(): void {
    // The cookie is all there is, and the session's life drops it.
  }

  #seal(payload: string, createdAt: number, savedAt: number): string {
    return this.#encryptors[0].seal(`${createdAt.toString(36)}.${savedAt.toString(36)}.${payload}`)
  }

  #read(plaintext: string, sealedWithOldSecret: boolean): SessionRecord | RejectedSession {
    const first = plaintext.indexOf('.')
    const second = plaintext.indexOf('.', first + 1)
    const age = {
      createdAt: Number.parseInt(plaintext.slice(0, first), 36),
      savedAt: Number.parseInt(plaintext.slice(first + 1, second), 36),
    }
    const ended = endedBecause(age, this.#context)
    if (ended !== undefined) return { rejected: ended }
    return {
      payload: plaintext.slice(second + 1),
      createdAt: age.createdAt,
      stale: sealedWithOldSecret || refreshDue(age, this.#context),
    }
  }
}
