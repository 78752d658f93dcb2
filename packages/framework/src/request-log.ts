// Why: what the log holds of each request, and of errors nobody expected; apart from the request, which it must never fail.
import { performance } from 'node:perf_hooks'
import type { RequestContext } from './controller/request-context.js'
import type { RequestDetails } from './error-page.js'
import { messageOf } from './error-response.js'
import { type ParameterFilter, REPLACEMENT } from './logging/filter-parameters.js'
import type { Logger } from './logging/logger.js'

/** Who has these can be taken for the client. */
const SECRET_HEADERS = new Set(['cookie', 'authorization', 'proxy-authorization'])

/** Logs a line for each request that was answered, and each unexpected error with its stack. */
export class RequestLog {
  /** Whether requests are logged at all: what only the log needs is not measured without it. */
  readonly enabled: boolean
  readonly #logger: Logger
  readonly #filter: ParameterFilter

  constructor(logger: Logger, filter: ParameterFilter) {
    this.enabled = logger.isLevelEnabled('info')
    this.#logger = logger
    this.#filter = filter
  }

  /** @param startedAt by `performance.now()` */
  answered(context: RequestContext, startedAt: number): void {
    const { request, response, controllerName, actionName } = context
    const params = this.params(context)
    this.#logger.info(
      {
        requestId: request.id,
        method: request.method,
        path: this.#path(request.url, context.pathParams, params),
        controller: controllerName,
        action: actionName,
        status: response.status,
        duration: Math.round((performance.now() - startedAt) * 100) / 100,
        params,
      },
      'request',
    )
  }

  /** The parameters as they may be seen, or undefined when there are none. */
  params(context: RequestContext): Record<string, unknown> | undefined {
    try {
      const params = this.#filter(context.params)
      return Object.keys(params).length === 0 ? undefined : params
    } catch {
      // A malformed query that no action asked for is not worth failing a request that was answered.
      return undefined
    }
  }

  /** What a developer is shown of a request that failed. Of the session the names alone: its values may be anybody's. */
  details(context: RequestContext): RequestDetails {
    const { request, sessionKeys } = context
    const headers = Object.entries(request.headers).filter(([name]) => !SECRET_HEADERS.has(name))
    return { params: this.params(context), sessionKeys, headers: this.#filter(Object.fromEntries(headers)) }
  }

  /** Without the query, and without what a parameter of the path holds that is not to be logged: `/resets/[FILTERED]`. */
  #path(url: string, given: RequestContext['pathParams'], params: Record<string, unknown> | undefined): string {
    const question = url.indexOf('?')
    const path = question === -1 ? url : url.slice(0, question)
    if (given === undefined) return path
    // Where the query is malformed there are no parameters, but those of the path are known all the same.
    const logged = params ?? this.#filter(given)
    const secrets = Object.keys(given).filter((name) => logged[name] === REPLACEMENT)
    if (secrets.length === 0) return path
    const hidden = new Set(secrets.flatMap((name) => (given[name] as string).split('/')))
    return path
      .split('/')
      .map((segment) => (segment !== '' && hidden.has(decoded(segment)) ? REPLACEMENT : segment))
      .join('/')
  }

  /** An error can hold anything, and the log, which reads all of it, may meet a getter that throws. */
  error({ logger, controllerName: controller, actionName: action }: RequestContext, error: unknown): void {
    const message = messageOf(error)
    try {
      logger.error({ err: error instanceof Error ? error : new Error(message), controller, action }, message)
    } catch {
      logger.error({ err: new Error(message), controller, action }, message)
    }
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
