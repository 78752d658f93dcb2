// Why: everything a controller reaches in one request, made before the controller is bound to it.
import { randomBytes } from 'node:crypto'
import { BodyStream, isStreamed } from '../http/body-stream.js'
import { CookieChanges, type CookieServices } from '../http/cookie-changes.js'
import { CookieJar } from '../http/cookie-jar.js'
import { createParams, type Params } from '../http/params.js'
import type { HttpRequest } from '../http/request.js'
import { HttpResponse } from '../http/response.js'
import type { InitialHeaders } from '../http/response-headers.js'
import type { Logger } from '../logging/logger.js'
import type { MaybePromise } from '../maybe-promise.js'
import type { RateLimitStore } from '../rate-limit/store.js'
import type { CompiledPolicy } from '../security/content-security-policy.js'
import type { CorsPolicy } from '../security/cors.js'
import { SessionLifecycle, type SessionServices } from '../session/lifecycle.js'
import type { LoosePathTo, LooseUrlTo } from './path-to.js'
import type { LimitState } from './rate-limit.js'

/** What a request uses of the app. */
export interface RequestServices {
  readonly sessions: SessionServices
  readonly cookies: CookieServices
  /** The app's folder, which relative paths of files start from. */
  readonly root: string
  /** Origins that may send unsafe requests here beside the app's own. */
  readonly trustedOrigins: ReadonlySet<string>
  /** The headers that every answer begins with. */
  readonly defaultHeaders: InitialHeaders
  readonly policy: CompiledPolicy | undefined
  readonly rateLimitStore: RateLimitStore
  readonly logger: Logger
  readonly pathTo: LoosePathTo
  readonly urlTo: LooseUrlTo
}

/** One request on its way through the app. */
export class RequestContext {
  response: HttpResponse
  /** The Content-Security-Policy of the answer: the app's, until a route matched that has another. */
  policy: CompiledPolicy | undefined
  /** Which other origins may read the answer. */
  cors: CorsPolicy | undefined
  /** The nonce, if the page has asked for it. */
  drawnNonce: string | undefined
  /** What rate limits have found. */
  limits: readonly LimitState[] | undefined
  /** Set when a before-filter answered: the action and the after-filters around it do not run. */
  halted = false
  /** Set when the response has left the app: what is answered from here on is too late. */
  sent = false
  /** The type that `respondTo` chose, in place of what a verb would say. */
  answerType: string | undefined
  /** What is to be done once body and session are here; undefined until a route matched, and where no action answers. */
  action: { run(context: RequestContext): MaybePromise<void> } | undefined
  /** The action's place for errors and the log; undefined until a route matched. */
  controllerName: string | undefined
  actionName: string | undefined
  pathParams: Readonly<Record<string, string>> | undefined
  /** Set when the action is to have no session: the error for who touches it. */
  disabledSession: (() => Error) | undefined
  #params: Params | undefined
  #session: SessionLifecycle | undefined
  #cookies: { readonly jar: CookieJar; readonly changes: CookieChanges } | undefined
  #logger: Logger | undefined

  constructor(
    readonly request: HttpRequest,
    readonly services: RequestServices,
  ) {
    this.response = new HttpResponse(services.defaultHeaders)
    this.policy = services.policy
  }

  /** `PostsController#show` */
  get where(): string {
    return `${this.controllerName ?? 'no controller'}#${this.actionName ?? 'no action'}`
  }

  get params(): Params {
    this.#params ??= createParams(this.request.query, this.request.body, this.pathParams)
    return this.#params
  }

  get session(): SessionLifecycle {
    if (this.#session === undefined) {
      if (this.disabledSession !== undefined) throw this.disabledSession()
      this.#session = new SessionLifecycle(this.services.sessions, this.request)
    }
    return this.#session
  }

  /** The names of what the session holds, if the request touched it. */
  get sessionKeys(): string[] | undefined {
    return this.#session?.knownKeys
  }

  /** Fetches the session of an action that has one, where the store must be asked over a network. */
  fetchSession(): MaybePromise<void> {
    if (this.disabledSession !== undefined || !this.services.sessions.store.preload) return
    return this.session.preload()
  }

  get cookies(): CookieJar {
    if (this.#cookies === undefined) {
      const changes = new CookieChanges(this.services.cookies, this.request, () => this.sent)
      this.#cookies = { jar: new CookieJar(changes), changes }
    }
    return this.#cookies.jar
  }

  /** Writes what cookies and session became into the response; nothing for those that nobody touched. */
  commit(): MaybePromise<void> {
    this.#cookies?.changes.commit(this.response)
    return this.#session?.commit(this.response)
  }

  get cspNonce(): string {
    this.drawnNonce ??= randomBytes(16).toString('base64')
    return this.drawnNonce
  }

  get logger(): Logger {
    this.#logger ??= this.services.logger.child({ requestId: this.request.id })
    return this.#logger
  }

  /** Logs what a stream changed in the session after the head was sent: it cannot be kept any more. */
  warnOfLateChanges(): void {
    if (this.#session?.changedLate === true) this.services.sessions.onDropped(TOO_LATE, this.request)
  }

  /** Forgets an answer that nobody has seen yet. */
  discardResponse(): void {
    const { body } = this.response
    if (isStreamed(body)) BodyStream.of(body).cancel()
    this.response = new HttpResponse(this.services.defaultHeaders)
    this.answerType = undefined
  }
}

const TOO_LATE = 'a stream changed the session after the head was sent: change it before the first piece'
