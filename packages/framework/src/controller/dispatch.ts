// Why: from a request to a controller's action and its answer, with whatever goes wrong offered to rescueFrom.
import { MissingResponseError } from '../errors.js'
import { isPromise, type MaybePromise } from '../maybe-promise.js'
import type { ControllerClass } from './action-name.js'
import { bindRequest } from './binding.js'
import { type Chain, compileChain } from './chain.js'
import type { Controller } from './controller.js'
import { filtersFor, rescueFor } from './filters.js'
import { forgeryCheckFor } from './forgery-protection.js'
import type { RequestContext } from './request-context.js'
import { disabledSessionOf } from './session-rules.js'

/** An action ready to run: the answer is in the context's response afterwards. */
export interface Action {
  readonly controllerName: string
  readonly actionName: string
  /** The error that meets who touches the session; undefined when the action has one. */
  readonly disabledSession: (() => Error) | undefined
  readonly run: (context: RequestContext) => MaybePromise<void>
}

/** How a controller is made for a request, and what is to be undone when the request ends. */
export type MakeController = () => { readonly controller: Controller; readonly dispose?: () => MaybePromise<void> }

/**
 * Compiles one action of a controller.
 * @param middle what runs in the middle of its filters. Default: the method of that name
 */
export function compileAction(
  controllerClass: ControllerClass,
  actionName: string,
  make: MakeController,
  middle?: Chain,
): Action {
  const chain = compileChain(filtersFor(controllerClass, actionName), actionName, middle)
  const checkForgery = forgeryCheckFor(controllerClass, actionName)

  const perform = (controller: Controller, context: RequestContext): MaybePromise<void> => {
    try {
      checkForgery?.(context)
      const result = chain(controller, context)
      if (!isPromise(result)) return answered(context)
      return result.then(() => answered(context)).catch((error: unknown) => rescue(controller, context, error))
    } catch (error) {
      return rescue(controller, context, error)
    }
  }

  const rescue = (controller: Controller, context: RequestContext, error: unknown): MaybePromise<void> => {
    const handler = findRescue(controllerClass, error)
    if (handler === undefined) throw error
    context.discardResponse()
    const result = handler.handle(controller, handler.error) as MaybePromise<unknown>
    return isPromise(result) ? result.then(() => answered(context)) : answered(context)
  }

  const run = (context: RequestContext): MaybePromise<void> => {
    const { controller, dispose } = make()
    bindRequest(controller, context)
    return dispose === undefined
      ? perform(controller, context)
      : thenDispose(() => perform(controller, context), dispose)
  }

  const disabledSession = disabledSessionOf(controllerClass, actionName)
  return { controllerName: controllerClass.name, actionName, disabledSession, run }
}

/** The handler for an error or, failing that, for what caused it. */
function findRescue(controller: ControllerClass, error: unknown) {
  const seen = new Set<unknown>()
  for (let at = error; at !== undefined && !seen.has(at); at = at instanceof Error ? at.cause : undefined) {
    seen.add(at)
    const rescue = rescueFor(controller, at)
    if (rescue !== undefined) return { handle: rescue.handle, error: at }
  }
  return undefined
}

function answered(context: RequestContext): void {
  if (context.response.answeredBy === undefined) throw new MissingResponseError(context.where)
}

async function thenDispose(work: () => MaybePromise<void>, dispose: () => MaybePromise<void>): Promise<void> {
  try {
    await work()
  } finally {
    await dispose()
  }
}
