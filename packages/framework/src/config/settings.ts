// Why: from what an app configured to what it runs with: merged, checked, every default filled in, and nothing decided later.
import { BootError } from '../errors.js'
import type { BodySettings } from '../http/body.js'
import type { Finish } from '../http/compression.js'
import type { Secrets } from '../http/cookie-seals.js'
import type { Middleware } from '../http/handlers.js'
import { compileProxyTrust, type ProxyTrust } from '../http/proxies.js'
import type { PublicFiles } from '../http/public-files.js'
import type { UrlDefaults } from '../http/url-defaults.js'
import { checkKnownKeys } from '../known-keys.js'
import { compileParameterFilter, FILTERED_PARAMETERS, type ParameterFilter } from '../logging/filter-parameters.js'
import { LOG_LEVELS, type LogLevel } from '../logging/logger.js'
import type { RateLimitStore } from '../rate-limit/store.js'
import { type CompiledPolicy, type ContentSecurityPolicy, compilePolicy } from '../security/content-security-policy.js'
import { checkLocalHost, compileHostCheck, type HostCheck } from '../security/host-check.js'
import { SessionCookie } from '../session/cookie.js'
import { CookieStore } from '../session/cookie-store.js'
import { MemoryStore } from '../session/memory-store.js'
import type { SessionCookieOptions, SessionStoreClass } from '../session/store.js'
import { resolveFinish, resolvePublicFiles } from './answers.js'
import { type ApplicationConfig, CONFIG_KEYS, SESSION_COOKIE_KEYS } from './application-config.js'
import { type CorsRules, resolveCors } from './cors.js'
import { type ResolvedHeaders, resolveDefaultHeaders } from './default-headers.js'
import { type Environment, isLocal } from './environment.js'
import { type ForceSSL, resolveForceSSL } from './force-ssl.js'
import { resolveMiddleware } from './middleware.js'
import { resolveOldSecrets, resolveSecret } from './secret.js'
import { type IndexedSessions, resolveSessionIndex } from './session-index.js'
import { resolveTrustedOrigins } from './trusted-origins.js'
import { resolveUploads } from './uploads.js'
import { resolveUrlDefaults } from './url-defaults.js'

/** A configuration whose session store is of any kind. */
// biome-ignore lint/suspicious/noExplicitAny: the options' type is of use to who writes them, not to who checks them by name
export type AnyConfig = ApplicationConfig<any>

/** What an app runs with. */
export interface Settings extends IndexedSessions {
  /** The app's folder. */
  readonly root: string
  readonly environment: Environment
  readonly trust: ProxyTrust | undefined
  /** Undefined when every host is welcome. */
  readonly checkHost: HostCheck | undefined
  readonly trustedOrigins: ReadonlySet<string>
  readonly urlDefaults: UrlDefaults
  readonly bodies: BodySettings
  readonly defaultHeaders: ResolvedHeaders
  readonly forceSSL: ForceSSL | undefined
  /** As it is configured, for controllers to change, and compiled. */
  readonly contentSecurityPolicy:
    | { readonly source: ContentSecurityPolicy; readonly compiled: CompiledPolicy }
    | undefined
  readonly cors: CorsRules | undefined
  /** Undefined: the memory of this process. */
  readonly rateLimitStore: RateLimitStore | undefined
  readonly logLevel: LogLevel
  readonly filterParameters: ParameterFilter
  /** Undefined when there is none. */
  readonly middleware: readonly Middleware[] | undefined
  readonly methodOverride: boolean
  /** In milliseconds; 0 for none. */
  readonly headersTimeout: number
  /** In milliseconds; 0 for none. */
  readonly requestTimeout: number
  /** In milliseconds. */
  readonly shutdownTimeout: number
  /** In milliseconds. */
  readonly sendTimeout: number
  /** Undefined when there are none. */
  readonly publicFiles: PublicFiles | undefined
  /** What is done with every answer before it is sent; undefined for nothing. */
  readonly finish: Finish | undefined
  /** What signed and encrypted cookies are made with: the app's secret, and those of the past. */
  readonly secrets: Secrets
  readonly sessionCookie: SessionCookie
  /** Whether sessions are in the memory of this process, where no other sees them. */
  readonly sessionsInMemory: boolean
  readonly expireAfter: number | undefined
}

