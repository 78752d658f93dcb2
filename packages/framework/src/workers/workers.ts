// Why: several processes serve one port, and somebody has to start them, replace them and see them out. That process runs
// nothing of the app's own, so that it never has to be replaced.
import cluster from 'node:cluster'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '../logging/logger.js'
import { Slot } from './slot.js'
import { WorkerProcess } from './worker-process.js'

/** So many early deaths in a row end it all, when no other worker has settled. */
const CRASH_LIMIT = 5

/** The workers of a server, seen from the process that starts them. */
export class Workers {
  readonly #logger: Logger
  readonly #slots: readonly Slot[]
  /** All that have not ended, those that are being replaced too. */
  readonly #alive = new Set<WorkerProcess>()
  #isStopping = false
  #restarting: Promise<void> | undefined
  #isRestartDue = false

  /** @param count how many are to serve */
  constructor(count: number, logger: Logger) {
    this.#logger = logger
    this.#slots = Array.from({ length: count }, () => new Slot())
    // Whatever the app was started by, such as a test runner, may have had workers before.
    cluster.setupPrimary()
  }

  /** Starts them all; the first alone, so that what no worker could do is told once. @returns whether they serve */
  async start(): Promise<boolean> {
    const [first, ...others] = this.#slots as [Slot, ...Slot[]]
    const worker = this.#fork()
    const booted = await worker.booted
    if (typeof booted === 'string') {
      if (!this.#isStopping) this.#logger.fatal({ why: booted }, 'the first worker does not serve; stopping')
      return false
    }
    this.#occupy(first, worker)
    if (this.#isStopping) return true
    await Promise.all(others.map((slot) => this.#fill(slot)))
    const { url, keptInMemory } = booted
    this.#logger.info({ workers: this.#slots.length, url }, `${this.#slots.length} workers serve ${url}`)
    if (keptInMemory.length > 0 && this.#slots.length > 1) this.#logger.warn(inMemoryWarning(keptInMemory))
    return true
  }

  /**
   * Replaces one worker after the other: the new one serves before the old one is told to end. A new one that does not
   * serve ends the restart, and the old ones go on. Called once more meanwhile, it begins anew afterwards.
   */
  async restart(): Promise<void> {
    this.#isRestartDue = true
    this.#restarting ??= this.#restartWhileDue().finally(() => {
      this.#restarting = undefined
    })
    await this.#restarting
  }

  /** Lets all of them finish what is under way. Resolves when all have ended. */
  async stop(): Promise<void> {
    this.#isStopping = true
    for (const worker of this.#alive) worker.stop()
    while (this.#alive.size > 0) await Promise.all([...this.#alive].map(({ ended }) => ended))
  }

  /** Ends them at once. */
  kill(): void {
    for (const worker of this.#alive) worker.kill()
  }

  async #restartWhileDue(): Promise<void> {
    while (this.#isRestartDue && !this.#isStopping) {
      this.#isRestartDue = false
      const startedAt = performance.now()
      const ends: Promise<string>[] = []
      let why: string | undefined
      for (const slot of this.#slots) {
        why = this.#isStopping ? undefined : await this.#replace(slot, ends)
        if (why !== undefined || this.#isStopping) break
      }
      if (this.#isStopping) return
      if (why !== undefined) {
        this.#logger.error({ why }, 'restart given up: the new worker does not serve; the old ones go on')
        continue
      }
      await Promise.all(ends)
      const milliseconds = Math.round(performance.now() - startedAt)
      this.#logger.info({ milliseconds }, `restarted: ${this.#slots.length} new workers serve`)
    }
  }

  /** @returns why the new one does not serve; undefined when it does */
  async #replace(slot: Slot, ends: Promise<string>[]): Promise<string | undefined> {
    const next = this.#fork()
    const booted = await next.booted
    if (typeof booted === 'string') return booted
    const old = slot.current
    this.#occupy(slot, next)
    if (old !== undefined && !old.isOver) {
      old.stop()
      ends.push(old.ended)
    }
    return undefined
  }

  async #fill(slot: Slot): Promise<void> {
    const before = slot.current
    const worker = this.#fork()
    await worker.booted
    // A restart may have given the place to another meanwhile.
    if (slot.current !== before) worker.stop()
    else this.#occupy(slot, worker)
  }

  #fork(): WorkerProcess {
    const worker = new WorkerProcess()
    this.#alive.add(worker)
    void worker.ended.then(() => this.#alive.delete(worker))
    return worker
  }

  #occupy(slot: Slot, worker: WorkerProcess): void {
    slot.current = worker
    void worker.ended.then((how) => this.#succeed(slot, worker, how))
  }

  /** What happens when a worker has ended. */
  async #succeed(slot: Slot, worker: WorkerProcess, how: string): Promise<void> {
    if (this.#isStopping || worker.isStopping || slot.current !== worker) return
    const deaths = slot.died(worker)
    this.#logger.error({ pid: worker.pid, pause: slot.pause }, `a worker ${how}; another is started`)
    if (deaths >= CRASH_LIMIT && !this.#slots.some((other) => other.isSettled)) return await this.#giveUp(deaths)
    await pause(slot.pause)
    if (this.#isStopping || slot.current !== worker) return
    await this.#fill(slot)
  }

  async #giveUp(deaths: number): Promise<void> {
    this.#logger.fatal({ deaths }, `workers die as soon as they are started: ${deaths} in a row; stopping`)
    await this.stop()
    process.exit(1)
  }
}

function inMemoryWarning(kept: readonly string[]): string {
  return `${kept.join(' and ')} are kept in the memory of each worker, where the others do not see them: configure a store that all share, such as MemcachedStore and MemcachedRateLimitStore`
}
