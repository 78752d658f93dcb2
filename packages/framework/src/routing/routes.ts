// Why: the words in which routes are drawn. They only record data; the router matches and paths are built from it.
import { pluralize, singularize } from 'inflection'
import type { ActionName, ControllerClass } from '../controller/action-name.js'
import type { Controller } from '../controller/controller.js'
import { BootError } from '../errors.js'
import type { FetchApp, FetchHandler, MountHandler, NodeHandler } from '../http/handlers.js'
import { checkKnownKeys } from '../known-keys.js'
import { checkedMount, type Mount, type MountOptions } from './mounts.js'
import { camelCase, joinPath } from './naming.js'
import {
  type ChosenActions,
  chosenActions,
  RESOURCE_ACTIONS,
  type ResourceActionName,
  type ResourceController,
  type ResourceOptions,
  type RouteMethod,
  type SingularActionName,
} from './resource-actions.js'
import { type Route, RouteTable } from './route-table.js'

/** The routes of an app, as `defineRoutes` made them. */
export interface Routes {
  readonly routes: readonly Route[]
  /** Default: none. */
  readonly mounts?: readonly Mount[]
}

/** Options of a single route. */
export interface RouteOptions {
  /** The route's name for `pathTo`. A namespace or resource around it puts its own in front or behind. */
  readonly as?: string
}

const ROUTE_OPTION_NAMES = Object.keys({ as: true } satisfies Record<keyof RouteOptions, true>)

type Draw = (r: RouteMapper) => void

/**
 * Draws the app's routes: the default export of config/routes.ts.
 * @throws BootError for a duplicate route or name, a bad path, or an action that is none
 */
export function defineRoutes(draw: Draw): Routes {
  const table = new RouteTable()
  draw(new RouteMapper(table, { path: '', prefix: '', member: undefined }))
  table.checkMounts()
  return { routes: table.routes, mounts: table.mounts }
}

interface Scope {
  readonly path: string
  /** What the names in here begin with, in camelCase. */
  readonly prefix: string
  /** Inside `resources` or `resource`: how its own additional routes are placed and named. */
  readonly member: ResourceScope | undefined
}

interface ResourceScope {
  readonly memberPath: string
  readonly collectionPath: string
  readonly memberName: string
  readonly collectionName: string
}

/** Draws routes, in the words of Rails. */
export class RouteMapper {
  readonly #table: RouteTable
  readonly #scope: Scope
  readonly #naming: ((as: string) => string) | undefined

  /** Internal: use {@link defineRoutes}. */
  constructor(table: RouteTable, scope: Scope, naming?: (as: string) => string) {
    this.#table = table
    this.#scope = scope
    this.#naming = naming
  }

  /** `GET /`, named `root`. */
  root<C extends Controller>(controller: ControllerClass<C>, action: ActionName<C>): void {
    this.#add(['GET'], '/', controller, action, { as: 'root' })
  }

  /** A GET route; it answers HEAD too. */
  get<C extends Controller>(
    path: string,
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options?: RouteOptions,
  ): void {
    this.#add(['GET'], path, controller, action, options)
  }

  post<C extends Controller>(
    path: string,
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options?: RouteOptions,
  ): void {
    this.#add(['POST'], path, controller, action, options)
  }

  put<C extends Controller>(
    path: string,
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options?: RouteOptions,
  ): void {
    this.#add(['PUT'], path, controller, action, options)
  }

  patch<C extends Controller>(
    path: string,
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options?: RouteOptions,
  ): void {
    this.#add(['PATCH'], path, controller, action, options)
  }

  delete<C extends Controller>(
    path: string,
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options?: RouteOptions,
  ): void {
    this.#add(['DELETE'], path, controller, action, options)
  }

  /** In place of the framework's own answer to OPTIONS, which is 204 with `Allow`. */
  options<C extends Controller>(
    path: string,
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options?: RouteOptions,
  ): void {
    this.#add(['OPTIONS'], path, controller, action, options)
  }

