// Why: how controllers get what their constructors ask for. The only file that knows tsyringe, and the traps it has.
import 'reflect-metadata'
import { createRequire } from 'node:module'
import { container, type InjectionToken, Lifecycle } from 'tsyringe'
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

type Class = new (...dependencies: unknown[]) => unknown

interface Registration {
  readonly provider: { useValue?: unknown; useClass?: Class; useToken?: InjectionToken; useFactory?: unknown }
  readonly options: { readonly lifecycle: Lifecycle }
}

// tsyringe keeps these to itself. They are read, never written, at boot only; its version is pinned to a patch range,
// and tests/framework/container.test.ts fails if they go.
const { typeInfo } = createRequire(import.meta.url)('tsyringe/dist/cjs/dependency-container.js') as {
  typeInfo: ReadonlyMap<unknown, readonly unknown[]>
}
const registrations = (
  container as unknown as { _registry: { get(token: unknown): Registration | undefined; has(token: unknown): boolean } }
)._registry

/** How a dependency comes about. */
type Plan =
  /** One for all requests: a singleton or a registered value. */
  | { readonly kind: 'constant'; readonly value: () => unknown }
  /** A new one each time. */
  | { readonly kind: 'construct'; readonly make: Class; readonly dependencies: readonly Plan[] }
  /** From a registered factory, each time. */
  | { readonly kind: 'factory'; readonly token: InjectionToken }
  /** One for each request. */
  | { readonly kind: 'scoped' }
  /** Optional, multiple, transformed or delayed: tsyringe's own to work out, with all that asks for it. */
  | { readonly kind: 'deferred' }

/**
 * Works out, at boot, how a controller is made: its dependencies are checked, singletons are made, and what is left for
 * a request is a plain `new`. A controller that needs something request-scoped gets a child container for each request.
 * @throws BootError for what tsyringe would only show later, or never: a subclass with an injected constructor and no
 * `@injectable()`, a cycle, a token that nothing is registered for, a parameter without a class, a singleton that holds
 * something request-scoped
 */
export function planController(controller: ControllerClass): MakeController {
  const target = controller as unknown as Class
  const plan = planClass(target, [])
  if (has(plan, 'scoped')) return () => makeInScope(target)
  if (has(plan, 'deferred')) return () => ({ controller: container.resolve(target) as Controller })
  const make = compile(plan) as () => Controller
  return () => ({ controller: make() })
}

function makeInScope(target: Class): { controller: Controller; dispose: () => MaybePromise<void> } {
  const scope = container.createChildContainer()
  return { controller: scope.resolve(target) as Controller, dispose: () => scope.dispose() as MaybePromise<void> }
}

function planToken(token: unknown, path: readonly Class[], parameter: number): Plan {
  const owner = path.at(-1) as Class
  const where = `Parameter ${parameter + 1} of the constructor of ${owner.name}`
  if (token === Object || token === undefined || PRIMITIVES.has(token)) {
    throw new BootError(
      `${where} has no class to inject (its type is ${token === undefined ? 'undefined at run time' : `an interface, a union or a primitive`}).`,
      token === undefined
        ? 'import its class without "import type"; if two files import each other, break the circle.'
        : "name a token: constructor(@inject('Name') …), with container.register('Name', …).",
    )
  }
  if (typeof token === 'object' && token !== null) return planDescriptor(token as Descriptor, path, parameter)
  return planKnown(token as InjectionToken, path, where)
}

interface Descriptor {
  readonly token?: InjectionToken
  readonly multiple?: boolean
  readonly isOptional?: boolean
  readonly transform?: unknown
}

/** `@inject(token)` and its kin; a plain one is its token, the others are tsyringe's to work out. */
function planDescriptor(descriptor: Descriptor, path: readonly Class[], parameter: number): Plan {
  const { token, multiple, isOptional, transform } = descriptor
  const isPlain = token !== undefined && multiple !== true && isOptional !== true && transform === undefined
  if (isPlain && (typeof token !== 'object' || token === null)) return planToken(token, path, parameter)
  return { kind: 'deferred' }
}

function planKnown(token: InjectionToken, path: readonly Class[], where: string): Plan {
  const registration = registrations.get(token)
  if (registration === undefined) {
    if (typeof token === 'function') return planClass(token as Class, path)
    throw new BootError(
      `${where} asks for ${String(token)}, and nothing is registered for it.`,
      `call container.register(${JSON.stringify(String(token))}, …) in a file that config/application.ts or the controller imports.`,
    )
  }
  const { provider, options } = registration
  if ('useValue' in provider) return { kind: 'constant', value: () => provider.useValue }
  if (provider.useFactory !== undefined) return { kind: 'factory', token }
  const inner =
    provider.useClass === undefined
      ? planKnown(provider.useToken as InjectionToken, path, where)
      : planClass(provider.useClass, path)
  switch (options.lifecycle) {
    case Lifecycle.Singleton:
      if (has(inner, 'scoped')) throw captive(token, path)
      return { kind: 'constant', value: () => container.resolve(token) }
    case Lifecycle.Transient:
      return inner
    default:
      return { kind: 'scoped' }
  }
}

function planClass(target: Class, path: readonly Class[]): Plan {
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
  const name = typeof token === 'function' ? token.name : String(token)
  const wanted = path[0]?.name ?? name
  return new BootError(
    `${name} is a singleton and depends on something request-scoped: it would keep the first request's for ever (found from ${wanted}).`,
    `make ${name} @injectable() or @scoped(Lifecycle.ContainerScoped), or its dependency a singleton.`,
  )
}

function has(plan: Plan, kind: Plan['kind']): boolean {
  return (
    plan.kind === kind || (plan.kind === 'construct' && plan.dependencies.some((dependency) => has(dependency, kind)))
  )
}

/** A function that makes what a plan says; constants are resolved now. */
function compile(plan: Plan): () => unknown {
  switch (plan.kind) {
    case 'constant': {
      const value = plan.value()
      return () => value
    }
    case 'factory':
      return () => container.resolve(plan.token)
    case 'construct':
      return compileConstruct(plan.make, plan.dependencies)
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
