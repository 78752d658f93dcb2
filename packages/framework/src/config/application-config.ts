// Why: what an app can configure, in one typed place. Every key here is known at boot; any other is refused.
import type { Middleware } from '../http/handlers.js'

import type { TrustProxy } from '../http/proxies.js'
import type { UrlDefaults } from '../http/url-defaults.js'
import type { LogLevel } from '../logging/logger.js'
import type { RateLimitStore } from '../rate-limit/store.js'
import type { ContentSecurityPolicy } from '../security/content-security-policy.js'
import type { Hosts } from '../security/host-check.js'
import type { CookieStoreOptions } from '../session/cookie-store.js'
import type { SessionCookieOptions, SessionStoreClass } from '../session/store.js'
import type { CompressionOptions, PublicFilesOptions } from './answers.js'
import type { CrossOriginRule } from './cors.js'
import type { DefaultHeaders } from './default-headers.js'
import type { ForceSSLOptions } from './force-ssl.js'
import type { UploadOptions } from './uploads.js'

/**
 * The configuration of an app.
 * @typeParam StoreOptions the session store's own options; it follows from `sessionStore`
 */
export interface ApplicationConfig<StoreOptions extends object = CookieStoreOptions> {
  /** Where sessions are kept. Default: `CookieStore`. */
  readonly sessionStore?: SessionStoreClass<StoreOptions> | undefined
  /** The session's cookie and life, and the store's own options. */
  readonly sessionOptions?: (SessionCookieOptions & NoInfer<StoreOptions>) | undefined
  /** Which proxies' `X-Forwarded-*` headers to believe. Default: none. */
  readonly trustProxy?: TrustProxy | undefined
  /**
   * The hosts a request may name; others get 403. `.example.com` stands for a domain and all below it. Default: in
   * development this machine's own names, elsewhere every host.
   */
  readonly hosts?: Hosts | undefined
  /**
   * Origins, such as `https://pay.example.com`, whose pages may send forms and unsafe requests here, beside the app's
   * own. Requests that browsers say were started elsewhere get 422.
   */
  readonly trustedOrigins?: readonly string[] | undefined
  /**
   * Headers of every answer, beside or in place of the framework's: `X-Content-Type-Options: nosniff`,
   * `X-Frame-Options: SAMEORIGIN`, `Referrer-Policy: strict-origin-when-cross-origin`,
   * `Cross-Origin-Opener-Policy: same-origin` and `X-Permitted-Cross-Domain-Policies: none`; and, over HTTPS outside
   * development and test, `Strict-Transport-Security` for a year. null takes one away. An action may set another.
   */
  readonly defaultHeaders?: DefaultHeaders | undefined
  /**
   * HTTPS alone: a plain request is redirected (301 for GET and HEAD, else 308), browsers are told to remember it
   * (`Strict-Transport-Security`), and cookies are `Secure`. For config/environments/production.ts; behind a proxy that ends
   * TLS, with `trustProxy`. Default: false.
   */
  readonly forceSSL?: boolean | ForceSSLOptions | undefined
  /**
   * The Content-Security-Policy of every answer, but those of actions that say otherwise, and error pages, which have their
   * own. Default: none.
   */
  readonly contentSecurityPolicy?: ContentSecurityPolicy | undefined
  /**
   * Where rate limits count, such as `new MemcachedRateLimitStore({ memcacheServer: 'localhost:11211' })`. Default: the
   * memory of this process.
   */
  readonly rateLimitStore?: RateLimitStore | undefined
  /**
   * Which other origins' scripts may call which paths: a rule, or several of which the first that fits counts. A controller's
   * `allowCrossOrigin` comes before it. Default: none may.
   */
  readonly cors?: CrossOriginRule | readonly CrossOriginRule[] | undefined
  /** Host and protocol of the URLs that `urlTo` builds. Default: those a request asked for, which a stranger chooses. */
  readonly defaultUrlOptions?: UrlDefaults | undefined
  /** The most bytes a request's body may have, files apart; more is a 413. Default: 1,048,576. */
  readonly bodyLimit?: number | undefined
  /** Whether bodies compressed with gzip, deflate or br are read, up to `bodyLimit` inflated. Default: false, a 415. */
  readonly inflateBodies?: boolean | undefined
  /** How much the files of multipart forms may be; with `false` such forms are refused with 415. */
  readonly uploads?: UploadOptions | false | undefined
  /** How much is logged. Default: `debug` in development, `warn` in test, else `info`. */
  readonly logLevel?: LogLevel | undefined
  /** Parameters whose names hold one of these words are not logged. Added to Rails' list (`FILTERED_PARAMETERS`). */
  readonly filterParameters?: readonly string[] | undefined
  /**
   * Connect middleware that runs in front of the app, in this order, for every request: `[helmet(), compression()]`.
   * It needs a connection: with any, `app.handle` and `app.fetch` answer 500.
   */
  readonly middleware?: readonly Middleware[] | undefined
  /**
   * Whether a form's POST can mean PATCH, PUT or DELETE: by a field `_method`, or by the header `X-HTTP-Method-Override`.
   * Default: true, as in Rails.
   */
  readonly methodOverride?: boolean | undefined
  /** Seconds a client is given to send a request's headers; then it gets 408. 0: no limit. Default: 10. */
  readonly headersTimeout?: number | undefined
  /** Seconds a client is given to send a whole request, its body too; then it gets 408. 0: no limit. Default: 30. */
  readonly requestTimeout?: number | undefined
  /** Seconds that requests under way are given when the server is told to stop. Default: 30. */
  readonly shutdownTimeout?: number | undefined
  /**
   * Seconds a client may read nothing of an answer that is ready for it; then, and at the latest after twice as long, its
   * connection is cut. 0 waits for ever. Default: 30.
   */
  readonly sendTimeout?: number | undefined
  /**
   * How the files of the folder `public` are served; false for not at all. They come before the routes. In development the
   * folder is looked at for each request, elsewhere once, at boot.
   */
  readonly publicFiles?: false | PublicFilesOptions | undefined
  /** Whether whole answers to GET get an `ETag` made of their body, and 304 when the client has them. Default: false. */
  readonly etag?: boolean | undefined
  /**
   * Whether answers are compressed for clients that take it. Not where a page shows both a secret and what a stranger can
   * choose: the size tells of the secret (BREACH). Default: false.
   */
  readonly compress?: boolean | CompressionOptions | undefined
}