  /** One path, several methods, one action. */
  match<C extends Controller>(
    methods: readonly Lowercase<RouteMethod>[],
    path: string,
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options?: RouteOptions,
  ): void {
    this.#add(
      methods.map((method) => method.toUpperCase() as RouteMethod),
      path,
      controller,
      action,
      options,
    )
  }

  /**
   * Hands a path, and all below it, to a handler that is no controller: an Express app, a Bull board, a Hono app, a GraphQL
   * Yoga. A route of the app that is nearer to what was asked for comes first; at `/`, the handler gets what no route takes.
   * Only `guard` stands in front of it: no filter and no forgery protection but that controller's.
   */
  mount(path: string, handler: FetchApp | FetchHandler, options?: MountOptions): void
  mount(path: string, handler: NodeHandler, options?: MountOptions): void
  mount(path: string, handler: MountHandler, options: MountOptions = {}): void {
    this.#table.mount(checkedMount(joinPath(this.#scope.path, path), handler, options))
  }

  /**
   * The seven routes of a collection: index, create, new, edit, show, update (PATCH and PUT), destroy. Names, for `posts`:
   * `posts`, `newPost`, `editPost`, `post`. Routes drawn inside are nested below a member: `/posts/:postId/…`.
   */
  resources<C extends Controller>(
    name: string,
    controller: ResourceController<C, ResourceActionName>,
    nested: Draw,
  ): void
  resources<C extends Controller, const O extends ResourceOptions = Record<never, never>>(
    name: string,
    controller: ResourceController<C, ChosenActions<O, ResourceActionName>>,
    options?: O,
    nested?: Draw,
  ): void
  resources(
    name: string,
    controller: ControllerClass,
    optionsOrNested?: ResourceOptions | Draw,
    maybeNested?: Draw,
  ): void {
    const [options, nested] = split(optionsOrNested, maybeNested)
    const singular = options.singular ?? singularize(name)
    const collection = singular === name && pluralize(name) === name ? `${name}Index` : name
    const param = options.param ?? 'id'
    const path = joinPath(this.#scope.path, options.path ?? name)
    const place: ResourceScope = {
      collectionPath: path,
      memberPath: `${path}/:${param}`,
      collectionName: camelCase(this.#scope.prefix, collection),
      memberName: camelCase(this.#scope.prefix, singular),
    }
    const all = Object.keys(RESOURCE_ACTIONS) as ResourceActionName[]
    this.#drawResource(place, chosenActions(all, options, `resources('${name}')`), controller)
    this.#nest(nested, place, `${path}/:${camelCase(singular, param)}`)
  }

  /** The six routes of a thing there is one of, without an id in the path: create, new, edit, show, update, destroy. */
  resource<C extends Controller>(
    name: string,
    controller: ResourceController<C, SingularActionName>,
    nested: Draw,
  ): void
  resource<C extends Controller, const O extends ResourceOptions<SingularActionName> = Record<never, never>>(
    name: string,
    controller: ResourceController<C, ChosenActions<O, SingularActionName>>,
    options?: O,
    nested?: Draw,
  ): void
  resource(
    name: string,
    controller: ControllerClass,
    optionsOrNested?: ResourceOptions | Draw,
    maybeNested?: Draw,
  ): void {
    const [options, nested] = split(optionsOrNested, maybeNested)
    const path = joinPath(this.#scope.path, options.path ?? name)
    const own = camelCase(this.#scope.prefix, name)
    const place: ResourceScope = { collectionPath: path, memberPath: path, collectionName: own, memberName: own }
    const all = Object.keys(RESOURCE_ACTIONS).filter((action) => action !== 'index') as ResourceActionName[]
    this.#drawResource(place, chosenActions(all, options, `resource('${name}')`), controller)
    this.#nest(nested, place, path)
  }

  /** Routes below `/name`, whose names begin with `name`. */
  namespace(name: string, draw: Draw): void {
    this.scope(name, { as: name }, draw)
  }

  /** Routes below a path; `as` puts a word in front of their names. */
  scope(path: string, draw: Draw): void
  scope(path: string, options: RouteOptions, draw: Draw): void
  scope(path: string, optionsOrDraw: RouteOptions | Draw, maybeDraw?: Draw): void {
    const draw = typeof optionsOrDraw === 'function' ? optionsOrDraw : (maybeDraw as Draw)
    const options = typeof optionsOrDraw === 'function' ? {} : optionsOrDraw
    checkKnownKeys(options, ROUTE_OPTION_NAMES, `scope('${path}')`)
    const scope = {
      path: joinPath(this.#scope.path, path),
      prefix: camelCase(this.#scope.prefix, options.as ?? ''),
      member: undefined,
    }
    draw(new RouteMapper(this.#table, scope))
  }

  /** Inside `resources`: routes of one member, such as `POST /posts/:id/publish`, named `publishPost`. */
  member(draw: Draw): void {
    const place = this.#resourceScope('member')
    this.#drawAt(place.memberPath, (as) => camelCase(as, place.memberName), draw)
  }

  /** Inside `resources`: routes of the whole collection, such as `GET /posts/search`, named `searchPosts`. */
  collection(draw: Draw): void {
    const place = this.#resourceScope('collection')
    this.#drawAt(place.collectionPath, (as) => camelCase(as, place.collectionName), draw)
  }

  #resourceScope(word: string): ResourceScope {
    if (this.#scope.member !== undefined) return this.#scope.member
    throw new BootError(
      `r.${word}() in config/routes.ts is not inside a resource.`,
      `call it in the function given to r.resources(name, controller, (r) => …).`,
    )
  }

  #drawAt(path: string, naming: (as: string) => string, draw: Draw): void {
    draw(new RouteMapper(this.#table, { path, prefix: '', member: undefined }, naming))
  }

  #drawResource(place: ResourceScope, actions: readonly ResourceActionName[], controller: ControllerClass): void {
    for (const action of actions) {
      const { methods, on, suffix } = RESOURCE_ACTIONS[action]
      const base = on === 'member' ? place.memberPath : place.collectionPath
      const name = on === 'member' || suffix !== '' ? place.memberName : place.collectionName
      for (const method of methods) {
        this.#table.add({ method, path: base + suffix, controller, action, name: camelCase(suffix.slice(1), name) })
      }
    }
  }

  #nest(nested: Draw | undefined, place: ResourceScope, path: string): void {
    nested?.(new RouteMapper(this.#table, { path, prefix: place.memberName, member: place }))
  }

  #add(
    methods: readonly RouteMethod[],
    path: string,
    controller: ControllerClass,
    action: string,
    options: RouteOptions = {},
  ): void {
    checkKnownKeys(options, ROUTE_OPTION_NAMES, `the options of the route ${path}`)
    const as =
      options.as ?? (this.#naming !== undefined && /^\/?[A-Za-z][\w-]*$/.test(path) ? path.replace('/', '') : undefined)
    const name = as === undefined ? undefined : (this.#naming?.(as) ?? camelCase(this.#scope.prefix, as))
    for (const method of methods) {
      this.#table.add({ method, path: joinPath(this.#scope.path, path), controller, action, name })
    }
  }
}

function split(
  optionsOrNested: ResourceOptions | Draw | undefined,
  nested: Draw | undefined,
): [ResourceOptions, Draw | undefined] {
  return typeof optionsOrNested === 'function' ? [{}, optionsOrNested] : [optionsOrNested ?? {}, nested]
}
