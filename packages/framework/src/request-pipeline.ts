// Why: THE REQUEST: what becomes of one, from its first line to the answer's last header, in the order in which it happens.
import { performance } from 'node:perf_hooks'
import { type Outcome, runMiddleware } from './adapters/middleware.js'
import { noConnection, statusOf } from './adapters/mounted-handler.js'
import { showsErrors } from './config/environment.js'
import type { Settings } from './config/settings.js'
import { answerPreflight } from './controller/cross-origin.js'
import { type Action, enterAction } from './controller/dispatch.js'
import { HSTS, sendProtectiveHeaders } from './controller/protective-headers.js'
import { RequestContext, type RequestServices } from './controller/request-context.js'
import { errorResponse } from './error-response.js'
import { MethodNotAllowed } from './errors.js'
import { readBody } from './http/body.js'
import { bodyReadBefore } from './http/body-read-before.js'
import { BodyStream, isStreamed } from './http/body-stream.js'
import type { Middleware } from './http/handlers.js'
import { isOverridable, overrideMethod } from './http/method-override.js'
import type { RawRequest } from './http/raw-request.js'
import { HttpRequest } from './http/request.js'
import type { HttpResponse } from './http/response.js'
import { ResponseHeaders } from './http/response-headers.js'
import type { Logger } from './logging/logger.js'
import { once } from './logging/once.js'
import { andThen, isPromise, type MaybePromise } from './maybe-promise.js'
import { answerMounted, type Mounted } from './mounting.js'
import { RequestLog } from './request-log.js'
import type { Router } from './routing/router.js'
import type { CorsPolicy } from './security/cors.js'

/** Takes requests through an app that has booted. */
export class RequestPipeline {
  readonly #settings: Settings
  readonly #services: RequestServices
  readonly #router: Router<Action | Mounted>
  readonly #logger: Logger
  readonly #showsErrors: boolean
  readonly #requestLog: RequestLog
  readonly #publicFiles: Settings['publicFiles']
  readonly #finish: Settings['finish']
  readonly #middleware: readonly Middleware[] | undefined
  readonly #onSslLoop: () => void

  constructor(settings: Settings, services: RequestServices, router: Router<Action | Mounted>, logger: Logger) {
    this.#settings = settings
    this.#services = services
    this.#router = router
    this.#logger = logger
    this.#publicFiles = settings.publicFiles
    this.#finish = settings.finish
    this.#middleware = settings.middleware
    this.#showsErrors = showsErrors(settings.environment)
    this.#requestLog = new RequestLog(logger, settings.filterParameters)
    this.#onSslLoop = once(() => logger.warn(SSL_LOOP))
  }

  /**
   * Answers a request, without a socket. Never throws and never rejects: whatever goes wrong is the response. A promise
   * only where something had to be waited for.
   */
  handle(raw: RawRequest): MaybePromise<HttpResponse> {
    const startedAt = this.#requestLog.enabled ? performance.now() : 0
    return this.#middleware === undefined
      ? this.#answer(raw, startedAt)
      : this.#passThrough(this.#middleware, raw, startedAt)
  }

