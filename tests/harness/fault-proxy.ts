// A proxy in front of a real server that breaks connections in every way that networks do, when a test says so.
import { connect, createServer, type Server, type Socket } from 'node:net'

/** How a proxy treats a request that reaches it. Its connections stay as they are when the fault changes. */
export type Fault =
  /** None: everything passes. */
  | 'pass'
  /** No connection is accepted, and those there were are reset. */
  | 'down'
  /** The connection is ended, without an answer. */
  | 'fin'
  /** The connection is reset, without an answer. */
  | 'rst'
  /** Connections are accepted and requests taken, and nothing is ever said. */
  | 'silent'
  /** The connections that there are fall silent for good, as when a firewall forgot them; new ones work. */
  | 'forgotten'
  /** Answers come when the fault is over. */
  | 'held'
  /** Answers come after a second. */
  | 'slow'
  /** Answers come byte by byte, one in 100 ms. */
  | 'trickle'
  /** An answer's first bytes, and then the end. */
  | 'cut'
  /** An answer's first bytes, and then a reset. */
  | 'cut and rst'
  /** An answer's first bytes, and then nothing. */
  | 'cut and silent'
  /** Bytes that are no answer. */
  | 'garbage'
  /** The answer of a server that speaks another protocol. */
  | 'text'
  /** Bytes that begin like an answer, of 4 GB. */
  | 'huge'
  /** The answers of two requests are exchanged, each with the number that the other was asked with. */
  | 'swapped'
  /** Every answer says that the log-in is wrong, or missing. */
  | 'no log-in'

export interface FaultProxy {
  readonly address: string
  fault: Fault
  /** May change what a client sends. */
  alter: ((request: Buffer) => Buffer) | undefined
  /** What clients sent, a chunk each. */
  readonly received: Buffer[]
  /** The opcodes of what was received, one an operation. */
  readonly opcodes: number[]
  /** How many connections are open. */
  readonly open: number
  /** How many connections there have been. */
  readonly accepted: number
  set(fault: Fault): Promise<void>
  close(): Promise<void>
}

const HEADER = 24

/** Starts a proxy in front of a port of this machine. Whoever starts one closes it. */
export async function startFaultProxy(port: number): Promise<FaultProxy> {
  const sockets = new Set<Socket>()
  const late: (() => void)[] = []
  let forgotten = new Set<Socket>()
  const received: Buffer[] = []
  let held: { readonly socket: Socket; readonly reply: Buffer } | undefined
  let accepted = 0
  let ownPort = 0

  const answer = (socket: Socket, reply: Buffer): void => {
    const send = (bytes: Buffer) => void (socket.writable && socket.write(bytes))
    const cut = reply.subarray(0, Math.min(HEADER + 6, reply.length - 1))
    switch (proxy.fault) {
      case 'held':
        late.push(() => send(reply))
        return
      case 'slow':
        setTimeout(send, 1000, reply).unref()
        return
      case 'trickle':
        for (let at = 0; at < reply.length; at++) setTimeout(send, at * 100, reply.subarray(at, at + 1)).unref()
        return
      case 'cut':
        socket.end(cut)
        return
      case 'cut and rst':
        socket.write(cut, () => socket.resetAndDestroy())
        return
      case 'cut and silent':
        send(cut)
        return
      case 'garbage':
        send(Buffer.alloc(reply.length, 'ERROR garbage '))
        return
      case 'text':
        send(Buffer.from('ERROR\r\n'))
        return
      case 'huge':
        send(Buffer.concat([Buffer.from([0x81, 0x0c, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255]), reply]))
        return
      case 'no log-in':
        send(Buffer.concat([reply.subarray(0, 6), Buffer.from([0, 0x20]), reply.subarray(8)]))
        return
      case 'swapped':
        exchange(socket, reply)
        return
      default:
        send(reply)
    }
  }

  /** The bodies change places; the opaque of each request stays. */
  const exchange = (socket: Socket, reply: Buffer): void => {
    if (held === undefined) {
      held = { socket, reply: Buffer.from(reply) }
      return
    }
    const [first, second] = [held.reply, Buffer.from(reply)]
    const opaque = Buffer.from(first.subarray(12, 16))
    second.copy(first, 12, 12, 16)
    opaque.copy(second, 12)
    held.socket.write(second)
    socket.write(first)
    held = undefined
  }

  const accept = (socket: Socket): void => {
    accepted += 1
    sockets.add(socket)
    const upstream = connect(port, '127.0.0.1')
    socket
      .on('error', () => undefined)
      .on('close', () => {
        sockets.delete(socket)
        upstream.destroy()
      })
    upstream.on('error', () => undefined).on('close', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk)
      if (proxy.fault === 'fin') socket.end()
      else if (proxy.fault === 'rst') socket.resetAndDestroy()
      else if (proxy.fault !== 'silent' && !forgotten.has(socket)) upstream.write(proxy.alter?.(chunk) ?? chunk)
    })
    upstream.on('data', (reply: Buffer) => answer(socket, reply))
  }

  let server: Server | undefined
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      server = createServer(accept)
      server.once('error', reject)
      server.listen(ownPort, '127.0.0.1', () => {
        const address = server?.address()
        ownPort = typeof address === 'object' && address !== null ? address.port : 0
        resolve()
      })
    })
  const shut = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.resetAndDestroy()
      if (server === undefined) return resolve()
      server.close(() => resolve())
      server = undefined
    })

  const proxy: FaultProxy = {
    address: '',
    fault: 'pass',
    alter: undefined,
    received,
    get opcodes() {
      return received.flatMap(opcodesIn)
    },
    get open() {
      return sockets.size
    },
    get accepted() {
      return accepted
    },
    async set(fault) {
      held = undefined
      proxy.fault = fault
      for (const send of late.splice(0)) send()
      forgotten = new Set(fault === 'forgotten' ? sockets : [])
      if (fault === 'down') await shut()
      else if (server === undefined) await listen()
    },
    close: shut,
  }
  await listen()
  return Object.assign(proxy, { address: `127.0.0.1:${ownPort}` })
}

/** Of whole requests, one after the other, as clients of this machine write them. */
function opcodesIn(chunk: Buffer): number[] {
  const opcodes: number[] = []
  for (let at = 0; at + HEADER <= chunk.length; at += HEADER + chunk.readUInt32BE(at + 8)) {
    opcodes.push(chunk[at + 1] as number)
  }
  return opcodes
}
