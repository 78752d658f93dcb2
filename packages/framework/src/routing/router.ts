// Why: from a request to a route. The only file that knows find-my-way, and the traps it has.
import FindMyWay from 'find-my-way'
import { MethodNotAllowed, Unmatched } from '../errors.js'
import type { HttpRequest } from '../http/request.js'
import { Candidate, Candidates, Lookup } from './candidate.js'
import { MOUNT_METHODS } from './mounts.js'
import { type Variant, variantsOf } from './pattern.js'
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
const FORM_METHODS = ['PATCH', 'PUT', 'DELETE'] as const

/** Marks what is below a mount: a glob that has no name, and may be empty. */
const MOUNT = ''

/** Longer than any path that node:http lets through (16 KiB of headers): parameters have no limit of their own. */
const NO_LIMIT = 65_536

/**
 * Not find-my-way's own constraints: its regular expressions lose their flags, and a group in one shifts all parameters; two
 * on one path are refused; and its hosts know nothing of trusted proxies. It asks ours, and goes on looking when they say no.
 */
const STRATEGY = 'candidates'

/** A suffix that a format could be, at the end of a path. */
const SUFFIX = /\.([A-Za-z0-9]{1,20})\/?$/

/**
 * Matches requests to routes: static segments before parameters before globs, whatever the order they are drawn in; of
 * routes with one path those with constraints first. `/posts/` is `/posts`, `/posts//` is nothing; a parameter is never empty.
 */
export class Router<Target> {
  readonly #methods: readonly string[]
  readonly #finder: Finder<Target>
  /** The routes that take a format, for paths without theirs; undefined when there are none. */
  readonly #formats: Finder<Target> | undefined

  constructor(
    routes: readonly Route[],
    targetOf: (route: Route) => Target,
    mounts: readonly MountPoint<Target>[] = [],
  ) {
    const targets = new Map(routes.map((route) => [route, targetOf(route)]))
    const drawn = routes.flatMap((route) =>
      variantsOf(route.path).map((variant) => ({ route, variant, target: targets.get(route) as Target })),
    )
    const withFormat = drawn.filter(({ route, variant }) => route.formats !== undefined && variant.path !== '/')
    this.#methods = [...new Set(routes.map(({ method }) => method))]
    this.#finder = new Finder(drawn, false)
    for (const mount of mounts) this.#finder.mount(mount)
    this.#formats = withFormat.length === 0 ? undefined : new Finder(withFormat, true)
  }

  /** Whether a form could mean another method than its POST: the path has a route for PATCH, PUT or DELETE. */
  overridable(path: string, request: HttpRequest): boolean {
    return FORM_METHODS.some((method) => this.#find(method, path, request)?.isMount === false)
  }

  /** All methods of all routes, for `OPTIONS *`. */
  get methods(): string[] {
    return withImplied(this.#methods)
  }

  /**
   * The route for a request, if there is one. HEAD is answered by GET's.
   * @param path as `pathOf` gives it: checked, without a query
   */
  match(method: string, path: string, request: HttpRequest): Match<Target> | undefined {
    return this.#find(method === 'HEAD' ? 'GET' : method, path, request)
  }

  /**
   * What a request is told that matches no route: that there is nothing, or MethodNotAllowed (with `Allow`) when the path has
   * routes for other methods. Without a stack, which would cost more than the answer and lead nowhere but here.
   */
  refusal(method: string, path: string, request: HttpRequest): Unmatched | MethodNotAllowed {
    const allowed = this.allowed(path, request)
    if (allowed.length === 0) return new Unmatched(`No route matches ${shortened(path)}.`)
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    try {
      return new MethodNotAllowed(method, allowed)
    } finally {
      Error.stackTraceLimit = stackTraceLimit
    }
  }

  /** The methods that a path answers to for such a request, for `Allow`; none when there is no such path. */
  allowed(path: string, request: HttpRequest): string[] {
    const own = this.#methods.filter((method) => this.#find(method, path, request) !== undefined)
    return own.length === 0 ? own : withImplied(own)
  }

  #find(method: string, path: string, request: HttpRequest): Found<Target> | undefined {
    // find-my-way would take the last slash for the one that may end a path, and the one before it for the path's own.
    if (path.charCodeAt(path.length - 1) === 47 && path.charCodeAt(path.length - 2) === 47) return undefined
    const found = this.#finder.find(method, path, request, undefined)
    if (this.#formats === undefined || found?.isStatic === true) return found
    const suffix = SUFFIX.exec(path)
    // `/posts/.json` is not `/posts`.
    if (suffix === null || path[suffix.index - 1] === '/') return found
    return this.#formats.find(method, path.slice(0, suffix.index), request, suffix[1]) ?? found
  }
}

interface Found<Target> extends Match<Target> {
  /** Whether the path was matched word for word. */
  readonly isStatic: boolean
  readonly isMount: boolean
}

/** What find-my-way keeps with a path: one route that is for every request, or several to be asked. All of one shape. */
interface Entry<Target> {
  readonly hasParams: boolean
  readonly candidates: Candidates<Target> | undefined
  /** Of the one route. */
  readonly target: Target | undefined
  readonly glob: string | undefined
  readonly defaults: Route['defaults']
}

interface Drawn<Target> {
  readonly route: Route
  readonly variant: Variant
  readonly target: Target
}

/** The paths of some routes in a tree. */
class Finder<Target> {
  readonly #tree = FindMyWay({
    ignoreTrailingSlash: true,
    maxParamLength: NO_LIMIT,
    constraints: { [STRATEGY]: strategy() as never },
  })
  #hasCandidates = false

