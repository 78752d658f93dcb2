// Why: handlers that know nothing of Contrail, of node:http's kind or the Fetch API's, answer requests of the app.
import { NotFound } from '../errors.js'
import type { FetchHandler, Middleware, MountHandler } from '../http/handlers.js'
import type { RawRequest } from '../http/raw-request.js'
import type { HttpRequest } from '../http/request.js'
import type { HttpResponse } from '../http/response.js'
import { fetchRequest, takeFetchResponse } from './fetch-exchange.js'
import { setHeadersBeside } from './merged-headers.js'
import { type Outcome, runMiddleware } from './middleware.js'
import { keepPersonal } from './personal-head.js'

/** What a mounted handler answers from and to. */
export interface MountedExchange {
  readonly request: HttpRequest
  /** What is to be sent beside the handler's own headers is in it already. */
  readonly response: HttpResponse
  readonly raw: RawRequest
  /** Puts what policies and limits say into the response: for who answers on the connection, past the app. */
  readonly announce: () => void
  /** Told of an error that came after the answer. */
  readonly onLate: (error: unknown) => void
}

/** Has a mounted handler answer: on the connection itself, or into the response. Resolves when it has. */
export type MountedHandler = (exchange: MountedExchange) => Promise<void>

/** A request that was given up by its client before it was answered: nginx's status for the log, never sent. */
export const CLIENT_CLOSED = 499

/**
 * Compiles what `r.mount` was given: an object with `fetch`, or a function; one with two or more parameters is Node's
 * `(request, response)`, any other takes a `Request`.
 * @param path where it is mounted
 */
export function compileHandler(handler: MountHandler, path: string): MountedHandler {
  if ('fetch' in handler && typeof handler.fetch === 'function') {
    const target = handler as { fetch: FetchHandler }
    return fetchHandler((request) => target.fetch(request), path)
  }
  if ((handler as Middleware).length >= 2) return nodeHandler(handler as Middleware, path)
  return fetchHandler(handler as FetchHandler, path)
}

function fetchHandler(handler: FetchHandler, path: string): MountedHandler {
  return async ({ request, response, raw }) => {
    takeFetchResponse(await handler(fetchRequest(request, raw)), response, path)
  }
}

function nodeHandler(handler: Middleware, path: string): MountedHandler {
  const depth = path === '/' ? 0 : path.split('/').length - 1
  return async ({ request, response, raw, announce, onLate }) => {
    const { node } = raw
    if (node === undefined) throw new Error(noConnection(`The handler mounted at ${path}`))
    const incoming = node.incoming as MountedMessage
    const { url, originalUrl, baseUrl } = incoming
    const [base, rest] = split(url as string, depth)
    announce()
    const { statusCode } = node.outgoing
    setHeadersBeside(response, node.outgoing)
    node.outgoing.statusCode = statusCode
    node.outgoing.setHeader('x-request-id', request.id)
    if (response.isPersonal) keepPersonal(node.outgoing, response.headers.getAll('set-cookie'))
    incoming.originalUrl ??= url
    incoming.baseUrl = (baseUrl ?? '') + base
    incoming.url = rest
    const outcome = await runMiddleware([handler], node, onLate)
    if (outcome !== 'passed') {
      response.status = statusOf(outcome, node.outgoing.statusCode)
      return
    }
    Object.assign(incoming, { url, originalUrl, baseUrl })
    throw new NotFound('The handler mounted here has nothing at this address.')
  }
}

/** The status to log of what was answered on the connection itself. */
export function statusOf(outcome: Outcome, status: number): number {
  return outcome === 'aborted' ? CLIENT_CLOSED : Math.max(status, 200)
}

/** What an error says when only a connection will do, and there is none. */
export function noConnection(what: string): string {
  return (
    `${what} needs node:http's request and response, and this request has none: it came by app.handle or app.fetch. ` +
    'Use app.listen() or app.listener.'
  )
}

/** What Connect and Express add to a request where a path is stripped from it. */
interface MountedMessage {
  url?: string | undefined
  originalUrl?: string | undefined
  baseUrl?: string | undefined
}

/** Splits a request target behind its first segments, as they came: the router has compared them decoded. */
function split(url: string, depth: number): [base: string, rest: string] {
  const question = url.indexOf('?')
  const pathEnd = question === -1 ? url.length : question
  let at = 0
  for (let passed = 0; passed < depth; passed++) {
    const slash = url.indexOf('/', at + 1)
    at = slash === -1 || slash > pathEnd ? pathEnd : slash
  }
  const rest = url.slice(at)
  return [url.slice(0, at), rest.startsWith('/') ? rest : `/${rest}`]
}
