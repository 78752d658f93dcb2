// Why: what a store says to memcached and hears from it, in the terms of the binary protocol, whoever carries it there.

/** The operations that sessions and rate limits need. Each but {@link Opcode.GetWithKey} is answered without the key. */
export const Opcode = {
  /** Answered with the key, found or not, so that an answer meant for another key is noticed. */
  GetWithKey: 0x0c,
  /** Stores only what is not there. */
  Add: 0x02,
  /** Stores only over what is there, and with a CAS only over what has that CAS. */
  Replace: 0x03,
  Delete: 0x04,
  /** Adds one to a number of 64 bits; what is not there becomes `initial`. */
  Increment: 0x05,
} as const

export type Opcode = (typeof Opcode)[keyof typeof Opcode]

export const Status = { Done: 0x00, NotFound: 0x01, Exists: 0x02, TooLarge: 0x03 } as const

/** One request to memcached. */
export interface Operation {
  readonly opcode: Opcode
  readonly key: string
  /** The version of the item to replace. */
  readonly cas?: bigint
  /** The item's end, as memcached counts: see `expiry.ts`. */
  readonly expiration?: number
  readonly value?: string
  /** Of {@link Opcode.Increment}: what becomes of an item that is not there. */
  readonly initial?: bigint
}

/** memcached's answer. */
export interface Reply {
  readonly status: number
  /** The item's version; 0 where there is none. */
  readonly cas: bigint
  readonly value: string
  /** Of {@link Opcode.Increment}: the number after it; 0 otherwise. */
  readonly counter: bigint
}

/** A status that no session operation should meet, in words. */
export function statusInWords(status: number): string {
  return STATUSES[status] ?? `status 0x${status.toString(16)}`
}

const STATUSES: Readonly<Record<number, string>> = {
  4: 'invalid arguments',
  5: 'item not stored',
  6: 'not a number',
  8: 'authentication error',
  32: 'authentication error',
  129: 'unknown command',
  130: 'out of memory',
  131: 'not supported',
  132: 'internal error',
  133: 'busy',
  134: 'temporary failure',
}
