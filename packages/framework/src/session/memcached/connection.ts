// Why: the one file that knows memjs, and what it must be kept from. A memjs client that met a fault can wait for ever,
// take the rest of one answer for the beginning of the next, or give one key's answer to another. So a client has one
// connection here, every operation its own deadline, and after the first fault it is let go and never used again.
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import memjs, { type Response } from 'memjs'
import { Opcode, type Operation, type Reply } from './protocol.js'
import { encodeRequest } from './request.js'
import { UnderWay } from './under-way.js'

/** How to reach and use one memcached server. */
export interface ConnectionSettings {
  readonly host: string
  readonly port: number
  readonly username: string | undefined
  readonly password: string | undefined
  /** Milliseconds that one operation may take, connecting included. */
  readonly timeout: number
}

/** memjs counts operations in 32 bits and throws at each from the 2,147,483,648th on: long before, another client is made. */
const MAXIMUM_OPERATIONS = 1_000_000
/** Seconds. memjs's own deadlines leave a connection half open, and pass while replies lie unread: never the first to pass. */
const PATIENCE = 3600
/** No reply of a session server is longer, so what announces more is none. */
const MAXIMUM_REPLY = 64 * 1024 * 1024
const REPLY_MAGIC = 0x81

interface Pending {
  readonly operation: Operation
  readonly request: Buffer
  readonly seq: number
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
  /** By `performance.now()`, once it is sent. */
  deadline: number
  isSettled: boolean
}

/** Who is told how a connection fares. */
export interface ConnectionOwner {
  /** An operation suffered, for this reason. Said once at most; the connection is not usable any more. */
  onFault(reason: string): void
  /** Said once, last. */
  onClosed(connection: Connection): void
}

/** One connection to one memcached server, from its first operation to its first fault. */
export class Connection {
  readonly #timeout: number
  readonly #server: InstanceType<typeof memjs.Server>
  readonly #client: InstanceType<typeof memjs.Client>
  readonly #owner: ConnectionOwner
  /** Collected within one turn of the event loop. */
  #outbox: Pending[] = []
  readonly #sent = new UnderWay<Pending>()
  /** For the first of them: one timer an operation would cost more than what is sent. */
  #timer: NodeJS.Timeout | undefined
  #socket: Socket | undefined
  #isUsable = true
  #isClosed = false
  #goodbye: { readonly said: Promise<void>; readonly resolve: () => void } | undefined

  /** Begins to connect. */
  constructor(settings: ConnectionSettings, owner: ConnectionOwner) {
    const { host, port, username, password, timeout } = settings
    this.#timeout = timeout
    this.#owner = owner
    const options = { timeout: PATIENCE, conntimeout: PATIENCE, keepAlive: true, keepAliveDelay: 30 }
    // Each gets a copy, since memjs writes its defaults into what it is given. One server, one attempt.
    this.#server = new memjs.Server(host, port, username, password, { ...options })
    this.#client = new memjs.Client([this.#server], { ...options, retries: 1, logger: { log() {} } })
    this.#connect()
  }

  /** Whether more operations may be given to it. */
  get isUsable(): boolean {
    return this.#isUsable && this.#client.seq < MAXIMUM_OPERATIONS
  }

  /** Whether operations are being collected, to go out together. */
  get isCollecting(): boolean {
    return this.#outbox.length > 0
  }

  /** How many operations are under way. */
  get load(): number {
    return this.#outbox.length + this.#sent.size
  }

