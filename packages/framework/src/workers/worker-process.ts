// Why: of a worker three things matter to who started it: whether it serves, when it has ended, and how.
import cluster, { type Worker } from 'node:cluster'
import { isWorkerMessage, type WorkerMessage } from './messages.js'
import { WORKER } from './worker.js'

/** Milliseconds in which a worker has to serve. */
const BOOT_TIMEOUT = 60_000

/** What a worker said when it began to serve. */
export type Serving = Extract<WorkerMessage, { contrail: 'serving' }>

/** A worker, as the process sees it that started it. */
export class WorkerProcess {
  /** Resolves when it serves, or with why it never will. */
  readonly booted: Promise<Serving | string>
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>
  readonly startedAt = performance.now()
  /** Whether it was told to end. */
  isStopping = false
  /** Whether it has ended. */
  isOver = false
  readonly #worker: Worker

  constructor() {
    this.#worker = cluster.fork({ [WORKER]: '1' })
    this.ended = new Promise((resolve) => {
      this.#worker.once('exit', (code, signal: string | null) => {
        this.isOver = true
        resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`)
      })
    })
    this.booted = this.#boot()
  }

  get pid(): number | undefined {
    return this.#worker.process.pid
  }

  /** Lets it finish what is under way. */
  stop(): void {
    this.isStopping = true
    this.#worker.process.kill('SIGTERM')
  }

  kill(): void {
    this.isStopping = true
    this.#worker.process.kill('SIGKILL')
  }

  async #boot(): Promise<Serving | string> {
    let why: string | undefined
    const serving = new Promise<Serving>((resolve) => {
      this.#worker.on('message', (message: unknown) => {
        if (!isWorkerMessage(message)) return
        if (message.contrail === 'serving') resolve(message)
        else why = message.why
      })
    })
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => {
        resolve(`it does not serve after ${BOOT_TIMEOUT / 1000} s`)
        this.#worker.process.kill('SIGKILL')
      }, BOOT_TIMEOUT)
    })
    const ended = this.ended.then((how) => why ?? `it ${how} before it served`)
    return await Promise.race([serving, ended, late]).finally(() => clearTimeout(timer))
  }
}
