// Why: a controller is given its request after it was made: its constructor belongs to the app, for injection.
import { NoRequestError } from '../errors.js'
import { ControllerMacros } from './class-macros.js'
import type { RequestContext } from './request-context.js'

/** Gives a controller its request. Internal: once, after construction. */
export let bindRequest: (controller: BoundController, context: RequestContext) => void

/**
 * What a controller has of its request.
 * @param property what was asked for, for the error
 * @throws NoRequestError in a constructor
 */
export let contextOf: (controller: BoundController, property: string) => RequestContext

/** A controller with a request to answer. Use it through `Controller`. */
export abstract class BoundController extends ControllerMacros {
  #context: RequestContext | undefined

  static {
    bindRequest = (controller, context) => {
      controller.#context = context
    }
    contextOf = (controller, property) => {
      const context = controller.#context
      if (context === undefined) throw new NoRequestError(controller.constructor.name, property)
      return context
    }
  }
}