/** The names of all keys, held to the type by the compiler. */
export const CONFIG_KEYS = Object.keys({
  sessionStore: true,
  sessionOptions: true,
  trustProxy: true,
  hosts: true,
  trustedOrigins: true,
  defaultHeaders: true,
  forceSSL: true,
  contentSecurityPolicy: true,
  rateLimitStore: true,
  cors: true,
  defaultUrlOptions: true,
  bodyLimit: true,
  inflateBodies: true,
  uploads: true,
  logLevel: true,
  filterParameters: true,
  middleware: true,
  methodOverride: true,
  headersTimeout: true,
  requestTimeout: true,
  shutdownTimeout: true,
  sendTimeout: true,
  publicFiles: true,
  etag: true,
  compress: true,
} satisfies Record<keyof ApplicationConfig, true>)

/** The names of the session options that every store has, held to the type by the compiler. */
export const SESSION_COOKIE_KEYS = Object.keys({
  key: true,
  domain: true,
  path: true,
  httpOnly: true,
  secure: true,
  sameSite: true,
  partitioned: true,
  expireAfter: true,
  maxLifetime: true,
  secret: true,
  oldSecret: true,
  indexBy: true,
  indexDetails: true,
  indexLimit: true,
} satisfies Record<keyof SessionCookieOptions, true>)

/**
 * Configures an app: the default export of config/application.ts. The type of `sessionOptions` follows from `sessionStore`.
 * ```ts
 * export default defineApplication({ sessionOptions: { key: '_blog_session', expireAfter: 1_209_600 } })
 * ```
 */
export function defineApplication<StoreOptions extends object = CookieStoreOptions>(
  config: ApplicationConfig<StoreOptions>,
): ApplicationConfig<StoreOptions> {
  return config
}

/**
 * What one environment does otherwise: the default export of config/environments/NAME.ts. `sessionOptions` are merged key
 * by key, unless it names another `sessionStore`; every other key replaces that of config/application.ts.
 */
export function defineEnvironment<StoreOptions extends object = CookieStoreOptions>(
  config: ApplicationConfig<StoreOptions>,
): ApplicationConfig<StoreOptions> {
  return config
}