  /** Middleware first; then the app, which sees the request as they left it. */
  #passThrough(stack: readonly Middleware[], raw: RawRequest, startedAt: number): MaybePromise<HttpResponse> {
    const context = this.#contextOf(raw)
    const goOn = (outcome: Outcome) => {
      if (outcome === 'passed') return this.#answer(raw, startedAt)
      context.response.status = statusOf(outcome, raw.node?.outgoing.statusCode ?? 200)
      return this.#respond(context, startedAt)
    }
    try {
      this.#admit(context, raw)
      if (this.#upgraded(context)) return this.#respond(context, startedAt)
      if (raw.node === undefined) throw new Error(noConnection('The middleware in config/application.ts'))
      const onLate = (error: unknown) => this.#requestLog.error(context, error)
      const outcome = runMiddleware(stack, raw.node, onLate)
      if (!isPromise(outcome)) return goOn(outcome)
      return outcome.then(goOn, (error: unknown) => this.#fail(context, error, startedAt))
    } catch (error) {
      return this.#fail(context, error, startedAt)
    }
  }

  #contextOf(raw: RawRequest): RequestContext {
    return new RequestContext(new HttpRequest(raw, this.#settings.trust), this.#services)
  }

  #answer(raw: RawRequest, startedAt: number): MaybePromise<HttpResponse> {
    const context = this.#contextOf(raw)
    try {
      const ready = this.#prepare(context, raw)
      if (!isPromise(ready)) return this.#complete(context, startedAt)
      return ready.then(
        () => this.#complete(context, startedAt),
        (error: unknown) => this.#fail(context, error, startedAt),
      )
    } catch (error) {
      return this.#fail(context, error, startedAt)
    }
  }

  /** All that comes before an action, and answers that need none. */
  #prepare(context: RequestContext, raw: RawRequest): MaybePromise<unknown> {
    this.#admit(context, raw)
    if (this.#upgraded(context)) return
    const served = this.#publicFiles?.answer(context.request, context.response) ?? false
    if (served === false) return this.#route(context, raw)
    return andThen(served, (isServed) => (isServed ? this.#commit(context) : this.#route(context, raw)))
  }

  /** @throws BadRequest for a message that is malformed, or a host that is; Forbidden for a host that is not this app's */
  #admit({ request }: RequestContext, raw: RawRequest): void {
    if (raw.fault !== undefined) throw raw.fault
    const { hostname } = request
    this.#settings.checkHost?.(hostname)
  }

  /** Whether a request was sent on to HTTPS. */
  #upgraded({ request, response }: RequestContext): boolean {
    return this.#settings.forceSSL?.upgrade(request, response, this.#onSslLoop) === true
  }

  #route(context: RequestContext, raw: RawRequest): MaybePromise<unknown> {
    const { request } = context
    if (request.method === 'POST' && this.#mayMeanAnother(request)) return this.#routeOverridden(context, raw)
    const target = this.#match(context)
    if (target === undefined) return
    if ('answer' in target) {
      const announce = () => this.#announce(context)
      const mounted = answerMounted(target, context, raw, announce)
      return mounted.then((isAnswered) => (isAnswered ? undefined : this.#commit(context)))
    }
    return this.#gather(context, raw)
  }

  #mayMeanAnother(request: HttpRequest): boolean {
    return this.#settings.methodOverride && isOverridable(request) && this.#router.overridable(request.path, request)
  }

  /** Which method a form means is in its body, so here alone the body comes before the route. */
  #routeOverridden(context: RequestContext, raw: RawRequest): MaybePromise<void> {
    const { request } = context
    return andThen(this.#readBody(context, raw), () => {
      overrideMethod(request)
      const target = this.#match(context)
      if (target === undefined) return
      if ('answer' in target) throw new MethodNotAllowed(request.method, this.#router.allowed(request.path, request))
      return context.fetchSession()
    })
  }

  #match(context: RequestContext): Action | Mounted | undefined {
    const { request, response } = context
    const { method } = request
    if (method === 'OPTIONS' && request.url === '*') {
      response.headers.set('allow', this.#router.methods.join(', '))
      response.status = 204
      return undefined
    }
    const match = this.#router.match(method, request.path, request)
    if (match === undefined) {
      this.#answerUnmatched(context)
      return undefined
    }
    const { target, params } = match
    context.pathParams = params
    if (!('answer' in target)) {
      enterAction(target, context)
      context.action = target
    }
    return target
  }

  /** A preflight of CORS, or OPTIONS of a path that has routes; anything else is an error. */
  #answerUnmatched(context: RequestContext): void {
    const { request, response } = context
    const { method, path } = request
    const error = this.#router.refusal(method, path, request)
    const isAnswered = method === 'OPTIONS' && answerPreflight(context, (asked) => this.#corsOf(asked, request))
    if (method === 'OPTIONS' && error instanceof MethodNotAllowed) {
      response.headers.set('allow', error.headers['allow'] as string)
      response.status = 204
    } else if (isAnswered) {
      response.status = 204
    } else {
      context.cors = this.#settings.cors?.policyFor(path, method)
      // Not thrown: that takes as long as the rest, and strangers ask for much that is not there.
      this.#answerWith(error, context)
    }
  }

  #corsOf(method: string, request: HttpRequest): CorsPolicy | undefined {
    const match = this.#router.match(method, request.path, request)
    // The request itself will be answered 404 or 405, and its script is to see that.
    if (match === undefined) return this.#settings.cors?.policyFor(request.path, method)
    return 'answer' in match.target ? undefined : match.target.cors
  }

