// Why: how controllers get what their constructors ask for. The only file that knows tsyringe, and the traps it has.
import 'reflect-metadata'
import { createRequire } from 'node:module'
import { container, type InjectionToken, Lifecycle } from 'tsyringe'
import { currentOverrides, type Overrides } from './container-overrides.js'
import type { ControllerClass } from './controller/action-name.js'
import type { Controller } from './controller/controller.js'
import type { MakeController } from './controller/dispatch.js'
import { BootError } from './errors.js'
import type { MaybePromise } from './maybe-promise.js'

export {
  container,
  type DependencyContainer,
  type Disposable,
  delay,
  type InjectionToken,
  inject,
  injectAll,
  injectable,
  Lifecycle,
  registry,
  scoped,
  singleton,
} from 'tsyringe'

type ByToken<T> = Map<unknown, readonly T[]>
type Class = new (...dependencies: unknown[]) => unknown

/** What tsyringe keeps for a token. */
export interface Registration {
  readonly provider: { useValue?: unknown; useClass?: Class; useToken?: InjectionToken; useFactory?: unknown }
  readonly options: { readonly lifecycle: Lifecycle }
  /** The one that there is, of a singleton that was asked for. */
  readonly instance?: unknown
}

// tsyringe keeps these to itself. They are read at boot, and written by the dev server alone (container-entries.ts); its
// version is pinned to a patch range, and tests/framework/container.test.ts fails if they go.
export const { typeInfo } = createRequire(import.meta.url)('tsyringe/dist/cjs/dependency-container.js') as {
  typeInfo: Map<unknown, readonly unknown[]>
}
const kept = container as unknown as {
  readonly _registry: {
    get(token: unknown): Registration | null
    getAll(token: unknown): readonly Registration[]
    set(token: unknown, registration: Registration): void
    setAll(token: unknown, registrations: readonly Registration[]): void
    readonly _registryMap: ByToken<Registration>
  }
  readonly interceptors: Readonly<
    Record<'preResolution' | 'postResolution', { readonly _registryMap: ByToken<unknown> }>
  >
  readonly disposables: Set<object>
}
export const registrations = kept._registry
/** Whatever the root container made that has a `dispose()`. */
export const { disposables } = kept
/** Every token that was ever asked for has an entry in each of these. */
export const tables: readonly ByToken<unknown>[] = [
  kept._registry._registryMap,
  kept.interceptors.preResolution._registryMap,
  kept.interceptors.postResolution._registryMap,
]

/** How a dependency comes about. */
type Plan =
  /** One for all requests: a singleton or a registered value. */
  | { readonly kind: 'constant'; readonly value: () => unknown; readonly isOverridden?: boolean }
  /** A new one each time. */
  | { readonly kind: 'construct'; readonly make: Class; readonly dependencies: readonly Plan[] }
  /** All that is registered for a token. */
  | { readonly kind: 'list'; readonly dependencies: readonly Plan[] }
  /** One for each request. */
  | { readonly kind: 'scoped'; readonly dependencies: readonly Plan[] }
  /** From a factory, transformed or delayed: tsyringe's own to work out, in the scope of the request that asks. */
  | { readonly kind: 'deferred' }

/**
 * Works out, at boot, how a controller is made: its dependencies are checked, singletons are made, and what is left for
 * a request is a plain `new`. A controller that needs something request-scoped, or something that may need it (from a
 * factory, delayed), gets a child container for each request.
 * @returns undefined where its constructor is given nothing
 * @throws BootError for what tsyringe would only show later, or never: a subclass with an injected constructor and no
 * `@injectable()`, a cycle, a token that nothing is registered for, a parameter without a class, a singleton that holds
 * something request-scoped, a controller that is a singleton
 */
export function planController(controller: ControllerClass): MakeController {
  const target = controller as unknown as Class
  if (registrations.get(target)?.options.lifecycle === Lifecycle.Singleton) {
    throw new BootError(
      `${target.name} is a controller and a singleton: all requests would share one object, and with it one session.`,
      `write @injectable() above class ${target.name} in place of @singleton().`,
    )
  }
  const plan = planClass(target, [])
  makeSingletons(plan)
  if (has(plan, 'scoped') || has(plan, 'deferred')) {
    const overrides = currentOverrides
    if (overrides !== undefined && has(plan, 'deferred')) overrides.mayAskLater = true
    return () => makeInScope(target, overrides)
  }
  if (plan.kind === 'construct' && plan.dependencies.length === 0) return undefined
  const make = compile(plan) as () => Controller
  return () => ({ controller: make() })
}

