// Why: Connect's middleware, run one after the other on node:http's own request and response, in front of the app.
import { STATUS_CODES } from 'node:http'
import { HttpError } from '../errors.js'
import type { Middleware, NodeExchange } from '../http/handlers.js'
import { isPromise, type MaybePromise } from '../maybe-promise.js'

/** `passed`: the last one called `next`. `answered`: one answered by itself, to its end. `aborted`: the client left before. */
export type Outcome = 'passed' | 'answered' | 'aborted'

/**
 * Runs middleware in order. A promise only where one of them takes its time.
 * @param onLate told of an error that came when all was over
 * @throws what one throws, rejects with or gives to `next`; with the status it names, as errors of the package http-errors do
 */
export function runMiddleware(
  stack: readonly Middleware[],
  { incoming, outgoing }: NodeExchange,
  onLate: (error: unknown) => void,
): MaybePromise<Outcome> {
  let ended: { readonly outcome: Outcome } | { readonly error: unknown } | undefined
  let told: (() => void) | undefined
  const end = (how: NonNullable<typeof ended>) => {
    if (ended === undefined) {
      ended = how
      told?.()
    } else if ('error' in how) onLate(how.error)
  }

  const step = (index: number): void => {
    const middleware = stack[index]
    if (middleware === undefined) {
      end({ outcome: outgoing.headersSent ? 'answered' : 'passed' })
      return
    }
    let isDone = false
    const fail = (error: unknown) => {
      isDone = true
      end({ error })
    }
    const next = (error?: unknown) => {
      if (error) fail(error)
      else if (!isDone) {
        isDone = true
        step(index + 1)
      }
    }
    try {
      const result = middleware(incoming, outgoing, next)
      if (typeof result === 'function') throw new TypeError(uncalled(middleware))
      if (isPromise(result)) result.then(undefined, fail)
    } catch (error) {
      fail(error)
    }
  }

  step(0)
  if (ended !== undefined) return resultOf(ended)
  return new Promise<void>((resolve) => {
    told = resolve
    // Whoever answers by itself calls no `next`: the end of its answer is the end of the chain.
    outgoing.once('finish', () => end({ outcome: 'answered' }))
    outgoing.once('close', () => end({ outcome: outgoing.writableFinished ? 'answered' : 'aborted' }))
  }).then(() => resultOf(ended as NonNullable<typeof ended>))
}

function resultOf(ended: { readonly outcome: Outcome } | { readonly error: unknown }): Outcome {
  if ('error' in ended) throw asHttpError(ended.error)
  return ended.outcome
}

/** An error's own status is for the client to see; its message too, unless it says otherwise (`expose`) or is the server's. */
function asHttpError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof HttpError) return error
  const { status, statusCode, expose, headers } = error as HttpLikeError
  const known = status ?? statusCode
  if (typeof known !== 'number' || !Number.isInteger(known) || known < 400 || known > 599) return error
  const message = known < 500 && expose === false ? (STATUS_CODES[known] ?? 'Error') : error.message
  return new HttpError(known, message, { cause: error, headers: stringsOf(headers) })
}

interface HttpLikeError extends Error {
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly expose?: unknown
  readonly headers?: unknown
}

function stringsOf(headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null) return {}
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function uncalled({ name }: Middleware): string {
  return (
    `The middleware ${name || 'without a name'} returned a function and did nothing else. It may be what makes the ` +
    `middleware: write ${name || 'make'}(…) in config/application.ts.`
  )
}