  /** Body and session, both at once where both must be waited for. */
  #gather(context: RequestContext, raw: RawRequest): MaybePromise<unknown> {
    const body = this.#readBody(context, raw)
    const session = context.fetchSession()
    if (!isPromise(session)) return body
    return isPromise(body) ? Promise.all([body, session]) : session
  }

  #readBody(context: RequestContext, raw: RawRequest): MaybePromise<void> {
    if (this.#middleware !== undefined && bodyReadBefore(context.request, raw)) return
    return readBody(context.request, raw, this.#settings.bodies)
  }

  #complete(context: RequestContext, startedAt: number): MaybePromise<HttpResponse> {
    try {
      const acted = this.#act(context)
      if (!isPromise(acted)) return this.#respond(context, startedAt)
      return acted.then(
        () => this.#respond(context, startedAt),
        (error: unknown) => this.#fail(context, error, startedAt),
      )
    } catch (error) {
      return this.#fail(context, error, startedAt)
    }
  }

  #act(context: RequestContext): MaybePromise<void> {
    const { action } = context
    if (action === undefined) return
    const acted = action.run(context)
    return isPromise(acted) ? acted.then(() => this.#commit(context)) : this.#commit(context)
  }

  #commit(context: RequestContext): MaybePromise<void> {
    const finished = this.#finish?.(context.request, context.response)
    return isPromise(finished) ? finished.then(() => this.#keep(context)) : this.#keep(context)
  }

  #keep(context: RequestContext): MaybePromise<void> {
    return isStreamed(context.response.body) ? this.#begin(context) : context.commit()
  }

  /** A streamed body begins before the head is sent: what fails at once can still be answered, with an error and no cookie. */
  async #begin(context: RequestContext): Promise<void> {
    const { request, response } = context
    const body = response.body as AsyncIterable<string>
    const stream = body instanceof BodyStream && !body.isOpen ? body : new BodyStream(body)
    response.body = stream
    const stop = () => stream.cancel()
    if (isBodiless(request, response.status) || request.signal.aborted) stop()
    else request.signal.addEventListener('abort', stop, { once: true })
    await stream.begin()
    await context.commit()
    const length = response.headers.get('content-length')
    const onClose = () => {
      request.signal.removeEventListener('abort', stop)
      context.warnOfLateChanges()
      this.#removeUploads(request)
    }
    const onError = (error: unknown) => this.#requestLog.error(context, error)
    stream.open({ onClose, onError }, length === undefined ? undefined : Number(length))
  }

  #respond(context: RequestContext, startedAt: number): HttpResponse {
    const { request, response } = context
    const { headers, status, body } = response
    context.sent = true
    this.#announce(context)
    headers.setTrusted('x-request-id', request.id)
    if (isStreamed(body)) {
      if (isBodiless(request, status)) BodyStream.of(body).cancel()
    } else if (status !== 204 && status !== 304) {
      response.byteLength = body === null ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length
      headers.setTrusted('content-length', String(response.byteLength))
    }
    if (isBodiless(request, status)) response.body = null
    // A stream may still be reading them.
    if (!isStreamed(response.body)) this.#removeUploads(request)
    if (this.#requestLog.enabled) this.#requestLog.answered(context, startedAt)
    return response
  }

  /** What policies, limits and defaults say; before who answers on the connection itself, too. */
  #announce(context: RequestContext): void {
    sendProtectiveHeaders(context, this.#settings.defaultHeaders.hsts)
    if (this.#middleware !== undefined) this.#yieldToMiddleware(context)
  }

  /** What a middleware such as helmet has set counts for more than the framework's defaults. */
  #yieldToMiddleware({ request, response }: RequestContext): void {
    const outgoing = request.node?.outgoing
    if (outgoing === undefined || outgoing.headersSent) return
    const { initial, hsts } = this.#settings.defaultHeaders
    const yields = (name: string, value: string) => {
      if (outgoing.hasHeader(name) && response.headers.get(name) === value) response.headers.delete(name)
    }
    for (const [name, value] of new ResponseHeaders(initial)) yields(name, value)
    if (hsts !== undefined) yields(HSTS, hsts)
  }

  /** Nobody waits for it: the answer does not depend on it. */
  #removeUploads({ uploads }: HttpRequest): void {
    void uploads?.remove((err) => this.#logger.error({ err }, 'an uploaded file could not be removed'))
  }

  #fail(context: RequestContext, error: unknown, startedAt: number): HttpResponse {
    if (context.request.isAbandoned && isAbort(error)) return this.#abandon(context, startedAt)
    this.#answerWith(error, context)
    return this.#respond(context, startedAt)
  }

  #answerWith(error: unknown, context: RequestContext): void {
    context.discardResponse()
    try {
      context.response = this.#errorResponse(context, error)
    } catch (fault) {
      context.response = this.#errorResponse(context, fault)
    }
  }

  /** Nobody is there to be answered, and nothing went wrong here: 499 in the log, as nginx has it. */
  #abandon(context: RequestContext, startedAt: number): HttpResponse {
    context.discardResponse()
    context.response.status = 499
    return this.#respond(context, startedAt)
  }

  #errorResponse(context: RequestContext, error: unknown): HttpResponse {
    const where = context.controllerName === undefined ? undefined : context.where
    const { initial } = this.#settings.defaultHeaders
    const details = () => this.#requestLog.details(context)
    const response = errorResponse(error, context.request, where, this.#showsErrors, initial, details)
    if (!this.#showsErrors) this.#useOwnErrorPage(response)
    response.reason = error
    if (response.status >= 500) this.#requestLog.error(context, error)
    return response
  }

  /** `public/404.html` and its like, for people. What it loads is its own affair. */
  #useOwnErrorPage(response: HttpResponse): void {
    if (response.headers.get('content-type')?.startsWith('text/html') !== true) return
    const page = this.#publicFiles?.errorPage(response.status)
    if (page === undefined) return
    response.body = page
    response.headers.delete('content-security-policy')
  }
}

const SSL_LOOP =
  'forceSSL redirects a request that X-Forwarded-Proto says came by https: set trustProxy in config/application.ts, or ' +
  'browsers are sent round in a circle'

/** Whether an answer has a head and nothing else. */
function isBodiless({ method }: HttpRequest, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304
}

/** Whether an error only says that the client went away, as what was given `request.signal` does. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
