// Why: filters and rescues are declared on classes and inherited in order; here they are kept, and read for one action.
import { checkKnownKeys } from '../known-keys.js'
import type { ActionName, ControllerClass } from './action-name.js'
import type { Controller } from './controller.js'

/** Runs before an action; answering in it halts: the action does not run. */
export type BeforeFilter<C extends Controller> = (controller: C) => unknown
/** Runs after an action that did not throw and was not halted. */
export type AfterFilter<C extends Controller> = (controller: C) => unknown
/** Runs around an action and the filters declared after it: `await proceed()` runs these. */
export type AroundFilter<C extends Controller> = (controller: C, proceed: () => Promise<void>) => unknown

/** For which actions a filter is meant. */
export interface ActionSelection<C extends Controller> {
  /** These actions only. */
  readonly only?: readonly ActionName<C>[]
  /** All actions but these. */
  readonly except?: readonly ActionName<C>[]
}

/** Options of a filter. */
export interface FilterOptions<C extends Controller> extends ActionSelection<C> {
  /** A name for `skipBeforeAction`, where there is no function to point at. */
  readonly as?: string
}

/** A class of errors, as `rescueFrom` takes it. */
export type ErrorClass<E> = abstract new (...parameters: never[]) => E

// biome-ignore lint/suspicious/noExplicitAny: a filter is stored beside those of other controllers; its type was checked when declared
type AnyFunction = (...parameters: any[]) => unknown

export interface Filter {
  readonly kind: 'before' | 'after' | 'around'
  readonly run: AnyFunction
  readonly name: string | undefined
  readonly selection: Selection
}

export interface Selection {
  readonly only?: readonly string[]
  readonly except?: readonly string[]
}

interface Skip {
  readonly kind: 'skip'
  readonly which: AnyFunction | string
  readonly selection: Selection
}

export interface Rescue {
  readonly error: ErrorClass<unknown>
  readonly handle: AnyFunction
}

/** How unsafe requests to some actions are checked: by a token too, or not at all. */
export interface ForgeryRule {
  readonly mode: 'token' | 'none'
  readonly selection: Selection
}

interface Macros {
  readonly filters: (Filter | Skip)[]
  readonly rescues: Rescue[]
  readonly forgery: ForgeryRule[]
}

const macrosByClass = new WeakMap<object, Macros>()

/** Adds a filter to a controller. */
export function declareFilter(
  controller: ControllerClass,
  kind: Filter['kind'],
  run: AnyFunction,
  { as, ...selection }: Selection & { readonly as?: string },
): void {
  checkSelection(controller, `${kind}Action`, selection)
  macrosOf(controller).filters.push({ kind, run, name: as, selection })
}

/**
 * Takes an inherited or earlier before-filter away.
 * @throws TypeError when there is no such filter
 */
export function declareSkip(controller: ControllerClass, which: AnyFunction | string, selection: Selection): void {
  checkSelection(controller, 'skipBeforeAction', selection)
  const known = lineage(controller).some((macros) =>
    macros.filters.some((entry) => entry.kind === 'before' && (entry.run === which || entry.name === which)),
  )
  if (!known) {
    const name = typeof which === 'string' ? JSON.stringify(which) : which.name || 'the function given'
    throw new TypeError(
      `${controller.name}.skipBeforeAction: no beforeAction filter of ${controller.name} or its parents is ${name}. ` +
        "Pass the same function that beforeAction was given, or the name it was given with { as: '…' }.",
    )
  }
  macrosOf(controller).filters.push({ kind: 'skip', which, selection })
}

export function declareRescue(
  controller: ControllerClass,
  errors: readonly ErrorClass<unknown>[],
  handle: AnyFunction,
): void {
  for (const error of errors) {
    if (typeof error === 'function') macrosOf(controller).rescues.push({ error, handle })
    else throw new TypeError(`${controller.name}.rescueFrom takes an error class, not ${String(error)}.`)
  }
}

/** The filters of one action, parents' first. */
export function filtersFor(controller: ControllerClass, action: string): Filter[] {
  let filters: Filter[] = []
  for (const macros of lineage(controller)) {
    for (const entry of macros.filters) {
      if (!selects(entry.selection, action)) continue
      if (entry.kind !== 'skip') filters.push(entry)
      else
        filters = filters.filter(
          ({ kind, run, name }) => kind !== 'before' || (run !== entry.which && name !== entry.which),
        )
    }
  }
  return filters
}

/** The handler for an error: that of the nearest class in its ancestry; of several the one declared last. */
export function rescueFor(controller: ControllerClass, error: unknown): Rescue | undefined {
  let best: Rescue | undefined
  for (const macros of lineage(controller)) {
    for (const rescue of macros.rescues) {
      if (!(error instanceof rescue.error)) continue
      const isNearer =
        best === undefined || rescue.error === best.error || !(best.error.prototype instanceof rescue.error)
      if (isNearer) best = rescue
    }
  }
  return best
}

/** Macros of a class and its parents, parents first. */
export function lineage(controller: ControllerClass): Macros[] {
  const line: Macros[] = []
  for (let at: object | null = controller; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const macros = macrosByClass.get(at)
    if (macros !== undefined) line.unshift(macros)
  }
  return line
}

/** The macros of one class, to add to. */
export function macrosOf(controller: ControllerClass): Macros {
  let macros = macrosByClass.get(controller)
  if (macros === undefined) {
    macros = { filters: [], rescues: [], forgery: [] }
    macrosByClass.set(controller, macros)
  }
  return macros
}

export function selects({ only, except }: Selection, action: string): boolean {
  return (only === undefined || only.includes(action)) && except?.includes(action) !== true
}

const SELECTION_KEYS = Object.keys({ only: true, except: true } satisfies Record<keyof Selection, true>)

/** @throws BootError for an unknown option, TypeError for a name that is no method of the controller */
export function checkSelection(controller: ControllerClass, macro: string, selection: Selection): void {
  checkKnownKeys(selection, SELECTION_KEYS, `the options of ${controller.name}.${macro}`)
  for (const key of ['only', 'except'] as const) {
    for (const name of selection[key] ?? []) {
      if (typeof (controller.prototype as Record<string, unknown>)[name] === 'function') continue
      throw new TypeError(
        `${controller.name}.${macro}: ${key} names ${JSON.stringify(name)}, which is no action of ${controller.name}.`,
      )
    }
  }
}
