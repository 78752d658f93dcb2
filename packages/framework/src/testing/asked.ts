// Why: what comes back from the app has one shape, however it was asked.

/** What the app answered, with its body read to the end. */
export interface Asked {
  readonly status: number
  readonly headers: readonly [name: string, value: string][]
  readonly body: Uint8Array
  /** What went wrong, where the answer is that to an error which nobody rescued. */
  readonly error: unknown
}
