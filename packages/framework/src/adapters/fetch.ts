// Why: the Fetch API around the app, for tests and for servers that speak it.
import type { RawRequest } from '../http/raw-request.js'
import type { HttpResponse } from '../http/response.js'

/** A Fetch `Request` as the app takes it. */
export function fromFetch(request: Request): RawRequest {
  const url = new URL(request.url)
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  request.headers.forEach((value, name) => {
    headers[name] = value
  })
  headers['host'] ??= url.host
  const encrypted = url.protocol === 'https:'
  return { method: request.method, url: url.pathname + url.search, headers, body: request.body, encrypted }
}

/** The app's response as a Fetch `Response`. */
export function toFetch(response: HttpResponse): Response {
  const { status, headers } = response
  return new Response(WITHOUT_BODY.has(status) ? null : response.body, { status, headers: [...headers] })
}

/** `Response` throws when one of these is given a body. */
const WITHOUT_BODY = new Set([204, 205, 304])
