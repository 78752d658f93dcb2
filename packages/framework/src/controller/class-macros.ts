// Why: the words in which a controller's class says what holds for its actions; they only declare, and boot compiles them.
import type { ContentSecurityPolicyChange } from '../security/content-security-policy.js'
import type { ControllerClass } from './action-name.js'
import { type BasicAuthenticationOptions, declareBasicAuthentication } from './authentication.js'
import { declarePolicy } from './content-security.js'
import type { Controller } from './controller.js'
import { type AllowCrossOriginOptions, declareCrossOrigin } from './cross-origin.js'
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
  type SkipOptions,
} from './filters.js'
import { declareForgeryRule } from './forgery-protection.js'
import { declareRateLimit, type RateLimitOptions } from './rate-limit.js'
import { declareSessionRule } from './session-rules.js'

/** The macros of controllers, for a class's static block. Inherited by every controller; use them through `Controller`. */
export abstract class ControllerMacros {
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

  /** As {@link beforeAction}, but before all that was declared so far, parents' filters included. */
  static prependBeforeAction<C extends Controller>(
    this: ControllerClass<C>,
    filter: BeforeFilter<C>,
    options: FilterOptions<C> = {},
  ): void {
    declareFilter(this, 'before', filter, options, PREPEND.before)
  }

  /** As {@link afterAction}, but around all that was declared so far: it runs after these. */
  static prependAfterAction<C extends Controller>(
    this: ControllerClass<C>,
    filter: AfterFilter<C>,
    options: FilterOptions<C> = {},
  ): void {
    declareFilter(this, 'after', filter, options, PREPEND.after)
  }

  /** As {@link aroundAction}, but around all that was declared so far, parents' filters included. */
  static prependAroundAction<C extends Controller>(
    this: ControllerClass<C>,
    filter: AroundFilter<C>,
    options: FilterOptions<C> = {},
  ): void {
    declareFilter(this, 'around', filter, options, PREPEND.around)
  }

  /**
   * Takes a before-filter of a parent away: the same function, or the name it was declared with. With `if` and `unless`
   * it is taken away for those requests only.
   * @throws TypeError when there is no such filter
   */
  static skipBeforeAction<C extends Controller>(
    this: ControllerClass<C>,
    // biome-ignore lint/suspicious/noExplicitAny: a filter of a parent takes that parent, which C is too
    filter: BeforeFilter<any> | string,
    options: SkipOptions<C> = {},
  ): void {
    declareSkip(this, 'before', filter, options)
  }

  /** Takes an after-filter of a parent away, as {@link skipBeforeAction}. @throws TypeError when there is no such filter */
  static skipAfterAction<C extends Controller>(
    this: ControllerClass<C>,
    // biome-ignore lint/suspicious/noExplicitAny: a filter of a parent takes that parent, which C is too
    filter: AfterFilter<any> | string,
    options: SkipOptions<C> = {},
  ): void {
    declareSkip(this, 'after', filter, options)
  }

  /** Takes an around-filter of a parent away, as {@link skipBeforeAction}. @throws TypeError when there is no such filter */
  static skipAroundAction<C extends Controller>(
    this: ControllerClass<C>,
    // biome-ignore lint/suspicious/noExplicitAny: a filter of a parent takes that parent, which C is too
    filter: AroundFilter<any> | string,
    options: SkipOptions<C> = {},
  ): void {
    declareSkip(this, 'around', filter, options)
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

  /**
   * For actions that have no use for a session: their requests' cookies are left alone, no store is asked for them, and
   * whatever reads or writes the session, the flash or a CSRF token throws `SessionDisabledError`, in filters as well.
   * Inherited; a child's declaration wins over its parents'.
   */
  static disableSession<C extends Controller>(this: ControllerClass<C>, options: ActionSelection<C> = {}): void {
    declareSessionRule(this, false, options)
  }

  /** Lets actions have their session although a parent, or an earlier line, says {@link disableSession}. */
  static enableSession<C extends Controller>(this: ControllerClass<C>, options: ActionSelection<C> = {}): void {
    declareSessionRule(this, true, options)
  }

  /**
   * Lets requests in that come with this name and password (HTTP Basic authentication), and answers others 401. For a page
   * that few see, over HTTPS: whoever has the password sends it with every request. Runs as a before-filter.
   * @throws BootError for an empty name or password
   */
  static httpBasicAuthenticateWith<C extends Controller>(
    this: ControllerClass<C>,
    options: BasicAuthenticationOptions<C>,
  ): void {
    declareBasicAuthentication(this, options)
  }

  /**
   * Lets so many requests in within so many seconds, and answers others 429 with `Retry-After`. Counted by the client's
   * address, or by what `by` says; one declaration counts together, whichever of its actions are asked. Every answer tells
   * what is left, in `RateLimit` and `RateLimit-Policy`. Runs as a before-filter, in the order of declaration.
   * @throws BootError for an option that is not as it should be
   */
  static rateLimit<C extends Controller>(this: ControllerClass<C>, options: RateLimitOptions<C>): void {
    declareRateLimit(this, options)
  }

  /**
   * Lets scripts of other origins call these actions (CORS); preflights are answered without running anything. With
   * `credentials` these origins also pass the forgery check here. Inherited; a child's declaration wins over its parents',
   * and any over `cors` of config/application.ts.
   * @throws BootError for an option that is not as it should be, such as `'*'` with credentials
   */
  static allowCrossOrigin<C extends Controller>(this: ControllerClass<C>, options: AllowCrossOriginOptions<C>): void {
    declareCrossOrigin(this, options)
  }

  /**
   * What of the app's Content-Security-Policy is otherwise here: each directive given replaces the app's, null takes one
   * away, and `false` sends no policy. Inherited; a child's directives win over its parents'.
   * @throws BootError for a directive or a source that is none
   */
  static contentSecurityPolicy<C extends Controller>(
    this: ControllerClass<C>,
    policy: ContentSecurityPolicyChange | false,
    options: ActionSelection<C> = {},
  ): void {
    declarePolicy(this, policy, options)
  }
}

const PREPEND = {
  before: { macro: 'prependBeforeAction', isPrepended: true },
  after: { macro: 'prependAfterAction', isPrepended: true },
  around: { macro: 'prependAroundAction', isPrepended: true },
} as const
