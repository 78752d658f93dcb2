// Why: whoever asks too often is told so before the action runs, and when to come again.
import { createHash } from 'node:crypto'
import { BootError, HttpError, TooManyRequests } from '../errors.js'
import { addressBlock } from '../http/address-block.js'
import type { ResponseHeaders } from '../http/response-headers.js'
import { checkKnownKeys } from '../known-keys.js'
import { isPromise, type MaybePromise } from '../maybe-promise.js'
import type { RateLimitCount, RateLimitStore } from '../rate-limit/store.js'
import type { ControllerClass } from './action-name.js'
import type { Controller } from './controller.js'
import { declareFilter, type Filter, type SkipOptions } from './filters.js'
import type { RequestContext } from './request-context.js'

/** Options of `rateLimit`. */
export interface RateLimitOptions<C extends Controller> extends SkipOptions<C> {
  /** How many requests, from 1 to 1,000,000. */
  readonly to: number
  /** Within how many seconds, from 1 to 2,592,000 (30 days). */
  readonly within: number
  /**
   * Whose requests are counted together, such as `(c) => c.session.userId`; null and undefined stand for the address.
   * Default: the client's address, of IPv6 its first 64 bits.
   */
  readonly by?: (controller: C) => string | number | bigint | null | undefined
  /** Answers a request that is one too many. Default: 429, `TooManyRequests`. */
  readonly with?: (controller: C) => unknown
  /** Where it counts. Default: `rateLimitStore` of config/application.ts, else the memory of this process. */
  readonly store?: RateLimitStore
  /** Tells it from other limits of the same action: letters, digits, spaces and `_.:-`. Default: `default`. */
  readonly name?: string
  /** What becomes of requests while the store cannot count: they pass (the default), or they are answered 503. */
  readonly onOutage?: 'allow' | 'refuse'
}

/** A limit that was declared. */
export interface RateLimit {
  readonly name: string
  /** What its counts are kept under, with whose they are. */
  readonly scope: string
  readonly store: RateLimitStore | undefined
}

/** What a limit has found of a request. */
export interface LimitState {
  readonly name: string
  readonly to: number
  readonly within: number
  readonly remaining: number
  /** Whole seconds. */
  readonly reset: number
  readonly isExceeded: boolean
}

const KEYS = Object.keys({
  to: true,
  within: true,
  by: true,
  with: true,
  store: true,
  name: true,
  onOutage: true,
  only: true,
  except: true,
  if: true,
  unless: true,
} satisfies Record<keyof RateLimitOptions<Controller>, true>)
const NAME = /^[A-Za-z0-9_.:-](?:[A-Za-z0-9_.: -]{0,62}[A-Za-z0-9_.:-])?$/
const MAXIMUM_REQUESTS = 1_000_000
const LONGEST_WINDOW = 2_592_000

/** @throws BootError for an option that is not as it should be */
export function declareRateLimit<C extends Controller>(
  controller: ControllerClass<C>,
  options: RateLimitOptions<C>,
): void {
  const where = `${controller.name}.rateLimit`
  checkOptions(options, where)
  const { to, within, by, with: answer, store, name = 'default', onOutage = 'allow', ...rest } = options
  const limit: RateLimit = { name, scope: JSON.stringify([controller.name, name, to, within]), store }

  const judge = (subject: C, context: RequestContext, { count, resetIn }: RateLimitCount): MaybePromise<void> => {
    const reset = Math.max(1, Math.ceil(resetIn / 1000))
    const state = { name, to, within, remaining: Math.max(0, to - count), reset, isExceeded: count > to }
    context.limits = [...(context.limits ?? []), state]
    if (!state.isExceeded) return
    if (answer === undefined) throw tooMany(reset)
    const answered = answer(subject)
    const finish = () => {
      if (context.response.answeredBy === undefined) throw tooMany(reset)
    }
    return isPromise(answered) ? answered.then(finish) : finish()
  }

  const outage = ({ logger }: RequestContext, error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error)
    logger.warn({ limit: name, controller: controller.name, reason }, 'rate limit not counted')
    if (onOutage === 'refuse') throw unavailable(error)
  }

  const run = (subject: C, context: RequestContext): MaybePromise<void> => {
    const key = keyOf(limit, context, subjectOf(by?.(subject), context, where))
    let counted: MaybePromise<RateLimitCount>
    try {
      counted = (store ?? context.services.rateLimitStore).increment(key, within)
    } catch (error) {
      return outage(context, error)
    }
    if (!isPromise(counted)) return judge(subject, context, counted)
    return counted.then(
      (count) => judge(subject, context, count),
      (error: unknown) => outage(context, error),
    )
  }
  const named = options.name === undefined ? {} : { as: options.name }
  declareFilter(controller, 'before', run, { ...rest, ...named }, { macro: 'rateLimit', isGuard: true, limit })
}

