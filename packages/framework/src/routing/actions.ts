// Why: what an action is, told to the compiler and, for what escapes it, checked again at boot.
import type { ControllerClass } from '../controller/action-name.js'
import { Controller } from '../controller/controller.js'
import { BootError } from '../errors.js'
import { suggestion } from '../suggestion.js'

/** The names of the methods that could be actions, nearest class first. */
export function actionNames(controller: ControllerClass): string[] {
  const names = new Set<string>()
  for (
    let prototype = controller.prototype as object;
    prototype !== Controller.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const value: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value
      if (name !== 'constructor' && typeof value === 'function' && value.length === 0) names.add(name)
    }
  }
  return [...names]
}

/**
 * Refuses a route whose controller or action is none.
 * @param route how the error names the route, such as `GET /posts`
 * @throws BootError saying what is there instead
 */
export function checkAction(controller: ControllerClass, action: string, route: string): void {
  if (typeof controller !== 'function' || !(controller.prototype instanceof Controller)) {
    throw new BootError(
      `${route} names ${describe(controller)}, which is no controller.`,
      'give a class that extends ApplicationController. If it is undefined here, its file does not export it, or two files import each other: mend the name or break the circle.',
    )
  }
  if (actionNames(controller).includes(action)) return
  const where = `${route} names ${controller.name}#${action}`
  const method = methodNamed(controller.prototype as object, action)
  if (typeof method === 'function' && action in Controller.prototype) {
    throw new BootError(
      `${where}, but ${action} is a method of the framework, not an action.`,
      'route to a method that the app wrote.',
    )
  }
  if (typeof method === 'function') {
    throw new BootError(`${where}, but ${action} takes parameters.`, 'an action takes none: read this.params instead.')
  }
  throw new BootError(
    `${where}, but ${controller.name} has no such action.`,
    `add a public method ${action}() to ${controller.name}, or change the route in config/routes.ts: ${suggestion(action, actionNames(controller))}`,
  )
}

/** A method, own or inherited. A getter is none, and is not asked: there is no request that it could answer for. */
function methodNamed(prototype: object, name: string): unknown {
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const property = Object.getOwnPropertyDescriptor(at, name)
    if (property !== undefined) return property.value
  }
  return undefined
}

function describe(value: unknown): string {
  return typeof value === 'function' ? value.name || 'a class without a name' : String(value)
}
