// Why: the class that an app's controllers extend: the verbs an action answers with, and what it answers from.
import { SessionsNotIndexedError } from '../errors.js'
import type { CookieJar } from '../http/cookie-jar.js'
import type { Params } from '../http/params.js'
import type { HttpRequest } from '../http/request.js'
import type { HttpResponse } from '../http/response.js'
import type { Status } from '../http/status.js'
import type { Logger } from '../logging/logger.js'
import type { Session } from '../session/data.js'
import type { Flash } from '../session/flash.js'
import { OwnSessions } from '../session/own-sessions.js'
import { AnsweringController } from './answering.js'
import {
  type AuthenticationOptions,
  type Found,
  type MaybeFound,
  requestHttpBasic,
  requestHttpToken,
  withHttpBasic,
  withHttpToken,
} from './authentication.js'
import { contextOf } from './binding.js'
import { type CsrfTokenOptions, csrfToken, TOKEN_FIELD } from './forgery-protection.js'
import type { PathArguments, RouteName, UrlOptions } from './path-to.js'
import { type AnswerOptions, answer, answerJson, answerRedirect, type RedirectOptions } from './rendering.js'
import type { RequestContext } from './request-context.js'

/**
 * The base of all controllers. An app has one `ApplicationController` that extends it, and all others extend that.
 * Every public method without parameters that the app adds is an action, once a route names it.
 */
export abstract class Controller extends AnsweringController {
  /** The request. */
  get request(): HttpRequest {
    return this.#bound('request').request
  }

  /** The response: status, headers and body, as far as they are decided. */
  get response(): HttpResponse {
    return this.#bound('response').response
  }

  /** Query, body and path parameters; of one name the path's wins over the body's, the body's over the query's. */
  get params(): Params {
    return this.#bound('params').params
  }

  /**
   * The session: plain data to read and to change, kept when the action ends. Not touching it costs nothing; only
   * reading it sends no cookie.
   */
  get session(): Session {
    return this.#bound('session').session.data
  }

  /**
   * Cookies to read, set and delete: plain strings, and any JSON value in `cookies.signed` and `cookies.encrypted`.
   * They are sent when the action has ended; an error that nobody rescues sends none.
   */
  get cookies(): CookieJar {
    return this.#bound('cookies').cookies
  }

  /** Messages for the next request, and those from the one before: `this.flash.set('notice', 'Saved.')`. */
  get flash(): Flash {
    return this.#bound('flash').session.flash
  }

  /**
   * All sessions of the user whose request this is, to list and to end, for apps that configured `indexBy`.
   * @throws SessionsNotIndexedError where the app has not
   */
  get sessions(): OwnSessions {
    const { services, session, where } = this.#bound('sessions')
    const { owners, owned } = services.sessions
    if (owners === undefined || owned === undefined) throw new SessionsNotIndexedError('this.sessions')
    return new OwnSessions(owners, owned, session, where)
  }

  /** Logs with the request's id. */
  get logger(): Logger {
    return this.#bound('logger').logger
  }

  /**
   * The path of a named route: `this.pathTo('post', { id: 1 }, { query: { page: 2 }, anchor: 'comments' })`. Where the
   * compiler does not know the routes, parameters that the path does not have become its query.
   * @throws TypeError when there is no such route, or a parameter of its path is missing
   */
  pathTo<Name extends RouteName>(name: Name, ...rest: PathArguments<Name>): string {
    return this.#bound('pathTo').services.pathTo(name, ...rest)
  }

  /**
   * The absolute URL of a named route, for e-mails and other sites: of the host in the options, else that of
   * `defaultUrlOptions` in config/application.ts, else the one the request asked for.
   * @throws TypeError as {@link pathTo}, and when no host is known
   */
  urlTo<Name extends RouteName>(name: Name, ...rest: PathArguments<Name, UrlOptions>): string {
    const { services, request } = this.#bound('urlTo')
    return services.urlTo(request, name, ...rest)
  }

