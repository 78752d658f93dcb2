// Why: `contrail secret`, as `rails secret`.
import { randomBytes } from 'node:crypto'

/** Prints 64 random bytes in hex: 128 characters. */
export function secret(): void {
  process.stdout.write(`${randomBytes(64).toString('hex')}\n`)
}
