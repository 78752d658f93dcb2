// Why: the app: it boots once, and what can be decided is decided then; it serves, and it stops. What becomes of a request is
// in request-pipeline.ts.
import { fromFetch, toFetch } from './adapters/fetch.js'
import { nodeListener, type RequestListener, type RunningServer, serve } from './adapters/node.js'
import { stopOnSignals } from './adapters/signals.js'
import type { TlsOptions } from './adapters/tls.js'
import { type Environment } from './config/environment.js'
import type { Settings } from './config/settings.js'
import { planController } from './container.js'
import { disposeSingletons } from './container-entries.js'
import type { ControllerClass } from './controller/action-name.js'
import { type Action, type ActionDefaults, compileAction, type MakeController } from './controller/dispatch.js'
import type { PathTo, UrlTo } from './controller/path-to.js'
import type { RateLimit } from './controller/rate-limit.js'
import { RequestContext, type RequestServices } from './controller/request-context.js'
import { checkTokenHasSession } from './controller/session-rules.js'
import { SessionsNotIndexedError } from './errors.js'
import type { RawRequest } from './http/raw-request.js'
import { HttpRequest } from './http/request.js'
import type { HttpResponse } from './http/response.js'
import type { Logger } from './logging/logger.js'
import { type MaybePromise } from './maybe-promise.js'
import { compileMounts, type Mounted } from './mounting.js'
import { MemoryRateLimitStore } from './rate-limit/memory-rate-limit-store.js'
import { RequestPipeline } from './request-pipeline.js'
import { requestServices } from './request-services.js'
import type { Mount } from './routing/mounts.js'
import { compilePaths } from './routing/paths.js'
import type { Route } from './routing/route-table.js'
import { Router } from './routing/router.js'
import { roundTrip } from './session/round-trip.js'
import type { OwnedSessions } from './session/sessions.js'
import { disposeShared } from './shared.js'

/** Options of {@link Application.listen}. */
export interface ListenOptions {
  /** 0 takes any free port. Default: `PORT`, else 3000. */
  readonly port?: number
  /** The address to bind. Default: `HOST`, else this machine only in development and every address elsewhere. */
  readonly host?: string
  /** Whether SIGTERM, SIGINT and uncaught errors stop the server and end the process. Default: true. */
  readonly signals?: boolean
  /** Serves HTTPS, with this certificate. Default: HTTP. */
  readonly tls?: TlsOptions
}

/** Begins a request that no action answers: to look into a session from outside. Internal. */
export let openRequest: (app: Application, raw: RawRequest) => RequestContext

/** What an app keeps in the memory of its process, where other processes do not see it. Internal. */
export let keptInMemory: (app: Application) => string[]

/** An app that has booted. Make one with `loadApplication`, or `createApplication` where the parts are at hand. */
export class Application {
  /** All routes, in the order in which they were drawn. */
  readonly routes: readonly Route[]
  /** All mounted handlers, in the order in which they were drawn. */
  readonly mounts: readonly Mount[]
  readonly environment: Environment
  /** Whether requests must come over a connection of node:http's: there is middleware, or a mounted handler. */
  readonly needsConnection: boolean
  readonly logger: Logger
  /** Builds the path of a named route. */
  readonly pathTo: PathTo
  /** Builds the absolute URL of a named route: of the host in its options, or in `defaultUrlOptions`. */
  readonly urlTo: UrlTo
  readonly #settings: Settings
  readonly #services: RequestServices
  readonly #pipeline: RequestPipeline
  /** By what their counts are kept under. */
  readonly #limits = new Map<string, RateLimit>()
  readonly #servers = new Set<RunningServer>()
  #listener: RequestListener | undefined
  #ignoreSignals: (() => void) | undefined

