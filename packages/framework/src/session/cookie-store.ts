// Why: the default store: the whole session travels in its cookie, sealed. See docs/decisions/003 for the envelope.
import { BootError } from '../errors.js'
import { Encryptor } from '../security/encryptor.js'
import { deriveKey } from '../security/keys.js'
import { openWithAny } from '../security/rotation.js'
import { SecretBox } from '../security/secret-box.js'
import {
  endedBecause,
  nowInSeconds,
  type RejectedSession,
  refreshDue,
  type SessionRecord,
  type SessionStore,
  type SessionStoreContext,
} from './store.js'

/** The cookie store's own part of `sessionOptions`. */
export interface CookieStoreOptions {
  /**
   * What sessions are sealed with. `'xsalsa20-poly1305'`, the default, is libsodium's secretbox, in WebAssembly.
   * `'aes-256-gcm'` is Node's own, and takes some three times as long: for who must use what its OpenSSL is certified for.
   * Sessions sealed with either are read, and sealed with the one chosen when next touched.
   */
  cipher?: 'xsalsa20-poly1305' | 'aes-256-gcm' | undefined
}

interface Sealer {
  seal(text: string): string
  open(sealed: string): string | undefined
}

/**
 * Keeps a session in its cookie, encrypted and authenticated. What it cannot do, for the server keeps nothing: end a
 * session whose cookie someone copied, before it expires; keep both changes of two requests made at once.
 */
export class CookieStore implements SessionStore {
  static readonly optionNames = { cipher: true } as const
  readonly preload = false
  readonly #context: SessionStoreContext
  readonly #sealers: readonly [Sealer, ...Sealer[]]

  /** @throws BootError for an unknown cipher, or libsodium's where WebAssembly is switched off */
  constructor({ cipher = 'xsalsa20-poly1305' }: CookieStoreOptions, context: SessionStoreContext) {
    this.#context = context
    if (cipher !== 'xsalsa20-poly1305' && cipher !== 'aes-256-gcm')
      throw new BootError(
        `sessionOptions: cipher is ${JSON.stringify(cipher)}.`,
        "choose 'xsalsa20-poly1305' or 'aes-256-gcm'.",
      )
    const usesBox = cipher === 'xsalsa20-poly1305'
    if (usesBox) SecretBox.checkUsable()
    const sealers = [context.secret, ...context.oldSecrets].flatMap((secret) => {
      const key = deriveKey(secret, 'session cookie')
      const purpose = `session cookie ${context.key}`
      const both: Sealer[] = [new SecretBox(key, purpose), new Encryptor(key, purpose)]
      return usesBox ? both : both.reverse()
    })
    this.#sealers = sealers as [Sealer, ...Sealer[]]
  }

  load(cookie: string): SessionRecord | RejectedSession {
    const opened = openWithAny(this.#sealers, cookie)
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
    return this.#sealers[0].seal(`${createdAt.toString(36)}.${savedAt.toString(36)}.${payload}`)
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
