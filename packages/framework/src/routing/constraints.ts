// Why: which requests a route is for, beyond method and path: what an app wrote, checked at boot and narrowed to each route.
import { BootError } from '../errors.js'
import type { HttpRequest } from '../http/request.js'
import { suggestion } from '../suggestion.js'
import { isSafeConstraint } from './constraint-safety.js'

/** Whether a route is for a request. Called once for each method when a 405 lists what is allowed; it changes nothing. */
export type RequestConstraint = (request: HttpRequest) => boolean

/** Which requests a route is for. A function is short for `{ request: function }`. */
export type Constraints = ConstraintSet | RequestConstraint

/** Constraints by name: a regular expression for each path parameter, and two that are about the request. */
export interface ConstraintSet {
  /**
   * The host asked for, without its port: a name, `.example.com` for a domain and all below it, or a regular expression for
   * the whole of it.
   */
  readonly host?: string | RegExp | undefined
  /** Any other condition. */
  readonly request?: RequestConstraint | undefined
  /** For the whole value of a path parameter, decoded: `^` and `$` are understood. */
  readonly [parameter: string]: RegExp | string | RequestConstraint | undefined
}

/** The constraints of one route. */
export interface RouteConstraints {
  readonly host: string | RegExp | undefined
  /** By the names of the route's own parameters, as the app wrote them. */
  readonly parameters: Readonly<Record<string, RegExp>>
  readonly requests: readonly RequestConstraint[]
}

/** A parameter's constraint, and what became of it: one that no route has a parameter for is a mistake. */
interface Requirement {
  readonly name: string
  readonly pattern: RegExp
  /** Shared by all copies. */
  readonly fate: { used: boolean; readonly offered: Set<string> }
}

/** The constraints in force at a place in config/routes.ts. */
export interface Restrictions {
  readonly host: string | RegExp | undefined
  readonly requirements: readonly Requirement[]
  readonly requests: readonly RequestConstraint[]
}

/** None. */
export const UNRESTRICTED: Restrictions = { host: undefined, requirements: [], requests: [] }

/** Whether there is anything a request must be. */
export function isRestricted({ host, requirements, requests }: Restrictions): boolean {
  return host !== undefined || requirements.length > 0 || requests.length > 0
}

const HOST = /^(?:\.?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/

/**
 * Reads what an app wrote as constraints.
 * @param where how an error names the place, such as `resources('posts')`
 * @throws BootError for a constraint of the wrong kind, and for a regular expression that could take long
 */
export function readConstraints(constraints: Constraints | undefined, where: string): Restrictions {
  if (constraints === undefined) return UNRESTRICTED
  if (typeof constraints === 'function') return { ...UNRESTRICTED, requests: [constraints] }
  if (typeof constraints !== 'object' || constraints === null || constraints instanceof RegExp)
    throw refused(where, 'constraints', constraints, 'write { id: /\\d+/ }, { host: … }, or a function of the request.')
  const { host, request, ...parameters } = constraints
  if (request !== undefined && typeof request !== 'function')
    throw refused(where, 'request', request, 'give a function of the request that returns true or false.')
  return {
    host: host === undefined ? undefined : readHost(host, where),
    requirements: Object.entries(parameters).flatMap(([name, pattern]) => {
      if (pattern === undefined) return []
      if (!(pattern instanceof RegExp))
        throw refused(
          where,
          name,
          pattern,
          'give a regular expression; host and request are the names that take others.',
        )
      checkPattern(pattern, name, where)
      return [{ name, pattern, fate: { used: false, offered: new Set<string>() } }]
    }),
    requests: request === undefined ? [] : [request],
  }
}

function readHost(host: unknown, where: string): string | RegExp {
  if (host instanceof RegExp) {
    checkPattern(host, 'host', where)
    return host
  }
  if (typeof host === 'string' && HOST.test(host.toLowerCase())) return host.toLowerCase()
  throw refused(where, 'host', host, "give a name without scheme or port, such as 'api.example.com', or a RegExp.")
}

function checkPattern(pattern: RegExp, name: string, where: string): void {
  const shown = `The constraint ${name}: ${pattern} of ${where}`
  if (/[^ius]/.test(pattern.flags)) {
    throw new BootError(
      `${shown} has the flags ${JSON.stringify(pattern.flags)}.`,
      'leave out all but i, s and u: a constraint is always for the whole value, and m, g and y would change that.',
    )
  }
  if (isSafeConstraint(anchored(pattern))) return
  throw new BootError(
    `${shown} can be matched in so many ways that a long value would stop the server.`,
    'let each character be matched by one part only: [a-z]+(-[a-z]+)* in place of ([a-z]+-?)*. Or give a function of the request.',
  )
}

function refused(where: string, name: string, value: unknown, fix: string): BootError {
  const shown =
    typeof value === 'function' ? 'a function' : value instanceof RegExp ? String(value) : JSON.stringify(value)
  return new BootError(`The constraint ${name} of ${where} is ${shown}.`, fix)
}

/** A regular expression for the whole of a value. */
export function anchored(pattern: RegExp): RegExp {
  return new RegExp(`^(?:${pattern.source})$`, pattern.flags)
}

/** What is in force inside: of one name the inner constraint takes the place of the outer; functions must all agree. */
export function restrict(outer: Restrictions, inner: Restrictions): Restrictions {
  const names = inner.requirements.map(({ name }) => name)
  return {
    host: inner.host ?? outer.host,
    requirements: [...outer.requirements.filter(({ name }) => !names.includes(name)), ...inner.requirements],
    requests: [...new Set([...outer.requests, ...inner.requests])],
  }
}

/** The constraints on one parameter, for another name of it: a resource's `id` is `postId` in the routes nested in it. */
export function renamed(restrictions: Restrictions, from: string, to: string): Restrictions {
  const requirements = restrictions.requirements.map((one) => (one.name === from ? { ...one, name: to } : one))
  return { ...restrictions, requirements }
}

/** What restrictions mean for a route with these parameters; undefined when it is nothing. */
export function constraintsFor(
  restrictions: Restrictions,
  parameters: readonly string[],
): RouteConstraints | undefined {
  const own = restrictions.requirements.filter(({ name, fate }) => {
    for (const parameter of parameters) fate.offered.add(parameter)
    fate.used ||= parameters.includes(name)
    return parameters.includes(name)
  })
  const { host, requests } = restrictions
  if (own.length === 0 && host === undefined && requests.length === 0) return undefined
  return { host, requests, parameters: Object.fromEntries(own.map(({ name, pattern }) => [name, pattern])) }
}

/** Refuses constraints on parameters that none of the routes drawn under them has. @throws BootError */
export function checkUsed(restrictions: Restrictions, where: string): void {
  for (const { name, pattern, fate } of restrictions.requirements) {
    if (fate.used) continue
    throw new BootError(
      `The constraint ${name}: ${pattern} of ${where} is for a parameter that no route there has.`,
      `${suggestion(name, [...fate.offered])} Conditions on the request are host and request.`,
    )
  }
}
