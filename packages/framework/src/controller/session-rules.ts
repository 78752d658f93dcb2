// Why: pages that everybody sees alike, and calls of programs, have no use for a session: said once on the class, and held to.
import { BootError, SessionDisabledError } from '../errors.js'
import type { ControllerClass } from './action-name.js'
import { checkSelection, type Selection, selects } from './filters.js'
import { forgeryModeOf } from './forgery-protection.js'

interface SessionRule {
  readonly enabled: boolean
  readonly selection: Selection
}

const rulesByClass = new WeakMap<object, SessionRule[]>()

/** Declares that actions have a session, or none. */
export function declareSessionRule(controller: ControllerClass, enabled: boolean, selection: Selection): void {
  checkSelection(controller, enabled ? 'enableSession' : 'disableSession', selection)
  const rules = rulesByClass.get(controller) ?? []
  rulesByClass.set(controller, [...rules, { enabled, selection }])
}

/**
 * What an action gets in place of its session: the error that says where it was disabled; undefined when it has one. Of
 * several rules the last wins, a child's over its parents'.
 */
export function disabledSessionOf(controller: ControllerClass, action: string): (() => Error) | undefined {
  for (let at: object | null = controller; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const rule = rulesByClass.get(at)?.findLast(({ selection }) => selects(selection, action))
    if (rule?.enabled === true) return undefined
    const declaredIn = (at as ControllerClass).name
    if (rule !== undefined) return () => new SessionDisabledError(controller.name, action, declaredIn)
  }
  return undefined
}

/**
 * A token is compared with the session's: an action that asks for one and has no session would refuse every request.
 * @throws BootError
 */
export function checkTokenHasSession(controller: ControllerClass, action: string, method: string): void {
  if (method === 'GET' || forgeryModeOf(controller, action) !== 'token') return
  if (disabledSessionOf(controller, action) === undefined) return
  throw new BootError(
    `${method} ${controller.name}#${action} has protectFromForgery, whose tokens are kept in the session, and disableSession.`,
    `enableSession({ only: ['${action}'] }) in ${controller.name}; or, if the action does not go by cookies, ` +
      `skipForgeryProtection({ only: ['${action}'] }).`,
  )
}
