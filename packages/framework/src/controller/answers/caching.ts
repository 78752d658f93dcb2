// Why: an answer says how long it may be kept and what state it is of; a client that has that state is told so and no more.
import { isFresh, strongTag, weakTag } from '../../http/freshness.js'
import { checkKnownKeys } from '../../known-keys.js'
import { answer, checkUnanswered, isTooLate } from '../rendering.js'
import type { RequestContext } from '../request-context.js'

/** Options of `freshWhen` and `stale`. */
export interface FreshnessOptions {
  /** Whatever the answer depends on: it becomes a weak `ETag`. Anything that has a JSON. */
  readonly etag?: unknown
  /** As `etag`, for an answer that is the same byte for byte: with it, parts of a body can be asked for. */
  readonly strongEtag?: unknown
  /** When what the answer shows last changed. */
  readonly lastModified?: Date
  /** Whether caches that many share may keep it. Default: the client's own alone. */
  readonly public?: boolean
}

const FRESHNESS_OPTION_NAMES = Object.keys({
  etag: true,
  strongEtag: true,
  lastModified: true,
  public: true,
} satisfies Record<keyof FreshnessOptions, true>)

/** Options of `expiresIn`; times in seconds. */
export interface ExpiryOptions {
  /** Whether caches that many share may keep it. Default: the client's own alone. */
  readonly public?: boolean
  /** Whether it must be asked for again once it has expired, come what may. */
  readonly mustRevalidate?: boolean
  /** For so long after that it may be shown while it is asked for again. */
  readonly staleWhileRevalidate?: number
  /** For so long after that it may be shown when asking fails. */
  readonly staleIfError?: number
  /** Whether it never changes until then. */
  readonly immutable?: boolean
}

const EXPIRY_OPTION_NAMES = Object.keys({
  public: true,
  mustRevalidate: true,
  staleWhileRevalidate: true,
  staleIfError: true,
  immutable: true,
} satisfies Record<keyof ExpiryOptions, true>)

/** Sets the validators, and answers 304 when the client has this state. Returns whether it did. */
export function answerIfFresh(context: RequestContext, verb: string, options: FreshnessOptions): boolean {
  checkKnownKeys(options, FRESHNESS_OPTION_NAMES, `${verb}()`)
  if (isTooLate(context, verb)) return true
  checkUnanswered(context, verb)
  const { headers } = context.response
  // A page that shows a message is not the page of that state, neither now nor when it is asked for again.
  if (context.disabledSession === undefined && context.session.hasMessages) return false
  const { etag, strongEtag, lastModified } = options
  if (strongEtag !== undefined) headers.setTrusted('etag', strongTag(textOf(verb, strongEtag)))
  else if (etag !== undefined) headers.setTrusted('etag', weakTag(textOf(verb, etag)))
  if (lastModified !== undefined) {
    if (Number.isNaN(lastModified.getTime())) throw new TypeError(`${verb}(): lastModified is no valid date.`)
    headers.setTrusted('last-modified', lastModified.toUTCString())
  }
  if (options.public === true) headers.set('cache-control', 'public')
  else if (!headers.has('cache-control')) headers.setTrusted('cache-control', 'private, max-age=0, must-revalidate')
  if (!isFresh(context.request, headers)) return false
  answer(context, verb, undefined, null, { status: 304 })
  return true
}

/** Says how long the answer may be kept. */
export function setExpiry(context: RequestContext, seconds: number, options: ExpiryOptions): void {
  checkKnownKeys(options, EXPIRY_OPTION_NAMES, 'expiresIn()')
  const words = [options.public === true ? 'public' : 'private', `max-age=${whole('seconds', seconds)}`]
  if (options.mustRevalidate === true) words.push('must-revalidate')
  if (options.immutable === true) words.push('immutable')
  const { staleWhileRevalidate, staleIfError } = options
  if (staleWhileRevalidate !== undefined) {
    words.push(`stale-while-revalidate=${whole('staleWhileRevalidate', staleWhileRevalidate)}`)
  }
  if (staleIfError !== undefined) words.push(`stale-if-error=${whole('staleIfError', staleIfError)}`)
  context.response.headers.set('cache-control', words.join(', '))
}

function whole(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new RangeError(`expiresIn(): ${name} is ${String(value)}; give a whole number of seconds.`)
}

function textOf(verb: string, value: unknown): string {
  const json = typeof value === 'string' ? value : JSON.stringify(value)
  if (json !== undefined) return json
  throw new TypeError(`${verb}(): ${typeof value} makes no etag; give a value that has a JSON.`)
}
