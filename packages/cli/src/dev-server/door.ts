// Why: the port stays open while the process behind it is replaced: connections wait at the door, and none is refused.
import type { ChildProcess } from 'node:child_process'
import { type AddressInfo, createServer, Server, type Socket } from 'node:net'
import { CliError } from '../cli-error.js'

/** A port, and whoever answers its connections at the time. */
export class Door {
  /** Emits the connections that this process answers. */
  readonly here = new Server()
  readonly #acceptor: Server
  #deliver: ((socket: Socket) => void) | undefined = (socket) => void this.here.emit('connection', socket)
  #waiting: Socket[] = []

  private constructor(acceptor: Server) {
    this.#acceptor = acceptor
    acceptor.on('connection', (socket) => {
      if (this.#deliver === undefined) this.#waiting.push(socket)
      else this.#deliver(socket)
    })
  }

  /** @throws CliError when the address cannot be bound */
  static async open(port: number, host: string): Promise<Door> {
    // Paused: what a client sends is for the process that answers it. The rest is as node:http has it.
    const acceptor = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true })
    return await new Promise((resolve, reject) => {
      acceptor.once('error', (error) =>
        reject(
          new CliError(`${host}, port ${port}, cannot be bound: ${error.message}.`, 'choose another with -b or -p.'),
        ),
      )
      acceptor.listen({ port, host }, () => resolve(new Door(acceptor)))
    })
  }

  /** What a browser reaches it under. */
  url(protocol: 'http' | 'https'): string {
    const { port, address, family } = this.#acceptor.address() as AddressInfo
    const isEverywhere = address === '::' || address === '0.0.0.0'
    const host = isEverywhere ? 'localhost' : family === 'IPv6' ? `[${address}]` : address
    return `${protocol}://${host}:${port}`
  }

  /** From now on connections wait. */
  hold(): void {
    this.#deliver = undefined
  }

  /** Hands connections over to another process, those that wait first. */
  deliverTo(child: ChildProcess): void {
    this.#deliver = (socket) => {
      // One that its client gave up meanwhile is nothing to hand over.
      if (socket.destroyed) return
      child.send({ type: 'connection' }, socket, () => undefined)
    }
    const waiting = this.#waiting
    this.#waiting = []
    waiting.forEach(this.#deliver)
  }

  close(): void {
    for (const socket of this.#waiting) socket.destroy()
    this.#acceptor.close()
  }
}
