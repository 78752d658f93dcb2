// Why: from a request to a controller's action and its answer, with whatever goes wrong offered to rescueFrom.
import { HttpError, MissingResponseError } from '../errors.js'
import { isPromise, type MaybePromise } from '../maybe-promise.js'
import type { CompiledPolicy, ContentSecurityPolicyChange } from '../security/content-security-policy.js'
import type { CorsPolicy } from '../security/cors.js'
import type { ControllerClass } from './action-name.js'
import { bindRequest } from './binding.js'
import { type Chain, callAction, compileChain } from './chain.js'
import { policyFor } from './content-security.js'
import type { Controller } from './controller.js'
import { corsFor } from './cross-origin.js'
import { filtersFor, rescueFor } from './filters.js'
import { checkForgery, type ForgeryMode, forgeryModeOf } from './forgery-protection.js'
import { type RateLimit, registerLimits } from './rate-limit.js'
import type { RequestContext } from './request-context.js'
import { disabledSessionOf } from './session-rules.js'

/** An action ready to run: the answer is in the context's response afterwards. */
export interface Action {
  readonly controllerName: string
  readonly actionName: string
  /** The error that meets who touches the session; undefined when the action has one. */
  readonly disabledSession: (() => Error) | undefined
  run(context: RequestContext): MaybePromise<void>
  /** Its Content-Security-Policy, where it has not the app's. */
  readonly policy: { readonly policy: CompiledPolicy | undefined } | undefined
  /** Which other origins may call it. */
  readonly cors: CorsPolicy | undefined
}

/** What actions have of the app, unless their controller says otherwise. */
export interface ActionDefaults {
  readonly contentSecurityPolicy?: ContentSecurityPolicyChange | undefined
  readonly cors?: CorsPolicy | undefined
  /** The rate limits of all actions. */
  readonly limits?: Map<string, RateLimit>
}

/**
 * How a controller is made for a request, and what is to be undone when the request ends; undefined where `new` and nothing else
 * will do.
 */
export type MakeController =
  | (() => { readonly controller: Controller; readonly dispose?: () => MaybePromise<void> })
  | undefined

/**
 * Compiles one action of a controller.
 * @param middle what runs in the middle of its filters. Default: the method of that name
 */
export function compileAction(
  controllerClass: ControllerClass,
  actionName: string,
  make: MakeController,
  defaults: ActionDefaults = {},
  middle?: Chain,
): Action {
  const cors = corsFor(controllerClass, actionName) ?? defaults.cors
  const filters = filtersFor(controllerClass, actionName)
  registerLimits(filters, `${controllerClass.name}#${actionName}`, defaults.limits ?? new Map())
  return new CompiledAction(controllerClass, actionName, {
    make,
    chain: filters.length === 0 ? middle : compileChain(filters, actionName, middle),
    forgeryMode: forgeryModeOf(controllerClass, actionName),
    disabledSession: disabledSessionOf(controllerClass, actionName),
    policy: policyFor(controllerClass, actionName, defaults.contentSecurityPolicy),
    cors,
  })
}

interface Parts extends Pick<Action, 'disabledSession' | 'policy' | 'cors'> {
  readonly make: MakeController
  /** Undefined where the method is all there is. */
  readonly chain: Chain | undefined
  readonly forgeryMode: ForgeryMode
}

/** One object an action: an app has many, and of those that are asked in turn each thing it is made of must be fetched anew. */
class CompiledAction implements Action {
  readonly controllerName: string
  readonly actionName: string
  readonly disabledSession: Action['disabledSession']
  readonly policy: Action['policy']
  readonly cors: CorsPolicy | undefined
  readonly #controllerClass: ControllerClass
  readonly #make: MakeController
  readonly #chain: Chain | undefined
  readonly #forgeryMode: ForgeryMode

  constructor(controllerClass: ControllerClass, actionName: string, parts: Parts) {
    this.controllerName = controllerClass.name
    this.actionName = actionName
    this.disabledSession = parts.disabledSession
    this.policy = parts.policy
    this.cors = parts.cors
    this.#controllerClass = controllerClass
    this.#make = parts.make
    this.#chain = parts.chain
    this.#forgeryMode = parts.forgeryMode
  }

  run(context: RequestContext): MaybePromise<void> {
    const make = this.#make
    if (make === undefined) return this.#perform(new (this.#controllerClass as new () => Controller)(), context)
    const { controller, dispose } = make()
    return dispose === undefined
      ? this.#perform(controller, context)
      : thenDispose(() => this.#perform(controller, context), dispose)
  }

  #perform(controller: Controller, context: RequestContext): MaybePromise<void> {
    bindRequest(controller, context)
    try {
      checkForgery(context, this.#forgeryMode, this.cors)
      const chain = this.#chain
      const result = chain === undefined ? callAction(controller, this.actionName) : chain(controller, context)
      if (!isPromise(result)) return answered(context)
      return result.then(() => answered(context)).catch((error: unknown) => this.#rescue(controller, context, error))
    } catch (error) {
      return this.#rescue(controller, context, error)
    }
  }

  #rescue(controller: Controller, context: RequestContext, error: unknown): MaybePromise<void> {
    const handler = findRescue(this.#controllerClass, error)
    if (handler === undefined) throw error
    context.discardResponse()
    const finish = () => {
      answered(context)
      keepChallenge(context, error)
    }
    const result = handler.handle(controller, handler.error) as MaybePromise<unknown>
    return isPromise(result) ? result.then(finish) : finish()
  }
}

/** Notes which action a request is for, before anything is done for that action. */
export function enterAction(action: Action, context: RequestContext): void {
  context.controllerName = action.controllerName
  context.actionName = action.actionName
  context.cors = action.cors
  if (action.policy !== undefined) context.policy = action.policy.policy
  context.disabledSession = action.disabledSession
}

/** The handler for an error or, failing that, for what caused it. */
function findRescue(controller: ControllerClass, error: unknown) {
  const seen = new Set<unknown>()
  for (let at = error; at !== undefined && !seen.has(at); at = at instanceof Error ? at.cause : undefined) {
    seen.add(at)
    const rescue = rescueFor(controller, at)
    if (rescue !== undefined) return { handle: rescue.handle, error: at }
  }
  return undefined
}

/** A 401 says how to log in (RFC 9110, 15.5.2), in whose words it may be; one with a challenge of its own keeps that. */
function keepChallenge({ response }: RequestContext, error: unknown): void {
  const challenge = error instanceof HttpError ? error.headers[CHALLENGE] : undefined
  if (challenge === undefined || response.status !== 401 || response.headers.has(CHALLENGE)) return
  response.headers.set(CHALLENGE, challenge)
}

const CHALLENGE = 'www-authenticate'

function answered(context: RequestContext): void {
  if (context.response.answeredBy === undefined) throw new MissingResponseError(context.where)
}

async function thenDispose(work: () => MaybePromise<void>, dispose: () => MaybePromise<void>): Promise<void> {
  try {
    await work()
  } finally {
    await dispose()
  }
}
