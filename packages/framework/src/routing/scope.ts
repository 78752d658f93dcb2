// Why: what surrounds a route while it is drawn: the path and the names that the words around it put before its own, and
// what holds for all that is drawn inside.
import { checkKnownKeys } from '../known-keys.js'
import { type Restrictions, readConstraints, restrict, UNRESTRICTED } from './constraints.js'
import { camelCase } from './naming.js'
import {
  PATH_NAMES,
  type PathNames,
  type RouteOptions,
  readDefaults,
  readFormats,
  type ScopeOptions,
  type SharedOptions,
} from './route-options.js'
import type { RouteMapper } from './routes.js'

/** Draws routes with the mapper it is given. */
export type Draw = (r: RouteMapper) => void

/** What holds for a route by itself and by where it is drawn. */
export interface Terms {
  readonly restrictions: Restrictions
  readonly defaults: Readonly<Record<string, string>>
  readonly formats: true | readonly string[] | undefined
}

/** The surroundings in which a mapper draws. */
export interface Scope {
  readonly path: string
  /** What the names in here begin with, in camelCase. */
  readonly prefix: string
  readonly terms: Terms
  readonly pathNames: PathNames
  readonly shallow: Shallow
  /** Inside `resources` or `resource`: how its own additional routes are placed and named. */
  readonly member: ResourceScope | undefined
  /** Inside `member` and `collection`: how a route there is named. */
  readonly naming: ((as: string) => string) | undefined
}

/** Where the members of shallow resources are. */
export interface Shallow {
  readonly enabled: boolean
  readonly path: string
  readonly prefix: string
  /** Whether this is inside a resource: only there is anything to leave out. */
  readonly nested: boolean
}

/** The paths and names of a resource. */
export interface ResourceScope {
  readonly memberPath: string
  readonly collectionPath: string
  readonly newPath: string
  readonly memberName: string
  readonly collectionName: string
  /** For the page for a new one: where members are shallow, it is not. */
  readonly newName: string
  /** Its own constraints; nested routes have them under another name. */
  readonly restrictions: Restrictions
}

/** Outside everything. */
export const OUTERMOST: Scope = {
  path: '',
  prefix: '',
  terms: { restrictions: UNRESTRICTED, defaults: {}, formats: undefined },
  pathNames: {},
  shallow: { enabled: false, path: '', prefix: '', nested: false },
  member: undefined,
  naming: undefined,
}

/**
 * What holds inside, or for one route: its own options over those around it.
 * @returns the terms, and the restrictions that are new with them
 * @throws BootError for options that are none
 */
export function termsWithin(
  outer: Terms,
  options: SharedOptions,
  where: string,
): { readonly terms: Terms; readonly own: Restrictions } {
  const own = readConstraints(options.constraints, where)
  const terms: Terms = {
    restrictions: restrict(outer.restrictions, own),
    defaults:
      options.defaults === undefined ? outer.defaults : { ...outer.defaults, ...readDefaults(options.defaults, where) },
    formats: options.format === undefined ? outer.formats : readFormats(options.format, where),
  }
  return { terms, own }
}

/** The segments of `new` and `edit` inside. @throws BootError for one that is neither */
export function pathNamesWithin(
  outer: PathNames,
  { pathNames }: Pick<ScopeOptions, 'pathNames'>,
  where: string,
): PathNames {
  if (pathNames === undefined) return outer
  checkKnownKeys(pathNames, PATH_NAMES, `pathNames of ${where}`)
  return { ...outer, ...pathNames }
}

/** The surroundings of a route of the resource around it: that of a member, of the collection, or of the page for a new one. */
export function scopeOn(outer: Scope, place: ResourceScope, on: NonNullable<RouteOptions['on']>): Scope {
  const restrictions = restrict(place.restrictions, outer.terms.restrictions)
  const scope = { ...outer, prefix: '', member: undefined, terms: { ...outer.terms, restrictions } }
  if (on === 'member') return { ...scope, path: place.memberPath, naming: (as) => camelCase(as, place.memberName) }
  if (on === 'collection')
    return { ...scope, path: place.collectionPath, naming: (as) => camelCase(as, place.collectionName) }
  return { ...scope, path: place.newPath, naming: (as) => camelCase(as, 'new', place.newName) }
}
