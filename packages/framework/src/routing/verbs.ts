// Why: single routes, one word for each HTTP method.
import type { ActionName, ControllerClass } from '../controller/action-name.js'
import type { Controller } from '../controller/controller.js'
import { BootError } from '../errors.js'
import { checkKnownKeys } from '../known-keys.js'
import { checkUsed } from './constraints.js'
import { camelCase, joinPath } from './naming.js'
import { parametersOf } from './pattern.js'
import {
  planRedirect,
  REDIRECT_ACTION,
  type RedirectRouteOptions,
  type RedirectTarget,
  redirectController,
} from './redirect.js'
import type { RouteMethod } from './resource-actions.js'
import { ROUTE_OPTION_NAMES, type RouteOptions } from './route-options.js'
import type { Endpoint, RouteTable } from './route-table.js'
import { type ResourceScope, type Scope, scopeOn, termsWithin } from './scope.js'

/** Rails' way to write that a route takes any format. */
const FORMAT_SUFFIX = /\(\.:format\)$/

/** The words for single routes. */
export abstract class VerbMapper {
  protected readonly table: RouteTable
  protected readonly surroundings: Scope

  constructor(table: RouteTable, surroundings: Scope) {
    this.table = table
    this.surroundings = surroundings
  }

  /** `GET /`, named `root`. */
  root<C extends Controller>(
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options: Omit<RouteOptions, 'on'> = {},
  ): void {
    this.add(['GET'], '/', controller, action, { as: 'root', ...options })
  }

  /** A GET route; it answers HEAD too. */
  get<C extends Controller>(
    path: string,
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options?: RouteOptions,
  ): void {
    this.add(['GET'], path, controller, action, options)
  }

  post<C extends Controller>(
    path: string,
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options?: RouteOptions,
  ): void {
    this.add(['POST'], path, controller, action, options)
  }

  put<C extends Controller>(
    path: string,
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options?: RouteOptions,
  ): void {
    this.add(['PUT'], path, controller, action, options)
  }

  patch<C extends Controller>(
    path: string,
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options?: RouteOptions,
  ): void {
    this.add(['PATCH'], path, controller, action, options)
  }

  delete<C extends Controller>(
    path: string,
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options?: RouteOptions,
  ): void {
    this.add(['DELETE'], path, controller, action, options)
  }

  /** In place of the framework's own answer to OPTIONS, which is 204 with `Allow`. */
  options<C extends Controller>(
    path: string,
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options?: RouteOptions,
  ): void {
    this.add(['OPTIONS'], path, controller, action, options)
  }

  /** One path, several methods, one action. */
  match<C extends Controller>(
    methods: readonly Lowercase<RouteMethod>[],
    path: string,
    controller: ControllerClass<C>,
    action: ActionName<C>,
    options?: RouteOptions,
  ): void {
    this.add(
      methods.map((method) => method.toUpperCase() as RouteMethod),
      path,
      controller,
      action,
      options,
    )
  }

  /**
   * A path that leads elsewhere: `r.redirect('/old/:id', '/new/:id')`, or a function of the parameters and the request. 301
   * unless `status` says otherwise; the query is not kept. Parameters are put in encoded.
   * @throws BootError for a path of another host without `allowOtherHost`, and for a parameter that the route lacks
   */
  redirect(path: string, target: string | RedirectTarget, options: RedirectRouteOptions = {}): void {
    const { status, allowOtherHost, ...others } = options
    this.record(['GET'], path, others, (names, title) => {
      const plan = planRedirect(target, options, names, title)
      return { controller: redirectController(plan), action: REDIRECT_ACTION, redirect: plan }
    })
  }

  protected add(
    methods: readonly RouteMethod[],
    path: string,
    controller: ControllerClass,
    action: string,
    options: RouteOptions = {},
  ): void {
    this.record(methods, path, options, () => ({ controller, action, redirect: undefined }))
  }

  /** Records a route once its path and terms are known. */
  private record(
    methods: readonly RouteMethod[],
    path: string,
    options: RouteOptions,
    endpointOf: (names: readonly string[], title: string) => Endpoint,
  ): void {
    const where = `the route ${path}`
    checkKnownKeys(options, ROUTE_OPTION_NAMES, `the options of ${where}`)
    const scope =
      options.on === undefined
        ? this.surroundings
        : scopeOn(this.surroundings, this.resourceScope(`get({ on: '${options.on}' })`), options.on)
    const bare = path.replace(FORMAT_SUFFIX, '')
    const implied = bare !== path && options.format === undefined ? { ...options, format: true } : options
    const { terms, own } = termsWithin(scope.terms, implied, where)
    const full = joinPath(scope.path, bare)
    const as =
      options.as ?? (scope.naming !== undefined && /^\/?[A-Za-z][\w-]*$/.test(bare) ? bare.replace('/', '') : undefined)
    const name = as === undefined ? undefined : (scope.naming?.(as) ?? camelCase(scope.prefix, as))
    const names = [...new Set([...parametersOf(full).map((one) => one.name), ...Object.keys(terms.defaults)])]
    const endpoint = endpointOf(names, `redirect('${path}')`)
    for (const method of methods) this.table.add({ method, path: full, name, ...endpoint }, terms)
    checkUsed(own, where)
  }

  /** The resource this is drawn in. @throws BootError when it is in none */
  protected resourceScope(word: string): ResourceScope {
    if (this.surroundings.member !== undefined) return this.surroundings.member
    throw new BootError(
      `r.${word} in config/routes.ts is not inside a resource.`,
      `call it in the function given to r.resources(name, controller, (r) => …).`,
    )
  }
}
