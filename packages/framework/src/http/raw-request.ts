// Why: the app is a function from a light request to a response; every adapter makes one of these.
import type { HttpError } from '../errors.js'
import type { NodeExchange } from './handlers.js'

/** A request as an adapter hands it over: no socket, no framework. */
export interface RawRequest {
  /** In upper case, as HTTP has it. */
  readonly method: string
  /** The request target in origin form: path and query, still percent-encoded. */
  readonly url: string
  /** Names in lower case; a list only where a header came several times and cannot be joined. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The body, if there is one: whole, or as a stream of chunks. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | null | undefined
  /** The address of the peer that connected, which may be a proxy. */
  readonly remoteAddress?: string | undefined
  /** Whether that peer connected with TLS. */
  readonly encrypted?: boolean | undefined
  /** Fires when the client goes away before the answer is whole. */
  readonly signal?: AbortSignal | undefined
  /** Sends an informational response, 103 with these `Link` values, at once; undefined where that cannot be. */
  readonly sendEarlyHints?: ((links: readonly string[]) => void) | undefined
  /** What is wrong with the message itself, as its adapter sees it; the app answers that and nothing else. */
  readonly fault?: HttpError | undefined
  /** What middleware and mounted handlers of Node's kind are given; only node:http's adapter has it. */
  readonly node?: NodeExchange | undefined
}
