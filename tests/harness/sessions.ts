// Lets tests of sessions say what an action does with its session, one request at a time, over any store.
import { Controller, type SessionStoreClass } from 'contrail'
import { type Answer, type Ask, ask, boot, SECRET, type TestApp } from './app.js'

/** The controller of {@link sessionApp}. */
export class SessionController extends Controller {
  /** The session, of any shape. */
  // biome-ignore lint/suspicious/noExplicitAny: tests keep what they like in it
  get data(): Record<string, any> {
    return this.session
  }

  put(changes: object): void {
    Object.assign(this.session, changes)
  }
}

export interface SessionAppOptions {
  /** Default: the cookie store, with {@link SECRET}. */
  readonly store?: SessionStoreClass<object>
  readonly sessionOptions?: object
  readonly trustProxy?: boolean
}

/** What a request's action returned, beside the answer. */
export type Visit<T> = Answer & { readonly seen: T | undefined }

export interface SessionApp extends TestApp {
  /** Makes a request in which `act` is the action. `cookie` is the whole Cookie header. */
  does<T>(act: (controller: SessionController) => T, options?: Ask & { cookie?: string }): Promise<Visit<Awaited<T>>>
}

/** Boots an app with one action, which does what the test says: at once, or with a promise when the test gives one. */
export function sessionApp({ store, sessionOptions, trustProxy = false }: SessionAppOptions = {}): SessionApp {
  const acts: ((controller: SessionController) => unknown)[] = []
  class ActsController extends SessionController {
    act() {
      const result = acts[Number(this.params['index'])]?.(this)
      const answer = () => {
        if (this.response.answeredBy === undefined) this.head(200)
      }
      return result instanceof Promise ? result.then(answer) : answer()
    }
  }
  const draw = (r: Parameters<Parameters<typeof boot>[0]>[0]) => r.get('/:index', ActsController, 'act')
  const booted =
    store === undefined
      ? boot(draw, { config: { trustProxy, sessionOptions } })
      : withSecret(() => boot(draw, { config: { trustProxy }, override: { sessionStore: store, sessionOptions } }))
  return {
    ...booted,
    async does(act, { cookie, headers, ...options } = {}) {
      let result: unknown
      const index = acts.push((controller) => {
        result = act(controller)
        return result
      })
      const answer = await ask(booted.app, `/${index - 1}`, {
        ...options,
        headers: { ...(cookie === undefined ? {} : { cookie }), ...headers },
      })
      const seen = answer.status < 400 ? await result : undefined
      return Object.assign(answer, { seen: seen as never })
    },
  }
}

/** Stores other than the cookie store take the app's secret from where apps keep it. */
function withSecret<T>(work: () => T): T {
  const before = process.env['SECRET_KEY_BASE']
  process.env['SECRET_KEY_BASE'] = SECRET
  try {
    return work()
  } finally {
    if (before === undefined) delete process.env['SECRET_KEY_BASE']
    else process.env['SECRET_KEY_BASE'] = before
  }
}
