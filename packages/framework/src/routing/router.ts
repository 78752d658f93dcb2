// Why: from a method and a path to a route. The only file that knows find-my-way, and the traps it has.
import FindMyWay from 'find-my-way'
import { MethodNotAllowed, NotFound } from '../errors.js'
import { MOUNT_METHODS } from './mounts.js'
import type { Route } from './route-table.js'

/** A route that matched, with what was made of it at boot, and its parameters, decoded. */
export interface Match<Target> {
  readonly target: Target
  readonly params: Readonly<Record<string, string>> | undefined
}

/** Where a handler is mounted, with what was made of it at boot. */
export interface MountPoint<Target> {
  readonly path: string
  readonly target: Target
}

/** The methods that a form can ask for in place of its POST. */
export const FORM_METHODS = ['PATCH', 'PUT', 'DELETE'] as const

/** Marks what is below a mount: a glob that has no name, and may be empty. */
const MOUNT = ''

/** Longer than any path that node:http lets through (16 KiB of headers): parameters have no limit of their own. */
const NO_LIMIT = 65_536

/**
 * Matches requests to routes: static segments before parameters before globs, whatever the order they are drawn in.
 * `/posts/` is `/posts`; a parameter is never empty.
 */
export class Router<Target> {
  readonly #finder = FindMyWay({ ignoreTrailingSlash: true, maxParamLength: NO_LIMIT })
  readonly #methods: readonly string[]

  constructor(
    routes: readonly Route[],
    targetOf: (route: Route) => Target,
    mounts: readonly MountPoint<Target>[] = [],
  ) {
    const methods = new Set<string>()
    for (const route of routes) {
      const target = targetOf(route)
      const glob = /\*(\w+)$/.exec(route.path)?.[1]
      const entry: Entry<Target> = { target, glob, hasParams: /[:*]/.test(route.path) }
      this.#finder.on(route.method, route.path.replace(/\*\w+$/, '*'), unused, entry)
      methods.add(route.method)
    }
    this.#methods = [...methods]
    for (const { path, target } of mounts) {
      const entry: Entry<Target> = { target, glob: MOUNT, hasParams: true }
      const paths = path === '/' ? ['/*'] : [path, `${path}/*`]
      for (const pattern of paths) this.#finder.on(MOUNT_METHODS as FindMyWay.HTTPMethod[], pattern, unused, entry)
    }
  }

  /** Whether a form could mean another method than its POST: the path has a route for PATCH, PUT or DELETE. */
  overridable(path: string): boolean {
    return FORM_METHODS.some((method) => {
      const found = this.#find(method, path) && this.#finder.find(method, path)
      return found && (found.store as Entry<Target>).glob !== MOUNT
    })
  }

  /** All methods of all routes, for `OPTIONS *`. */
  get methods(): string[] {
    return withImplied(this.#methods)
  }

  /**
   * The route for a request. HEAD is answered by GET's.
   * @param path as `pathOf` gives it: checked, without a query
   * @throws NotFound, or MethodNotAllowed (with `Allow`) when the path has routes for other methods only
   */
  match(method: string, path: string): Match<Target> {
    const match = this.#find(method === 'HEAD' ? 'GET' : method, path)
    if (match !== undefined) return match
    const allowed = this.allowed(path)
    throw allowed.length === 0
      ? new NotFound(`No route matches ${shortened(path)}.`)
      : new MethodNotAllowed(method, allowed)
  }

  /** The methods that a path answers to, for `Allow`; none when there is no such path. */
  allowed(path: string): string[] {
    const own = this.#methods.filter((method) => this.#find(method, path) !== undefined)
    return own.length === 0 ? own : withImplied(own)
  }

  #find(method: string, path: string): Match<Target> | undefined {
    // find-my-way would take the second slash for one that ends the path, and answer as the root.
    if (path === '//') return undefined
    const found = this.#finder.find(method as FindMyWay.HTTPMethod, path)
    if (found === null) return undefined
    const { target, glob, hasParams } = found.store as Entry<Target>
    if (!hasParams) return { target, params: undefined }
    const params = found.params as Record<string, string>
    const isMount = glob === MOUNT
    for (const name in params) if (params[name] === '' && !(isMount && name === '*')) return undefined
    if (glob === undefined) return { target, params }
    const { '*': rest, ...named } = params
    return { target, params: isMount ? named : { ...named, [glob]: rest as string } }
  }
}

interface Entry<Target> {
  readonly target: Target
  readonly glob: string | undefined
  readonly hasParams: boolean
}

/** With those that are answered wherever others are. */
function withImplied(methods: readonly string[]): string[] {
  const added = methods.includes('GET') ? ['HEAD', 'OPTIONS'] : ['OPTIONS']
  return [...new Set([...methods, ...added])].sort()
}

function shortened(path: string): string {
  return path.length > 100 ? `${path.slice(0, 100)}…` : path
}

function unused(): void {
  // find-my-way wants a handler; the route's target is in its store.
}
