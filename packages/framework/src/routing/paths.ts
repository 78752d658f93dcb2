// Why: paths are built from the routes' names, so that a path is written down in one place only.
import { suggestion } from '../suggestion.js'
import type { Route } from './route-table.js'

/** What fills a path's parameters; what is left over becomes the query. */
export type PathParams = Readonly<Record<string, string | number | bigint | boolean | null | undefined>>

/** Builds the path of a named route. */
export type PathTo = (name: string, params?: PathParams) => string

type Part = string | { readonly name: string; readonly glob: boolean }

/** Compiles the named routes of an app into its `pathTo`. */
export function compilePaths(routes: readonly Route[]): PathTo {
  const parts = new Map<string, readonly Part[]>()
  for (const route of routes)
    if (route.name !== undefined && !parts.has(route.name)) parts.set(route.name, parse(route.path))
  return (name, params = {}) => {
    const path = parts.get(name)
    if (path === undefined) {
      throw new TypeError(
        `pathTo(${JSON.stringify(name)}): there is no route of this name; ${suggestion(name, [...parts.keys()])}`,
      )
    }
    return build(name, path, params)
  }
}

function parse(path: string): Part[] {
  return path.split(/(?<=\/)([:*]\w+)/).map((part) => {
    if (part.startsWith(':') || part.startsWith('*')) return { name: part.slice(1), glob: part.startsWith('*') }
    return part
  })
}

function build(name: string, parts: readonly Part[], params: PathParams): string {
  const used = new Set<string>()
  let path = ''
  for (const part of parts) {
    if (typeof part === 'string') {
      path += part
      continue
    }
    const value = params[part.name]
    if (value === undefined || value === null || value === '') {
      throw new TypeError(`pathTo(${JSON.stringify(name)}) lacks the parameter ${JSON.stringify(part.name)}.`)
    }
    used.add(part.name)
    const text = String(value)
    const segments = part.glob ? text.split('/') : [text]
    if (segments.some((segment) => segment === '.' || segment === '..')) {
      // Encoded or not, browsers take them for a step up.
      throw new TypeError(
        `pathTo(${JSON.stringify(name)}): the parameter ${JSON.stringify(part.name)} is ${JSON.stringify(text)}, and no path can hold a segment of dots alone.`,
      )
    }
    path += segments.map(encodeURIComponent).join('/')
  }
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(params)) {
    if (!used.has(key) && value !== undefined && value !== null) query.append(key, String(value))
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`
}
