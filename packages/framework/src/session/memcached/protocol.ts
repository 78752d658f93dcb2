// Why: what the store says to memcached and hears from it, in the terms of the binary protocol, whoever carries it there.

/** The operations a session needs. Each but {@link Opcode.GetWithKey} is answered without the key. */
export const Opcode = {
  /** Answered with the key, found or not, so that an answer meant for another key is noticed. */
  GetWithKey: 0x0c,
  /** Stores only what is not there. */
  Add: 0x02,
  /** Stores only over what is there, and with a CAS only over what has that CAS. */
  Replace: 0x03,
  Delete: 0x04,
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
}

/** memcached's answer. */
export interface Reply {
  readonly status: number
  /** The item's version; 0 where there is none. */
  readonly cas: bigint
  readonly value: string
}

/** A status that no session operation should meet, in words. */
export function statusInWords(status: number): string {
  return STATUSES[status] ?? `status 0x${status.toString(16)}`
}

const STATUSES: Readonly<Record<number, string>> = {
  4: 'invalid arguments',
  5: 'item not stored',
  8: 'authentication error',
  32: 'authentication error',
  129: 'unknown command',
  130: 'out of memory',
  131: 'not supported',
  132: 'internal error',
  133: 'busy',
  134: 'temporary failure',
}
