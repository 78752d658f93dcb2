// Why: one place that is to be served at any time: who has it, and what happens when that worker dies.
import { WorkerProcess } from './worker-process.js'

/** Milliseconds after which a worker is no longer new: its end is then no sign that no worker can live. */
export const SETTLED = 10_000
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 5_000

/** A place for a worker. */
export class Slot {
  current: WorkerProcess | undefined
  /** How many in a row died before they had settled. */
  #earlyDeaths = 0

  /** Whether the worker has been serving long enough. */
  get isSettled(): boolean {
    const { current } = this
    return current !== undefined && !current.isOver && performance.now() - current.startedAt >= SETTLED
  }

  /** Counts the death of the worker that had this place. @returns how many in a row came early */
  died(worker: WorkerProcess): number {
    this.#earlyDeaths = performance.now() - worker.startedAt < SETTLED ? this.#earlyDeaths + 1 : 0
    return this.#earlyDeaths
  }

  /** Milliseconds until the next worker is to be started: twice as long each time that one died early. */
  get pause(): number {
    return this.#earlyDeaths === 0 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#earlyDeaths - 1))
  }
}
