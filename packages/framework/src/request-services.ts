// Why: what every request uses of the app, put together once at boot from what is configured.
import type { Settings } from './config/settings.js'
import type { RequestServices } from './controller/request-context.js'
import { encryptedCookieSeal, signedCookieSeal } from './http/cookie-seals.js'
import type { Logger } from './logging/logger.js'
import { once } from './logging/once.js'
import { MemoryRateLimitStore } from './rate-limit/memory-rate-limit-store.js'

/** Makes the services of an app. */
export function requestServices(
  settings: Settings,
  paths: Pick<RequestServices, 'pathTo' | 'urlTo'>,
  logger: Logger,
): RequestServices {
  return {
    logger,
    ...paths,
    root: settings.root,
    trustedOrigins: settings.trustedOrigins,
    defaultHeaders: settings.defaultHeaders.initial,
    policy: settings.contentSecurityPolicy?.compiled,
    rateLimitStore: settings.rateLimitStore ?? new MemoryRateLimitStore(),
    cookies: {
      signed: signedCookieSeal(settings.secrets),
      encrypted: encryptedCookieSeal(settings.secrets),
      sessionKey: settings.sessionCookie.key,
      alwaysSecure: settings.forceSSL?.secureCookies === true,
      onRejected: (cookie, reason, request) => logger.warn({ requestId: request.id, cookie, reason }, 'cookie ignored'),
      onLate: (cookie, request) =>
        logger.warn({ requestId: request.id, cookie }, 'cookie dropped: the head was sent before it was set'),
    },
    sessions: {
      store: settings.sessionStore,
      cookie: settings.sessionCookie,
      expireAfter: settings.expireAfter,
      owners: settings.sessionOwners,
      owned: settings.ownedSessions,
      onMissedHttps: once(() => logger.warn(MISSED_HTTPS)),
      onRejected: (reason, request) => logger.warn({ requestId: request.id, reason }, 'session cookie ignored'),
      onDropped: (reason, request) => logger.warn({ requestId: request.id, reason }, 'session change dropped'),
    },
  }
}

const MISSED_HTTPS =
  'the session cookie goes without Secure, though X-Forwarded-Proto says https: set trustProxy in config/application.ts, ' +
  'or sessionOptions.secure to true'
