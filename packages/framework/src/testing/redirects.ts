// Why: what a browser asks after a redirect is decided by its status and by the method before it (Fetch, 4.4).
import type { RawRequest } from '../http/raw-request.js'
import type { Answer } from './answer.js'
import type { RequestHeaders } from './client-options.js'

/** A request on its way: where to, and with what. */
export interface Step {
  readonly method: string
  /** Scheme, host and port. */
  readonly origin: URL
  /** Path and query, as they are sent. */
  readonly target: string
  readonly headers: RequestHeaders
  readonly body: RawRequest['body']
}

/** The URL of a request, for what compares URLs. */
export function urlOf({ origin, target }: Step): URL {
  return new URL(origin.origin + (target.startsWith('/') ? target : '/'))
}

/**
 * The request that a redirect asks for; undefined when the answer is none.
 * @throws TypeError when the body is to be sent again and was a stream; Error when the redirect leads to no http address
 */
export function redirected(step: Step, answer: Answer): Step | undefined {
  const { location, status } = answer
  if (!answer.isRedirect || location === undefined) return undefined
  const from = urlOf(step)
  const url = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new Error(
      `${step.method} ${from.pathname} redirects to ${JSON.stringify(location)}, which no client can ask.`,
    )
  const headers = url.origin === from.origin ? step.headers : contentOf(step.headers)
  const next = { origin: new URL(url.origin), target: url.pathname + url.search }
  const isGet = step.method === 'GET' || step.method === 'HEAD'
  if ((status === 303 && !isGet) || ((status === 301 || status === 302) && step.method === 'POST'))
    return { ...next, method: 'GET', headers: withoutContent(headers), body: undefined }
  if (step.body !== undefined && typeof step.body !== 'string' && !(step.body instanceof Uint8Array))
    throw new TypeError(`${step.method} ${from.pathname} is redirected, and its body, a stream, cannot be sent again.`)
  return { ...next, method: step.method, headers, body: step.body }
}

function isOfContent(name: string): boolean {
  return name.startsWith('content-') || name === 'transfer-encoding'
}

/** What another site may know: what describes the body alone. */
function contentOf(headers: RequestHeaders): RequestHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isOfContent(name)))
}

function withoutContent(headers: RequestHeaders): RequestHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isOfContent(name)))
}
