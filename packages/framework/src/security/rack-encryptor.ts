// Why: opens what rack-session seals, and seals what it opens. The two formats are rack-session's, and are written down
// byte by byte in docs/decisions/009.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { decodeBase64, decodePaddedBase64url } from './base64.js'

/** The fewest bytes a secret may have: the first 32 are for the cipher, the rest is version 1's signing key. */
export const MINIMUM_RACK_SECRET_LENGTH = 64

const CIPHER_SECRET_LENGTH = 32
const SALT_LENGTH = 32
const TAG_LENGTH = 16
const TAG_OPTIONS = { authTagLength: TAG_LENGTH }
/** Version 1: version, salt, counter; the signature is at the end. */
const V1 = { version: 1, nonce: 33, body: 49, signatureLength: 32 } as const
/** Version 2: version, salt, nonce, tag, ciphertext. */
const V2 = { version: 2, nonce: 33, tag: 45, body: 61 } as const
/** Texts are padded to a multiple of so many bytes, so that a cookie's length tells less of what is in it. */
const PADDED_TO = 32
const PADDING_HEAD = 2

/** What was sealed. */
export interface RackMessage {
  readonly text: string
  /** The message's own: no two that were sealed have the same. */
  readonly mark: string
}

/** Seals texts with AES-256-GCM as rack-session's version 2 does; opens those, and those of version 1. */
export class RackEncryptor {
  readonly #cipherSecret: KeyObject
  readonly #signingSecret: KeyObject
  readonly #purpose: Buffer

  /**
   * @param secret at least {@link MINIMUM_RACK_SECRET_LENGTH} bytes of UTF-8
   * @param purpose what is sealed opens for no other; may be empty
   */
  constructor(secret: string, purpose: string) {
    const bytes = Buffer.from(secret)
    this.#cipherSecret = createSecretKey(bytes.subarray(0, CIPHER_SECRET_LENGTH))
    this.#signingSecret = createSecretKey(bytes.subarray(CIPHER_SECRET_LENGTH))
    this.#purpose = Buffer.from(purpose)
  }

  /** @param write gives the text, knowing the mark of the message it will be in */
  seal(write: (mark: string) => string): string {
    const head = Buffer.concat([Buffer.of(V2.version), randomBytes(SALT_LENGTH)])
    const nonce = randomBytes(V2.tag - V2.nonce)
    const cipher = createCipheriv('aes-256-gcm', this.#messageKey(head), nonce, TAG_OPTIONS)
    cipher.setAAD(Buffer.concat([head, this.#purpose]))
    const body = Buffer.concat([cipher.update(pad(write(markOf(nonce)))), cipher.final()])
    // Of the two alphabets this is the one that every release with version 2 reads.
    return Buffer.concat([head, nonce, cipher.getAuthTag(), body]).toString('base64')
  }

  /** What was sealed, or undefined for anything else. */
  open(sealed: string): RackMessage | undefined {
    const bytes = decodeBase64(sealed) ?? decodePaddedBase64url(sealed)
    if (bytes?.[0] === V2.version) return this.#open2(bytes)
    if (bytes?.[0] === V1.version) return this.#open1(bytes)
    return undefined
  }

  #open2(bytes: Buffer): RackMessage | undefined {
    if (bytes.length < V2.body + PADDING_HEAD) return undefined
    const nonce = bytes.subarray(V2.nonce, V2.tag)
    const decipher = createDecipheriv('aes-256-gcm', this.#messageKey(bytes), nonce, TAG_OPTIONS)
    decipher.setAAD(Buffer.concat([bytes.subarray(0, V2.nonce), this.#purpose]))
    decipher.setAuthTag(bytes.subarray(V2.tag, V2.body))
    const body = decipher.update(bytes.subarray(V2.body))
    try {
      decipher.final()
    } catch {
      return undefined
    }
    return unpad(body, markOf(nonce))
  }

  #open1(bytes: Buffer): RackMessage | undefined {
    const end = bytes.length - V1.signatureLength
    if (end < V1.body + PADDING_HEAD) return undefined
    const signed = createHmac('sha256', this.#signingSecret).update(bytes.subarray(0, end)).update(this.#purpose)
    if (!timingSafeEqual(signed.digest(), bytes.subarray(end))) return undefined
    const counter = bytes.subarray(V1.nonce, V1.body)
    const decipher = createDecipheriv('aes-256-ctr', this.#messageKey(bytes), counter)
    return unpad(decipher.update(bytes.subarray(V1.body, end)), markOf(counter))
  }

  /** Each message has a key of its own, made of its salt, which follows the version. */
  #messageKey(bytes: Buffer): KeyObject {
    const hmac = createHmac('sha256', this.#cipherSecret).update(bytes.subarray(1, 1 + SALT_LENGTH))
    return createSecretKey(hmac.digest())
  }
}

function markOf(nonce: Buffer): string {
  return nonce.toString('base64url')
}

/** The padding's length in two bytes, least first; the padding; the text. */
function pad(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = PADDED_TO - ((PADDING_HEAD + bytes.length) % PADDED_TO)
  const head = Buffer.alloc(PADDING_HEAD)
  head.writeUInt16LE(length)
  return Buffer.concat([head, randomBytes(length), bytes])
}

function unpad(bytes: Buffer, mark: string): RackMessage {
  return { text: bytes.toString('utf8', PADDING_HEAD + bytes.readUInt16LE()), mark }
}
