// Why: what a test reads of a response: the Web's names, with the body there at once.
import { readSetCookie } from '../http/cookies.js'
import type { Asked } from './asked.js'

/** The request that an answer is to. */
export interface Question {
  readonly method: string
  /** The whole URL that was asked. */
  readonly url: URL
}

/** A `Set-Cookie` that a browser would not keep, and why. */
export interface RefusedCookie {
  readonly header: string
  readonly reason: string
}

/** The answer to a test's request. Its body has been read: `text`, `json` and `bytes` give it at once, as often as asked. */
export class Answer {
  readonly status: number
  readonly headers: Headers
  /** The method and URL that this answers; after redirects those of the last. */
  readonly request: Question
  /** What went wrong, where this is the answer to an error that nobody rescued. */
  readonly error: unknown
  /** Cookies that the app set and no browser would keep. */
  readonly refusedCookies: readonly RefusedCookie[]
  readonly #body: Uint8Array

  /** Internal: a client makes them. */
  constructor(asked: Asked, request: Question, refusedCookies: readonly RefusedCookie[]) {
    this.status = asked.status
    this.headers = new Headers(asked.headers.map(([name, value]): [string, string] => [name, value]))
    this.request = request
    this.error = asked.error
    this.refusedCookies = refusedCookies
    this.#body = asked.body
  }

  /** Whether the status is from 200 to 299. */
  get ok(): boolean {
    return this.status >= 200 && this.status <= 299
  }

  /** Whether this leads elsewhere: a status of 301, 302, 303, 307 or 308, with a `Location`. */
  get isRedirect(): boolean {
    return [301, 302, 303, 307, 308].includes(this.status) && this.location !== undefined
  }

  /** The `Location` header as it was sent. */
  get location(): string | undefined {
    return this.headers.get('location') ?? undefined
  }

  /** The media type, in lower case and without its parameters: `application/json`. */
  get type(): string | undefined {
    return this.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  }

  /** The values of the cookies that this sets, as they were sent, by name; undefined for one that it deletes. */
  get cookies(): Readonly<Record<string, string | undefined>> {
    const values = this.headers.getSetCookie().map((header) => {
      const { name, value, maxAge, expires } = readSetCookie(header)
      const seconds = maxAge ?? (expires === undefined ? 1 : expires.getTime() - Date.now())
      return [name, seconds > 0 ? value : undefined] as const
    })
    return Object.fromEntries(values)
  }

  /** The body as text. */
  text(): string {
    return Buffer.from(this.#body).toString('utf8')
  }

  /**
   * The body, parsed.
   * @typeParam T what the test expects it to be; nothing checks that it is
   * @throws SyntaxError naming the request, when it is no JSON
   */
  json<T = unknown>(): T {
    const text = this.text()
    try {
      return JSON.parse(text) as T
    } catch (error) {
      const { method, url } = this.request
      throw new SyntaxError(
        `${method} ${url.pathname} answered ${this.status} with what is no JSON: ${JSON.stringify(text.slice(0, 200))}`,
        { cause: error },
      )
    }
  }

  bytes(): Uint8Array {
    return this.#body
  }
}
