// Why: whatever went wrong, the client gets a small, honest answer in its own format, and a stranger learns nothing.

import { STATUS_CODES } from 'node:http'
import { type Problem, type RequestDetails, renderErrorPage } from './error-page.js'
import { HttpError, Unmatched } from './errors.js'
import type { HttpRequest } from './http/request.js'
import { HttpResponse } from './http/response.js'
import type { InitialHeaders } from './http/response-headers.js'

/** What an error is known to say; nothing of one that nobody foresaw. */
function knownIn(error: unknown): HttpError | Unmatched | undefined {
  return error instanceof Unmatched || error instanceof HttpError ? error : undefined
}

/**
 * The response to an error: `application/problem+json`, or a page for a client that would rather have HTML.
 * @param show whether the client may see messages of server errors and stack traces
 * @param defaultHeaders those that every answer begins with
 * @param details what a developer is shown of the request
 * @throws TypeError when the error has a header that cannot be sent; never for an error without headers
 */
export function errorResponse(
  error: unknown,
  request: HttpRequest,
  where: string | undefined,
  show: boolean,
  defaultHeaders?: InitialHeaders,
  details?: () => RequestDetails,
): HttpResponse {
  const problem = problemOf(error, request, where, show)
  const response = new HttpResponse(defaultHeaders)
  response.status = problem.status
  response.answeredBy = 'error'
  if (error instanceof HttpError) copyHeaders(error, response)
  const html = request.prefersHtml
  response.headers.setTrusted(
    'content-type',
    html ? 'text/html; charset=utf-8' : 'application/problem+json; charset=utf-8',
  )
  if (html) response.headers.setTrusted('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
  response.headers.setTrusted('cache-control', 'no-store')
  if (problem.status === 413) response.headers.setTrusted('connection', 'close')
  response.body = html ? renderErrorPage(problem, request, show ? details?.() : undefined) : JSON.stringify(problem)
  return response
}

function copyHeaders(error: HttpError, response: HttpResponse): void {
  try {
    for (const [name, value] of Object.entries(error.headers)) response.headers.set(name, value)
  } catch (fault) {
    throw new TypeError(`${error.name} has a header that cannot be sent. ${messageOf(fault)}`, { cause: error })
  }
}

function problemOf(error: unknown, request: HttpRequest, where: string | undefined, show: boolean): Problem {
  const known = knownIn(error)
  const status = known?.status ?? 500
  const title = STATUS_CODES[status] ?? 'Error'
  const tellsClient = show || (known !== undefined && status < 500)
  return {
    type: 'about:blank',
    title,
    status,
    ...(tellsClient ? { detail: messageOf(error) } : {}),
    ...(known?.code === undefined ? {} : { code: known.code }),
    ...(tellsClient ? known?.extensions : {}),
    ...(status >= 500 ? { requestId: request.id } : {}),
    ...(show && status >= 500 ? { ...(where === undefined ? {} : { where }), stack: stackOf(error) } : {}),
  }
}

/** Anything can be thrown, and asking it for its message may throw again. */
export function messageOf(error: unknown): string {
  try {
    if (error instanceof Unmatched) return error.message
    return error instanceof Error ? String(error.message) : `Something that is no Error was thrown: ${String(error)}`
  } catch {
    return 'Something was thrown that cannot even be described.'
  }
}

function stackOf(error: unknown): string[] {
  const lines: string[] = []
  try {
    let at = error
    for (let depth = 0; at instanceof Error && depth < 5; depth++, at = at.cause) {
      const stack = String(at.stack ?? at.message).split('\n')
      lines.push(...(depth === 0 ? stack : [`caused by ${stack[0] ?? ''}`, ...stack.slice(1)]))
    }
  } catch {
    lines.push('(the rest cannot be described)')
  }
  return lines
}