  static {
    openRequest = (app, raw) => new RequestContext(new HttpRequest(raw, app.#settings.trust), app.#services)
    keptInMemory = (app) => {
      const counters = [...app.#limits.values()].map(({ store }) => store ?? app.#services.rateLimitStore)
      return [
        ...(app.#settings.sessionsInMemory ? ['sessions'] : []),
        ...(counters.some((store) => store instanceof MemoryRateLimitStore) ? ['rate limits'] : []),
      ]
    }
  }

  /**
   * Internal: use `createApplication`.
   * @throws BootError for whatever dependency injection would stumble over in a request
   */
  constructor(settings: Settings, routes: readonly Route[], logger: Logger, mounts: readonly Mount[] = []) {
    this.routes = routes
    this.mounts = mounts
    this.environment = settings.environment
    this.needsConnection = settings.middleware !== undefined || mounts.length > 0
    this.logger = logger
    const paths = compilePaths(routes, settings.urlDefaults)
    this.pathTo = paths.pathTo
    this.urlTo = (name, ...rest) => paths.urlTo(undefined, name, ...rest)
    this.#settings = settings
    const makerOf = makers()
    const defaults = { contentSecurityPolicy: settings.contentSecurityPolicy?.source, limits: this.#limits }
    const router = new Router<Action | Mounted>(
      routes,
      actionCompiler(makerOf, defaults, settings.cors),
      compileMounts(mounts, makerOf, defaults),
    )
    this.#services = requestServices(settings, paths, logger)
    this.#pipeline = new RequestPipeline(settings, this.#services, router, logger)
  }

  /**
   * Answers a request, without a socket. Never throws and never rejects: whatever goes wrong is the response. A promise
   * only where something had to be waited for.
   */
  handle(raw: RawRequest): MaybePromise<HttpResponse> {
    return this.#pipeline.handle(raw)
  }

  /**
   * The sessions of the app's users, to list and to end, for apps that configured `indexBy`.
   * @throws SessionsNotIndexedError where the app has not
   */
  get sessions(): OwnedSessions {
    const { ownedSessions } = this.#settings
    if (ownedSessions === undefined) throw new SessionsNotIndexedError('app.sessions')
    return ownedSessions
  }

  /**
   * Asks the session store as a request does: a session of its own is kept, read and ended. For `contrail doctor`, and
   * for an action that says whether the app is ready.
   * @throws SessionStoreUnavailable, or what else the store throws, when it does not work
   */
  async checkSessionStore(): Promise<void> {
    await roundTrip(this.#settings.sessionStore)
  }

  /**
   * Answers what node:http's server calls its listener with, for a server that is not Contrail's own: an Express app
   * (`express.use(app.listener)`), a serverless platform, a test.
   */
  get listener(): RequestListener {
    this.#listener ??= nodeListener((raw) => this.handle(raw), this.logger)
    return this.#listener
  }

  /** Answers a Fetch `Request` with a `Response`, without a socket. */
  async fetch(request: Request): Promise<Response> {
    return toFetch(await this.handle(fromFetch(request)))
  }

  /**
   * Serves the app over HTTP, until the process is told to stop or {@link close} is called.
   * @throws BootError when the port is taken, the address cannot be bound or the certificate cannot be used
   */
  async listen(options: ListenOptions = {}): Promise<RunningServer> {
    const host =
      options.host ?? process.env['HOST'] ?? (this.environment.name === 'development' ? '127.0.0.1' : undefined)
    const { logger } = this
    const { shutdownTimeout, sendTimeout, headersTimeout, requestTimeout } = this.#settings
    const limits = { shutdownTimeout, sendTimeout, headersTimeout, requestTimeout }
    const { port, tls } = options
    const server = await serve((raw) => this.handle(raw), { port, host, tls, logger, ...limits })
    this.#servers.add(server)
    if (options.signals !== false) this.#ignoreSignals ??= stopOnSignals(() => this.#end(), logger)
    logger.info({ url: server.url, environment: this.environment.name }, `listening on ${server.url}`)
    return server
  }

  /** The process ends with the app: its singletons, and what all its code shares, are let go of too. */
  async #end(): Promise<void> {
    await this.close()
    for (const err of await disposeSingletons()) this.logger.error({ err }, 'a singleton could not be disposed of')
    await disposeShared()
  }

  /** Finishes what is under way, closes every server and lets go of the stores of sessions and rate limits. */
  async close(): Promise<void> {
    this.#ignoreSignals?.()
    await Promise.all([...this.#servers].map((server) => server.close()))
    const limiters = [this.#services.rateLimitStore, ...[...this.#limits.values()].map(({ store }) => store)]
    const stores = new Set([this.#settings.sessionStore, ...limiters])
    await Promise.all([...stores].map((store) => store?.close?.()))
  }
}

/** How a controller is made is planned once for all its routes. */
function makers(): (controller: ControllerClass) => MakeController {
  const known = new Map<ControllerClass, MakeController>()
  return (controller) => {
    if (!known.has(controller)) known.set(controller, planController(controller))
    return known.get(controller)
  }
}

/** Compiles the action of a route. */
function actionCompiler(
  makerOf: (controller: ControllerClass) => MakeController,
  defaults: ActionDefaults,
  cors: Settings['cors'],
): (route: Route) => Action {
  return ({ controller, action, method, path }) => {
    checkTokenHasSession(controller, action, method)
    return compileAction(controller, action, makerOf(controller), { ...defaults, cors: cors?.policyFor(path, method) })
  }
}
