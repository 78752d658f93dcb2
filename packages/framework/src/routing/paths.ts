// Why: paths are built from the routes' names, so that a path is written down in one place only.
import type { LoosePathTo, LooseUrlTo, PathOptions, PathParams, QueryInput, UrlOptions } from '../controller/path-to.js'
import { isHost, type UrlDefaults } from '../http/url-defaults.js'
import { suggestion } from '../suggestion.js'
import { buildPath, pathPieces } from './build-path.js'
import type { Piece } from './pattern.js'
import { toQuery } from './query.js'
import type { Route } from './route-table.js'

/** Builds paths and URLs of named routes. */
export interface Paths {
  readonly pathTo: LoosePathTo
  readonly urlTo: LooseUrlTo
}

interface NamedPath {
  readonly pieces: readonly Piece[]
  readonly formats: Route['formats']
}

/** Compiles the named routes of an app. @param defaults the host and protocol that the app says it has */
export function compilePaths(routes: readonly Route[], defaults: UrlDefaults = {}): Paths {
  const paths = new Map<string, NamedPath>()
  for (const { name, path, formats } of routes)
    if (name !== undefined && !paths.has(name)) paths.set(name, { pieces: pathPieces(path), formats })
  const build = (word: string, name: string, params: PathParams, options: PathOptions): string => {
    const path = paths.get(name)
    const call = `${word}(${JSON.stringify(name)})`
    if (path === undefined)
      throw new TypeError(`${call}: there is no route of this name; ${suggestion(name, [...paths.keys()])}`)
    return fill(call, path, params, options)
  }
  return {
    pathTo: (name, params = {}, options = {}) => build('pathTo', name, params, options),
    urlTo: (asked, name, params = {}, options = {}) =>
      originOf(asked, name, options, defaults) + build('urlTo', name, params, options),
  }
}

function fill(call: string, { pieces, formats }: NamedPath, params: PathParams, options: PathOptions): string {
  const built = buildPath(pieces, params)
  if ('problem' in built) {
    const parameter = JSON.stringify(built.name)
    throw new TypeError(
      built.problem === 'missing'
        ? `${call} lacks the parameter ${parameter}.`
        : `${call}: the parameter ${parameter} is ${JSON.stringify(built.text)}, and no path can hold a segment of dots alone.`,
    )
  }
  const { used } = built
  const suffix = formats === undefined || used.has('format') ? '' : suffixOf(call, formats, params['format'])
  const left: Record<string, QueryInput> = {}
  for (const [name, value] of Object.entries(params))
    if (!used.has(name) && !(name === 'format' && suffix !== '')) left[name] = value
  return `${built.path}${suffix}${tailOf(left, options, built.path === '/')}`
}

function suffixOf(call: string, formats: true | readonly string[], format: unknown): string {
  if (format === undefined || format === null || format === '') return ''
  const text = String(format)
  if (formats === true ? /^[A-Za-z0-9]{1,20}$/.test(text) : formats.includes(text)) return `.${text}`
  const choice = formats === true ? 'letters and digits' : formats.join(', ')
  throw new TypeError(`${call}: the format is ${JSON.stringify(text)}, and this route takes ${choice}.`)
}

function tailOf(left: Record<string, QueryInput>, options: PathOptions, isRoot: boolean): string {
  const query = toQuery(options.query === undefined ? left : { ...left, ...options.query })
  const slash = options.trailingSlash === true && !isRoot ? '/' : ''
  const anchor = options.anchor === undefined ? '' : `#${encodeURIComponent(options.anchor)}`
  return `${slash}${query === '' ? '' : `?${query}`}${anchor}`
}

/** What the caller says, else what the app is configured with, else what the request asked for. */
function originOf(asked: Parameters<LooseUrlTo>[0], name: string, options: UrlOptions, defaults: UrlDefaults): string {
  const call = `urlTo(${JSON.stringify(name)})`
  const host = options.host ?? defaults.host ?? asked?.host
  if (host === undefined) {
    throw new TypeError(
      `${call} does not know the host. Give { host: 'www.example.com' }, or set defaultUrlOptions in config/application.ts.`,
    )
  }
  if (!isHost(host))
    throw new TypeError(`${call}: ${JSON.stringify(host)} is no host. Give a name, and a port if there is one.`)
  return `${options.protocol ?? defaults.protocol ?? asked?.protocol ?? 'http'}://${host}`
}
