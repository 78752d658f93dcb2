// Why: a session that was logged in says by itself whose it is and under which handle it is listed, so that a list and a
// session can be held against each other.

/** What a session with an owner carries, unseen by the app's code. */
export interface OwnerMark {
  readonly owner: string
  /** What the session is called in lists: chosen by chance, and of no use to who would open the session. */
  readonly handle: string
  /** When the session became this owner's, in seconds since the epoch. */
  readonly since: number
  /** What `indexDetails` said then. */
  readonly details?: unknown
}
