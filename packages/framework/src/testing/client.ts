// Why: an app is tested by what it answers. This is somebody with a browser: asks, keeps cookies, follows redirects, logs in.
import type { Application } from '../application.js'
import { type CsrfTokenOptions, csrfToken } from '../controller/forgery-protection.js'
import type { RequestContext } from '../controller/request-context.js'
import type { CookieJar } from '../http/cookie-jar.js'
import type { Session } from '../session/data.js'
import type { FlashData } from '../session/flash.js'
import type { Answer } from './answer.js'
import { Browser } from './browser.js'
import type { BrowserCookies } from './browser-cookies.js'
import {
  type ClientOptions,
  checkClientOptions,
  checkRequestOptions,
  lowerCased,
  type RequestOptions,
  type SessionValues,
} from './client-options.js'
import { fieldsOf, urlencoded } from './form-fields.js'
import { redirected, type Step } from './redirects.js'
import { encodeBody } from './request-body.js'

/** How many redirects are followed, as in browsers. */
const MOST_REDIRECTS = 20

/**
 * Makes a client of an app: requests without a socket, with cookies of its own. An app may have any number of them.
 * ```ts
 * const client = createClient(app, { logIn: (user: User) => ({ userId: user.id }) })
 * const answer = await client.as(ada).post('/posts', { form: { title: 'Hello' } })
 * ```
 * @throws TypeError for an option that there is not, or a value that it cannot have
 */
export function createClient<User = never>(app: Application, options: ClientOptions<User> = {}): TestClient<User> {
  checkClientOptions(options)
  return new TestClient(app, options, browserOf(app, options))
}

function browserOf<User>(app: Application, options: ClientOptions<User>): Browser {
  const { host = 'localhost', protocol = 'http', ip = '127.0.0.1', headers } = options
  return new Browser(app, { origin: new URL(`${protocol}://${host}`), ip, headers: lowerCased(headers) })
}

/** Somebody with a browser. @typeParam User what {@link TestClient.as} takes */
export class TestClient<User = never> {
  readonly #app: Application
  readonly #options: ClientOptions<User>
  readonly #browser: Browser
  readonly #logIn: (() => Promise<void>) | undefined
  #loggedIn: Promise<void> | undefined

  /** Internal: use {@link createClient}. @param logIn done before the first request */
  constructor(app: Application, options: ClientOptions<User>, browser: Browser, logIn?: () => Promise<void>) {
    this.#app = app
    this.#options = options
    this.#browser = browser
    this.#logIn = logIn
  }

  /** The cookies that the app has set, and the test's own. */
  get cookies(): BrowserCookies {
    return this.#browser.cookies
  }

  get(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request('GET', path, options)
  }

  head(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request('HEAD', path, options)
  }

  options(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request('OPTIONS', path, options)
  }

  post(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request('POST', path, options)
  }

  put(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request('PUT', path, options)
  }

  patch(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request('PATCH', path, options)
  }

  delete(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request('DELETE', path, options)
  }

