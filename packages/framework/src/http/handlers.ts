// Why: the kinds of handlers that the ecosystem has, so that an app can use them beside its controllers. Types only.
import type { IncomingMessage, ServerResponse } from 'node:http'

/** node:http's own request and response, behind the request of an action. */
export interface NodeExchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/** Called by a middleware when it is done: the next one runs, or with an error the app answers that error. */
export type Next = (error?: unknown) => void

// Declared as methods, whose parameters are compared both ways: Express's types narrow request and response to its own.
interface Shapes {
  connect(request: IncomingMessage, response: ServerResponse, next: Next): unknown
}

/**
 * A Connect middleware, as helmet, compression and passport make them: it answers, or calls `next`. One that does neither
 * leaves the client waiting.
 */
export type Middleware = Shapes['connect']

/** A handler of node:http's kind: an Express app, a Bull board, `http.createServer`'s argument. It need not take `next`. */
export type NodeHandler = Shapes['connect']

/** A handler of the Fetch API's kind. */
export type FetchHandler = (request: Request) => Response | Promise<Response>

/** An object, or a function, with a Fetch handler: a Hono app, a GraphQL Yoga. */
export interface FetchApp {
  fetch(request: Request, ...rest: never[]): Response | Promise<Response>
}

/** What `r.mount` takes. */
export type MountHandler = NodeHandler | FetchHandler | FetchApp
