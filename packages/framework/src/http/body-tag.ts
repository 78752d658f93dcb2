// Why: a page that a client has already, byte for byte, is made again but need not be sent again.
import { isFresh, weakTag } from './freshness.js'
import type { HttpRequest } from './request.js'
import type { HttpResponse } from './response.js'

/** Gives a whole answer to GET an `ETag` made of its body, and makes it a 304 for a client that has it. */
export function tagBody(request: HttpRequest, response: HttpResponse): void {
  const { headers, status, body } = response
  if (request.method !== 'GET' && request.method !== 'HEAD') return
  if ((status !== 200 && status !== 201) || !(typeof body === 'string' || body instanceof Uint8Array)) return
  if (headers.get('cache-control')?.includes('no-store') === true) return
  if (!headers.has('etag')) headers.setTrusted('etag', weakTag(body))
  if (!headers.has('cache-control')) headers.setTrusted('cache-control', 'private, max-age=0, must-revalidate')
  if (!isFresh(request, headers)) return
  response.status = 304
  response.body = null
  headers.delete('content-type')
}