/** At boot, and in the root container: one made in a request's scope would be disposed with it. */
function makeSingletons(plan: Plan): void {
  if (plan.kind === 'constant') plan.value()
  else if (plan.kind !== 'deferred') plan.dependencies.forEach(makeSingletons)
}

function makeInScope(
  target: Class,
  overrides: Overrides | undefined,
): { controller: Controller; dispose: () => MaybePromise<void> } {
  const scope = container.createChildContainer()
  for (const [token, value] of overrides?.instances() ?? []) scope.registerInstance(token as InjectionToken, value)
  const dispose = () => scope.dispose() as MaybePromise<void>
  try {
    return { controller: scope.resolve(target) as Controller, dispose }
  } catch (error) {
    // What was made before the failure is let go of; if that fails too, the first failure is the one to hear about.
    Promise.resolve(dispose()).catch(() => undefined)
    throw error
  }
}

function planToken(token: unknown, path: readonly Class[], parameter: number): Plan {
  const where = placeOf(path, parameter)
  if (token === Object || token === undefined || PRIMITIVES.has(token)) {
    throw new BootError(
      `${where} has no class to inject (its type is ${token === undefined ? 'undefined at run time' : `an interface, a union or a primitive`}).`,
      token === undefined
        ? 'import its class without "import type"; if two files import each other, break the circle.'
        : "if it is a class, import it without \"import type\"; else name a token: constructor(@inject('Name') …), with container.register('Name', …).",
    )
  }
  if (typeof token === 'object' && token !== null) return planDescriptor(token as Descriptor, path, parameter)
  return planNamed(token as InjectionToken, path, where)
}

function placeOf(path: readonly Class[], parameter: number): string {
  return `Parameter ${parameter + 1} of the constructor of ${path.at(-1)?.name ?? 'a class'}`
}

const NOTHING: Plan = { kind: 'constant', value: () => undefined }
const NOTHING_LISTED: Plan = { kind: 'list', dependencies: [] }

interface Descriptor {
  readonly token?: InjectionToken
  readonly multiple?: boolean
  readonly isOptional?: boolean
  readonly transform?: unknown
}

/** `@inject(token)` and its kin. */
function planDescriptor(descriptor: Descriptor, path: readonly Class[], parameter: number): Plan {
  const { token, multiple, isOptional, transform } = descriptor
  if (transform !== undefined || isDelayed(token)) return { kind: 'deferred' }
  const isOverridden = currentOverrides?.has(token) === true
  const isAbsent = typeof token !== 'function' && registrations.get(token) === null && !isOverridden
  if (isOptional === true && isAbsent) return multiple === true ? NOTHING_LISTED : NOTHING
  if (multiple !== true || isAbsent || isOverridden || registrations.get(token) === null) {
    const one = planToken(token, path, parameter)
    return multiple === true ? { kind: 'list', dependencies: [one] } : one
  }
  const all = token as InjectionToken
  const where = placeOf(path, parameter)
  const dependencies = registrations
    .getAll(token)
    .map((registration, index) =>
      planKnown(registration, path, where, all, () => (container.resolveAll(all) as unknown[])[index]),
    )
  return { kind: 'list', dependencies }
}

/** What `delay()` makes: the class is not there yet when it is named. */
function isDelayed(token: unknown): boolean {
  return typeof token === 'object' && token !== null
}

function planKnown(
  { provider, options }: Registration,
  path: readonly Class[],
  where: string,
  token: InjectionToken,
  resolve: () => unknown = () => container.resolve(token),
): Plan {
  if ('useValue' in provider) return { kind: 'constant', value: () => provider.useValue }
  if (provider.useFactory !== undefined) return { kind: 'deferred' }
  const inner =
    provider.useClass === undefined
      ? planNamed(provider.useToken as InjectionToken, path, where)
      : planClass(provider.useClass, path)
  switch (options.lifecycle) {
    case Lifecycle.Singleton:
      if (has(inner, 'scoped')) throw captive(token, path)
      return holdsOverride(inner) ? ownSingleton(token, inner) : { kind: 'constant', value: resolve }
    case Lifecycle.Transient:
      return inner
    default:
      return { kind: 'scoped', dependencies: [inner] }
  }
}

function override(overrides: Overrides, token: InjectionToken): Plan {
  const value = overrides.get(token)
  return { kind: 'constant', value: () => value, isOverridden: true }
}

function holdsOverride(plan: Plan): boolean {
  if (plan.kind === 'constant') return plan.isOverridden === true
  return 'dependencies' in plan && plan.dependencies.some(holdsOverride)
}

