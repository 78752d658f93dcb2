// Why: a middleware may have read the body already, as express.json does; waiting for it again would be waiting for ever.
import type { RawRequest } from './raw-request.js'
import type { HttpRequest } from './request.js'

/** Takes over a body that a middleware has read, as it left it in `req.body`. Returns whether there was such. */
export function bodyReadBefore(request: HttpRequest, { node }: RawRequest): boolean {
  const incoming = node?.incoming as { readableDidRead: boolean; body?: unknown; rawBody?: unknown } | undefined
  if (incoming?.readableDidRead !== true) return false
  request.body = incoming.body
  if (incoming.rawBody instanceof Uint8Array) request.rawBody = incoming.rawBody
  return true
}