/** What settings are made from. */
export interface SettingsSource {
  readonly config: AnyConfig
  /** That of config/environments/NAME.ts, if there is one. */
  readonly override: AnyConfig | undefined
  readonly environment: Environment
  /** The app's folder. */
  readonly root: string
  /** The app's name in its package.json. */
  readonly name: string
}

/**
 * Checks a configuration and fills in what it leaves open.
 * @throws BootError naming the key, the file, and how to mend it
 */
export function resolveSettings(source: SettingsSource): Settings {
  const { environment } = source
  checkShape(source.config, 'config/application.ts', 'defineApplication')
  if (source.override !== undefined) checkShape(source.override, overrideFile(environment), 'defineEnvironment')
  const config = merge(source.config, source.override)
  const forceSSL = resolveForceSSL(config.forceSSL)
  return {
    root: source.root,
    environment,
    trust: proxyTrust(config),
    checkHost: hostCheck(config, environment),
    trustedOrigins: resolveTrustedOrigins(config.trustedOrigins),
    urlDefaults: resolveUrlDefaults(config.defaultUrlOptions),
    bodies: {
      bodyLimit: wholeNumber('bodyLimit', config.bodyLimit, 1_048_576, 'bytes'),
      inflate: trueOrFalse('inflateBodies', config.inflateBodies, false),
      uploads: resolveUploads(config.uploads, source.root),
    },
    forceSSL,
    defaultHeaders: resolveDefaultHeaders(config.defaultHeaders, hsts(forceSSL, environment)),
    contentSecurityPolicy: policy(config.contentSecurityPolicy),
    cors: resolveCors(config.cors),
    rateLimitStore: rateLimitStore(config.rateLimitStore),
    logLevel: logLevel(config.logLevel, environment),
    filterParameters: compileParameterFilter([
      ...FILTERED_PARAMETERS,
      ...(words('filterParameters', config.filterParameters, "['iban']") ?? []),
    ]),
    middleware: resolveMiddleware(config.middleware),
    methodOverride: trueOrFalse('methodOverride', config.methodOverride, true),
    headersTimeout: wholeNumber('headersTimeout', config.headersTimeout, 10, 'seconds') * 1000,
    requestTimeout: wholeNumber('requestTimeout', config.requestTimeout, 30, 'seconds') * 1000,
    shutdownTimeout: wholeNumber('shutdownTimeout', config.shutdownTimeout, 30, 'seconds') * 1000,
    sendTimeout: wholeNumber('sendTimeout', config.sendTimeout, 30, 'seconds') * 1000,
    publicFiles: resolvePublicFiles(config.publicFiles, source.root, environment.name === 'development'),
    finish: resolveFinish(config.etag, config.compress),
    ...session(config, source, forceSSL),
  }
}

function overrideFile({ name }: Environment): string {
  return `config/environments/${name}.ts`
}

function checkShape(config: unknown, file: string, define: string): void {
  if (typeof config !== 'object' || config === null) {
    throw new BootError(`${file} exports no configuration by default.`, `write: export default ${define}({ … })`)
  }
  checkKnownKeys(config, CONFIG_KEYS, file)
  const { sessionOptions } = config as AnyConfig
  if (sessionOptions !== undefined && (typeof sessionOptions !== 'object' || sessionOptions === null)) {
    throw new BootError(`sessionOptions in ${file} is no object.`, "write: sessionOptions: { key: '_blog_session' }")
  }
}

function merge(config: AnyConfig, override: AnyConfig | undefined): AnyConfig {
  if (override === undefined) return config
  const sameStore = override.sessionStore === undefined || override.sessionStore === config.sessionStore
  const sessionOptions = sameStore ? { ...config.sessionOptions, ...override.sessionOptions } : override.sessionOptions
  return { ...config, ...override, sessionStore: override.sessionStore ?? config.sessionStore, sessionOptions }
}

/** Without forceSSL only for this host, which has just been seen to answer by HTTPS. */
function hsts(forceSSL: ForceSSL | undefined, environment: Environment): string | undefined {
  if (forceSSL !== undefined) return forceSSL.hsts
  return isLocal(environment) ? undefined : 'max-age=31536000'
}

function rateLimitStore(configured: RateLimitStore | undefined): RateLimitStore | undefined {
  if (configured === undefined || typeof (configured as RateLimitStore | null)?.increment === 'function')
    return configured
  throw new BootError(
    'rateLimitStore is no store that rate limits could count in.',
    "give one, such as new MemcachedRateLimitStore({ memcacheServer: 'localhost:11211' }).",
  )
}

