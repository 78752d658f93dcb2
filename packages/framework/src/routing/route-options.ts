// Why: what can be said about one route, and about all within a scope, in one place; what is misspelt is refused.
import { BootError } from '../errors.js'
import type { Constraints } from './constraints.js'

/**
 * Which suffixes a path takes, as in `/posts.json`, found in `params.format`: these, or with `true` any of letters and
 * digits. `false` takes a scope's formats away.
 */
export type FormatOption = boolean | readonly string[]

/** What holds for one route, or for all that are drawn inside. */
export interface SharedOptions {
  /** Which requests the routes are for. */
  readonly constraints?: Constraints
  /** Parameters that a request cannot change, but by a path parameter of that name. */
  readonly defaults?: Readonly<Record<string, string>>
  /** Which suffixes their paths take. Default: none. */
  readonly format?: FormatOption
}

/** Options of a single route. */
export interface RouteOptions extends SharedOptions {
  /** The route's name for `pathTo`. A namespace or resource around it puts its own in front or behind. */
  readonly as?: string
  /** Inside `resources`: a route of one member, of the collection, or of the page for a new one. */
  readonly on?: 'member' | 'collection' | 'new'
}

/** Options of `scope` and `namespace`. */
export interface ScopeOptions extends SharedOptions {
  /** What the names inside begin with. */
  readonly as?: string
  /** The path segments of the actions `new` and `edit`, such as `{ new: 'neu' }`. */
  readonly pathNames?: PathNames
  /** Whether members of nested resources have paths of their own, without those they are nested in. */
  readonly shallow?: boolean
  /** What the paths of such members begin with. Default: the path of the scope. */
  readonly shallowPath?: string
  /** What the names of such members begin with. Default: those of the scope. */
  readonly shallowPrefix?: string
}

/** Options of `namespace`. */
export interface NamespaceOptions extends ScopeOptions {
  /** The path, where it is not the name. */
  readonly path?: string
}

/** The segments of the two actions that are words in a path. */
export interface PathNames {
  readonly new?: string
  readonly edit?: string
}

const SHARED = { constraints: true, defaults: true, format: true } satisfies Record<keyof SharedOptions, true>
const SCOPE = {
  ...SHARED,
  as: true,
  pathNames: true,
  shallow: true,
  shallowPath: true,
  shallowPrefix: true,
} satisfies Record<keyof ScopeOptions, true>

/** The names of all options, held to the types by the compiler. */
export const SHARED_OPTION_NAMES = Object.keys(SHARED)
export const ROUTE_OPTION_NAMES = Object.keys({ ...SHARED, as: true, on: true } satisfies Record<
  keyof RouteOptions,
  true
>)
export const SCOPE_OPTION_NAMES = Object.keys(SCOPE)
export const NAMESPACE_OPTION_NAMES = Object.keys({ ...SCOPE, path: true } satisfies Record<
  keyof NamespaceOptions,
  true
>)
export const PATH_NAMES = ['new', 'edit']

/** Formats as routes have them: undefined for none. @throws BootError when they are none */
export function readFormats(format: FormatOption, where: string): true | readonly string[] | undefined {
  if (format === true) return true
  if (format === false) return undefined
  const isList = Array.isArray(format) && format.length > 0
  if (isList && format.every((one) => typeof one === 'string' && /^[A-Za-z0-9]+$/.test(one))) return format
  throw new BootError(
    `The format of ${where} is ${JSON.stringify(format)}.`,
    "give true for any, or a list of suffixes of letters and digits, such as ['json', 'csv'].",
  )
}

/** Defaults as routes have them. @throws BootError when one is no string */
export function readDefaults(defaults: unknown, where: string): Readonly<Record<string, string>> {
  const isObject = typeof defaults === 'object' && defaults !== null && !Array.isArray(defaults)
  if (isObject && Object.values(defaults).every((value) => typeof value === 'string'))
    return defaults as Readonly<Record<string, string>>
  throw new BootError(
    `The defaults of ${where} are ${JSON.stringify(defaults)}.`,
    "give each parameter a string, as a path would: { format: 'json' }.",
  )
}
