// Why: two routes that mean the same, or share a name, are a mistake that shows only when the wrong one answers; refused here.
import type { ControllerClass } from '../controller/action-name.js'
import { BootError } from '../errors.js'
import { checkAction } from './actions.js'
import type { Mount } from './mounts.js'
import type { RouteMethod } from './resource-actions.js'

/** One route: what it answers to and who answers. */
export interface Route {
  readonly method: RouteMethod
  /** A pattern such as `/posts/:id`, or one that ends in a glob, `/files/*path`. */
  readonly path: string
  readonly controller: ControllerClass
  readonly action: string
  /** For `pathTo`; several methods of one path share it. */
  readonly name: string | undefined
}

const SEGMENT = /^(?:[\w\-.~!$&'+,;=@]+|:[A-Za-z_]\w*|\*[A-Za-z_]\w*)$/

/** Collects routes and refuses what contradicts an earlier one. */
export class RouteTable {
  readonly routes: Route[] = []
  readonly mounts: Mount[] = []
  readonly #byPattern = new Map<string, Route>()
  readonly #pathsByName = new Map<string, Route>()

  add(route: Route): void {
    const title = `${route.method} ${route.path}`
    checkPattern(route.path, title)
    checkAction(route.controller, route.action, title)
    const pattern = `${route.method} ${generic(route.path)}`
    const twin = this.#byPattern.get(pattern)
    if (twin !== undefined) {
      throw new BootError(
        `Duplicate route: ${title} → ${target(route)} matches what ${twin.method} ${twin.path} → ${target(twin)} matches already.`,
        'remove one of the two from config/routes.ts, or give it another path.',
      )
    }
    this.#byPattern.set(pattern, route)
    this.#checkName(route, title)
    this.routes.push(route)
  }

  mount(mount: Mount): void {
    checkPattern(mount.path, `mount('${mount.path}')`)
    this.mounts.push(mount)
  }

  /** When all is drawn. A mount answers its path and all below by any method; what says the same contradicts it. */
  checkMounts(): void {
    const seen = new Set<string>()
    for (const { path } of this.mounts) {
      const own = generic(path)
      const rest = `${own === '/' ? '' : own}/*`
      const twin = this.routes.find((route) => [own === '/' ? rest : own, rest].includes(generic(route.path)))
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

/** A pattern without the names of its parameters: what it matches depends on the rest alone. */
function generic(path: string): string {
  return path.replace(/:\w+/g, ':').replace(/\*\w+/, '*')
}

function checkPattern(path: string, title: string): void {
  if (path === '/') return
  const segments = path.slice(1).split('/')
  const names = segments.filter((segment) => /^[:*]/.test(segment)).map((segment) => segment.slice(1))
  const glob = segments.findIndex((segment) => segment.startsWith('*'))
  const bad = segments.find((segment) => !SEGMENT.test(segment))
  const refuse = (problem: string, fix: string) => {
    throw new BootError(`The route ${title} ${problem}.`, fix)
  }
  if (bad !== undefined)
    refuse(`has the segment ${JSON.stringify(bad)}`, 'a segment is plain text, :name, or at the end *name.')
  if (glob !== -1 && glob !== segments.length - 1) refuse('has a glob before its end', 'put *name last.')
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    refuse(
      `names the parameter ${twice} twice`,
      'give each parameter a name of its own; see the option param of resources.',
    )
}

function target(route: Route): string {
  return `${route.controller.name}#${route.action}`
}
