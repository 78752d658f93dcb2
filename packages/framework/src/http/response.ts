// Why: what an action decides to answer, until an adapter writes it out.
import { Unmatched } from '../errors.js'
import { type InitialHeaders, ResponseHeaders } from './response-headers.js'

/** A piece of a streamed body; text is sent as UTF-8. */
export type BodyChunk = string | Uint8Array

/** A body: whole, or in pieces (a `Readable`, a generator, anything that can be iterated with `for await`), or none. */
export type ResponseBody = BodyChunk | AsyncIterable<BodyChunk> | null

/** The response of one request: `this.response` in a controller, and what `app.handle` gives back. */
export class HttpResponse {
  readonly headers: ResponseHeaders
  body: ResponseBody = null
  /** Bytes of a whole body, once they were counted; internal. */
  byteLength: number | undefined
  /** Which verb answered (`render`, `head`, …); undefined until one has. */
  answeredBy: string | undefined
  /** Why this is an error's answer, where nobody rescued it; internal. */
  reason: unknown
  /** Whether a session or a cookie had a part in it, so that it is for one person. Set when these are committed. */
  isPersonal = false
  #status = 200

  /** @param headers what it begins with; internal */
  constructor(headers?: InitialHeaders) {
    this.headers = new ResponseHeaders(headers)
  }

  /** What this answers, where it is an error that nobody rescued. */
  get error(): unknown {
    return this.reason instanceof Unmatched ? this.reason.asError() : this.reason
  }

  get status(): number {
    return this.#status
  }

  /** @throws RangeError when it is not an integer from 200 to 599 */
  set status(status: number) {
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new RangeError(`A response's status is an integer from 200 to 599, not ${String(status)}.`)
    }
    this.#status = status
  }
}