/** tsyringe keeps one instance of a singleton for all apps of the process: what holds an override is not to be that one. */
function ownSingleton(token: InjectionToken, plan: Plan): Plan {
  const overrides = currentOverrides as Overrides
  if (has(plan, 'deferred')) {
    throw new BootError(
      `${nameOf(token)} is a singleton, is given an override, and something from a factory or delayed beside it.`,
      `override ${nameOf(token)} itself.`,
    )
  }
  return { kind: 'constant', value: () => overrides.singleton(token, compile(plan)), isOverridden: true }
}

function planNamed(token: InjectionToken, path: readonly Class[], where: string): Plan {
  if (currentOverrides?.has(token)) return override(currentOverrides, token)
  const registration = registrations.get(token)
  if (registration !== null) return planKnown(registration, path, where, token)
  if (isDelayed(token)) return { kind: 'deferred' }
  if (typeof token === 'function') return planClass(token as Class, path)
  throw new BootError(
    `${where} asks for ${String(token)}, and nothing is registered for it.`,
    `call container.register(${typeof token === 'string' ? JSON.stringify(token) : String(token)}, …) in a file that config/application.ts or the controller imports.`,
  )
}

function planClass(target: Class, path: readonly Class[]): Plan {
  if (path.length > 0 && currentOverrides?.has(target)) return override(currentOverrides, target)
  if (path.includes(target)) {
    const cycle = [...path.slice(path.indexOf(target)), target].map(({ name }) => name).join(' → ')
    throw new BootError(
      `Dependency cycle: ${cycle}.`,
      'take what both need into a third class, or inject one of them with @inject(delay(() => TheClass)).',
    )
  }
  const parameters = typeInfo.get(target)
  if (parameters === undefined || (parameters.length === 0 && target.length === 0))
    checkUndecorated(target, parameters !== undefined)
  const dependencies = (parameters ?? []).map((parameter, index) => planToken(parameter, [...path, target], index))
  return { kind: 'construct', make: target, dependencies }
}

/** A class that tsyringe knows nothing of is made with no arguments: fine, unless its constructor takes some. */
function checkUndecorated(target: Class, isDecorated: boolean): void {
  for (
    let at: Class | null = target;
    typeof at === 'function' && at !== Function.prototype;
    at = Object.getPrototypeOf(at) as Class | null
  ) {
    const takes = Math.max(at.length, typeInfo.get(at)?.length ?? 0)
    if (takes === 0) continue
    if (isDecorated && at !== target) return
    throw new BootError(
      at === target
        ? `${target.name} has a constructor with ${takes} parameter${takes === 1 ? '' : 's'} and no @injectable(), so nothing can be injected.`
        : `${target.name} inherits the constructor of ${at.name}, which takes injected parameters, but has no @injectable() of its own: it would get undefined for each.`,
      `write @injectable() above class ${target.name}${at === target ? '' : ' and give it a constructor that passes them on to super()'}.`,
    )
  }
}

function captive(token: InjectionToken, path: readonly Class[]): BootError {
  const name = nameOf(token)
  const wanted = path[0]?.name ?? name
  return new BootError(
    `${name} is a singleton and depends on something request-scoped: it would keep the first request's for ever (found from ${wanted}).`,
    `make ${name} @injectable() or @scoped(Lifecycle.ContainerScoped), or its dependency a singleton.`,
  )
}

function nameOf(token: InjectionToken): string {
  return typeof token === 'function' ? token.name : String(token)
}

function has(plan: Plan, kind: Plan['kind']): boolean {
  if (plan.kind === kind) return true
  return 'dependencies' in plan && plan.dependencies.some((dependency) => has(dependency, kind))
}

/** A function that makes what a plan says; constants are resolved now. */
function compile(plan: Plan): () => unknown {
  switch (plan.kind) {
    case 'constant': {
      const value = plan.value()
      return () => value
    }
    case 'construct':
      return compileConstruct(plan.make, plan.dependencies)
    case 'list': {
      const makers = plan.dependencies.map(compile)
      return () => makers.map((make) => make())
    }
    default:
      throw new TypeError(`A ${plan.kind} dependency is tsyringe's to resolve.`)
  }
}

function compileConstruct(Make: Class, dependencies: readonly Plan[]): () => unknown {
  if (dependencies.every(({ kind }) => kind === 'constant')) {
    const values = dependencies.map((dependency) => compile(dependency)())
    return () => new Make(...values)
  }
  const makers = dependencies.map(compile)
  return () => new Make(...makers.map((make) => make()))
}

const PRIMITIVES: ReadonlySet<unknown> = new Set([String, Number, Boolean, Symbol, BigInt, Array, Function, Promise])