  /** @param asks whether each route is asked, even where its path is all there is to it */
  constructor(drawn: readonly Drawn<Target>[], asks: boolean) {
    for (const group of groups(drawn).values()) this.#add(group, asks)
  }

  #add(group: readonly Drawn<Target>[], asks: boolean): void {
    const [{ route, variant, target }] = group as [Drawn<Target>]
    const { method, constraints, defaults } = route
    const path = variant.path.replace(/\*\w+$/, '*')
    const hasParams = variant.names.length > 0
    if (!asks && group.length === 1 && constraints === undefined) {
      const glob = /\*(\w+)$/.exec(variant.path)?.[1]
      const entry: Entry<Target> = { hasParams, candidates: undefined, target, glob, defaults }
      this.#tree.on(method, path, unused, entry)
      return
    }
    const candidates = new Candidates<Target>()
    for (const one of group) candidates.add(new Candidate(one.route, one.variant, one.target))
    this.#hasCandidates = true
    const entry: Entry<Target> = { hasParams, candidates, target: undefined, glob: undefined, defaults: undefined }
    this.#tree.on(method, path, { constraints: { [STRATEGY]: candidates } }, unused, entry)
  }

  /** Takes a path and all below it, by every method. */
  mount({ path, target }: MountPoint<Target>): void {
    const entry: Entry<Target> = { hasParams: true, candidates: undefined, target, glob: MOUNT, defaults: undefined }
    const patterns = path === '/' ? ['/*'] : [path, `${path}/*`]
    for (const pattern of patterns) this.#tree.on(MOUNT_METHODS as FindMyWay.HTTPMethod[], pattern, unused, entry)
  }

  find(method: string, path: string, request: HttpRequest, format: string | undefined): Found<Target> | undefined {
    const lookup = this.#hasCandidates ? new Lookup<Target>(path, request, format) : undefined
    const found = this.#tree.find(method as FindMyWay.HTTPMethod, path, lookup && { [STRATEGY]: lookup })
    if (found === null) return undefined
    const { hasParams, candidates, target, glob, defaults } = found.store as Entry<Target>
    const isStatic = !hasParams
    const isMount = glob === MOUNT
    if (candidates !== undefined) {
      const { candidate, values } = (lookup as Lookup<Target>).chosen as NonNullable<Lookup<Target>['chosen']>
      return { target: candidate.target, params: candidate.params(values, format), isStatic, isMount }
    }
    if (isStatic) return { target: target as Target, params: defaults, isStatic, isMount }
    const params = found.params as Record<string, string>
    for (const name in params) if (params[name] === '' && !(isMount && name === '*')) return undefined
    if (glob === undefined && defaults === undefined) return { target: target as Target, params, isStatic, isMount }
    return {
      target: target as Target,
      params: { ...defaults, ...(glob === undefined ? params : named(params, glob)) },
      isStatic,
      isMount,
    }
  }
}

/** Parameters with the glob under its own name; that of a mount has none. */
function named({ '*': rest, ...params }: Record<string, string>, glob: string): Record<string, string> {
  return glob === MOUNT ? params : { ...params, [glob]: rest as string }
}

/** What one path leads to, by method and path; the names of parameters make no difference. */
function groups<Target>(drawn: readonly Drawn<Target>[]): Map<string, Drawn<Target>[]> {
  const byPattern = new Map<string, Drawn<Target>[]>()
  for (const one of drawn) {
    const key = `${one.route.method} ${one.variant.shape}`
    const group = byPattern.get(key)
    if (group === undefined) byPattern.set(key, [one])
    else group.push(one)
  }
  return byPattern
}

/** Lets {@link Candidates} decide. find-my-way keeps bits, one for each handler; here a path has one handler only. */
function strategy() {
  const storage = () => {
    let candidates: Candidates<unknown> | undefined
    let bits = 0
    return {
      get: (asked: unknown) => (asked instanceof Lookup && candidates?.offer(asked) === true ? bits : 0),
      set(value: unknown, handlers: number) {
        candidates = value as Candidates<unknown>
        bits = handlers
      },
    }
  }
  return { name: STRATEGY, storage, deriveConstraint: () => undefined }
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