  /**
   * Sends an operation with all others of this turn of the event loop, in one write.
   * @returns the reply, whatever its status
   * @throws Error with the reason, as the rest of a sentence that begins with the server's name
   */
  perform(operation: Operation): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#client.incrSeq()
      const { seq } = this.#client
      const request = encodeRequest(operation, seq)
      if (this.#outbox.push({ operation, request, seq, resolve, reject, deadline: 0, isSettled: false }) === 1)
        setImmediate(() => this.#flush())
    })
  }

  /** Lets what is under way end, then closes. */
  retire(): void {
    this.#isUsable = false
    if (this.load === 0) this.#end(undefined)
  }

  /** Lets what is under way end, says goodbye and resolves when the connection is closed. */
  quit(): Promise<void> {
    if (this.#goodbye !== undefined) return this.#goodbye.said
    let resolve = () => {}
    const said = new Promise<void>((settle) => {
      resolve = settle
    })
    this.#goodbye = { said, resolve }
    this.#isUsable = false
    if (this.load === 0) this.#sayGoodbye()
    return said
  }

  #connect(): void {
    this.#server.sock(false, (socket) => {
      this.#socket = socket.setNoDelay(true).on('data', () => this.#inspect())
    })
    this.#server.sock(true, (socket) => {
      socket.on('error', (error) => this.#end(inWords(error)))
      // memjs takes no notice of either while it waits for an answer.
      socket.on('end', () => this.#end('closed the connection'))
      socket.on('close', () => this.#end('closed the connection'))
    })
  }

  #flush(): void {
    const outbox = this.#outbox
    this.#outbox = []
    this.#socket?.cork()
    const deadline = performance.now() + this.#timeout
    for (const pending of outbox) {
      pending.deadline = deadline
      this.#send(pending)
    }
    this.#socket?.uncork()
    if (this.#timer === undefined && this.#sent.size > 0) this.#watch(this.#timeout)
  }

  #watch(milliseconds: number): void {
    // What arrived while this process was busy with something else is read before a deadline is held to have passed.
    this.#timer = setTimeout(() => setImmediate(() => this.#expireDue()), Math.ceil(milliseconds))
    // The socket keeps the process, as long as there is one.
    this.#timer.unref()
  }

  #send(pending: Pending): void {
    const { operation, request, seq } = pending
    this.#sent.add(pending)
    this.#client.perform(operation.key, request, seq, (error, response) => {
      if (pending.isSettled) return
      if (response === null) return this.#end(inWords(error))
      const fault = mismatch(response, operation, seq)
      if (fault !== undefined) return this.#end(fault)
      this.#settle(pending)
      const { header, val } = response
      const isCount = operation.opcode === Opcode.Increment && val.length === 8
      const counter = isCount ? val.readBigUInt64BE() : 0n
      pending.resolve({ status: header.status, cas: header.cas.readBigUInt64BE(), value: val.toString(), counter })
    })
  }

  #settle(pending: Pending): void {
    this.#sent.settle(pending)
    if (this.load > 0 || this.#isUsable || this.#isClosed) return
    if (this.#goodbye === undefined) this.#end(undefined)
    else this.#sayGoodbye()
  }

  /** The others under way may still be answered, each within its own deadline; no more are sent after them. */
  #expireDue(): void {
    this.#timer = undefined
    const now = performance.now()
    for (const pending of this.#sent) {
      if (pending.deadline > now) {
        this.#watch(pending.deadline - now)
        return
      }
      const reason = `did not answer within ${this.#timeout} ms`
      this.#blame(reason)
      pending.reject(new Error(reason))
      this.#settle(pending)
    }
  }

  /** What memjs could not read yet must be the beginning of a reply, or it would wait for its end in vain. */
  #inspect(): void {
    const rest = this.#server.responseBuffer
    if (rest.length === 0) return
    const isReply = rest[0] === REPLY_MAGIC && (rest.length < 12 || rest.readUInt32BE(8) <= MAXIMUM_REPLY)
    if (!isReply) this.#end("answered with what is no reply of memcached's binary protocol")
  }

  #sayGoodbye(): void {
    if (this.#socket === undefined) {
      this.#end(undefined)
      return
    }
    const timer = setTimeout(() => this.#end(undefined), this.#timeout)
    this.#socket.once('close', () => clearTimeout(timer))
    this.#client.quit()
  }

  #end(reason: string | undefined): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const sent = [...this.#sent]
    for (const pending of sent) this.#sent.settle(pending)
    const suffering = [...sent, ...this.#outbox]
    this.#outbox = []
    clearTimeout(this.#timer)
    for (const pending of suffering) pending.reject(new Error(reason))
    this.#server.error(new Error(reason ?? 'retired'))
    if (reason !== undefined && suffering.length > 0) this.#blame(reason)
    this.#isUsable = false
    this.#owner.onClosed(this)
    this.#goodbye?.resolve()
  }

  #blame(reason: string): void {
    if (!this.#isUsable) return
    this.#isUsable = false
    this.#owner.onFault(reason)
  }
}

/** Why a response is not the answer to an operation, or undefined when it is. */
function mismatch({ header, key }: Response, operation: Operation, seq: number): string | undefined {
  const isAnswer =
    header.magic === REPLY_MAGIC &&
    header.opcode === operation.opcode &&
    header.opaque === seq &&
    (operation.opcode !== Opcode.GetWithKey || key.toString() === operation.key)
  return isAnswer ? undefined : 'gave the answer to another question'
}

function inWords(error: Error | string | null): string {
  if (typeof error === 'string') return `refused the log-in: ${error}`
  const code = (error as NodeJS.ErrnoException | null)?.code
  return `failed with ${code ?? error?.message ?? 'no reason given'}`
}
