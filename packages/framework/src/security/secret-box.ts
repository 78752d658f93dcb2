// Why: libsodium seals in less than half the time of node:crypto, and in far less code to run. It is a native package that
// an app installs if it wants it: docs/decisions/025. The only file that knows it.
import { hkdfSync, randomFillSync } from 'node:crypto'
import { createRequire } from 'node:module'
import { BootError } from '../errors.js'

/** The part of sodium-native that is used. Given anything but bytes of these lengths it ends the process, or throws. */
interface Sodium {
  crypto_secretbox_easy(box: Uint8Array, message: Uint8Array, nonce: Uint8Array, key: Uint8Array): void
  crypto_secretbox_open_easy(message: Uint8Array, box: Uint8Array, nonce: Uint8Array, key: Uint8Array): boolean
}

const VERSION = 2
const NONCE_LENGTH = 24
const TAG_LENGTH = 16
const NONCE_END = 1 + NONCE_LENGTH
/** What the version, the first byte, makes of the first two characters. */
const MARK = /^A[g-v]/

let found: Sodium | undefined
let isSought = false

/** sodium-native, if it is installed. Loaded when first wanted. @throws whatever its import throws, but for not being there */
function sodium(): Sodium | undefined {
  if (isSought) return found
  try {
    found = createRequire(import.meta.url)('sodium-native') as Sodium
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
  }
  isSought = true
  return found
}

/**
 * Seals texts with libsodium's secretbox (XSalsa20-Poly1305): version, nonce, tag and ciphertext, in base64url. Anyone can
 * make one; it wants sodium-native when it first seals, or opens what is sealed in this way.
 */
export class SecretBox {
  readonly #key: Uint8Array

  /**
   * @param key 32 bytes
   * @param purpose what is sealed is bound to it by a key of its own, and opens for no other
   */
  constructor(key: Uint8Array, purpose: string) {
    this.#key = new Uint8Array(hkdfSync('sha256', key, 'contrail', `${VERSION} ${purpose}`, 32))
  }

  /** @throws BootError when sodium-native cannot be used */
  static checkInstalled(): void {
    let reason: string
    try {
      if (sodium() !== undefined) return
      reason = 'is not installed'
    } catch (error) {
      reason = `cannot be loaded here: ${(error as Error).message}`
    }
    throw new BootError(
      `sessionOptions: cipher 'xsalsa20-poly1305' needs the package sodium-native, which ${reason}.`,
      "npm install sodium-native, or leave cipher at 'aes-256-gcm'. It has no build for musl, such as on Alpine.",
    )
  }

  seal(text: string): string {
    const library = sodium()
    if (library === undefined) throw new Error('sodium-native is not installed.')
    const message = Buffer.from(text)
    const length = NONCE_END + TAG_LENGTH + message.length
    const envelope = length <= scratch.length ? scratch : Buffer.allocUnsafeSlow(length)
    envelope[0] = VERSION
    const nonce = nextNonce()
    envelope.set(nonce, 1)
    library.crypto_secretbox_easy(envelope.subarray(NONCE_END, length), message, nonce, this.#key)
    return envelope.toString('base64url', 0, length)
  }

  /** The text that was sealed, or undefined for anything else. */
  open(sealed: string): string | undefined {
    if (!MARK.test(sealed)) return undefined
    const library = openerOf()
    if (library === undefined) return undefined
    const envelope = Buffer.from(sealed, 'base64url')
    const length = envelope.length - NONCE_END - TAG_LENGTH
    // Buffer.from passes over what is no base64url and ignores unused bits: only the one true spelling is let in.
    if (length < 0 || envelope.toString('base64url') !== sealed) return undefined
    const message = length <= scratch.length ? scratch.subarray(0, length) : Buffer.allocUnsafeSlow(length)
    const box = envelope.subarray(NONCE_END)
    const isWhole = library.crypto_secretbox_open_easy(message, box, envelope.subarray(1, NONCE_END), this.#key)
    return isWhole ? message.toString('utf8') : undefined
  }
}

/** A cookie that cannot be opened is no reason to fail a request, whatever is wrong with the package. */
function openerOf(): Sodium | undefined {
  try {
    return sodium()
  } catch {
    return undefined
  }
}

const scratch = Buffer.allocUnsafeSlow(8192)

const NONCES = 256
const pool = Buffer.allocUnsafeSlow(NONCE_LENGTH * NONCES)
let drawn = NONCES

/** Random bytes, drawn many at a time, as in encryptor.ts. */
function nextNonce(): Buffer {
  if (drawn === NONCES) {
    randomFillSync(pool)
    drawn = 0
  }
  const start = drawn++ * NONCE_LENGTH
  return pool.subarray(start, start + NONCE_LENGTH)
}
