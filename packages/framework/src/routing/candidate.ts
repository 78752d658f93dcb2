// Why: of the routes that one path leads to, the one that is for this request: the constraints of each, compiled at boot.
import type { HttpRequest } from '../http/request.js'
import { anchored, type RequestConstraint } from './constraints.js'
import type { Variant } from './pattern.js'
import type { Route } from './route-table.js'

/** A request on the look-out for its route. */
export class Lookup<Target> {
  /** The path between its slashes, percent-encoded; the first is empty. */
  readonly segments: readonly string[]
  readonly request: HttpRequest
  /** The path's suffix, where routes that take one are asked. */
  readonly format: string | undefined
  /** The candidate that said yes last, with the values of its parameters. */
  chosen: { readonly candidate: Candidate<Target>; readonly values: readonly string[] } | undefined

  constructor(path: string, request: HttpRequest, format: string | undefined) {
    this.segments = (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path).split('/')
    this.request = request
    this.format = format
  }
}

/** A route, or one of the paths it stands for. */
export class Candidate<Target> {
  readonly target: Target
  /** Whether anything but its path is asked of a request. */
  readonly isConstrained: boolean
  readonly #parameters: readonly {
    readonly name: string
    readonly at: number
    readonly glob: boolean
    readonly pattern: RegExp | undefined
  }[]
  readonly #host: ((hostname: string | undefined) => boolean) | undefined
  readonly #requests: readonly RequestConstraint[]
  readonly #formats: Route['formats']
  readonly #defaults: Route['defaults']
  readonly #where: string

  constructor(route: Route, variant: Variant, target: Target) {
    const { constraints } = route
    this.target = target
    this.#parameters = variant.path.split('/').flatMap((segment, at) => {
      if (!/^[:*]/.test(segment)) return []
      const name = segment.slice(1)
      const pattern =
        constraints !== undefined && Object.hasOwn(constraints.parameters, name)
          ? constraints.parameters[name]
          : undefined
      return [{ name, at, glob: segment.startsWith('*'), pattern: pattern && anchored(pattern) }]
    })
    this.#host = constraints?.host === undefined ? undefined : hostTest(constraints.host)
    this.#requests = constraints?.requests ?? []
    this.#formats = route.formats
    this.#defaults = route.defaults
    this.#where = `${route.method} ${route.path}`
    this.isConstrained =
      this.#host !== undefined ||
      this.#requests.length > 0 ||
      this.#parameters.some(({ pattern }) => pattern !== undefined)
  }

  /** Takes a request, if it is for this route: then it is `chosen`. */
  takes(lookup: Lookup<Target>): boolean {
    const { format } = lookup
    if (format !== undefined && this.#formats !== true && this.#formats?.includes(format) !== true) return false
    const values: string[] = []
    for (const { at, glob, pattern } of this.#parameters) {
      const text = glob ? lookup.segments.slice(at).join('/') : (lookup.segments[at] as string)
      const value = text.includes('%') ? decodeURIComponent(text) : text
      if (value === '' || pattern?.test(value) === false) return false
      values.push(value)
    }
    if (this.#host?.(lookup.request.hostname) === false) return false
    for (const agrees of this.#requests) if (!this.#ask(agrees, lookup.request)) return false
    lookup.chosen = { candidate: this, values }
    return true
  }

  /** A promise would count as yes, whatever comes of it. */
  #ask(agrees: RequestConstraint, request: HttpRequest): boolean {
    const answer: unknown = agrees(request)
    if (typeof answer === 'boolean') return answer
    throw new TypeError(
      `A constraint of the route ${this.#where} returned ${answer instanceof Promise ? 'a promise' : typeof answer}: it must return true or false at once.`,
    )
  }

  /** The parameters of a request that this took. */
  params(values: readonly string[], format: string | undefined): Readonly<Record<string, string>> {
    const params = Object.create(null) as Record<string, string>
    Object.assign(params, this.#defaults)
    this.#parameters.forEach(({ name }, index) => {
      params[name] = values[index] as string
    })
    if (format !== undefined) params['format'] = format
    return params
  }
}

/** The candidates of one path, those with constraints first, else in the order in which they were drawn. */
export class Candidates<Target> {
  readonly #all: Candidate<Target>[] = []

  add(candidate: Candidate<Target>): void {
    const firstFree = this.#all.findIndex((one) => !one.isConstrained)
    if (candidate.isConstrained && firstFree !== -1) this.#all.splice(firstFree, 0, candidate)
    else this.#all.push(candidate)
  }

  /** Offers a request to each until one takes it. */
  offer(lookup: Lookup<Target>): boolean {
    return this.#all.some((candidate) => candidate.takes(lookup))
  }
}

function hostTest(host: string | RegExp): (hostname: string | undefined) => boolean {
  if (host instanceof RegExp) {
    const whole = anchored(host)
    return (hostname) => hostname !== undefined && whole.test(hostname)
  }
  if (!host.startsWith('.')) return (hostname) => hostname === host
  return (hostname) => hostname !== undefined && (hostname === host.slice(1) || hostname.endsWith(host))
}
