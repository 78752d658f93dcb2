// Why: somebody with a browser: sends requests to the trial app, and keeps and drops the session's cookie as told.
import assert from 'node:assert/strict'
import type { RawRequest } from '../../http/raw-request.js'
import type { HttpResponse } from '../../http/response.js'
import type { MaybePromise } from '../../maybe-promise.js'
import type { TrialController } from './trial.js'

/** What an action of the trial app does in one request. */
export type Act<T> = (controller: TrialController) => MaybePromise<T>

/** What visitors reach of the trial app. */
export interface Entrance {
  /** The session cookie's name. */
  readonly key: string
  /** The app's log, a line each. */
  readonly log: readonly string[]
  /** Has the app do something in a request. */
  request(act: Act<void>, headers: RawRequest['headers']): MaybePromise<HttpResponse>
}

/** How a request ended. */
export interface Visit<T> {
  readonly status: number
  /** The session's Set-Cookie header. */
  readonly setCookie: string | undefined
  /** What the act returned; undefined when it threw. */
  readonly seen: T | undefined
}

export class Visitor {
  /** The value of the session's cookie; undefined when there is none. */
  cookie: string | undefined
  readonly #entrance: Entrance

  constructor(entrance: Entrance, cookie?: string) {
    this.#entrance = entrance
    this.cookie = cookie
  }

  /** Somebody else with a copy of the cookie. */
  copy(): Visitor {
    return new Visitor(this.#entrance, this.cookie)
  }

  /** Makes a request that succeeds. */
  async does<T>(act: Act<T>): Promise<Visit<T>> {
    const visit = await this.tries(act)
    assert.ok(visit.status < 300, `The request was answered ${visit.status}. ${this.#entrance.log.at(-1) ?? ''}`)
    return visit
  }

  /** Makes a request that may fail. */
  async tries<T>(act: Act<T>): Promise<Visit<T>> {
    const { key } = this.#entrance
    let seen: T | undefined
    const response = await this.#entrance.request(
      async (controller) => {
        seen = await act(controller)
      },
      { host: 'trial.test', ...(this.cookie === undefined ? {} : { cookie: `${key}=${this.cookie}` }) },
    )
    const [setCookie, second] = response.headers.getAll('set-cookie')
    assert.equal(second, undefined, 'A response has one Set-Cookie at most.')
    if (setCookie !== undefined) {
      const dropped = /; Max-Age=0(?:;|$)/.test(setCookie)
      this.cookie = dropped ? undefined : setCookie.slice(key.length + 1, setCookie.indexOf(';'))
    }
    return { status: response.status, setCookie, seen }
  }
}
