// Why: resources, from which Rails' seven routes follow, and what is drawn inside them.
import { pluralize, singularize } from 'inflection'
import type { ControllerClass } from '../controller/action-name.js'
import type { Controller } from '../controller/controller.js'
import { checkUsed, type Restrictions, renamed, restrict } from './constraints.js'
import { camelCase, joinPath } from './naming.js'
import {
  type ChosenActions,
  chosenActions,
  type NoOther,
  RESOURCE_ACTIONS,
  type ResourceActionName,
  type ResourceController,
  type ResourceOptions,
  type SingularActionName,
} from './resource-actions.js'
import type { PathNames } from './route-options.js'
import {
  type Draw,
  pathNamesWithin,
  type ResourceScope,
  type Scope,
  type Shallow,
  scopeOn,
  type Terms,
  termsWithin,
} from './scope.js'
import { VerbMapper } from './verbs.js'

/** The words for resources. */
export abstract class ResourceMapper extends VerbMapper {
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
    options?: O & NoOther<O>,
    nested?: Draw,
  ): void
  resources(
    name: string,
    controller: ControllerClass,
    optionsOrNested?: ResourceOptions | Draw,
    maybeNested?: Draw,
  ): void {
    const [options, nested] = split(optionsOrNested, maybeNested)
    const called = options.as ?? name
    const singular = options.singular ?? singularize(called)
    const collection = singular === called && pluralize(called) === called ? `${called}Index` : called
    const param = options.param ?? 'id'
    const { prefix } = this.surroundings
    const path = joinPath(this.surroundings.path, options.path ?? name)
    const shallow = this.#shallowWith(options)
    const isShort = shallow.enabled && shallow.nested
    const own = isShort ? joinPath(shallow.path, options.path ?? name) : path
    const plan = this.#plan(
      `resources('${name}')`,
      Object.keys(RESOURCE_ACTIONS) as ResourceActionName[],
      options,
      shallow,
    )
    const place: ResourceScope = {
      collectionPath: path,
      newPath: joinPath(path, plan.pathNames.new ?? 'new'),
      memberPath: `${own}/:${param}`,
      collectionName: camelCase(prefix, collection),
      newName: camelCase(prefix, singular),
      restrictions: plan.own,
      memberName: camelCase(isShort ? shallow.prefix : prefix, singular),
    }
    const nestedParam = camelCase(singular, param)
    this.#drawResource(place, plan, controller, `${own}/:${nestedParam}`, [param, nestedParam], nested)
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
    options?: O & NoOther<O>,
    nested?: Draw,
  ): void
  resource(
    name: string,
    controller: ControllerClass,
    optionsOrNested?: ResourceOptions | Draw,
    maybeNested?: Draw,
  ): void {
    const [options, nested] = split(optionsOrNested, maybeNested)
    const path = joinPath(this.surroundings.path, options.path ?? name)
    const own = camelCase(this.surroundings.prefix, options.as ?? name)
    const all = Object.keys(RESOURCE_ACTIONS).filter((action) => action !== 'index') as ResourceActionName[]
    const plan = this.#plan(`resource('${name}')`, all, options, this.#shallowWith(options))
    const place: ResourceScope = {
      collectionPath: path,
      newPath: joinPath(path, plan.pathNames.new ?? 'new'),
      memberPath: path,
      collectionName: own,
      newName: own,
      restrictions: plan.own,
      memberName: own,
    }
    this.#drawResource(place, plan, controller, path, undefined, nested)
  }

  /** Inside `resources`: routes of one member, such as `POST /posts/:id/publish`, named `publishPost`. */
  member(draw: Draw): void {
    this.within(scopeOn(this.surroundings, this.resourceScope('member()'), 'member'), draw)
  }

  /** Inside `resources`: routes of the whole collection, such as `GET /posts/search`, named `searchPosts`. */
  collection(draw: Draw): void {
    this.within(scopeOn(this.surroundings, this.resourceScope('collection()'), 'collection'), draw)
  }

  #shallowWith({ shallow }: ResourceOptions): Shallow {
    return shallow === undefined ? this.surroundings.shallow : { ...this.surroundings.shallow, enabled: shallow }
  }

  #plan(where: string, all: readonly ResourceActionName[], options: ResourceOptions, shallow: Shallow): ResourcePlan {
    const actions = chosenActions(all, options, where)
    const pathNames = pathNamesWithin(this.surroundings.pathNames, options, where)
    const concerns = options.concerns ?? []
    return { where, actions, pathNames, concerns, shallow, ...termsWithin(this.surroundings.terms, options, where) }
  }

  /** @param renames the parameter of a member, and its name in the routes nested below */
  #drawResource(
    place: ResourceScope,
    plan: ResourcePlan,
    controller: ControllerClass,
    nestedPath: string,
    renames: readonly [string, string] | undefined,
    nested: Draw | undefined,
  ): void {
    const { terms, own, pathNames, shallow } = plan
    for (const action of plan.actions) {
      const { methods, on, suffix } = RESOURCE_ACTIONS[action]
      const base = on === 'member' ? place.memberPath : place.collectionPath
      const path = suffix === 'new' ? place.newPath : suffix === '' ? base : joinPath(base, pathNames.edit ?? suffix)
      const word = on === 'member' ? place.memberName : suffix === '' ? place.collectionName : place.newName
      const name = camelCase(suffix, word)
      for (const method of methods)
        this.table.add({ method, path, controller, action, name, redirect: undefined }, terms)
    }
    const inner = restrict(this.surroundings.terms.restrictions, renames === undefined ? own : renamed(own, ...renames))
    const scope: Scope = {
      path: nestedPath,
      prefix: place.memberName,
      terms: { ...terms, restrictions: inner },
      pathNames,
      shallow: { ...shallow, nested: true },
      member: place,
      naming: undefined,
    }
    for (const draw of [...plan.concerns, ...(nested === undefined ? [] : [nested])]) this.within(scope, draw)
    checkUsed(own, plan.where)
  }

  /** Draws in other surroundings. */
  protected abstract within(scope: Scope, draw: Draw): void
}

/** What a resource's options come to. */
interface ResourcePlan {
  readonly where: string
  readonly actions: readonly ResourceActionName[]
  readonly pathNames: PathNames
  readonly concerns: readonly Draw[]
  readonly shallow: Shallow
  readonly terms: Terms
  readonly own: Restrictions
}

function split(
  optionsOrNested: ResourceOptions | Draw | undefined,
  nested: Draw | undefined,
): [ResourceOptions, Draw | undefined] {
  return typeof optionsOrNested === 'function' ? [{}, optionsOrNested] : [optionsOrNested ?? {}, nested]
}
