// Why: which other origins may call an action is said where the action is; the rest is looked up when the app boots.
import type { HttpRequest } from '../http/request.js'
import { CorsPolicy, type CrossOriginOptions, type CrossOriginRequest } from '../security/cors.js'
import type { ControllerClass } from './action-name.js'
import type { Controller } from './controller.js'
import { type ActionSelection, checkSelection, lineage, macrosOf, type Selection, selects } from './filters.js'
import type { RequestContext } from './request-context.js'

/** Options of `allowCrossOrigin`. */
export interface AllowCrossOriginOptions<C extends Controller> extends CrossOriginOptions, ActionSelection<C> {}

/** What a controller says of some actions. */
export interface CorsRule {
  readonly policy: CorsPolicy
  readonly selection: Selection
}

/** @throws BootError for an option that is not as it should be */
export function declareCrossOrigin<C extends Controller>(
  controller: ControllerClass<C>,
  { only, except, ...options }: AllowCrossOriginOptions<C>,
): void {
  const selection = { ...(only === undefined ? {} : { only }), ...(except === undefined ? {} : { except }) }
  checkSelection(controller, 'allowCrossOrigin', selection)
  const policy = new CorsPolicy(options, `${controller.name}.allowCrossOrigin`)
  macrosOf(controller).cors.push({ policy, selection })
}

/** The policy that a controller has for an action. Of several the last one wins, a child's over its parents'. */
export function corsFor(controller: ControllerClass, action: string): CorsPolicy | undefined {
  const rules = lineage(controller).flatMap(({ cors }) => cors)
  return rules.findLast(({ selection }) => selects(selection, action))?.policy
}

/**
 * Answers what a browser asks before a request of another origin, without running anything.
 * @param policyOf the policy of the action that answers to a method at this path
 * @returns false for a request that asks nothing, or about what is not open
 */
export function answerPreflight(
  { request, response }: RequestContext,
  policyOf: (method: string) => CorsPolicy | undefined,
): boolean {
  const method = request.header('access-control-request-method')
  const origin = request.header('origin')
  if (origin === undefined || method === undefined || !/^[A-Z]+$/.test(method)) return false
  const policy = policyOf(method)
  if (policy === undefined) return false
  response.status = 204
  policy.answerPreflight(origin, method, request.header('access-control-request-headers'), response.headers)
  return true
}

/** What of a request its cross-origin policy is asked about. */
export function crossOriginRequest(request: HttpRequest): CrossOriginRequest {
  const authorization = request.header('authorization')
  return {
    origin: request.header('origin'),
    mode: request.header('sec-fetch-mode'),
    hasCredentials:
      request.header('cookie') !== undefined ||
      (authorization !== undefined && !/^(?:bearer|token) /i.test(authorization)),
  }
}
