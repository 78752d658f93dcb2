// Why: the request as an action sees it. Everything is worked out when asked for, and once.
import { randomUUID } from 'node:crypto'
import { BadRequest } from '../errors.js'
import { preferredType } from './accept.js'
import { parseCookies } from './cookies.js'
import { parseForm } from './form.js'
import type { NodeExchange } from './handlers.js'
import type { QueryFields } from './nested-fields.js'
import { clientAddress, forwarded, type ProxyTrust } from './proxies.js'
import type { RawRequest } from './raw-request.js'
import { pathOf } from './request-target.js'
import type { RequestUploads } from './request-uploads.js'

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9.])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/
/** Requests one after the other name the same host, and each is looked at. */
let lastHost = { text: 'localhost', host: 'localhost', hostname: 'localhost' }
const REQUEST_ID = /^[\w.:@-]{1,200}$/

/** The request of one action: `this.request` in a controller. */
export class HttpRequest {
  /** In upper case. */
  readonly method: string
  /** The request target as it came: path and query, percent-encoded. */
  readonly url: string
  /** The parsed body: JSON of any shape, or a form's fields and files. Undefined when there is none or it is of another type. */
  body: unknown
  /** The body's bytes, for signatures and for types the framework does not parse; undefined of a multipart form. */
  rawBody: Uint8Array | undefined
  /** Internal: the files that are to be removed when the request ends. */
  uploads: RequestUploads | undefined
  readonly #raw: RawRequest
  readonly #trust: ProxyTrust | undefined
  #path: string | undefined
  #query: QueryFields | undefined
  #cookies: Readonly<Record<string, string | undefined>> | undefined
  #id: string | undefined
  #signal: AbortSignal | undefined

  constructor(raw: RawRequest, trust?: ProxyTrust) {
    this.method = raw.method
    this.url = raw.url
    this.#raw = raw
    this.#trust = trust
  }

  /**
   * The path, percent-encoded as it came, without the query.
   * @throws BadRequest when it is malformed
   */
  get path(): string {
    this.#path ??= pathOf(this.url)
    return this.#path
  }

  /**
   * The query's fields, nested as `post[title]` and `tags[]` say, without a prototype; the last of several values with
   * one name wins.
   * @throws BadRequest when its percent-encoding is malformed, its names contradict each other or it has over 1,000 fields
   */
  get query(): Readonly<QueryFields> {
    if (this.#query === undefined) {
      const question = this.url.indexOf('?')
      this.#query = parseForm(question === -1 ? '' : this.url.slice(question + 1), 'query')
    }
    return this.#query
  }

  /** All headers, by names in lower case. */
  get headers(): RawRequest['headers'] {
    return this.#raw.headers
  }

  /** One header, its values joined by a comma if it came several times. Any case will do for the name. */
  header(name: string): string | undefined {
    const key = name.toLowerCase()
    // node:http's headers have a prototype, and what is on it is no header.
    const value = Object.hasOwn(this.#raw.headers, key) ? this.#raw.headers[key] : undefined
    return typeof value === 'string' || value === undefined ? value : value.join(', ')
  }

  /** Cookies by name, without a prototype; the first of several with one name wins. */
  get cookies(): Readonly<Record<string, string | undefined>> {
    this.#cookies ??= parseCookies(this.header('cookie'))
    return this.#cookies
  }

  /**
   * Names the request in the log and in `X-Request-Id`: the one a proxy or client sent, when it is 200 or fewer word
   * characters, dots, colons, at signs and dashes; else a random UUID.
   */
  get id(): string {
    if (this.#id === undefined) {
      const sent = this.#raw.headers['x-request-id']
      this.#id = typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : randomUUID()
    }
    return this.#id
  }

  /**
   * Fires when the client goes away before the answer is whole: give it to `fetch`, timers and whatever else an action or a
   * stream waits for.
   */
  get signal(): AbortSignal {
    this.#signal ??= this.#raw.signal ?? new AbortController().signal
    return this.#signal
  }

  /** Whether {@link signal} was asked for and has fired. Internal. */
  get isAbandoned(): boolean {
    return this.#signal?.aborted === true
  }

  /** Sends 103 Early Hints where that can be. Internal: `earlyHints` of a controller. */
  sendEarlyHints(links: readonly string[]): void {
    this.#raw.sendEarlyHints?.(links)
  }

  /** The client's address; a proxy's, unless `trustProxy` believes what that proxy says. */
  get ip(): string | undefined {
    return clientAddress(this.#raw, this.#trust)
  }

  /** `https` when the client's connection is encrypted, as far as is known: `trustProxy` says whether a proxy may tell. */
  get protocol(): 'http' | 'https' {
    const said = forwarded(this.#raw, 'x-forwarded-proto', this.#trust)?.toLowerCase()
    if (said === 'http' || said === 'https') return said
    return this.#raw.encrypted === true ? 'https' : 'http'
  }

  /** Whether {@link protocol} is `https`. */
  get secure(): boolean {
    return this.protocol === 'https'
  }

  /**
   * Host and port as the client asked for them, in lower case; undefined when it named none.
   * @throws BadRequest when it is no host
   */
  get host(): string | undefined {
    const host = forwarded(this.#raw, 'x-forwarded-host', this.#trust) ?? this.header('host')
    if (host === undefined) return undefined
    if (host !== lastHost.text) {
      if (!HOST.test(host)) throw new BadRequest('The Host header is malformed.')
      const lowerCase = host.toLowerCase()
      lastHost = { text: host, host: lowerCase, hostname: lowerCase.replace(/:\d+$/, '') }
    }
    return lastHost.host
  }

  /** {@link host} without its port. */
  get hostname(): string | undefined {
    return this.host === undefined ? undefined : lastHost.hostname
  }

  /**
   * node:http's own request and response, for what middleware left there, such as `this.request.node?.incoming.user`;
   * undefined for a request without a connection.
   */
  get node(): NodeExchange | undefined {
    return this.#raw.node
  }

  /** Which of these media types the client would rather have; undefined when it takes none of them. */
  preferredType(...types: string[]): string | undefined {
    return preferredType(this.header('accept'), types)
  }

  /** Whether the client, like a browser, would rather have a page than JSON. */
  get prefersHtml(): boolean {
    const accept = this.header('accept')
    return (
      accept?.includes('text/html') === true && preferredType(accept, ['application/json', 'text/html']) === 'text/html'
    )
  }
}
