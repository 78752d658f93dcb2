// Why: an action with its filters is put together once, at boot; a request only runs it. Nothing is awaited that is not
// a promise.
import { isPromise, type MaybePromise } from '../maybe-promise.js'
import type { Holds } from './conditions.js'
import type { Controller } from './controller.js'
import type { Filter } from './filters.js'
import type { RequestContext } from './request-context.js'

/** Runs what is left of an action: filters, then the method itself. */
export type Chain = (controller: Controller, context: RequestContext) => MaybePromise<unknown>

/** Puts an action and its filters together, the first filter outermost. */
export function compileChain(filters: readonly Filter[], action: string, run: Chain = method(action)): Chain {
  return filters.reduceRight<Chain>((next, filter) => LINKS[filter.kind](filter, next), run)
}

function method(action: string): Chain {
  return (controller) => callAction(controller, action)
}

export function callAction(controller: Controller, action: string): MaybePromise<unknown> {
  return (controller as unknown as Record<string, () => MaybePromise<unknown>>)[action]?.()
}

const LINKS: Readonly<Record<Filter['kind'], (filter: Filter, next: Chain) => Chain>> = {
  before(filter, next) {
    const run = runOf(filter)
    const proceed: Chain = (controller, context) => {
      if (context.response.answeredBy === undefined) return next(controller, context)
      context.halted = true
    }
    return (controller, context) => {
      const result = run(controller, context)
      return isPromise(result) ? result.then(() => proceed(controller, context)) : proceed(controller, context)
    }
  },

  after(filter, next) {
    const run = runOf(filter)
    const finish: Chain = (controller, context) => (context.halted ? undefined : run(controller, context))
    return (controller, context) => {
      const result = next(controller, context)
      return isPromise(result) ? result.then(() => finish(controller, context)) : finish(controller, context)
    }
  },

  around({ run, conditions }, next) {
    const holds = allOf(conditions)
    return (controller, context) => {
      if (holds?.(controller) === false) return next(controller, context)
      let called = false
      const proceed = async () => {
        if (called) throw new Error(`An aroundAction filter of ${context.where} called proceed() twice.`)
        called = true
        await next(controller, context)
      }
      return run(controller, proceed) as MaybePromise<unknown>
    }
  },
}

/** A filter's function, asked only when its conditions hold. What is one of the app's own gets the controller alone. */
function runOf({ run, conditions, isGuard }: Filter): Chain {
  const always: Chain = isGuard === true ? run : (controller) => run(controller) as MaybePromise<unknown>
  const holds = allOf(conditions)
  if (holds === undefined) return always
  return (controller, context) => (holds(controller) ? always(controller, context) : undefined)
}

function allOf(conditions: readonly Holds[]): Holds | undefined {
  if (conditions.length < 2) return conditions[0]
  return (controller) => conditions.every((holds) => holds(controller))
}
