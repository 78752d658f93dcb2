// Why: libsodium seals in a third of the time of node:crypto or less, and makes no native object for each message. It is its own
// WebAssembly build, so it is the same on every platform: docs/decisions/025. The only file that knows it.
import { hkdfSync } from 'node:crypto'
import startLibsodium, { type Libsodium } from 'libsodium'
import { BootError } from '../errors.js'
import { Nonces } from './nonces.js'

const VERSION = 2
const KEY_LENGTH = 32
const NONCE_LENGTH = 24
const TAG_LENGTH = 16
const NONCE_END = 1 + NONCE_LENGTH
const HEAD_LENGTH = NONCE_END + TAG_LENGTH
/** What the version, the first byte, makes of the first two characters. */
const MARK = /^A[g-v]/
const nonces = new Nonces(NONCE_LENGTH)

/** Undefined where WebAssembly is switched off: apps that chose the other cipher do without. */
const library = await startLibsodium().catch(() => undefined)

/**
 * Seals texts with libsodium's secretbox (XSalsa20-Poly1305): version, nonce, tag and ciphertext, in base64url. Anyone can
 * make one; see {@link SecretBox.checkUsable}.
 */
export class SecretBox {
  readonly #key: Uint8Array

  /**
   * @param key 32 bytes
   * @param purpose what is sealed is bound to it by a key of its own, and opens for no other
   */
  constructor(key: Uint8Array, purpose: string) {
    this.#key = new Uint8Array(hkdfSync('sha256', key, 'contrail', `${VERSION} ${purpose}`, KEY_LENGTH))
  }

  /** @throws BootError where libsodium does not run, or not as it is called here */
  static checkUsable(): void {
    const fix = "remove what switches WebAssembly off (node --jitless), or choose cipher: 'aes-256-gcm'."
    if (library === undefined)
      throw new BootError('Session cookies are sealed by WebAssembly, which this Node has not.', fix)
    const trial = new SecretBox(new Uint8Array(KEY_LENGTH), 'trial')
    const text = 'libsodium'
    if (trial.open(trial.seal(text)) !== text)
      throw new BootError(
        'The package libsodium does not open what it sealed.',
        'npm ls libsodium, and install the version that contrail asks for.',
      )
  }

  seal(text: string): string {
    return inRoom(text.length, ({ library, memory, keyAt, textAt, boxAt }) => {
      const length = memory.write(text, textAt)
      memory[boxAt] = VERSION
      memory.set(nonces.next(), boxAt + 1)
      memory.set(this.#key, keyAt)
      library._crypto_secretbox_easy(boxAt + NONCE_END, textAt, length, 0, boxAt + 1, keyAt)
      return memory.toString('base64url', boxAt, boxAt + HEAD_LENGTH + length)
    })
  }

  /** The text that was sealed, or undefined for anything else. */
  open(sealed: string): string | undefined {
    if (library === undefined || !MARK.test(sealed)) return undefined
    return inRoom(sealed.length, ({ library, memory, keyAt, textAt, boxAt }) => {
      const end = boxAt + memory.write(sealed, boxAt, sealed.length, 'base64url')
      const length = end - boxAt - HEAD_LENGTH
      // The decoder passes over what is no base64url and ignores unused bits: only the one true spelling is let in.
      if (length < 0 || memory.toString('base64url', boxAt, end) !== sealed) return undefined
      memory.set(this.#key, keyAt)
      const box = boxAt + NONCE_END
      const failure = library._crypto_secretbox_open_easy(textAt, box, TAG_LENGTH + length, 0, boxAt + 1, keyAt)
      return failure === 0 ? memory.toString('utf8', textAt, textAt + length) : undefined
    })
  }
}

/** A part of the library's memory where one text at a time is sealed or opened. */
interface Room {
  readonly library: Libsodium
  readonly memory: Buffer
  readonly keyAt: number
  readonly textAt: number
  readonly boxAt: number
}

/** In UTF-16 units. No cookie that a browser keeps, and no head that Node lets in, is longer. */
const USUAL_LENGTH = 16_384
/** Bytes of UTF-8 that a UTF-16 unit takes at most. A box takes fewer than its base64url has characters. */
const UNIT_BYTES = 3

let usual: Room | undefined

/**
 * Works in the usual room. A longer text, of which there will be no cookie but an error that tells its size, has one of its own.
 * @throws RangeError when a text is longer than there is memory
 */
function inRoom<Result>(units: number, work: (room: Room) => Result): Result {
  if (units <= USUAL_LENGTH) {
    // A view of memory that has grown since is a view of nothing.
    if (usual === undefined) usual = newRoom(USUAL_LENGTH)
    else if (usual.memory.length === 0) usual = { ...usual, memory: viewOf(usual.library) }
    return work(usual)
  }
  const room = newRoom(units)
  try {
    return work(room)
  } finally {
    room.library._free(room.keyAt)
  }
}

function newRoom(units: number): Room {
  if (library === undefined) throw new Error('WebAssembly is switched off.')
  const bytes = units * UNIT_BYTES
  const keyAt = library._malloc(KEY_LENGTH + bytes + HEAD_LENGTH + bytes)
  if (keyAt === 0) throw new RangeError(`A text of ${units} characters is too long to be sealed.`)
  const textAt = keyAt + KEY_LENGTH
  return { library, memory: viewOf(library), keyAt, textAt, boxAt: textAt + bytes }
}

const viewOf = ({ HEAPU8 }: Libsodium): Buffer => Buffer.from(HEAPU8.buffer)
