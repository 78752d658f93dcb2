// Why: what is signed here can be read by anybody and changed by nobody without the key. The envelope, byte by byte, is in
// docs/decisions/013; its first byte says which envelope it is, so that a better one can follow.
import { createHmac, type KeyObject } from 'node:crypto'
import { equalInConstantTime } from './compare.js'

const VERSION = 1
const TAG_LENGTH = 32
const HEAD_LENGTH = 1 + TAG_LENGTH

/** Signs texts with HMAC-SHA256: version, tag and the text, in base64url. */
export class Signer {
  readonly #key: KeyObject
  readonly #purpose: string

  /** @param purpose what is signed is bound to it, and opens for no other; without a NUL */
  constructor(key: KeyObject, purpose: string) {
    this.#key = key
    this.#purpose = purpose
  }

  seal(text: string): string {
    const body = Buffer.from(text)
    return Buffer.concat([Buffer.of(VERSION), this.#tag(body), body]).toString('base64url')
  }

  /** The text that was signed, or undefined for anything else. */
  open(sealed: string): string | undefined {
    const envelope = Buffer.from(sealed, 'base64url')
    if (envelope.length < HEAD_LENGTH || envelope[0] !== VERSION) return undefined
    // Buffer.from passes over what is no base64url and ignores unused bits: only the one true spelling is let in.
    if (envelope.toString('base64url') !== sealed) return undefined
    const body = envelope.subarray(HEAD_LENGTH)
    return equalInConstantTime(envelope.subarray(1, HEAD_LENGTH), this.#tag(body)) ? body.toString('utf8') : undefined
  }

  /** The NUL ends the purpose, so that no purpose and text together look like another purpose and text. */
  #tag(body: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(`contrail ${VERSION} ${this.#purpose}\0`).update(body).digest()
  }
}
