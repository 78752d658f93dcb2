// Why: the class that an app's controllers extend: the verbs an action answers with, and what it answers from.
import { NoRequestError } from '../errors.js'
import type { CookieJar } from '../http/cookie-jar.js'
import type { Params } from '../http/params.js'
import type { HttpRequest } from '../http/request.js'
import type { HttpResponse } from '../http/response.js'
import type { Logger } from '../logging/logger.js'
import type { Session } from '../session/data.js'
import type { Flash } from '../session/flash.js'
import type { ControllerClass } from './action-name.js'
import {
  type ActionSelection,
  type AfterFilter,
  type AroundFilter,
  type BeforeFilter,
  declareFilter,
  declareRescue,
  declareSkip,
  type ErrorClass,
  type FilterOptions,
} from './filters.js'
import { type CsrfTokenOptions, csrfToken, declareForgeryRule, TOKEN_FIELD } from './forgery-protection.js'
import { type AnswerOptions, answer, answerJson, answerRedirect, type RedirectOptions } from './rendering.js'
import type { RequestContext, RequestServices } from './request-context.js'

/** Gives a controller its request. Internal: once, after construction. */
export let bindRequest: (controller: Controller, context: RequestContext) => void

/**
 * The base of all controllers. An app has one `ApplicationController` that extends it, and all others extend that.
 * Every public method without parameters that the app adds is an action, once a route names it.
 */
export abstract class Controller {
  #context: RequestContext | undefined

  static {
    bindRequest = (controller, context) => {
      controller.#context = context
    }
  }

  /**
   * Runs a function before the actions of this controller and of those that extend it, in the order of declaration.
   * If it answers, the action does not run.
   */
  static beforeAction<C extends Controller>(
    this: ControllerClass<C>,
    filter: BeforeFilter<C>,
    options: FilterOptions<C> = {},
  ): void {
    declareFilter(this, 'before', filter, options)
  }

  /** Runs a function after the actions, last declared first; not when one threw or was halted. It may change the answer's headers. */
  static afterAction<C extends Controller>(
    this: ControllerClass<C>,
    filter: AfterFilter<C>,
    options: FilterOptions<C> = {},
  ): void {
    declareFilter(this, 'after', filter, options)
  }

  /** Runs a function around the actions and the filters declared after it; it must `await proceed()` to run these. */
  static aroundAction<C extends Controller>(
    this: ControllerClass<C>,
    filter: AroundFilter<C>,
    options: FilterOptions<C> = {},
  ): void {
    declareFilter(this, 'around', filter, options)
  }

  /**
   * Takes a before-filter of a parent away: the same function, or the name it was declared with.
   * @throws TypeError when there is no such filter
   */
  static skipBeforeAction<C extends Controller>(
    this: ControllerClass<C>,
    // biome-ignore lint/suspicious/noExplicitAny: a filter of a parent takes that parent, which C is too
    filter: BeforeFilter<any> | string,
    options: ActionSelection<C> = {},
  ): void {
    declareSkip(this, filter, options)
  }

  /**
   * Answers errors of a class that a filter or an action throws. The handler of the nearest class wins; an error that
   * has none is judged by its `cause`. Whatever the action had answered is forgotten; the session is kept.
   */
  static rescueFrom<C extends Controller, E>(
    this: ControllerClass<C>,
    errors: ErrorClass<E> | readonly ErrorClass<E>[],
    handler: (controller: C, error: E) => unknown,
  ): void {
    declareRescue(this, Array.isArray(errors) ? (errors as ErrorClass<E>[]) : [errors as ErrorClass<E>], handler)
  }

  /**
   * For pages with forms: an unsafe request of which the browser does not say that it comes from this site must carry
   * `this.csrfToken()`, as `X-CSRF-Token` or in the form's field `authenticity_token`; else it is a 422,
   * `InvalidAuthenticityToken`, before any filter runs. Inherited; a child's declaration wins over its parents'.
   *
   * Without this, such a request is let in when it says nothing of its origin, as programs' do, and refused when it says
   * that it comes from another site.
   */
  static protectFromForgery<C extends Controller>(this: ControllerClass<C>, options: ActionSelection<C> = {}): void {
    declareForgeryRule(this, 'token', options)
  }

  /**
   * Lets unsafe requests in, whoever started them: for actions that other sites' pages may call and that do not go by
   * cookies, such as those of a public API or the return from a payment. Inherited, as {@link protectFromForgery}.
   */
  static skipForgeryProtection<C extends Controller>(this: ControllerClass<C>, options: ActionSelection<C> = {}): void {
    declareForgeryRule(this, 'none', options)
  }

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

  /** Logs with the request's id. */
  get logger(): Logger {
    return this.#bound('logger').logger
  }

  /**
   * The path of a named route. Parameters that the path does not have become its query.
   * @throws TypeError when there is no such route, or a parameter of its path is missing
   */
  pathTo(...parameters: Parameters<RequestServices['pathTo']>): string {
    return this.#bound('pathTo').services.pathTo(...parameters)
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
  head(status: number, options: Omit<AnswerOptions, 'status'> = {}): void {
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
    if (this.#context === undefined) throw new NoRequestError(this.constructor.name, property)
    return this.#context
  }
}
