// Why: the seven actions of a resource, as Rails has them, in one table that routes and types are both read from.
import type { ActionName, ControllerClass } from '../controller/action-name.js'
import type { Controller } from '../controller/controller.js'
import { BootError } from '../errors.js'
import { checkKnownKeys } from '../known-keys.js'
import type { PathNames, SharedOptions } from './route-options.js'
import type { Draw } from './scope.js'

/** An HTTP method that routes can have. */
export type RouteMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

interface ResourceAction {
  readonly methods: readonly RouteMethod[]
  /** Where below the resource's path: that of the collection, or that of one member. */
  readonly on: 'collection' | 'member'
  readonly suffix: '' | 'new' | 'edit'
}

/** In the order in which they are drawn and listed. */
export const RESOURCE_ACTIONS = {
  index: { methods: ['GET'], on: 'collection', suffix: '' },
  create: { methods: ['POST'], on: 'collection', suffix: '' },
  new: { methods: ['GET'], on: 'collection', suffix: 'new' },
  edit: { methods: ['GET'], on: 'member', suffix: 'edit' },
  show: { methods: ['GET'], on: 'member', suffix: '' },
  update: { methods: ['PATCH', 'PUT'], on: 'member', suffix: '' },
  destroy: { methods: ['DELETE'], on: 'member', suffix: '' },
} as const satisfies Record<string, ResourceAction>

/** One of the seven actions of `resources`. */
export type ResourceActionName = keyof typeof RESOURCE_ACTIONS
/** One of the six actions of a singular `resource`, which has no `index`. */
export type SingularActionName = Exclude<ResourceActionName, 'index'>

/** Which of its actions a resource has routes for. Without `only` or `except`: all of them. */
export interface ResourceOptions<Name extends ResourceActionName = ResourceActionName> extends SharedOptions {
  /** Only these. */
  readonly only?: readonly Name[]
  /** All but these. */
  readonly except?: readonly Name[]
  /** The path segment, where it is not the resource's name. */
  readonly path?: string
  /** The path parameter of a member. Default: `id`. */
  readonly param?: string
  /** The name for one member in route names and nested parameters, where the library's singular is not wanted. */
  readonly singular?: string
  /** The name for the collection in route names, where it is not the resource's; that for one member follows. */
  readonly as?: string
  /** The path segments of `new` and `edit`, here and inside: `{ new: 'neu' }`. */
  readonly pathNames?: PathNames
  /** Whether members of this resource (where it is nested) and of those inside have paths without what they are nested in. */
  readonly shallow?: boolean
  /** Routes that this resource shares with others, drawn inside it. */
  readonly concerns?: readonly Draw[]
}

/** Refuses misspelt options, which an inferred type would take with the rest. */
export type NoOther<Options> = { readonly [Name in Exclude<keyof Options, keyof ResourceOptions>]: never }

/** The actions that options leave a resource with. */
export type ChosenActions<Options, All extends ResourceActionName> = Options extends {
  readonly only: readonly (infer Only)[]
}
  ? Only & All
  : Options extends { readonly except: readonly (infer Except)[] }
    ? Exclude<All, Except>
    : All

/** Resolves to `unknown` when a controller has all the actions, else to a type that names those it lacks. */
export type MustHave<C extends Controller, Actions extends string> = [Exclude<Actions, ActionName<C>>] extends [never]
  ? unknown
  : { readonly 'This controller lacks the actions': Exclude<Actions, ActionName<C>> }

/** A controller class that has the actions a resource routes to. */
export type ResourceController<C extends Controller, Actions extends string> = ControllerClass<C> & MustHave<C, Actions>

/** The names of all options, held to the type by the compiler. */
const RESOURCE_OPTION_NAMES = Object.keys({
  only: true,
  except: true,
  path: true,
  param: true,
  singular: true,
  as: true,
  pathNames: true,
  shallow: true,
  concerns: true,
  constraints: true,
  defaults: true,
  format: true,
} satisfies Record<keyof ResourceOptions, true>)

/**
 * The actions that options leave a resource with.
 * @param where how an error names the resource, such as `resources('posts')`
 * @throws BootError for an unknown option, or an action that the resource cannot have
 */
export function chosenActions(
  all: readonly ResourceActionName[],
  options: ResourceOptions,
  where: string,
): ResourceActionName[] {
  checkKnownKeys(options, RESOURCE_OPTION_NAMES, where)
  for (const name of [...(options.only ?? []), ...(options.except ?? [])]) {
    if (all.includes(name)) continue
    throw new BootError(
      `${where} names the action ${JSON.stringify(name)}, which it cannot have.`,
      `choose from ${all.join(', ')}; others are routes of r.member or r.collection.`,
    )
  }
  return all.filter(
    (name) => (options.only === undefined || options.only.includes(name)) && options.except?.includes(name) !== true,
  )
}
