// Why: random bytes drawn one message at a time add half to the cost of sealing (docs/decisions/003): here many are drawn at once.
import { randomFillSync } from 'node:crypto'

const DRAWN_AT_ONCE = 256

/** Random nonces of one length. */
export class Nonces {
  readonly #length: number
  readonly #pool: Buffer
  #at: number

  /** @param length bytes of a nonce */
  constructor(length: number) {
    this.#length = length
    this.#pool = Buffer.allocUnsafeSlow(length * DRAWN_AT_ONCE)
    this.#at = this.#pool.length
  }

  /** One that was not given before: a view of bytes that are good until it is asked again. */
  next(): Buffer {
    if (this.#at === this.#pool.length) {
      randomFillSync(this.#pool)
      this.#at = 0
    }
    const start = this.#at
    this.#at += this.#length
    return this.#pool.subarray(start, this.#at)
  }
}
