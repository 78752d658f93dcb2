// Why: the process that opens a database's folder serves it to the others of this user: so the console and migrations work
// while the dev server runs.
import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { serveConnection } from './connection.js'
import { type Engine, startEngine } from './engine.js'
import type { FolderLock } from './folder-lock.js'

/** Milliseconds without a word after which a guest is not waited for. */
const QUIET = 2_000
const LOOK_INTERVAL = 20

/** A database that this process runs. It ends with the last connection from within the process. */
export class Host {
  readonly #engine: Promise<Engine>
  readonly #server: Server | undefined
  readonly #lock: FolderLock | undefined
  readonly #guests = new Set<Socket>()
  #connections = 0
  #closing: Promise<void> | undefined

  private constructor(engine: Promise<Engine>, server: Server | undefined, lock: FolderLock | undefined) {
    this.#engine = engine
    this.#server = server
    this.#lock = lock
  }

  /** Starts a database in memory, for this process alone. */
  static inMemory(): Host {
    return new Host(startEngine(undefined), undefined, undefined)
  }

  /**
   * Starts the database of a folder, and serves it.
   * @param address where other processes find it
   */
  static async inFolder(folder: string, address: string, lock: FolderLock): Promise<Host> {
    const server = createServer()
    try {
      // What a process left behind that did not end properly; the lock says that it has ended.
      if (process.platform !== 'win32') rmSync(address, { force: true })
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(address, resolve)
      })
    } catch (error) {
      lock.release()
      throw error
    }
    server.unref()
    const host = new Host(startEngine(folder), server, lock)
    server.on('connection', (socket) => void host.#welcome(socket))
    return host
  }

  /** Undefined while it serves; else what resolves once the folder is free. */
  get closing(): Promise<void> | undefined {
    return this.#closing
  }

  /** A connection from within this process. @throws what starting the database came to */
  async connect(): Promise<Duplex> {
    this.#connections++
    try {
      await this.#engine
    } catch (error) {
      await this.#leave()
      throw error
    }
    const [ours, theirs] = duplexPair()
    // One that is broken off does not by itself break off the other.
    ours.on('close', () => theirs.destroy())
    void serveConnection(theirs, this.#engine).then(async () => {
      // Before the client hears that the connection is closed: a program that has closed its database has closed it.
      await this.#leave()
      theirs.end()
    })
    return ours
  }

  async #welcome(socket: Socket): Promise<void> {
    this.#guests.add(socket)
    socket.on('error', () => undefined).on('close', () => this.#guests.delete(socket))
    await serveConnection(socket, this.#engine)
    socket.end()
  }

  async #leave(): Promise<void> {
    this.#connections--
    if (this.#connections > 0) return
    this.#closing ??= this.#close()
    await this.#closing
  }

  /** A command of another process that is under way is let finish; a prompt that only waits is not waited for. */
  async #guestsLeave(): Promise<void> {
    let heard = -1
    let since = performance.now()
    while (this.#guests.size > 0 && performance.now() - since < QUIET) {
      const now = [...this.#guests].reduce((sum, { bytesRead }) => sum + bytesRead, 0)
      if (now !== heard) since = performance.now()
      heard = now
      await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL))
    }
  }

  async #close(): Promise<void> {
    this.#server?.close()
    await this.#guestsLeave()
    for (const guest of this.#guests) guest.destroy()
    try {
      const engine = await this.#engine
      // After what is under way, which leaves its turn when its client is gone.
      await engine.turns.take()
      await engine.close()
    } catch {
      // It never started: whoever asked for it was told.
    } finally {
      this.#lock?.release()
    }
  }
}
