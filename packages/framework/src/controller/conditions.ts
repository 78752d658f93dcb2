// Why: whether a filter runs may depend on the request. What is asked is declared with the filter, checked when declared,
// and asked when the filter's turn has come.
import { isPromise } from '../maybe-promise.js'
import type { ControllerClass } from './action-name.js'
import type { Controller } from './controller.js'

/** Asked of each request whether a filter runs. It answers at once: what must be waited for belongs in the filter. */
export type Condition<C extends Controller> = (controller: C) => boolean

/** For which requests a filter is meant. */
export interface FilterConditions<C extends Controller> {
  /** Only when this says yes; of several, when all do. */
  readonly if?: Condition<C> | readonly Condition<C>[]
  /** Not when this says yes; of several, when any does. */
  readonly unless?: Condition<C> | readonly Condition<C>[]
}

// biome-ignore lint/suspicious/noExplicitAny: a condition is stored beside those of other controllers; its type was checked when declared
type AnyCondition = (controller: any) => unknown

/** Asked of a request by its controller. */
export type Holds = (controller: Controller) => boolean

const AsyncFunction = (async () => undefined).constructor

/**
 * Compiles `if` and `unless` into one question; undefined when there are none.
 * @throws TypeError for what is no function, or one that is async
 */
export function compileConditions(
  controller: ControllerClass,
  macro: string,
  conditions: { readonly if?: unknown; readonly unless?: unknown },
): Holds | undefined {
  const where = `${controller.name}.${macro}`
  const wanted = listOf(where, 'if', conditions.if)
  const unwanted = listOf(where, 'unless', conditions.unless)
  if (wanted.length === 0 && unwanted.length === 0) return undefined
  return (asked) =>
    wanted.every((condition) => answerOf(condition, asked, where, 'if')) &&
    !unwanted.some((condition) => answerOf(condition, asked, where, 'unless'))
}

function listOf(where: string, key: string, given: unknown): AnyCondition[] {
  if (given === undefined) return []
  const list: unknown[] = Array.isArray(given) ? given : [given]
  for (const condition of list) {
    if (typeof condition !== 'function')
      throw new TypeError(`${where}: ${key} is ${String(condition)}. Give a function of the controller, or several.`)
    if (condition instanceof AsyncFunction) throw promised(where, key)
  }
  return list as AnyCondition[]
}

function answerOf(condition: AnyCondition, controller: Controller, where: string, key: string): boolean {
  const answer = condition(controller)
  // A promise is true whatever it is a promise of: a filter that guards would be left out, or always run.
  if (!isPromise(answer)) return Boolean(answer)
  // Nobody else will hear of it should it reject.
  answer.catch(() => undefined)
  throw promised(where, key)
}

function promised(where: string, key: string): TypeError {
  return new TypeError(
    `${where}: ${key} gives a promise, which says neither yes nor no. Wait for it in the filter itself, or in one before it.`,
  )
}
