// Why: a route that only sends the client elsewhere is an action like any other, made here so that no app writes it by hand.
import type { ControllerClass } from '../controller/action-name.js'
import { contextOf } from '../controller/binding.js'
import { Controller } from '../controller/controller.js'
import { BootError, NotFound } from '../errors.js'
import type { HttpRequest } from '../http/request.js'
import { buildPath, pathPieces } from './build-path.js'
import { checkPattern, parametersOf } from './pattern.js'
import type { RouteOptions } from './route-options.js'

/** Where a redirect leads, worked out for each request: from its path parameters and defaults, decoded. */
export type RedirectTarget = (params: Readonly<Record<string, string>>, request: HttpRequest) => string

/** Options of a redirect. */
export interface RedirectRouteOptions extends RouteOptions {
  /** Default: 301, which browsers and search engines remember. */
  readonly status?: RedirectStatus
  /** Let it lead to another host. Never to one that a stranger can choose. */
  readonly allowOtherHost?: boolean
}

/** The statuses of a redirect. */
export type RedirectStatus = 301 | 302 | 303 | 307 | 308

const STATUSES: readonly number[] = [301, 302, 303, 307, 308]

/** What a redirect is made of. */
export interface RedirectPlan {
  readonly target: string | RedirectTarget
  readonly status: RedirectStatus
  readonly allowOtherHost: boolean
}

/** The action that redirects. */
export const REDIRECT_ACTION = 'redirect'

/**
 * Checks a redirect.
 * @param names the parameters that the route has in every request: those of its path, and its defaults
 * @throws BootError when it cannot work: another host without leave, an unknown parameter, a status that is none
 */
export function planRedirect(
  target: string | RedirectTarget,
  options: RedirectRouteOptions,
  names: readonly string[],
  title: string,
): RedirectPlan {
  const { status = 301, allowOtherHost = false } = options
  if (!STATUSES.includes(status)) {
    throw new BootError(`${title} has the status ${JSON.stringify(status)}.`, `choose one of ${STATUSES.join(', ')}.`)
  }
  if (typeof target === 'string') checkTarget(target, allowOtherHost, names, title)
  else if (typeof target !== 'function')
    throw new BootError(`${title} leads to ${JSON.stringify(target)}.`, 'give a path, or a function that returns one.')
  return { target, status, allowOtherHost }
}

function checkTarget(target: string, allowOtherHost: boolean, names: readonly string[], title: string): void {
  const { origin, path } = splitTarget(target)
  if (!path.startsWith('/') || path.startsWith('//')) {
    throw new BootError(
      `${title} leads to ${JSON.stringify(target)}.`,
      'give a path that begins with one slash, or a full http(s) address with a path.',
    )
  }
  if (origin !== '' && !allowOtherHost) {
    throw new BootError(
      `${title} leads to ${target}, on another host.`,
      'if that is meant, say { allowOtherHost: true }.',
    )
  }
  checkPattern(path.replace(/[?#].*$/, ''), `${title}, which leads to ${target},`)
  const unknown = parametersOf(path).find(({ name }) => !names.includes(name))
  if (unknown !== undefined) {
    throw new BootError(
      `${title} leads to ${target}, but the route has no parameter ${unknown.name}.`,
      names.length === 0 ? 'write a path without parameters.' : `choose from ${names.join(', ')}.`,
    )
  }
}

function splitTarget(target: string): { readonly origin: string; readonly path: string } {
  const origin = /^https?:\/\/[^/?#]+/i.exec(target)?.[0] ?? ''
  return { origin, path: target.slice(origin.length) }
}

/** A controller whose one action redirects. */
export function redirectController(plan: RedirectPlan): ControllerClass {
  const { status, allowOtherHost } = plan
  const locate = compileTarget(plan.target)
  class RedirectController extends Controller {
    [REDIRECT_ACTION]() {
      this.redirectTo(locate(contextOf(this, 'params').pathParams ?? {}, this.request), { status, allowOtherHost })
    }
  }
  return RedirectController
}

function compileTarget(target: string | RedirectTarget): RedirectTarget {
  if (typeof target === 'function') return target
  const { origin, path } = splitTarget(target)
  const end = path.search(/[?#]|$/)
  const pieces = pathPieces(path.slice(0, end))
  const rest = path.slice(end)
  return (params) => {
    const built = buildPath(pieces, params)
    // What no path can hold, such as dots or, first in a glob, a slash that would make the next word a host.
    if ('problem' in built || built.path.startsWith('//')) throw new NotFound()
    return origin + built.path + rest
  }
}
