// Why: an installed package needs a new process. The one that a person started keeps the port and the terminal, and hands
// what comes to a process of its own, which it replaces each time.
import { type ChildProcess, fork } from 'node:child_process'
import type { Door } from './door.js'
import { complain, endWith } from './ending.js'
import { type Order, type Report, type Seat, SUCCESSOR_MARK } from './messages.js'

/** The process that a person started: it answers by itself until a package changed for the first time. */
export class Doorkeeper implements Seat {
  readonly #door: Door
  readonly #host: string
  readonly #variables: NodeJS.ProcessEnv
  #stop: () => Promise<void> = () => Promise.resolve()
  /** Who answers, once it is not this process any more. */
  #child: ChildProcess | undefined
  #isStopping = false

  /** @param variables the environment as it was before `.env` files were read */
  constructor(door: Door, host: string, variables: NodeJS.ProcessEnv) {
    this.#door = door
    this.#host = host
    this.#variables = variables
  }

  serve(stop: () => Promise<void>): void {
    this.#stop = stop
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => this.#end())
  }

  restart(): void {
    const ended = this.#stop().catch((error: unknown) => complain('Stopping failed', error))
    this.#replace(ended)
  }

  /** @param ended resolves when nobody has the app's files and connections open any more */
  #replace(ended: Promise<unknown>): void {
    this.#door.hold()
    const child = fork(process.argv[1] as string, process.argv.slice(2), {
      env: { ...this.#variables, [SUCCESSOR_MARK]: '1' },
      execArgv: process.execArgv.filter((option) => !option.startsWith('--inspect')),
    })
    this.#child = child
    const gone = new Promise<void>((resolve) => {
      child.once('exit', (code) => {
        resolve()
        // One that was replaced is expected to go; any other has told why.
        if (this.#child === child) process.exit(code ?? 1)
      })
    })
    child.on('message', ({ type }: Report) => {
      if (this.#isStopping) return
      if (type === 'ready') this.#door.deliverTo(child)
      else {
        this.#replace(gone)
        say(child, { type: 'stop' })
      }
    })
    void ended.then(() => say(child, { type: 'begin', host: this.#host }))
  }

  /** Told twice, it ends at once. */
  #end(): void {
    if (this.#isStopping) {
      this.#child?.kill('SIGKILL')
      process.exit(1)
    }
    this.#isStopping = true
    this.#door.close()
    if (this.#child === undefined) endWith(this.#stop)
    else say(this.#child, { type: 'stop' })
  }
}

/** One that has ended meanwhile hears nothing, and its end is heard of. */
function say(child: ChildProcess, order: Order): void {
  if (child.connected) child.send(order, () => undefined)
}
