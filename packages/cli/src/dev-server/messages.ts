// Why: what the process at the door and the one that answers say to each other, in one place for both.

/** In the environment of a process that answers for another, which keeps the port. */
export const SUCCESSOR_MARK = 'CONTRAIL_SERVER_SUCCESSOR'

/** What the process at the door says. */
export type Order =
  /** Load the app: nobody else has its files and connections open any more. */
  | { readonly type: 'begin'; readonly host: string }
  /** With a socket. */
  | { readonly type: 'connection' }
  | { readonly type: 'stop' }

/** What the process that answers says. */
export interface Report {
  readonly type: 'ready' | 'restart'
}

/** A process that answers requests, first or in the place of another. */
export interface Seat {
  /** Answers from now on. @param stop lets go of all that the process has open */
  serve(stop: () => Promise<void>): void
  /** Has another process answer in the place of this one. */
  restart(): void
}
