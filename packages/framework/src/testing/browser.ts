// Why: what a client is between its requests: its cookies, its headers, the last answer, and the way it reaches the app.
import { type Application, openRequest } from '../application.js'
import type { RequestContext } from '../controller/request-context.js'
import { HttpError } from '../errors.js'
import type { RawRequest } from '../http/raw-request.js'
import { Answer, type RefusedCookie } from './answer.js'
import { ask } from './ask.js'
import { BrowserCookies } from './browser-cookies.js'
import type { RequestHeaders, ShowExceptions } from './client-options.js'
import { type Step, urlOf } from './redirects.js'

/** Where a client is, and what it sends with every request. */
export interface BrowserOptions {
  readonly origin: URL
  readonly ip: string
  readonly headers: RequestHeaders
}

/** What the clients that share it, one while it logs in and one from then on, know of an app. */
export class Browser {
  readonly cookies: BrowserCookies
  readonly origin: URL
  /** Sent with every request. */
  headers: RequestHeaders
  /** What was asked last, and the answer. */
  last: { readonly step: Step; readonly answer: Answer } | undefined
  readonly #app: Application
  readonly #ip: string

  constructor(app: Application, { origin, ip, headers }: BrowserOptions) {
    this.#app = app
    this.#ip = ip
    this.origin = origin
    this.headers = headers
    this.cookies = new BrowserCookies(origin)
  }

  /** Makes a request. @throws what the app did not rescue, if it is not to be shown as an answer */
  async send(step: Step, show: ShowExceptions): Promise<Answer> {
    const url = urlOf(step)
    const asked = await ask(this.#app, this.#raw(step, this.cookies.headerFor(url)))
    const refused = this.#store(
      asked.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value),
      url,
    )
    const answer = new Answer(asked, { method: step.method, url }, refused)
    this.last = { step, answer }
    if (isThrown(asked.error, show)) throw thrown(asked.error, answer)
    return answer
  }

  /** Begins a request that no action answers, with all cookies that the app has set, and the session at hand. */
  async open(): Promise<RequestContext> {
    const step: Step = { method: 'GET', origin: this.origin, target: '/', headers: {}, body: undefined }
    const context = openRequest(this.#app, this.#raw(step, this.cookies.headerForAll(this.origin)))
    await Promise.resolve(context.session.preload())
    return context
  }

  /** Keeps what became of session and cookies in such a request. @throws TypeError when a browser would not */
  async keep(context: RequestContext): Promise<void> {
    await context.commit()
    const [refused] = this.#store(context.response.headers.getAll('set-cookie'), this.origin)
    if (refused !== undefined)
      throw new TypeError(`No browser would keep this cookie: ${refused.reason}.\n  ${refused.header}`)
  }

  #store(headers: readonly string[], from: URL): RefusedCookie[] {
    return headers.flatMap((header) => {
      const reason = this.cookies.store(header, from)
      return reason === undefined ? [] : [{ header, reason }]
    })
  }

  #raw({ method, origin, target, headers, body }: Step, cookie: string | undefined): RawRequest {
    const given: RequestHeaders = { host: origin.host, cookie, ...this.headers, ...headers }
    return {
      method,
      url: target,
      headers: Object.fromEntries(
        Object.entries({ ...fetchMetadata(given), ...given }).filter(([, value]) => value !== undefined),
      ),
      body,
      remoteAddress: this.#ip,
      encrypted: origin.protocol === 'https:',
    }
  }
}

/** Browsers say who started a request: a page of this site, as long as the test does not say that another did. */
function fetchMetadata({ origin }: RequestHeaders): RequestHeaders {
  return origin === undefined ? { 'sec-fetch-site': 'same-origin' } : {}
}

function isThrown(error: unknown, show: ShowExceptions): boolean {
  if (error === undefined || show === 'all') return false
  return show === 'none' || !(error instanceof HttpError)
}

function thrown(error: unknown, { request, status }: Answer): unknown {
  if (error instanceof Error) return error
  const { method, url } = request
  return new Error(`${method} ${url.pathname} answered ${status}: something that is no Error was thrown.`, {
    cause: error,
  })
}
