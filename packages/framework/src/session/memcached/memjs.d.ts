// Why: memjs brings no types. What of it is used here, as its source of 1.3.2 has it.
declare module 'memjs' {
  import type { Socket } from 'node:net'

  interface Header {
    readonly magic: number
    readonly opcode: number
    readonly status: number
    readonly opaque: number
    readonly totalBodyLength: number
    /** Eight bytes, a view of what was received. */
    readonly cas: Buffer
  }

  interface Response {
    readonly header: Header
    readonly key: Buffer
    readonly extras: Buffer
    readonly val: Buffer
  }

  interface ServerOptions {
    /** Seconds. */
    timeout?: number
    /** Seconds. */
    conntimeout?: number
    keepAlive?: boolean
    /** Seconds. */
    keepAliveDelay?: number
    username?: string | undefined
    password?: string | undefined
  }

  interface ClientOptions extends ServerOptions {
    retries?: number
    logger?: { log(...words: unknown[]): void }
  }

  class Server {
    constructor(host: string, port: number, username?: string, password?: string, options?: ServerOptions)
    /** What has arrived and is no whole message yet. */
    responseBuffer: Buffer
    /** Connects if need be. `go` gets the socket once it can be written to, or with `sasl` while it still connects. */
    sock(sasl: boolean, go: (socket: Socket) => void): void
    /** Destroys the socket and fails whatever waits for an answer. */
    error(error: Error): void
  }

  class Client {
    constructor(servers: Server[], options?: ClientOptions)
    /** The number of the last operation. */
    seq: number
    incrSeq(): void
    /** A failed log-in is reported as a string. */
    perform(
      key: string,
      request: Buffer,
      seq: number,
      callback: (error: Error | string | null, response: Response | null) => void,
    ): void
    /** Says goodbye to the server and closes the connection when it has answered. */
    quit(): void
  }

  const memjs: {
    readonly Client: typeof Client
    readonly Server: typeof Server
  }
  export default memjs
  export type { Client, Response, Server }
}
