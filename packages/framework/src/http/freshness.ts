// Why: what a client has already need not be sent again, and what it has of an older state must not be mixed with a newer
// one (RFC 9110, 13). The only file that knows fresh.
import { createHash } from 'node:crypto'
import fresh from 'fresh'
import type { HttpRequest } from './request.js'
import type { ResponseHeaders } from './response-headers.js'

/** A weak entity tag of some text: the same meaning, if not the same bytes. */
export function weakTag(text: string | Uint8Array): string {
  return `W/${strongTag(text)}`
}

/** A strong entity tag of some text: the same, byte for byte. */
export function strongTag(text: string | Uint8Array): string {
  return `"${createHash('sha1').update(text).digest('base64url')}"`
}

/** Whether the client has what the response's `ETag` and `Last-Modified` say, so that 304 will do. For GET and HEAD alone. */
export function isFresh({ method, headers }: HttpRequest, response: ResponseHeaders): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  if (headers['if-none-match'] === undefined && headers['if-modified-since'] === undefined) return false
  return fresh(headers as Parameters<typeof fresh>[0], {
    etag: response.get('etag'),
    'last-modified': response.get('last-modified'),
  })
}

/** Whether `If-Match` or `If-Unmodified-Since` asks for a state that is no more: 412. */
export function isOutdated({ headers }: HttpRequest, response: ResponseHeaders): boolean {
  const match = headers['if-match']
  if (typeof match === 'string') return match.trim() !== '*' && !hasTag(match, response.get('etag'))
  const since = dateOf(headers['if-unmodified-since'])
  return since !== undefined && (dateOf(response.get('last-modified')) ?? 0) > since
}

/** Whether a part may be sent to a client that has another part: `If-Range` names the state it has, strongly. */
export function isSameForRange({ headers }: HttpRequest, response: ResponseHeaders): boolean {
  const condition = headers['if-range']
  if (typeof condition !== 'string') return true
  if (condition.includes('"')) return condition.trim() === response.get('etag') && !condition.startsWith('W/')
  return dateOf(condition) !== undefined && dateOf(condition) === dateOf(response.get('last-modified'))
}

function hasTag(list: string, tag: string | undefined): boolean {
  return tag !== undefined && !tag.startsWith('W/') && list.split(',').some((one) => one.trim() === tag)
}

function dateOf(text: unknown): number | undefined {
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}
