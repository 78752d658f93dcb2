// Why: a server that is down must not cost every request a deadline, and must be found again without a restart.
import { performance } from 'node:perf_hooks'

/** How many faults in a row make it leave the server alone. */
export const FAULTS_IN_A_ROW = 5
/** Milliseconds for which the server is then left alone. Short: this is how late a server that is back is found. */
export const PAUSE = 100

/** Decides whether a server is asked at all. */
export class Breaker {
  /** The last fault, as the rest of a sentence that begins with the server's name. */
  lastFault = ''
  readonly #trialTime: number
  #faults = 0
  #retryAt = 0

  /** @param trialTime milliseconds that one operation may take */
  constructor(trialTime: number) {
    this.#trialTime = trialTime
  }

  get isOpen(): boolean {
    return this.#faults >= FAULTS_IN_A_ROW
  }

  /** Whether to ask the server. After a pause one operation may, on trial; the others wait for its end. */
  admit(): boolean {
    if (!this.isOpen) return true
    const now = performance.now()
    if (now < this.#retryAt) return false
    // Should nothing be heard of the trial, another may follow.
    this.#retryAt = now + this.#trialTime + PAUSE
    return true
  }

  succeeded(): void {
    this.#faults = 0
  }

  /** Leaves the server alone at once, where it is known to be gone. */
  trip(fault: string): void {
    this.#faults = FAULTS_IN_A_ROW
    this.failed(fault)
  }

  failed(fault: string): void {
    this.lastFault = fault
    this.#faults += 1
    if (this.isOpen) this.#retryAt = performance.now() + PAUSE
  }
}
