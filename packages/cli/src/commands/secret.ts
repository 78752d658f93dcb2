// Why: `contrail secret`, as `rails secret`.
import { randomBytes } from 'node:crypto'
import type { Command } from '../command-line.js'

/** `contrail secret` */
export function define(command: Command): void {
  command.action(secret)
}

/** Prints 64 random bytes in hex: 128 characters. */
function secret(): void {
  process.stdout.write(`${randomBytes(64).toString('hex')}\n`)
}
