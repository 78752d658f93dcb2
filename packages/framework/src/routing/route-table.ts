// Why: two routes that mean the same, or share a name, are a mistake that shows only when the wrong one answers; refused here.
import type { ControllerClass } from '../controller/action-name.js'
import { BootError } from '../errors.js'
import { checkAction } from './actions.js'
import { constraintsFor, type RouteConstraints } from './constraints.js'
import type { Mount } from './mounts.js'
import { checkPattern, parametersOf, type Variant, variantsOf } from './pattern.js'
import type { RedirectPlan } from './redirect.js'
import type { RouteMethod } from './resource-actions.js'
import type { Terms } from './scope.js'

/** Who answers at a route. */
export interface Endpoint {
  readonly controller: ControllerClass
  readonly action: string
  /** For a route that only leads elsewhere: where. Its controller is the framework's. */
  readonly redirect: RedirectPlan | undefined
}

/** One route: what it answers to and who answers. */
export interface Route extends Endpoint {
  readonly method: RouteMethod
  /** A pattern such as `/posts/:id`, one that ends in a glob, `/files/*path`, or one with an optional part, `/posts(/:year)`. */
  readonly path: string
  /** For `pathTo`; several methods of one path share it. */
  readonly name: string | undefined
  /** Which requests it is for, beyond method and path; undefined for all. */
  readonly constraints: RouteConstraints | undefined
  /** Parameters that are set where the path does not; undefined for none. */
  readonly defaults: Readonly<Record<string, string>> | undefined
  /** Which suffixes the path takes: any with `true`; undefined for none. */
  readonly formats: true | readonly string[] | undefined
}

/** A route as it is drawn, before what surrounds it is known to hold for it. */
export type DrawnRoute = Omit<Route, 'constraints' | 'defaults' | 'formats'>

/** Collects routes and refuses what contradicts an earlier one. */
export class RouteTable {
  readonly routes: Route[] = []
  readonly mounts: Mount[] = []
  readonly #byPattern = new Map<string, Route>()
  readonly #pathsByName = new Map<string, Route>()
  readonly #functions = new Map<unknown, number>()

  /** @throws BootError for a bad path, an action that is none, or a route or name that there is already */
  add(drawn: DrawnRoute, { restrictions, defaults, formats }: Terms): void {
    const title = `${drawn.method} ${drawn.path}`
    checkPattern(drawn.path, title)
    checkAction(drawn.controller, drawn.action, title)
    const names = parametersOf(drawn.path).map(({ name }) => name)
    const route: Route = {
      ...drawn,
      constraints: constraintsFor(restrictions, names),
      defaults: Object.keys(defaults).length === 0 ? undefined : defaults,
      formats: drawn.path === '/' ? undefined : formats,
    }
    for (const variant of variantsOf(route.path)) this.#checkPattern(route, variant, title)
    this.#checkName(route, title)
    this.routes.push(route)
  }

  #checkPattern(route: Route, variant: Variant, title: string): void {
    const pattern = `${route.method} ${variant.shape} ${this.#keyOf(route.constraints, variant)}`
    const twin = this.#byPattern.get(pattern)
    if (twin !== undefined) {
      throw new BootError(
        `Duplicate route: ${title} → ${target(route)} matches what ${twin.method} ${twin.path} → ${target(twin)} matches already.`,
        'remove one of the two from config/routes.ts, or give it another path or other constraints.',
      )
    }
    this.#byPattern.set(pattern, route)
  }

  /** The same for constraints that let the same requests through; parameters count by their place, not by their name. */
  #keyOf(constraints: RouteConstraints | undefined, { names }: Variant): string {
    if (constraints === undefined) return ''
    const { host, parameters, requests } = constraints
    const patterns = names.map((name) => (Object.hasOwn(parameters, name) ? String(parameters[name]) : ''))
    if (host === undefined && requests.length === 0 && patterns.every((pattern) => pattern === '')) return ''
    return JSON.stringify([
      host === undefined ? null : String(host),
      patterns,
      requests.map((one) => this.#numberOf(one)),
    ])
  }

  #numberOf(constraint: unknown): number {
    const known = this.#functions.get(constraint) ?? this.#functions.size
    this.#functions.set(constraint, known)
    return known
  }

  mount(mount: Mount): void {
    checkPattern(mount.path, `mount('${mount.path}')`)
    this.mounts.push(mount)
  }

  /** When all is drawn. A mount answers its path and all below by any method; what says the same contradicts it. */
  checkMounts(): void {
    const seen = new Set<string>()
    for (const { path } of this.mounts) {
      const own = shapeOf(path)
      const rest = `${own === '/' ? '' : own}/*`
      const taken = own === '/' ? [rest] : [own, rest]
      const twin = this.routes.find(
        (route) => route.constraints === undefined && variantsOf(route.path).some(({ shape }) => taken.includes(shape)),
      )
      if (twin === undefined && !seen.has(own)) seen.add(own)
      else {
        const other = twin === undefined ? 'another mount' : `${twin.method} ${twin.path} → ${target(twin)}`
        throw new BootError(
          `mount('${path}') answers what ${other} answers already.`,
          'remove one of the two from config/routes.ts, or give it another path.',
        )
      }
    }
  }

  #checkName(route: Route, title: string): void {
    if (route.name === undefined) return
    const namesake = this.#pathsByName.get(route.name)
    if (namesake !== undefined && namesake.path !== route.path) {
      throw new BootError(
        `Duplicate route name: ${JSON.stringify(route.name)} is ${title} → ${target(route)} and already ${namesake.method} ${namesake.path} → ${target(namesake)}.`,
        "give one of the two another name with { as: '…' } in config/routes.ts.",
      )
    }
    this.#pathsByName.set(route.name, route)
  }
}

/** A path without the names of its parameters: what it matches depends on the rest alone. */
function shapeOf(path: string): string {
  return (variantsOf(path)[0] as Variant).shape
}

function target(route: Route): string {
  return `${route.controller.name}#${route.action}`
}