function checkOptions(options: RateLimitOptions<never>, where: string): void {
  checkKnownKeys(options, KEYS, `the options of ${where}`)
  const { to, within, by, with: answer, store, name, onOutage } = options
  const refuse = (key: string, value: unknown, fix: string) => {
    throw new BootError(`${where}: ${key} is ${typeof value === 'number' ? value : JSON.stringify(value)}.`, fix)
  }
  if (!Number.isSafeInteger(to) || to < 1 || to > MAXIMUM_REQUESTS)
    refuse('to', to, 'give a whole number of requests from 1 to 1,000,000.')
  if (!Number.isSafeInteger(within) || within < 1 || within > LONGEST_WINDOW)
    refuse('within', within, 'give a whole number of seconds from 1 to 2,592,000.')
  if (by !== undefined && typeof by !== 'function') refuse('by', by, 'write: by: (c) => c.session.userId')
  if (answer !== undefined && typeof answer !== 'function')
    refuse('with', answer, "write: with: (c) => c.renderText('…', { status: 429 })")
  if (store !== undefined && typeof (store as RateLimitStore | null)?.increment !== 'function')
    refuse('store', store, 'give a store, such as new MemcachedRateLimitStore().')
  if (name !== undefined && (typeof name !== 'string' || !NAME.test(name)))
    refuse('name', name, 'give up to 64 letters, digits, spaces and _.:-')
  if (onOutage !== undefined && onOutage !== 'allow' && onOutage !== 'refuse')
    refuse('onOutage', onOutage, "choose 'allow' or 'refuse'.")
}

function subjectOf(subject: unknown, { request }: RequestContext, where: string): string {
  if (subject === undefined || subject === null) return `address ${addressBlock(request.ip ?? 'unknown')}`
  if (typeof subject === 'string' || typeof subject === 'number' || typeof subject === 'bigint') return `by ${subject}`
  if (isPromise(subject)) subject.catch(() => undefined)
  throw new TypeError(
    `${where}: by gave ${isPromise(subject) ? 'a promise' : typeof subject}. Give a string or a number, at once.`,
  )
}

/** A digest: whoever reads the store learns nobody's address or name, and no name is too long for it. */
function keyOf({ scope }: RateLimit, { services }: RequestContext, subject: string): string {
  return createHash('sha256').update(`${services.cookies.sessionKey}\n${scope}\n${subject}`).digest('base64url')
}

function tooMany(reset: number): TooManyRequests {
  return new TooManyRequests(`Too many requests. Try again in ${reset} ${reset === 1 ? 'second' : 'seconds'}.`)
}

function unavailable(cause: unknown): HttpError {
  const headers = { 'retry-after': '1' }
  return new HttpError(503, 'The rate limit cannot be counted.', { code: 'rate_limit_unavailable', headers, cause })
}

/**
 * Keeps the limits of an action among those of the app.
 * @throws BootError for two of one name at one action, and for two controllers of one name whose limits would count together
 */
export function registerLimits(filters: readonly Filter[], where: string, registry: Map<string, RateLimit>): void {
  const names = new Set<string>()
  for (const { limit } of filters) {
    if (limit === undefined) continue
    const known = registry.get(limit.scope)
    if (known !== undefined && known !== limit)
      throw new BootError(
        `Two declarations of rateLimit would count together: ${limit.scope}. One of them is for ${where}.`,
        'give one of them another name, with { name: … }.',
      )
    if (names.has(limit.name))
      throw new BootError(
        `${where} has two rate limits of the name ${JSON.stringify(limit.name)}.`,
        "give each a name of its own, such as { name: 'burst' }.",
      )
    names.add(limit.name)
    registry.set(limit.scope, limit)
  }
}

/** Tells of the limits (draft-ietf-httpapi-ratelimit-headers-11), and, where one was exceeded, when to come again. */
export function sendLimits(limits: readonly LimitState[], headers: ResponseHeaders): void {
  const list = (item: (state: LimitState) => string) => limits.map(item).join(', ')
  headers.setTrusted(
    'ratelimit-policy',
    list(({ name, to, within }) => `"${name}";q=${to};w=${within}`),
  )
  headers.setTrusted(
    'ratelimit',
    list(({ name, remaining, reset }) => `"${name}";r=${remaining};t=${reset}`),
  )
  const exceeded = limits.find(({ isExceeded }) => isExceeded)
  if (exceeded !== undefined && !headers.has('retry-after')) headers.setTrusted('retry-after', String(exceeded.reset))
}
