// Why: the words in which routes are drawn. They only record data; the router matches and paths are built from it.
import { BootError } from '../errors.js'
import type { FetchApp, FetchHandler, MountHandler, NodeHandler } from '../http/handlers.js'
import { checkKnownKeys } from '../known-keys.js'
import { type Constraints, checkUsed, isRestricted } from './constraints.js'
import { checkedMount, type Mount, type MountOptions } from './mounts.js'
import { camelCase, joinPath } from './naming.js'
import { ResourceMapper } from './resources.js'
import {
  NAMESPACE_OPTION_NAMES,
  type NamespaceOptions,
  SCOPE_OPTION_NAMES,
  type ScopeOptions,
  SHARED_OPTION_NAMES,
  type SharedOptions,
} from './route-options.js'
import { type Route, RouteTable } from './route-table.js'
import { type Draw, OUTERMOST, pathNamesWithin, type Scope, type Shallow, termsWithin } from './scope.js'

/** The routes of an app, as `defineRoutes` made them. */
export interface Routes {
  readonly routes: readonly Route[]
  /** Default: none. */
  readonly mounts?: readonly Mount[]
}

/**
 * Draws the app's routes: the default export of config/routes.ts.
 * @param options what holds for all of them, such as `{ format: ['json'] }`
 * @throws BootError for a duplicate route or name, a bad path, a constraint that could take long, or an action that is none
 */
export function defineRoutes(draw: Draw, options: SharedOptions = {}): Routes {
  const table = new RouteTable()
  checkKnownKeys(options, SHARED_OPTION_NAMES, 'the options of defineRoutes')
  new RouteMapper(table, OUTERMOST).scope(options, draw)
  table.checkMounts()
  return { routes: table.routes, mounts: table.mounts }
}

/** Draws routes, in the words of Rails: those of single routes and resources, and those that surround others. */
export class RouteMapper extends ResourceMapper {
  /** Routes below `/name`, whose names begin with `name`. */
  namespace(name: string, draw: Draw): void
  namespace(name: string, options: NamespaceOptions, draw: Draw): void
  namespace(name: string, optionsOrDraw: NamespaceOptions | Draw, maybeDraw?: Draw): void {
    const [options, draw] =
      typeof optionsOrDraw === 'function' ? [{}, optionsOrDraw] : [optionsOrDraw, maybeDraw as Draw]
    const where = `namespace('${name}')`
    checkKnownKeys(options, NAMESPACE_OPTION_NAMES, where)
    const { path = name, as = name, ...others } = options
    this.#surround(where, path, { as, ...others }, draw)
  }

  /** Routes below a path, or under options alone; `as` puts a word in front of their names. */
  scope(path: string, draw: Draw): void
  scope(options: ScopeOptions, draw: Draw): void
  scope(path: string, options: ScopeOptions, draw: Draw): void
  scope(pathOrOptions: string | ScopeOptions, optionsOrDraw: ScopeOptions | Draw, maybeDraw?: Draw): void {
    const path = typeof pathOrOptions === 'string' ? pathOrOptions : ''
    const given = typeof optionsOrDraw === 'function' ? pathOrOptions : optionsOrDraw
    const options = typeof given === 'string' ? {} : given
    const draw = typeof optionsOrDraw === 'function' ? optionsOrDraw : (maybeDraw as Draw)
    const where = `scope('${path}')`
    checkKnownKeys(options, SCOPE_OPTION_NAMES, where)
    this.#surround(where, path, options, draw)
  }

  /**
   * Hands a path, and all below it, to a handler that is no controller: an Express app, a Bull board, a Hono app, a GraphQL
   * Yoga. A route of the app that is nearer to what was asked for comes first; at `/`, the handler gets what no route takes.
   * Only `guard` stands in front of it: no filter and no forgery protection but that controller's.
   */
  mount(path: string, handler: FetchApp | FetchHandler, options?: MountOptions): void
  mount(path: string, handler: NodeHandler, options?: MountOptions): void
  mount(path: string, handler: MountHandler, options: MountOptions = {}): void {
    const { path: outer, terms } = this.surroundings
    if (isRestricted(terms.restrictions)) {
      throw new BootError(
        `mount('${path}') stands inside constraints, which do not hold for mounted handlers.`,
        'mount it outside of them, and let a guard decide: { guard: SomeController }.',
      )
    }
    this.table.mount(checkedMount(joinPath(outer, path), handler, options))
  }

  /**
   * Routes for certain requests only: `r.constraints({ host: 'api.example.com' }, (r) => …)`, regular expressions for path
   * parameters, or a function of the request.
   */
  constraints(constraints: Constraints, draw: Draw): void {
    this.#surround('constraints()', '', { constraints }, draw)
  }

  /** Routes with parameters that no request can change: `r.defaults({ format: 'json' }, (r) => …)`. */
  defaults(defaults: Readonly<Record<string, string>>, draw: Draw): void {
    this.#surround('defaults()', '', { defaults }, draw)
  }

  /** Nested resources in here are shallow: only their collections have the paths of what they are nested in. */
  shallow(draw: Draw): void {
    this.#surround('shallow()', '', { shallow: true }, draw)
  }

  /** Routes that several places share, each a function that draws them: in place of calling these one by one. */
  concerns(...concerns: readonly Draw[]): void {
    for (const draw of concerns) draw(this)
  }

  #surround(where: string, path: string, options: ScopeOptions, draw: Draw): void {
    const outer = this.surroundings
    const { terms, own } = termsWithin(outer.terms, options, where)
    const changesPlace = path !== '' || options.as !== undefined
    const inner = {
      path: path === '' ? outer.path : joinPath(outer.path, path),
      prefix: camelCase(outer.prefix, options.as ?? ''),
    }
    this.within(
      {
        ...inner,
        terms,
        pathNames: pathNamesWithin(outer.pathNames, options, where),
        shallow: shallowWithin(outer, inner, options),
        // What only sets terms leaves r.member and r.collection where they are.
        member: changesPlace ? undefined : outer.member,
        naming: changesPlace ? undefined : outer.naming,
      },
      draw,
    )
    checkUsed(own, where)
  }

  protected override within(scope: Scope, draw: Draw): void {
    draw(new RouteMapper(this.table, scope))
  }
}

/** Outside of resources, the members of shallow ones are where their scope is. */
function shallowWithin({ shallow }: Scope, inner: Pick<Scope, 'path' | 'prefix'>, options: ScopeOptions): Shallow {
  const { path, prefix } = shallow.nested ? shallow : inner
  return {
    nested: shallow.nested,
    enabled: options.shallow ?? shallow.enabled,
    path: options.shallowPath === undefined ? path : joinPath(shallow.path, options.shallowPath),
    prefix: options.shallowPrefix === undefined ? prefix : camelCase(shallow.prefix, options.shallowPrefix),
  }
}
