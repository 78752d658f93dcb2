// Why: events for browsers' EventSource: written so that no text breaks out of its field, kept alive, and ended when either
// side stops.
import { Readable } from 'node:stream'

/** One event. */
export interface ServerSentEvent<Data = unknown> {
  /** Text is sent as it is, line by line; anything else as JSON. */
  readonly data?: Data
  /** Its type, which a page listens for. Default: `message`. */
  readonly event?: string
  /** What the client sends as `Last-Event-ID` when it connects again. */
  readonly id?: string | number
  /** Milliseconds after which the client connects again. */
  readonly retry?: number
}

/** What writes the events: a function that sends them, or something that yields them. */
export type EventSourceWriter<Data> = ((events: EventStream<Data>) => unknown) | AsyncIterable<ServerSentEvent<Data>>

/** An event stream's open end. */
export class EventStream<Data = unknown> {
  /** The last event that a client which connects again has seen; undefined for a new one. */
  readonly lastEventId: string | undefined
  /** Fires when the client has left, or the server stops: give it to what waits for the next event. */
  readonly signal: AbortSignal
  readonly #push: (text: string) => Promise<void>

  /** Internal. */
  constructor(lastEventId: string | undefined, signal: AbortSignal, push: (text: string) => Promise<void>) {
    this.lastEventId = lastEventId
    this.signal = signal
    this.#push = push
  }

  /**
   * Sends an event. Resolves when the client keeps up, so await it; rejects with the signal's reason when nobody is there to
   * be sent anything, which ends a loop. Not awaited, that is no matter.
   * @throws TypeError when `event` or `id` holds a line break, or `data` has no JSON
   */
  send(event: ServerSentEvent<Data>): Promise<void> {
    const sent = this.#push(textOf(event))
    sent.catch(() => undefined)
    return sent
  }

  /** Sends a comment, which no page sees. */
  comment(text: string): Promise<void> {
    const sent = this.#push(
      `${lines(text)
        .map((line) => `: ${line}\n`)
        .join('')}\n`,
    )
    sent.catch(() => undefined)
    return sent
  }
}

/** The body of an event stream. The writer starts when the body is first read. */
export class EventStreamBody<Data> extends Readable {
  readonly #writer: EventSourceWriter<Data>
  readonly #events: EventStream<Data>
  readonly #leaving = new AbortController()
  readonly #heartbeat: number
  #timer: NodeJS.Timeout | undefined
  #hasRoom: (() => void)[] = []
  #iterator: AsyncIterator<ServerSentEvent<Data>> | undefined

  /** @param heartbeat seconds after which a comment keeps the connection alive; 0 for none */
  constructor(writer: EventSourceWriter<Data>, lastEventId: string | undefined, heartbeat: number) {
    super({ encoding: 'utf8' })
    this.#writer = writer
    this.#heartbeat = heartbeat
    this.#events = new EventStream(lastEventId, this.#leaving.signal, (text) => this.#send(text))
  }

  override _construct(callback: () => void): void {
    // At once, so that the head is sent and the client knows that it is connected.
    this.push(':\n\n')
    callback()
  }

  override _read(): void {
    if (this.#timer === undefined && this.#heartbeat > 0) {
      this.#timer = setInterval(() => this.push(':\n\n'), this.#heartbeat * 1000).unref()
    }
    this.#start?.()
    const waiting = this.#hasRoom
    this.#hasRoom = []
    for (const resume of waiting) resume()
  }

  /** The server is stopping: the client is let go, and connects again to what comes after. */
  finish(): void {
    this.#end()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#leave()
    callback(error)
  }

  #start: (() => void) | undefined = () => {
    this.#start = undefined
    // Not within the read that asked for it: what the writer sends at once is read next.
    queueMicrotask(() => void this.#run())
  }

  async #run(): Promise<void> {
    try {
      if (typeof this.#writer === 'function') await this.#writer(this.#events)
      else await this.#forward(this.#writer)
      this.#end()
    } catch (error) {
      if (this.#leaving.signal.aborted) return
      this.destroy(error instanceof Error ? error : new Error(String(error), { cause: error }))
    }
  }

  async #forward(source: AsyncIterable<ServerSentEvent<Data>>): Promise<void> {
    this.#iterator = source[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await this.#iterator.next()
      if (done === true || this.#leaving.signal.aborted) return
      await this.#events.send(value)
    }
  }

  async #send(text: string): Promise<void> {
    const { signal } = this.#leaving
    signal.throwIfAborted()
    if (this.push(text)) return
    await new Promise<void>((resume) => {
      this.#hasRoom.push(resume)
    })
    signal.throwIfAborted()
  }

  #end(): void {
    if (this.#leaving.signal.aborted) return
    this.#leave()
    this.push(null)
  }

  #leave(): void {
    if (this.#leaving.signal.aborted) return
    clearInterval(this.#timer)
    this.#leaving.abort(new DOMException('The event stream has ended.', 'AbortError'))
    for (const resume of this.#hasRoom) resume()
    this.#hasRoom = []
    this.#iterator?.return?.().then(undefined, () => undefined)
  }
}

function textOf({ data, event, id, retry }: ServerSentEvent): string {
  let text = ''
  if (event !== undefined) text += `event: ${oneLine('event', event)}\n`
  if (id !== undefined) text += `id: ${oneLine('id', String(id))}\n`
  if (retry !== undefined) {
    if (!Number.isSafeInteger(retry) || retry < 0) throw new RangeError(`retry is ${retry}: give whole milliseconds.`)
    text += `retry: ${retry}\n`
  }
  if (data !== undefined) {
    const json = typeof data === 'string' ? data : JSON.stringify(data)
    if (json === undefined) throw new TypeError(`An event's data is ${typeof data}, which has no JSON.`)
    for (const line of lines(json)) text += `data: ${line}\n`
  }
  return `${text}\n`
}

function lines(text: string): string[] {
  return text.split(/\r\n|\r|\n/)
}

function oneLine(field: string, value: string): string {
  // A browser ignores an id with a NUL.
  if (!/[\r\n\0]/.test(value)) return value
  throw new TypeError(`An event's ${field} is one line of text, not ${JSON.stringify(value)}.`)
}
