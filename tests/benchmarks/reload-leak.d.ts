// Why: a test runs a short version of the soak, and is checked by the compiler.
/** What a dev server holds at a moment. */
export interface Held {
  /** Bytes. */
  readonly heap: number
  readonly descriptors: number
  readonly listeners: number
  readonly timers: number
  readonly injected: number
}

export function addSoak(folder: string): void
export function reload(folder: string, url: string, from: number, to: number): Promise<void>
export function state(url: string): Promise<Held>