  /**
   * Asks the app.
   * @param method in any case
   * @param path begins with `/` and is sent as it is; or a whole URL, for an app that has several hosts
   * @throws the error of an action, unless `showExceptions` says otherwise; TypeError for a request that cannot be made
   */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    checkRequestOptions(options)
    const place = this.#placeOf(path, options)
    const { body, headers } = await encodeBody(options)
    await this.#enter()
    return await this.#send(
      { method: method.toUpperCase(), ...place, headers: { ...headers, ...lowerCased(options.headers) }, body },
      options,
    )
  }

  /**
   * Follows the redirect that was answered last, to any host, as a browser does: with GET, unless the status keeps the method.
   * @throws Error when the last answer is no redirect; else as {@link request}
   */
  async followRedirect(options: Pick<RequestOptions, 'showExceptions' | 'followRedirects'> = {}): Promise<Answer> {
    checkRequestOptions(options)
    const { last } = this.#browser
    const next = last && redirected(last.step, last.answer)
    if (next !== undefined) return await this.#send(next, options)
    const seen = last === undefined ? 'nothing was asked yet' : `the last answer was ${last.answer.status}`
    throw new Error(`There is no redirect to follow: ${seen}.`)
  }

  /**
   * Another client of the same app with the same options, and cookies of its own, logged in: by `logIn` of
   * {@link createClient}, before its first request.
   */
  as(user: User): TestClient<User> {
    const { logIn } = this.#options
    if (logIn === undefined) {
      throw new TypeError(
        'as(user) is to be told what logging in is: createClient(app, { logIn: (user) => ({ userId: user.id }) }).',
      )
    }
    const browser = browserOf(this.#app, { ...this.#options, headers: this.#browser.headers })
    // Two clients of one browser: that which logs in must not wait for itself to be logged in.
    const before = new TestClient<never>(this.#app, { ...this.#options, logIn: undefined }, browser)
    return new TestClient(this.#app, this.#options, browser, async () => {
      const values = await logIn(user, before)
      if (values !== undefined) await before.setSession(values)
    })
  }

  /** Sends a header with every request from now on, such as `authorization`; undefined takes it away. */
  setHeader(name: string, value: string | undefined): void {
    this.#browser.headers = { ...this.#browser.headers, [name.toLowerCase()]: value }
  }

  /** What the app keeps in this client's session, whichever store it is in. Reading it changes nothing. */
  async session(): Promise<Session> {
    return { ...(await this.#open()).session.data }
  }

  /**
   * Sets keys of the session, as an action would; the others stay.
   * @throws TypeError when no browser would keep the session's cookie; SessionDataError for what a session cannot hold
   */
  async setSession(values: SessionValues): Promise<void> {
    await this.#visit(({ session }) => Object.assign(session.data, values))
  }

  /** The messages that the next request will see. Reading them changes nothing. */
  async flash(): Promise<Partial<FlashData>> {
    return { ...(await this.#open()).session.flash.toJSON() }
  }

  /** A token as `this.csrfToken()` gives it, for this client's session, which gets one if it has none. */
  async csrfToken(options?: CsrfTokenOptions): Promise<string> {
    return await this.#visit((context) => csrfToken(context, options))
  }

  /**
   * Reads and sets cookies as an action does by `this.cookies`: signed and encrypted ones too.
   * ```ts
   * await client.withCookies((cookies) => cookies.signed.set('seen', 3))
   * ```
   * @returns what the function returns
   * @throws TypeError when no browser would keep a cookie
   */
  async withCookies<T>(use: (cookies: CookieJar) => T): Promise<T> {
    return await this.#visit(({ cookies }) => use(cookies))
  }

  async #enter(): Promise<void> {
    this.#loggedIn ??= this.#logIn?.()
    await this.#loggedIn
  }

  async #open(): Promise<RequestContext> {
    await this.#enter()
    return await this.#browser.open()
  }

  async #visit<T>(act: (context: RequestContext) => T): Promise<T> {
    const context = await this.#open()
    const result = act(context)
    await this.#browser.keep(context)
    return result
  }

  async #send(first: Step, options: Pick<RequestOptions, 'showExceptions' | 'followRedirects'>): Promise<Answer> {
    const show = options.showExceptions ?? this.#options.showExceptions ?? 'rescuable'
    const follows = options.followRedirects ?? this.#options.followRedirects ?? false
    let step = first
    for (let count = 0; count <= MOST_REDIRECTS; count++) {
      const answer = await this.#browser.send(step, show)
      const next = follows ? redirected(step, answer) : undefined
      // What is at another host is not for this app to answer, unless the test says so by followRedirect.
      if (next === undefined || next.origin.hostname !== step.origin.hostname) return answer
      step = next
    }
    throw new Error(`${first.method} ${first.target} was redirected ${MOST_REDIRECTS} times, and once more.`)
  }

  /** What no URL has is encoded; everything else is sent as the test wrote it. */
  #placeOf(path: string, { query }: RequestOptions): Pick<Step, 'origin' | 'target'> {
    const whole = /^(https?:\/\/[^/?#]+)(.*)$/is.exec(path)
    const [origin, rest] = whole ? [new URL(whole[1] as string), whole[2] || '/'] : [this.#browser.origin, path]
    if (!rest.startsWith('/') && rest !== '*')
      throw new TypeError(`The path ${JSON.stringify(path)} is to begin with / (or with http:// or https://).`)
    const added = query === undefined ? '' : urlencoded(fieldsOf(query))
    const target = rest.replace(/#.*$/s, '').replace(/[^\x21-\x7e]+/g, encodeURIComponent)
    return { origin, target: added === '' ? target : `${target}${target.includes('?') ? '&' : '?'}${added}` }
  }
}
