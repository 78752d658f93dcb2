// Why: a name and password, or a token, with each request: for the pages and APIs that need no log-in of their own.
import { BootError, Unauthorized } from '../errors.js'
import { basicCredentials, type TokenCredentials, tokenCredentials } from '../http/authorization.js'
import type { HttpRequest } from '../http/request.js'
import { checkKnownKeys } from '../known-keys.js'
import { isPromise, type MaybePromise } from '../maybe-promise.js'
import { secureCompare } from '../security/compare.js'
import type { ControllerClass } from './action-name.js'
import type { Controller } from './controller.js'
import { declareFilter, type FilterOptions } from './filters.js'

/** Options of `authenticateOrRequestWithHttpBasic` and `authenticateOrRequestWithHttpToken`. */
export interface AuthenticationOptions {
  /** What the client is told it must log in to. Default: `Application`. */
  readonly realm?: string
  /** What the answer to a request without valid credentials says. */
  readonly message?: string
}

/** Options of `httpBasicAuthenticateWith`. */
export interface BasicAuthenticationOptions<C extends Controller> extends FilterOptions<C> {
  /** Without a colon. */
  readonly name: string | undefined
  /** Not empty: undefined, as of a variable that is not set, is refused when the app boots. */
  readonly password: string | undefined
  /** What the client is told it must log in to. Default: `Application`. */
  readonly realm?: string
}

const KEYS = Object.keys({
  name: true,
  password: true,
  realm: true,
  only: true,
  except: true,
  if: true,
  unless: true,
  as: true,
} satisfies Record<keyof BasicAuthenticationOptions<Controller>, true>)

type Nothing = undefined | null | false | 0 | ''

/** What a check found, if it found anything: as a promise, if the check gave one. */
export type Found<T> = T extends PromiseLike<infer U> ? Promise<Exclude<U, Nothing>> : Exclude<T, Nothing>
/** What a check found, or undefined; undefined at once where there was nothing to check. */
export type MaybeFound<T> =
  T extends PromiseLike<infer U>
    ? Promise<Exclude<U, Nothing> | undefined> | undefined
    : Exclude<T, Nothing> | undefined

/** Asks `check` about the name and password of a request. A promise only if `check` gives one. */
export function withHttpBasic<T>(
  request: HttpRequest,
  check: (name: string, password: string) => T,
  orElse: () => void,
): MaybePromise<unknown> {
  const credentials = basicCredentials(request.header('authorization'))
  return found(credentials && check(credentials.name, credentials.password), orElse)
}

/** Asks `check` about the token of a request. A promise only if `check` gives one. */
export function withHttpToken<T>(
  request: HttpRequest,
  check: (token: string, options: TokenCredentials['options']) => T,
  orElse: () => void,
): MaybePromise<unknown> {
  const credentials = tokenCredentials(request.header('authorization'))
  return found(credentials && check(credentials.token, credentials.options), orElse)
}

function found(result: unknown, orElse: () => void): MaybePromise<unknown> {
  if (isPromise(result)) return result.then((value) => found(value, orElse))
  if (result) return result
  orElse()
  return undefined
}

/** @throws Unauthorized, with the challenge of HTTP Basic */
export function requestHttpBasic({ realm, message = 'HTTP Basic: Access denied.' }: AuthenticationOptions): never {
  const challenge = `Basic realm=${quotedRealm(realm)}, charset="UTF-8"`
  throw new Unauthorized(message, { headers: { 'www-authenticate': challenge } })
}

/** @throws Unauthorized, with the challenge for bearer tokens (RFC 6750) */
export function requestHttpToken(
  { realm, message = 'HTTP Token: Access denied.' }: AuthenticationOptions,
  request: HttpRequest,
): never {
  const error = request.header('authorization') === undefined ? '' : ', error="invalid_token"'
  const challenge = `Bearer realm=${quotedRealm(realm)}${error}`
  throw new Unauthorized(message, { headers: { 'www-authenticate': challenge } })
}

/** @throws BootError for a name or password that cannot be, or that is empty */
export function declareBasicAuthentication<C extends Controller>(
  controller: ControllerClass<C>,
  { name, password, realm, ...options }: BasicAuthenticationOptions<C>,
): void {
  const macro = 'httpBasicAuthenticateWith'
  checkKnownKeys(options, KEYS, `the options of ${controller.name}.${macro}`)
  for (const [key, value] of Object.entries({ name, password })) {
    if (typeof value === 'string' && value !== '') continue
    throw new BootError(
      `${controller.name}.${macro}: the ${key} is ${value === '' ? 'empty' : `no text, but ${typeof value}`}.`,
      `give a ${key}; if it comes from the environment, set the variable.`,
    )
  }
  if (name?.includes(':') === true)
    throw new BootError(
      `${controller.name}.${macro}: the name has a colon, which HTTP Basic authentication ends it at.`,
      'give a name without one.',
    )
  quotedRealm(realm)
  const known = { name: normalized(name as string), password: normalized(password as string) }
  const check = (given: string, secret: string) => {
    // Both always: a wrong name must not be quicker to refuse than a wrong password.
    const isName = secureCompare(normalized(given), known.name)
    const isPassword = secureCompare(normalized(secret), known.password)
    return isName && isPassword
  }
  const authentication = realm === undefined ? {} : { realm }
  const filter = ({ request }: Controller) => withHttpBasic(request, check, () => requestHttpBasic(authentication))
  declareFilter(controller, 'before', filter, options, { macro })
}

/** Clients spell `é` as one character or as two; RFC 7617 asks for the one. */
function normalized(text: string): string {
  return text.normalize('NFC')
}

/** @throws BootError for a realm that no header can carry */
function quotedRealm(realm = 'Application'): string {
  if (typeof realm === 'string' && /^[ -~]+$/.test(realm)) return `"${realm.replace(/["\\]/g, '\\$&')}"`
  throw new BootError(`The realm ${JSON.stringify(realm)} cannot be sent.`, 'give one in ASCII, such as "Admin area".')
}
