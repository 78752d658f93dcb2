// Why: a body that comes in pieces has a life of its own. It begins before the head is sent, so that what fails at once
// can still be answered, and it ends by itself, by an error, or because nobody listens any more.
import { Readable } from 'node:stream'
import type { BodyChunk, ResponseBody } from './response.js'

/** Who is told how a streamed body ended. */
export interface BodyStreamListener {
  /** The source failed when the head was gone already. */
  onError?(error: unknown): void
  /** Nothing more will come, for whatever reason. Once. */
  onClose?(): void
}

/** What a source may be able to do beside being iterated: Node's streams can be destroyed, event streams be asked to end. */
interface Source extends AsyncIterable<unknown> {
  destroy?(): unknown
  finish?(): void
}

/** Whether a body comes in pieces. */
export function isStreamed(body: ResponseBody): body is AsyncIterable<BodyChunk> {
  return typeof body === 'object' && body !== null && !(body instanceof Uint8Array)
}

/** A streamed body, around whatever an action answered with: read it piece by piece, or cancel it. */
export class BodyStream implements AsyncIterableIterator<BodyChunk> {
  readonly #source: Source
  readonly #iterator: AsyncIterator<unknown>
  #listener: BodyStreamListener
  #first: IteratorResult<unknown> | undefined
  #state: 'new' | 'open' | 'closed' = 'new'
  #isCancelled = false
  #left: number | undefined

  constructor(source: AsyncIterable<unknown>, listener: BodyStreamListener = {}) {
    this.#source = source
    this.#iterator = source[Symbol.asyncIterator]()
    this.#listener = listener
    // A stream of Node's may fail before anyone reads it, which would end the process; whoever reads it is told then.
    if (source instanceof Readable) source.on('error', () => undefined)
  }

  /** The stream as it is, or one around what is none yet. */
  static of(body: AsyncIterable<BodyChunk>, listener?: BodyStreamListener): BodyStream {
    return body instanceof BodyStream ? body : new BodyStream(body, listener)
  }

  /** Waits for the first piece, or the end. @throws what the source throws before it gave anything */
  async begin(): Promise<void> {
    this.#first = await this.#pull()
  }

  /** Whether it was begun for an answer already, so that another must not take it over. */
  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /**
   * From here on the head counts as sent.
   * @param length what `Content-Length` says, if it says anything: a body that does not keep it is an error
   */
  open(listener: BodyStreamListener, length?: number): void {
    this.#listener = listener
    this.#left = length
    if (this.#state === 'closed') this.#listener.onClose?.()
    else this.#state = 'open'
  }

  async next(): Promise<IteratorResult<BodyChunk, undefined>> {
    try {
      const result = this.#first ?? (await this.#pull())
      this.#first = undefined
      if (result.done === true) {
        if (this.#left !== undefined && this.#left > 0 && !this.#isCancelled) {
          throw new RangeError(`The body ended ${this.#left} bytes short of its Content-Length.`)
        }
        this.#close()
        return { done: true, value: undefined }
      }
      this.#count(result.value as BodyChunk)
      return { done: false, value: result.value as BodyChunk }
    } catch (error) {
      if (this.#state !== 'closed') this.#listener.onError?.(error)
      this.cancel()
      throw error
    }
  }

  /** Stops the source: its resources are let go of. What it still throws is of no interest. */
  cancel(): void {
    if (this.#state === 'closed') return
    this.#isCancelled = true
    this.#first = undefined
    this.#close()
    const { destroy } = this.#source
    if (typeof destroy === 'function') destroy.call(this.#source)
    // A generator that waits for something hears of it when it goes on: what it waits for should know request.signal.
    else this.#iterator.return?.().then(undefined, () => undefined)
  }

  /** Asks a source that would go on for ever to end; true when it can. */
  finish(): boolean {
    if (typeof this.#source.finish !== 'function') return false
    this.#source.finish()
    return true
  }

  async return(): Promise<IteratorResult<BodyChunk, undefined>> {
    this.cancel()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #pull(): Promise<IteratorResult<unknown>> {
    if (this.#isCancelled) return ENDED
    try {
      const result = await this.#iterator.next()
      if (this.#isCancelled || result.done === true) return ENDED
      const { value } = result
      if (typeof value === 'string' || value instanceof Uint8Array) return result
      throw new TypeError(`A body's pieces are strings or bytes, not ${value === null ? 'null' : typeof value}.`)
    } catch (error) {
      if (this.#isCancelled) return ENDED
      throw error
    }
  }

  #count(chunk: BodyChunk): void {
    if (this.#left === undefined) return
    this.#left -= typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length
    // What is beyond the length would be read as the beginning of the next response.
    if (this.#left < 0) throw new RangeError('The body is longer than its Content-Length.')
  }

  #close(): void {
    if (this.#state === 'closed') return
    const wasOpen = this.#state === 'open'
    this.#state = 'closed'
    if (wasOpen) this.#listener.onClose?.()
  }
}

const ENDED: IteratorResult<unknown> = { done: true, value: undefined }
