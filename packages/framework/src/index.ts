// Why: the public API. What is not named here is nobody's to rely on.
export { nodeListener, type RequestListener, type RunningServer, type ServeOptions, serve } from './adapters/node.js'
export type { TlsOptions } from './adapters/tls.js'
export { Application, type ListenOptions } from './application.js'
export type { CompressionOptions, PublicFilesOptions } from './config/answers.js'
export { type ApplicationConfig, defineApplication, defineEnvironment } from './config/application-config.js'
export type { CrossOriginRule } from './config/cors.js'
export { DEFAULT_HEADERS, type DefaultHeaders } from './config/default-headers.js'
export { loadEnvironment } from './config/dotenv.js'
export type { Environment } from './config/environment.js'
export type { ForceSSLOptions, HstsOptions } from './config/force-ssl.js'
export type { UploadOptions } from './config/uploads.js'
export {
  container,
  type DependencyContainer,
  type Disposable,
  delay,
  type InjectionToken,
  inject,
  injectAll,
  injectable,
  Lifecycle,
  registry,
  scoped,
  singleton,
} from './container.js'
export type { ActionName, ControllerClass } from './controller/action-name.js'
export type { ExpiryOptions, FreshnessOptions } from './controller/answers/caching.js'
export type { DataOptions } from './controller/answers/data.js'
export type { EarlyHint } from './controller/answers/early-hints.js'
export type { EventSourceWriter, EventStream, ServerSentEvent } from './controller/answers/event-stream.js'
export type { FileOptions } from './controller/answers/file.js'
export type { RedirectBackOptions } from './controller/answers/redirect-back.js'
export type { FormatHandlers } from './controller/answers/respond-to.js'
export type { EventStreamOptions } from './controller/answers/server-sent-events.js'
export type { StreamSource } from './controller/answers/stream.js'
export type { AuthenticationOptions, BasicAuthenticationOptions } from './controller/authentication.js'
export type { Condition, FilterConditions } from './controller/conditions.js'
export { Controller } from './controller/controller.js'
export type { AllowCrossOriginOptions } from './controller/cross-origin.js'
export type {
  ActionSelection,
  AfterFilter,
  AroundFilter,
  BeforeFilter,
  ErrorClass,
  FilterOptions,
  SkipOptions,
} from './controller/filters.js'
export type { CsrfTokenOptions } from './controller/forgery-protection.js'
export type {
  NoParameters,
  PathArguments,
  PathOptions,
  PathParams,
  PathTo,
  PathValue,
  QueryInput,
  RouteName,
  RoutePaths,
  UrlOptions,
  UrlTo,
} from './controller/path-to.js'
export type { RateLimitOptions } from './controller/rate-limit.js'
export type { AnswerOptions, RedirectOptions } from './controller/rendering.js'
export { type ApplicationParts, createApplication } from './create-application.js'
export { editorLink, unknownEditor } from './editor-link.js'
export { escapeHtml } from './error-page.js'
export {
  BadRequest,
  BootError,
  ContentTooLarge,
  CookieOverflowError,
  DoubleRenderError,
  Forbidden,
  HttpError,
  type HttpErrorOptions,
  InvalidAuthenticityToken,
  InvalidParams,
  MethodNotAllowed,
  MissingResponseError,
  NoRequestError,
  NoSessionOwnerError,
  NotAcceptable,
  NotFound,
  type ParameterIssue,
  ParameterMissing,
  PreconditionFailed,
  RangeNotSatisfiable,
  SessionDataError,
  SessionDisabledError,
  SessionOverflowError,
  SessionStoreUnavailable,
  SessionsNotIndexedError,
  TooManyRequests,
  Unauthorized,
  UnprocessableContent,
  UnsupportedMediaType,
} from './errors.js'
export type { CookieJar, SealedCookieJar } from './http/cookie-jar.js'
export type { CookieDeletion, CookieOptions } from './http/cookie-options.js'
export type { CookieAttributes } from './http/cookies.js'
export type {
  FetchApp,
  FetchHandler,
  Middleware,
  MountHandler,
  Next,
  NodeExchange,
  NodeHandler,
} from './http/handlers.js'
export type { Jsonable, JsonValue } from './http/json-value.js'
export type { QueryFields, QueryValue } from './http/nested-fields.js'
export type { Params } from './http/params.js'
export type { Permit, PermitBelow, Permitted, Scalar } from './http/permit.js'
export type { TrustProxy } from './http/proxies.js'
export type { RawRequest } from './http/raw-request.js'
export { HttpRequest } from './http/request.js'
export { type BodyChunk, HttpResponse, type ResponseBody } from './http/response.js'
export { ResponseHeaders } from './http/response-headers.js'
export type { Schema, SchemaOutput } from './http/schema.js'
export type { Status, StatusName } from './http/status.js'
export { type MoveOptions, UploadedFile } from './http/uploaded-file.js'
export type { UrlDefaults } from './http/url-defaults.js'
export { type LoadOptions, loadApplication } from './load-application.js'
export { FILTERED_PARAMETERS } from './logging/filter-parameters.js'
export type { LogDestination, Logger, LogLevel } from './logging/logger.js'
export type { MaybePromise } from './maybe-promise.js'
export { ModuleScope } from './module-scope.js'
export { onDispose } from './on-dispose.js'
export {
  type MemcachedRateLimitOptions,
  MemcachedRateLimitStore,
} from './rate-limit/memcached-rate-limit-store.js'
export { MemoryRateLimitStore } from './rate-limit/memory-rate-limit-store.js'
export type { RateLimitCount, RateLimitStore } from './rate-limit/store.js'
export type { ConstraintSet, Constraints, RequestConstraint, RouteConstraints } from './routing/constraints.js'
export type { Mount, MountOptions } from './routing/mounts.js'
export { declarePaths } from './routing/path-declarations.js'
export type { RedirectPlan, RedirectRouteOptions, RedirectStatus, RedirectTarget } from './routing/redirect.js'
export type {
  ResourceActionName,
  ResourceOptions,
  RouteMethod,
} from './routing/resource-actions.js'
export type {
  FormatOption,
  NamespaceOptions,
  PathNames,
  RouteOptions,
  ScopeOptions,
  SharedOptions,
} from './routing/route-options.js'
export type { Endpoint, Route } from './routing/route-table.js'
export {
  defineRoutes,
  RouteMapper,
  type Routes,
} from './routing/routes.js'
export type { Draw } from './routing/scope.js'
export { secureCompare } from './security/compare.js'
export type {
  ContentSecurityPolicy,
  ContentSecurityPolicyChange,
  CspSource,
} from './security/content-security-policy.js'
export type { CrossOriginOptions } from './security/cors.js'
export { isLocalHost } from './security/host-check.js'
export type { RailsDigest } from './security/rails-encryptor.js'
export { comparedInProcess } from './session/compared-in-process.js'
export { CookieStore, type CookieStoreOptions } from './session/cookie-store.js'
export type { Session, SessionData } from './session/data.js'
export { ExpressSessionStore } from './session/express/express-session-store.js'
export type {
  ExpressCallback,
  ExpressSession,
  ExpressSessionCookie,
  ExpressStore,
} from './session/express/express-store.js'
export type { ExpressSessionStoreOptions } from './session/express/options.js'
export type { Flash, FlashData } from './session/flash.js'
export type { KeptSession, SessionIndexSupport, TextShelf, VersionedText } from './session/index-support.js'
export { MemcachedStore } from './session/memcached/memcached-store.js'
export type { MemcachedStoreOptions } from './session/memcached/options.js'
export { MemoryStore } from './session/memory-store.js'
export { mergePayloads } from './session/merge.js'
export type { OwnSession, OwnSessions } from './session/own-sessions.js'
export type { SessionDetails, SessionIndexOptions, SessionOwner } from './session/owners.js'
export { RackCookieStore, type RackCookieStoreOptions } from './session/rack-cookie-store.js'
export { RailsCookieStore, type RailsCookieStoreOptions } from './session/rails-cookie-store.js'
export { newSessionId, storedId } from './session/session-id.js'
export type { DestroyAllOptions, OwnedSession, OwnedSessions } from './session/sessions.js'
export {
  endedBecause,
  type RejectedSession,
  refreshDue,
  type SessionAge,
  type SessionCookieOptions,
  type SessionRecord,
  type SessionStore,
  type SessionStoreClass,
  type SessionStoreContext,
} from './session/store.js'
export { disposeShared, type SharedValueOptions, shared } from './shared.js'
export { type StartOptions, startServer } from './start-server.js'
