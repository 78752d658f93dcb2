// Why: an app that moves from Rails route by route shares its sessions with it meanwhile: one cookie, which both read and
// write. See docs/decisions/009 for the format.
import { BootError } from '../errors.js'
import { type RailsDigest, RailsEncryptor } from '../security/rails-encryptor.js'
import { openWithAny } from '../security/rotation.js'
import { newForeignId, readForeignSession, type SessionNote, writeForeignSession } from './foreign-session.js'
import { type RailsEnvelope, readRailsEnvelope, writeRailsEnvelope } from './rails-envelope.js'
import {
  endedBecause,
  nowInSeconds,
  type RejectedSession,
  refreshDue,
  type SessionRecord,
  type SessionStore,
  type SessionStoreContext,
} from './store.js'

/** The Rails cookie store's own part of `sessionOptions`. `key` and `secret` are those of the Rails app. */
export interface RailsCookieStoreOptions {
  /**
   * What the Rails app derives its keys with: `config.active_support.hash_digest_class`. Default: `'SHA256'`, Rails' since
   * `load_defaults 7.0`; before, it was `'SHA1'`.
   */
  digest?: RailsDigest | undefined
  /** The digest of the past: sessions sealed with it are read too, and sealed with `digest` when next touched. */
  oldDigest?: RailsDigest | undefined
  /**
   * The Rails app's `config.action_dispatch.authenticated_encrypted_cookie_salt`, if it set one.
   * Default: Rails', `'authenticated encrypted cookie'`.
   */
  salt?: string | undefined
}

interface RailsRecord extends SessionRecord {
  readonly id: string
}

const DIGESTS: readonly RailsDigest[] = ['SHA256', 'SHA1']
const RAILS_SALT = 'authenticated encrypted cookie'
const ID_BYTES = 16

/**
 * Keeps sessions in the encrypted cookie of Rails' own cookie store (Rails 6.1, 7 and 8, `cookies_serializer` `:json` or
 * `:hybrid`): who logged in with the Rails app is logged in here, and the other way round. What Rails keeps in a session
 * (its id, flash, CSRF token) stays in it.
 *
 * The cookie holds plain JSON: a date is written as an ISO string and **read back as a string**. What a {@link CookieStore}
 * cannot do, this cannot either. `expireAfter` is what Rails calls `expire_after`, and is kept in the cookie as Rails does.
 */
export class RailsCookieStore implements SessionStore {
  static readonly optionNames = { digest: true, oldDigest: true, salt: true } as const
  readonly preload = false
  readonly #context: SessionStoreContext
  readonly #purpose: string
  readonly #encryptors: readonly [RailsEncryptor, ...RailsEncryptor[]]

  /** @throws BootError when a digest is none of Rails', or the salt is no text */
  constructor(options: RailsCookieStoreOptions, context: SessionStoreContext) {
    const { digest = 'SHA256', oldDigest = digest, salt = RAILS_SALT } = options
    for (const one of [digest, oldDigest]) if (!DIGESTS.includes(one)) throw unknownDigest(one)
    if (typeof salt !== 'string' || salt === '') {
      throw new BootError(
        `sessionOptions.salt is ${JSON.stringify(salt)}.`,
        "give the Rails app's config.action_dispatch.authenticated_encrypted_cookie_salt, or leave it out.",
      )
    }
    this.#context = context
    this.#purpose = `cookie.${context.key}`
    const made = (secret: string, one: RailsDigest) => new RailsEncryptor(secret, one, salt)
    const secrets = [context.secret, ...context.oldSecrets]
    this.#encryptors = [
      made(context.secret, digest),
      ...context.oldSecrets.map((secret) => made(secret, digest)),
      ...(oldDigest === digest ? [] : secrets.map((secret) => made(secret, oldDigest))),
    ]
  }

  load(cookie: string): RailsRecord | RejectedSession {
    const opened = openWithAny(this.#encryptors, cookie)
    if (opened === undefined)
      return { rejected: 'it was not sealed by this app or by Rails with a secret and digest that are known' }
    const envelope = readRailsEnvelope(opened.content, this.#purpose)
    return 'rejected' in envelope ? envelope : this.#read(envelope, opened.stale)
  }

  create(payload: string): string {
    const now = nowInSeconds()
    return this.#seal(payload, newForeignId(ID_BYTES), now, now)
  }

  save(record: RailsRecord, payload: string): string {
    return this.#seal(payload, record.id, record.createdAt, nowInSeconds())
  }

  destroy(): void {
    // The cookie is all there is, and the session's life drops it.
  }

  #seal(payload: string, id: string, began: number, saved: number): string {
    const { expireAfter, maxLifetime } = this.#context
    const note: SessionNote | undefined = maxLifetime === undefined ? undefined : { began, saved }
    const expiresAt = expireAfter === undefined ? undefined : (saved + expireAfter) * 1000
    const json = writeForeignSession({ payload, id, note })
    return this.#encryptors[0].seal(writeRailsEnvelope({ json, expiresAt }, this.#purpose))
  }

  #read({ json, expiresAt }: RailsEnvelope, sealedOtherwise: boolean): RailsRecord | RejectedSession {
    const found = readForeignSession(json, () => newForeignId(ID_BYTES))
    if ('rejected' in found) return found
    const { expireAfter, maxLifetime } = this.#context
    const now = nowInSeconds()
    const age = {
      createdAt: found.note?.began ?? now,
      savedAt: expiresAt === undefined || expireAfter === undefined ? now : Math.floor(expiresAt / 1000) - expireAfter,
    }
    const ended = endedBecause(age, this.#context)
    if (ended !== undefined) return { rejected: ended }
    // What Rails wrote without a time gets one, so that it can end.
    const timeless =
      (expireAfter !== undefined && expiresAt === undefined) || (maxLifetime !== undefined && found.note === undefined)
    return {
      payload: found.payload,
      id: found.id,
      createdAt: age.createdAt,
      stale: sealedOtherwise || timeless || refreshDue(age, this.#context),
    }
  }
}

function unknownDigest(digest: unknown): BootError {
  return new BootError(
    `sessionOptions name the digest ${JSON.stringify(digest)}.`,
    "give 'SHA256' (Rails since load_defaults 7.0) or 'SHA1' (before): what config.active_support.hash_digest_class is.",
  )
}
