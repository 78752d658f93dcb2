// Why: what is sealed here can be read and changed by nobody without the key. The envelope, byte by byte, is in
// docs/decisions/003; its first byte says which envelope it is, so that a better one can follow.
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { Nonces } from './nonces.js'

const ALGORITHM = 'aes-256-gcm'
const VERSION = 1
const NONCE_LENGTH = 12
const TAG_LENGTH = 16
const HEAD_LENGTH = 1 + NONCE_LENGTH + TAG_LENGTH
const TAG_OPTIONS = { authTagLength: TAG_LENGTH }
const nonces = new Nonces(NONCE_LENGTH)

/** Seals texts with AES-256-GCM: version, nonce, tag and ciphertext, in base64url. */
export class Encryptor {
  readonly #key: KeyObject
  readonly #associated: Buffer

  /**
   * @param key 32 bytes
   * @param purpose what is sealed is bound to it, and opens for no other
   */
  constructor(key: Buffer | KeyObject, purpose: string) {
    // A key given as bytes costs three to five times as much on Node 24 (docs/decisions/003).
    this.#key = Buffer.isBuffer(key) ? createSecretKey(key) : key
    this.#associated = Buffer.from(`contrail ${VERSION} ${purpose}`)
  }

  seal(text: string): string {
    const nonce = nonces.next()
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce, TAG_OPTIONS)
    cipher.setAAD(this.#associated)
    const body = cipher.update(text, 'utf8')
    cipher.final()
    const length = HEAD_LENGTH + body.length
    const envelope = length <= scratch.length ? scratch : Buffer.allocUnsafe(length)
    envelope[0] = VERSION
    envelope.set(nonce, 1)
    envelope.set(cipher.getAuthTag(), 1 + NONCE_LENGTH)
    envelope.set(body, HEAD_LENGTH)
    return envelope.toString('base64url', 0, length)
  }

  /** The text that was sealed, or undefined for anything else. */
  open(sealed: string): string | undefined {
    const envelope = Buffer.from(sealed, 'base64url')
    if (envelope.length < HEAD_LENGTH || envelope[0] !== VERSION) return undefined
    // Buffer.from passes over what is no base64url and ignores unused bits: only the one true spelling is let in.
    if (envelope.toString('base64url') !== sealed) return undefined
    const decipher = createDecipheriv(ALGORITHM, this.#key, envelope.subarray(1, 1 + NONCE_LENGTH), TAG_OPTIONS)
    decipher.setAAD(this.#associated)
    decipher.setAuthTag(envelope.subarray(1 + NONCE_LENGTH, HEAD_LENGTH))
    const body = decipher.update(envelope.subarray(HEAD_LENGTH))
    try {
      decipher.final()
    } catch {
      return undefined
    }
    return body.toString('utf8')
  }
}

const scratch = Buffer.allocUnsafeSlow(8192)
