// Why: a browser sends a user's cookies with requests that other sites start. What such a request may do is decided here,
// before filters and action run: docs/decisions/010.
import { InvalidAuthenticityToken } from '../errors.js'
import type { HttpRequest } from '../http/request.js'
import type { CorsPolicy } from '../security/cors.js'
import { isValidToken, maskedToken, newCsrfSecret } from '../security/csrf-token.js'
import { initiatorOf } from '../security/request-origin.js'
import type { ControllerClass } from './action-name.js'
import { crossOriginRequest } from './cross-origin.js'
import { checkSelection, type ForgeryRule, lineage, macrosOf, type Selection, selects } from './filters.js'
import type { RequestContext } from './request-context.js'

/** Which form a CSRF token is for: it is refused for any other. Without one, a token is for all forms of the session. */
export interface CsrfTokenOptions {
  /** The path that the form is sent to, such as `this.pathTo('posts')`. */
  readonly path: string
  /** Default: `POST`. */
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
}

/** The field of a form that has its token, and the header for scripts. */
export const TOKEN_FIELD = 'authenticity_token'
const TOKEN_HEADER = 'x-csrf-token'

export function declareForgeryRule(controller: ControllerClass, mode: ForgeryRule['mode'], selection: Selection): void {
  checkSelection(controller, mode === 'token' ? 'protectFromForgery' : 'skipForgeryProtection', selection)
  macrosOf(controller).forgery.push({ mode, selection })
}

/** How unsafe requests to an action are checked: by whose page they come from, by a token beside that, or not at all. */
export type ForgeryMode = ForgeryRule['mode'] | 'origin'

/** The mode of one action. Of several rules the last one wins, a child's over its parents'. */
export function forgeryModeOf(controller: ControllerClass, action: string): ForgeryMode {
  const rules = lineage(controller).flatMap(({ forgery }) => forgery)
  return rules.findLast(({ selection }) => selects(selection, action))?.mode ?? 'origin'
}

/**
 * Refuses a request that may be forged.
 * @param cors which other origins may call the action
 * @throws InvalidAuthenticityToken
 */
export function checkForgery(context: RequestContext, mode: ForgeryMode, cors: CorsPolicy | undefined): void {
  if (mode !== 'none' && !isSafe(context.request.method)) check(context, mode === 'token', cors)
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
}

function check(context: RequestContext, wantsToken: boolean, cors: CorsPolicy | undefined): void {
  const { request, services } = context
  const fetchSite = request.header('sec-fetch-site')
  const origin = request.header('origin')
  const own = () => ownOrigin(request)
  const isTrusted = (from: string) =>
    services.trustedOrigins.has(from) || cors?.vouchesFor(crossOriginRequest(request)) === true
  const initiator = initiatorOf({ fetchSite, origin, ownOrigin: own }, isTrusted)
  if (initiator === 'own') return
  if (initiator === 'foreign') throw startedElsewhere(`Sec-Fetch-Site: ${quoted(fetchSite)}`, origin)
  if (wantsToken) checkToken(context)
  else if (initiator === 'differs') throw originDiffers(origin, own())
}

/** As browsers write it: a proxy may have named the scheme's own port, which no `Origin` has. */
function ownOrigin({ protocol, host }: HttpRequest): string | undefined {
  if (host === undefined) return undefined
  const origin = `${protocol}://${host}`
  return URL.canParse(origin) ? new URL(origin).origin : undefined
}

function checkToken(context: RequestContext): void {
  const { request } = context
  const token = sentToken(request)
  if (token === undefined) {
    throw new InvalidAuthenticityToken(
      'This request came without a CSRF token. ' +
        `Put this.csrfField() into the form, or send this.csrfToken() as X-CSRF-Token. ${FOR_PROGRAMS}`,
    )
  }
  const secret = context.session.csrfSecret
  if (secret === undefined || !isValidToken(token, secret, { method: request.method, path: request.path })) {
    throw new InvalidAuthenticityToken(
      'The CSRF token of this request is of another session, of another form, or from before the last log-in. ' +
        'Load the page with the form again, and send it once more.',
    )
  }
}

/** Not from the query: what is in a URL ends up in logs and in Referer headers. */
function sentToken(request: HttpRequest): string | undefined {
  const header = request.header(TOKEN_HEADER)
  if (header !== undefined) return header
  const { body } = request
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, TOKEN_FIELD)) return undefined
  const field = (body as Record<string, unknown>)[TOKEN_FIELD]
  return typeof field === 'string' ? field : undefined
}

/** A masked token of this session, which gets its secret with the first. */
export function csrfToken(context: RequestContext, options: CsrfTokenOptions | undefined): string {
  const { session } = context
  session.csrfSecret ??= newCsrfSecret()
  return maskedToken(session.csrfSecret as string, options && { method: 'POST', ...options })
}

const FOR_PROGRAMS =
  'An action that is for other programs, and not for browsers with cookies, says skipForgeryProtection.'

function startedElsewhere(said: string, origin: string | undefined): InvalidAuthenticityToken {
  const from = origin === undefined ? '' : `, Origin: ${quoted(origin)}`
  return new InvalidAuthenticityToken(
    `This request was started by another site (${said}${from}). ` +
      `If that site may, add its origin to trustedOrigins in config/application.ts. ${FOR_PROGRAMS}`,
  )
}

function originDiffers(origin: string | undefined, own: string | undefined): InvalidAuthenticityToken {
  return new InvalidAuthenticityToken(
    `This request was started by ${quoted(origin)}, and this app takes itself for ${quoted(own)}. ` +
      'Behind a proxy, set trustProxy in config/application.ts; if another site may send requests here, add its origin to ' +
      `trustedOrigins. ${FOR_PROGRAMS}`,
  )
}

function quoted(text: string | undefined): string {
  return JSON.stringify((text ?? '').slice(0, 100))
}
