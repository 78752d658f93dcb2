// Why: an app that moves from Rack (Sinatra, Roda, Hanami) route by route shares its sessions with it meanwhile: one
// cookie, which both read and write. See docs/decisions/009 for the format.
import { BootError } from '../errors.js'
import { MINIMUM_RACK_SECRET_LENGTH, RackEncryptor, type RackMessage } from '../security/rack-encryptor.js'
import { openWithAny } from '../security/rotation.js'
import { newForeignId, readForeignSession, writeForeignSession } from './foreign-session.js'
import {
  endedBecause,
  nowInSeconds,
  type RejectedSession,
  refreshDue,
  type SessionRecord,
  type SessionStore,
  type SessionStoreContext,
} from './store.js'

/** The Rack cookie store's own part of `sessionOptions`. `key` and `secret` are those of the Rack app. */
export interface RackCookieStoreOptions {
  /**
   * What rack-session binds its cookies to: the `key:` that the Rack app gives to `Rack::Session::Cookie`. An app that gives
   * none binds them to nothing, and its cookie is named `rack.session`: say `false` then. Default: the cookie's `key`.
   */
  purpose?: string | false | undefined
}

interface RackRecord extends SessionRecord {
  readonly id: string
}

const ID_BYTES = 32

/**
 * Keeps sessions in the encrypted cookie of `Rack::Session::Cookie` (rack-session 2.1.2 and later, with
 * `serialize_json: true`): who logged in with the Rack app is logged in here, and the other way round. Cookies of earlier
 * rack-session 2 are read, and written in the later form. A session in Ruby's Marshal format is not read.
 *
 * The cookie holds plain JSON: a date is written as an ISO string and **read back as a string**. What a {@link CookieStore}
 * cannot do, this cannot either. Rack enforces no expiry: `expireAfter` and `maxLifetime` are kept in the session beside its
 * data, and count for a session that Rack wrote from when it is first seen here.
 */
export class RackCookieStore implements SessionStore {
  static readonly optionNames = { purpose: true } as const
  readonly preload = false
  readonly #context: SessionStoreContext
  readonly #encryptors: readonly [RackEncryptor, ...RackEncryptor[]]

  /** @throws BootError when a secret is too short for Rack, or the purpose is no text */
  constructor({ purpose }: RackCookieStoreOptions, context: SessionStoreContext) {
    if (purpose !== undefined && purpose !== false && (typeof purpose !== 'string' || purpose === '')) {
      throw new BootError(
        `sessionOptions.purpose is ${JSON.stringify(purpose)}.`,
        'give the key: that the Rack app gives to Rack::Session::Cookie, or false when it gives none.',
      )
    }
    const encryptor = (secret: string) => {
      if (Buffer.byteLength(secret) < MINIMUM_RACK_SECRET_LENGTH) throw shortSecret(secret)
      return new RackEncryptor(secret, purpose === false ? '' : (purpose ?? context.key))
    }
    this.#context = context
    this.#encryptors = [encryptor(context.secret), ...context.oldSecrets.map(encryptor)]
  }

  load(cookie: string): RackRecord | RejectedSession {
    const opened = openWithAny(this.#encryptors, cookie)
    if (opened !== undefined) return this.#read(opened.content, opened.stale)
    return { rejected: 'it was not sealed by this app or by Rack with a secret that is still known' }
  }

  create(payload: string): string {
    const now = nowInSeconds()
    return this.#seal(payload, newForeignId(ID_BYTES), now, now)
  }

  save(record: RackRecord, payload: string): string {
    return this.#seal(payload, record.id, record.createdAt, nowInSeconds())
  }

  destroy(): void {
    // The cookie is all there is, and the session's life drops it.
  }

  get #ends(): boolean {
    return this.#context.expireAfter !== undefined || this.#context.maxLifetime !== undefined
  }

  #seal(payload: string, id: string, began: number, saved: number): string {
    return this.#encryptors[0].seal((mark) =>
      writeForeignSession({ payload, id, note: this.#ends ? { began, saved, mark } : undefined }),
    )
  }

  #read({ text, mark }: RackMessage, sealedWithOldSecret: boolean): RackRecord | RejectedSession {
    const found = readForeignSession(text, () => newForeignId(ID_BYTES))
    if ('rejected' in found) return found
    const { note } = found
    const now = nowInSeconds()
    // Rack hands the note on when it writes the session anew. The session was in use then, and nobody knows when that was.
    const isOurs = note?.mark === mark
    const age = { createdAt: note?.began ?? now, savedAt: isOurs ? (note?.saved ?? now) : now }
    const ended = endedBecause(age, this.#context)
    if (ended !== undefined) return { rejected: ended }
    return {
      payload: found.payload,
      id: found.id,
      createdAt: age.createdAt,
      stale: sealedWithOldSecret || (this.#ends && !isOurs) || refreshDue(age, this.#context),
    }
  }
}

function shortSecret(secret: string): BootError {
  return new BootError(
    `A secret is ${Buffer.byteLength(secret)} bytes long; rack-session wants at least ${MINIMUM_RACK_SECRET_LENGTH}.`,
    'give the secrets of the Rack app, as they are in secrets: of Rack::Session::Cookie.',
  )
}