function policy(source: ContentSecurityPolicy | undefined): Settings['contentSecurityPolicy'] {
  if (source === undefined) return undefined
  return { source, compiled: compilePolicy(source, 'contentSecurityPolicy in config/application.ts') }
}

function session(
  config: AnyConfig,
  { override, environment, root, name }: SettingsSource,
  forceSSL: ForceSSL | undefined,
) {
  const Store = (config.sessionStore ?? CookieStore) as SessionStoreClass<object>
  if (typeof Store !== 'function' || typeof Store.optionNames !== 'object') {
    throw new BootError(
      'sessionStore is no class of session stores.',
      'give the class itself, such as CookieStore, imported from contrail.',
    )
  }
  const options = (config.sessionOptions ?? {}) as SessionCookieOptions & { secret?: unknown; oldSecret?: unknown }
  const known = [...new Set([...SESSION_COOKIE_KEYS, ...Object.keys(Store.optionNames)])]
  checkKnownKeys(
    override?.sessionOptions ?? {},
    known,
    `sessionOptions in ${overrideFile(environment)} (${Store.name})`,
  )
  checkKnownKeys(options, known, `sessionOptions in config/application.ts (${Store.name})`)
  const key = options.key ?? `_${name.replace(/^@[^/]*\//, '').replace(/[^A-Za-z0-9]+/g, '_') || 'contrail'}_session`
  const secure = options.secure ?? (forceSSL?.secureCookies === true ? true : undefined)
  const sessionCookie = new SessionCookie(key, { ...options, secure })
  const { expireAfter, maxLifetime } = options
  const secret = resolveSecret(options.secret, environment, root)
  const oldSecrets = resolveOldSecrets(options.oldSecret)
  const secrets: Secrets = [secret, ...oldSecrets]
  const context = { key, secret, oldSecrets, expireAfter, maxLifetime }
  const store = new Store(options, context)
  const sessions = resolveSessionIndex(store, options, context)
  return { secrets, sessionCookie, sessionsInMemory: store instanceof MemoryStore, expireAfter, ...sessions }
}

function hostCheck(config: AnyConfig, environment: Environment): HostCheck | undefined {
  const hosts = words('hosts', config.hosts, "['example.com', '.example.org']")
  if (hosts !== undefined) return compileHostCheck(hosts)
  return environment.name === 'development' ? checkLocalHost : undefined
}

function proxyTrust({ trustProxy = false }: AnyConfig): ProxyTrust | undefined {
  try {
    return compileProxyTrust(trustProxy)
  } catch (error) {
    throw new BootError(
      `trustProxy: ${(error as Error).message}.`,
      "give true, a number of proxies, addresses, ranges such as '10.0.0.0/8', or 'loopback'.",
    )
  }
}

function logLevel(configured: LogLevel | undefined, environment: Environment): LogLevel {
  const level = configured ?? DEFAULT_LEVELS[environment.name] ?? 'info'
  if (LOG_LEVELS.includes(level)) return level
  throw new BootError(`logLevel is ${JSON.stringify(level)}.`, `choose one of ${LOG_LEVELS.join(', ')}.`)
}

const DEFAULT_LEVELS: Readonly<Record<string, LogLevel>> = { development: 'debug', test: 'warn' }

function words(key: string, configured: unknown, example: string): readonly string[] | undefined {
  if (configured === undefined) return undefined
  if (Array.isArray(configured) && configured.every((word) => typeof word === 'string' && word !== ''))
    return configured
  throw new BootError(`${key} is ${JSON.stringify(configured)}.`, `give a list of strings, such as ${example}.`)
}

function trueOrFalse(key: string, configured: unknown, standard: boolean): boolean {
  const value = configured ?? standard
  if (typeof value === 'boolean') return value
  throw new BootError(`${key} is ${JSON.stringify(value)}.`, 'give true or false.')
}

function wholeNumber(key: string, configured: number | undefined, standard: number, unit: string): number {
  const value = configured ?? standard
  if (Number.isSafeInteger(value) && value >= 0) return value
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value)
  throw new BootError(`${key} is ${shown}.`, `give a whole number of ${unit}, such as ${standard}.`)
}
