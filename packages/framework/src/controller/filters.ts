// Why: filters and rescues are declared on classes and inherited in order; here they are kept, and read for one action.
import { checkKnownKeys } from '../known-keys.js'
import type { ActionName, ControllerClass } from './action-name.js'
import { compileConditions, type FilterConditions, type Holds } from './conditions.js'
import type { PolicyRule } from './content-security.js'
import type { Controller } from './controller.js'
import type { CorsRule } from './cross-origin.js'
import type { RateLimit } from './rate-limit.js'

/** Runs before an action; answering in it halts: the action does not run. */
export type BeforeFilter<C extends Controller> = (controller: C) => unknown
/** Runs after an action that did not throw and was not halted. */
export type AfterFilter<C extends Controller> = (controller: C) => unknown
/** Runs around an action and the filters declared after it: `await proceed()` runs these. */
export type AroundFilter<C extends Controller> = (controller: C, proceed: () => Promise<void>) => unknown

/** For which actions a filter is meant. */
export interface ActionSelection<C extends Controller> {
  /** These actions only. */
  readonly only?: ActionName<C> | readonly ActionName<C>[]
  /** All actions but these. */
  readonly except?: ActionName<C> | readonly ActionName<C>[]
}

/** For which actions and requests a filter is meant, or is taken away. */
export interface SkipOptions<C extends Controller> extends ActionSelection<C>, FilterConditions<C> {}

/** Options of a filter. */
export interface FilterOptions<C extends Controller> extends SkipOptions<C> {
  /** A name for `skipBeforeAction` and its like, where there is no function to point at. */
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
  /** Whether it runs for a request; each must say yes. */
  readonly conditions: readonly Holds[]
  /** Whether it runs before those that were declared earlier, parents' included. */
  readonly isPrepended: boolean
  /** One of the framework's own: it is given the request's context too. */
  readonly isGuard?: boolean
  /** Set when it is a rate limit. */
  readonly limit?: RateLimit | undefined
}

export interface Selection {
  readonly only?: string | readonly string[]
  readonly except?: string | readonly string[]
}

/** Options of a filter, as they are stored: of any controller. */
export interface AnyFilterOptions extends Selection {
  readonly if?: unknown
  readonly unless?: unknown
  readonly as?: string
}

interface Skip {
  readonly kind: 'skip'
  readonly filterKind: Filter['kind']
  readonly which: AnyFunction | string
  readonly selection: Selection
  readonly holds: Holds | undefined
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
  readonly policies: PolicyRule[]
  readonly cors: CorsRule[]
}

const macrosByClass = new WeakMap<object, Macros>()

/** What is said of a filter by the macro that declares it. */
interface FilterPlace extends Partial<Pick<Filter, 'isPrepended' | 'isGuard' | 'limit'>> {
  /** As errors name it. */
  readonly macro?: string
}

/** Adds a filter to a controller. */
export function declareFilter(
  controller: ControllerClass,
  kind: Filter['kind'],
  run: AnyFunction,
  { as, if: wanted, unless, ...selection }: AnyFilterOptions,
  { macro = `${kind}Action`, isPrepended = false, isGuard = false, limit }: FilterPlace = {},
): void {
  checkSelection(controller, macro, selection, FILTER_KEYS)
  const holds = compileConditions(controller, macro, { if: wanted, unless })
  const conditions = holds === undefined ? [] : [holds]
  macrosOf(controller).filters.push({ kind, run, name: as, selection, conditions, isPrepended, isGuard, limit })
}

/**
 * Takes an inherited or earlier filter away.
 * @throws TypeError when there is no such filter
 */
export function declareSkip(
  controller: ControllerClass,
  filterKind: Filter['kind'],
  which: AnyFunction | string,
  { if: wanted, unless, ...selection }: AnyFilterOptions,
): void {
  const macro = `skip${filterKind[0]?.toUpperCase()}${filterKind.slice(1)}Action`
  checkSelection(controller, macro, selection, [...SELECTION_KEYS, ...CONDITION_KEYS])
  const holds = compileConditions(controller, macro, { if: wanted, unless })
  const known = lineage(controller).some((macros) =>
    macros.filters.some((entry) => entry.kind === filterKind && (entry.run === which || entry.name === which)),
  )
  if (!known) {
    const name = typeof which === 'string' ? JSON.stringify(which) : which.name || 'the function given'
    throw new TypeError(
      `${controller.name}.${macro}: no ${filterKind}Action filter of ${controller.name} or its parents is ${name}. ` +
        `Pass the same function that ${filterKind}Action was given, or the name it was given with { as: '…' }.`,
    )
  }
  macrosOf(controller).filters.push({ kind: 'skip', filterKind, which, selection, holds })
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

/** The filters of one action: parents' first, but for those that were prepended, of which the last one is first. */
export function filtersFor(controller: ControllerClass, action: string): Filter[] {
  let filters: Filter[] = []
  for (const macros of lineage(controller)) {
    for (const entry of macros.filters) {
      if (!selects(entry.selection, action)) continue
      if (entry.kind === 'skip') filters = filters.flatMap((filter) => skipped(filter, entry))
      else if (entry.isPrepended) filters.unshift(entry)
      else filters.push(entry)
    }
  }
  return filters
}

/** What a skip leaves of a filter: all of it, nothing, or a filter for the requests that are not skipped. */
function skipped(filter: Filter, { filterKind, which, holds }: Skip): Filter[] {
  if (filter.kind !== filterKind || (filter.run !== which && filter.name !== which)) return [filter]
  if (holds === undefined) return []
  return [{ ...filter, conditions: [...filter.conditions, (controller) => !holds(controller)] }]
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
    macros = { filters: [], rescues: [], forgery: [], policies: [], cors: [] }
    macrosByClass.set(controller, macros)
  }
  return macros
}

export function selects({ only, except }: Selection, action: string): boolean {
  return (only === undefined || namesIn(only).includes(action)) && !namesIn(except).includes(action)
}

function namesIn(names: string | readonly string[] | undefined): readonly string[] {
  return typeof names === 'string' ? [names] : (names ?? [])
}

const SELECTION_KEYS = Object.keys({ only: true, except: true } satisfies Record<keyof Selection, true>)
const CONDITION_KEYS = Object.keys({ if: true, unless: true } satisfies Record<
  keyof FilterConditions<Controller>,
  true
>)
const FILTER_KEYS = [...SELECTION_KEYS, ...CONDITION_KEYS, 'as']

/**
 * @param known the options that the macro takes
 * @throws BootError for an unknown option, TypeError for a name that is no method of the controller
 */
export function checkSelection(
  controller: ControllerClass,
  macro: string,
  selection: Selection,
  known: readonly string[] = SELECTION_KEYS,
): void {
  checkKnownKeys(selection, known, `the options of ${controller.name}.${macro}`)
  for (const key of ['only', 'except'] as const) {
    for (const name of namesIn(selection[key])) {
      if (typeof (controller.prototype as Record<string, unknown>)[name] === 'function') continue
      throw new TypeError(
        `${controller.name}.${macro}: ${key} names ${JSON.stringify(name)}, which is no action of ${controller.name}.`,
      )
    }
  }
}