  /**
   * A token that proves that a request comes from a page of this site: for scripts, which send it as `X-CSRF-Token`.
   * Another text at each call, all valid until the session ends or is renewed. Makes a session if there is none.
   */
  csrfToken(options?: CsrfTokenOptions): string {
    return csrfToken(this.#bound('csrfToken'), options)
  }

  /** {@link csrfToken} as a form's hidden field, in HTML. */
  csrfField(options?: CsrfTokenOptions): string {
    // What a token is made of needs no escaping.
    return `<input type="hidden" name="${TOKEN_FIELD}" value="${csrfToken(this.#bound('csrfField'), options)}">`
  }

  /**
   * What `check` gives for the name and password of the request (HTTP Basic authentication). A request without them, and
   * one that `check` finds nothing for, is answered 401, and the client asks its user. Compare with `secureCompare`.
   * @throws Unauthorized, with `WWW-Authenticate`
   */
  authenticateOrRequestWithHttpBasic<T>(
    check: (name: string, password: string) => T,
    options: AuthenticationOptions = {},
  ): Found<T> {
    const { request } = this.#bound('authenticateOrRequestWithHttpBasic')
    return withHttpBasic(request, check, () => requestHttpBasic(options)) as Found<T>
  }

  /** As {@link authenticateOrRequestWithHttpBasic}, but undefined where that answers 401. */
  authenticateWithHttpBasic<T>(check: (name: string, password: string) => T): MaybeFound<T> {
    return withHttpBasic(this.#bound('authenticateWithHttpBasic').request, check, noCredentials) as MaybeFound<T>
  }

  /**
   * What `check` gives for the token of the request: `Authorization: Bearer …`, or `Token token="…"` with options beside it.
   * A request without a token, and one that `check` finds nothing for, is answered 401. Compare with `secureCompare`, or
   * look up the token's SHA-256.
   * @throws Unauthorized, with `WWW-Authenticate`
   */
  authenticateOrRequestWithHttpToken<T>(
    check: (token: string, options: Readonly<Record<string, string | undefined>>) => T,
    options: AuthenticationOptions = {},
  ): Found<T> {
    const { request } = this.#bound('authenticateOrRequestWithHttpToken')
    return withHttpToken(request, check, () => requestHttpToken(options, request)) as Found<T>
  }

  /** As {@link authenticateOrRequestWithHttpToken}, but undefined where that answers 401. */
  authenticateWithHttpToken<T>(
    check: (token: string, options: Readonly<Record<string, string | undefined>>) => T,
  ): MaybeFound<T> {
    return withHttpToken(this.#bound('authenticateWithHttpToken').request, check, noCredentials) as MaybeFound<T>
  }

  /**
   * The nonce of this answer, for `<script nonce="…">` and `<style nonce="…">`: 128 random bits in base64, drawn when first
   * asked for. Directives of the Content-Security-Policy that name `nonce` then allow it.
   */
  get cspNonce(): string {
    return this.#bound('cspNonce').cspNonce
  }

  /** Ends the session: its data and its id are gone, and what is set from here on is a new one. For log-out. */
  resetSession(): void {
    this.#bound('resetSession').session.reset()
  }

  /** Gives the session a new id and keeps its data; the old id and its CSRF tokens stand for nothing. For log-in, against session fixation. */
  renewSession(): void {
    this.#bound('renewSession').session.renew()
  }

  /**
   * Answers JSON: 200, unless `status` says otherwise.
   * @throws DoubleRenderError; TypeError when the value has no JSON
   */
  render(json: unknown, options: AnswerOptions = {}): void {
    answerJson(this.#bound('render'), json, options)
  }

  /** Answers plain text. @throws DoubleRenderError */
  renderText(text: string, options: AnswerOptions = {}): void {
    answer(this.#bound('renderText'), 'renderText', 'text/plain; charset=utf-8', text, options)
  }

  /** Answers HTML, as it is: nothing is escaped. @throws DoubleRenderError */
  renderHtml(html: string, options: AnswerOptions = {}): void {
    answer(this.#bound('renderHtml'), 'renderHtml', 'text/html; charset=utf-8', html, options)
  }

  /** Answers with a status and headers alone. @throws DoubleRenderError */
  head(status: Status, options: Omit<AnswerOptions, 'status'> = {}): void {
    answer(this.#bound('head'), 'head', undefined, null, { ...options, status })
  }

  /**
   * Redirects to a path of this site, or with `allowOtherHost` to any http(s) address. 302 after GET, 303 after a form.
   * @throws DoubleRenderError; TypeError when the address leads elsewhere without leave
   */
  redirectTo(target: string, options: RedirectOptions = {}): void {
    answerRedirect(this.#bound('redirectTo'), target, options)
  }

  #bound(property: string): RequestContext {
    return contextOf(this, property)
  }
}

function noCredentials(): void {
  // What was asked for is optional: the caller gets undefined.
}
