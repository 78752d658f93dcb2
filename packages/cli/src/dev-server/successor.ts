// Why: an installed package needs a new process; this is that process's side of it. Its connections come from the one that
// keeps the port, and so does the word to end.
import { Server, type Socket } from 'node:net'
import { endWith } from './ending.js'
import { type Order, type Report, type Seat, SUCCESSOR_MARK } from './messages.js'

/** A process that was started to answer in the place of another. */
export class Successor implements Seat {
  /** Emits the connections that the other process accepted. */
  readonly connections = new Server()
  /** Resolves, with the address that is bound, when the app may be loaded. */
  readonly begun: Promise<string>
  #stop: () => void = () => process.exit(0)

  private constructor() {
    this.begun = new Promise((resolve) => {
      process.on('message', (order: Order, socket?: Socket) => {
        if (order.type === 'begin') resolve(order.host)
        else if (order.type === 'stop') this.#stop()
        else if (socket !== undefined) {
          // As those have it that node:http accepts.
          socket.allowHalfOpen = true
          this.connections.emit('connection', socket)
        }
      })
    })
    process.on('disconnect', () => this.#stop())
    // At a terminal Ctrl+C reaches both processes: the other one says what it means.
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined)
  }

  /** Undefined in a process that a person started. */
  static here(): Successor | undefined {
    const isMarked = process.env[SUCCESSOR_MARK] !== undefined && process.send !== undefined
    delete process.env[SUCCESSOR_MARK]
    return isMarked ? new Successor() : undefined
  }

  serve(stop: () => Promise<void>): void {
    let isStopping = false
    this.#stop = () => {
      if (!isStopping) endWith(stop)
      isStopping = true
    }
    this.#report({ type: 'ready' })
  }

  restart(): void {
    this.#report({ type: 'restart' })
  }

  #report(report: Report): void {
    process.send?.(report)
  }
}
