// Why: what pathTo and urlTo take. An app whose routes' names are known to the compiler has each checked; others are taken at
// their word.
import type { UrlDefaults } from '../http/url-defaults.js'

/** What fills a parameter of a path. */
export type PathValue = string | number | bigint | boolean

/**
 * The named routes and what their paths need. `contrail routes --types` and the dev server write it, by augmentation:
 * ```ts
 * declare module 'contrail' {
 *   interface RoutePaths { post: { id: PathValue } }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: config/route-paths.d.ts fills it by declaration merging
export interface RoutePaths {}

/** For the path of a route without parameters. */
export type NoParameters = Readonly<Record<string, never>>

/** Parameters of a route the compiler does not know: what the path does not need becomes the query. */
export type PathParams = Readonly<Record<string, PathValue | null | undefined>>

/** The names of routes: any word, until the compiler knows them. */
export type RouteName = [keyof RoutePaths] extends [never] ? string : keyof RoutePaths & string

/**
 * The parameters of a route, optional where none is needed, and the options. Two overloads would take the compiler half the
 * time, and its complaints be about the wrong one (decision 018).
 */
export type PathArguments<Name extends RouteName, Options = PathOptions> = [keyof RoutePaths] extends [never]
  ? [params?: PathParams, options?: Options]
  : KnownArguments<RoutePaths[Name & keyof RoutePaths], Options>

// Not distributive: it would be worked out for every name the app has.
type KnownArguments<Params, Options> = [Record<never, never>] extends [Params]
  ? [params?: Params, options?: Options]
  : [params: Params, options?: Options]

/** A value in a query: lists become `tags[]=a&tags[]=b`, objects `filter[state]=open`; null and undefined are left out. */
export type QueryInput = PathValue | null | undefined | readonly QueryInput[] | { readonly [name: string]: QueryInput }

/** What comes after the path. */
export interface PathOptions {
  readonly query?: { readonly [name: string]: QueryInput }
  /** The fragment, without `#`. */
  readonly anchor?: string
  /** Whether the path ends with a slash. */
  readonly trailingSlash?: boolean
}

/** Options of `urlTo`. */
export interface UrlOptions extends PathOptions, UrlDefaults {}

/** Builds the path of a named route. */
export type PathTo = <Name extends RouteName>(name: Name, ...rest: PathArguments<Name>) => string

/** Builds the absolute URL of a named route. */
export type UrlTo = <Name extends RouteName>(name: Name, ...rest: PathArguments<Name, UrlOptions>) => string

/** {@link PathTo} for what the compiler does not know. */
export type LoosePathTo = (name: string, params?: PathParams | undefined, options?: PathOptions | undefined) => string

/** {@link UrlTo} likewise, for a request that may say which host the app has. */
export type LooseUrlTo = (
  asked: { readonly host: string | undefined; readonly protocol: 'http' | 'https' } | undefined,
  name: string,
  params?: PathParams | undefined,
  options?: UrlOptions | undefined,
) => string
