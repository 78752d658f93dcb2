// Why: opens what Rails' authenticated encrypted cookies seal, and seals what they open. The format is Rails', and is
// written down byte by byte in docs/decisions/009.
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, pbkdf2Sync, randomBytes } from 'node:crypto'
import { decodeBase64 } from './base64.js'

/** The digests that Rails derives keys with, as `config.active_support.hash_digest_class` names them. */
export type RailsDigest = 'SHA1' | 'SHA256'

const ALGORITHM = 'aes-256-gcm'
const KEY_LENGTH = 32
const KEY_ITERATIONS = 1000
const NONCE_LENGTH = 12
const TAG_LENGTH = 16
const TAG_OPTIONS = { authTagLength: TAG_LENGTH }
const SEPARATOR = '--'

/** Seals texts with AES-256-GCM as Rails does: ciphertext, nonce and tag, each in base64, with `--` between. */
export class RailsEncryptor {
  readonly #key: KeyObject

  /**
   * @param secret the Rails app's `secret_key_base`
   * @param digest what keys are derived with, by PBKDF2
   * @param salt the Rails app's `action_dispatch.authenticated_encrypted_cookie_salt`
   */
  constructor(secret: string, digest: RailsDigest, salt: string) {
    this.#key = createSecretKey(pbkdf2Sync(secret, salt, KEY_ITERATIONS, KEY_LENGTH, digest))
  }

  seal(text: string): string {
    const nonce = randomBytes(NONCE_LENGTH)
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce, TAG_OPTIONS)
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return [body, nonce, cipher.getAuthTag()].map((part) => part.toString('base64')).join(SEPARATOR)
  }

  /** The text that was sealed, or undefined for anything else. */
  open(sealed: string): string | undefined {
    // The alphabet has no hyphen, so a part cannot be cut in two.
    const parts = sealed.split(SEPARATOR, 4)
    if (parts.length !== 3) return undefined
    const [body, nonce, tag] = parts.map(decodeBase64)
    if (body === undefined || nonce?.length !== NONCE_LENGTH || tag?.length !== TAG_LENGTH) return undefined
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, TAG_OPTIONS)
    decipher.setAuthTag(tag)
    const text = decipher.update(body)
    try {
      decipher.final()
    } catch {
      return undefined
    }
    return text.toString('utf8')
  }
}
