// Why: a store is judged by what users get of it, so each case drives it through a whole app, made here.
import type { Application } from '../../application.js'
import { Controller } from '../../controller/controller.js'
import { createApplication } from '../../create-application.js'
import type { MaybePromise } from '../../maybe-promise.js'
import { defineRoutes } from '../../routing/routes.js'
import type { SessionIndexSupport } from '../../session/index-support.js'
import type { OwnedSessions } from '../../session/sessions.js'
import type { SessionCookieOptions, SessionStore } from '../../session/store.js'
import { type SessionStoreCase, type SessionStoreHarness, stillClock } from './harness.js'
import { type Act, Visitor } from './visitor.js'

const KEY = '_trial_session'
const SECRET = 'trial secret, '.repeat(5)

/** What a case has to hand. */
export interface Trial {
  readonly harness: SessionStoreHarness
  /** Seconds that sessions live, where the case asked for it. */
  readonly lifetime: number
  /** The store's methods that were called, in order. */
  readonly calls: string[]
  /** Whether the store is asked before an action runs, whatever the action does. */
  readonly preloads: boolean
  /** `app.sessions`, in the cases whose options have `indexBy`. */
  readonly sessions: () => OwnedSessions
  /** What the store offers for an index; undefined when it offers none. */
  readonly index: SessionIndexSupport | undefined
  /** Somebody without a cookie yet. */
  visitor(): Visitor
  advance(seconds: number): MaybePromise<void>
}

/** Thrown by an act for rescueFrom to catch. */
export class Rescued extends Error {}

/** The trial app's controller: does what the case's act says. */
export class TrialController extends Controller {
  static {
    this.rescueFrom(Rescued, (controller) => controller.head(204))
  }

  /** The session, of any shape. */
  // biome-ignore lint/suspicious/noExplicitAny: cases keep what they like in it
  get data(): Record<string, any> {
    return this.session
  }

  /** Writes keys of the session. */
  put(changes: object): void {
    Object.assign(this.session, changes)
  }
}

/** A promise of the contract, tried on an app booted for it alone. */
export function promise(
  name: string,
  body: (trial: Trial) => Promise<void>,
  settings: {
    readonly when?: (harness: SessionStoreHarness) => boolean
    readonly options?: (lifetime: number) => SessionCookieOptions
  } = {},
): SessionStoreCase {
  const appliesTo = settings.when ?? (() => true)
  return {
    name,
    appliesTo,
    async run(harness) {
      if (!appliesTo(harness)) return
      const lifetime = harness.lifetime ?? 1000
      const clock = (harness.clock ?? stillClock)()
      let app: Application | undefined
      try {
        const booted = boot(harness, { ...(await harness.options?.()), ...settings.options?.(lifetime) })
        app = booted.app
        await body({ ...booted, harness, lifetime, advance: (seconds) => clock.advance(seconds) })
      } finally {
        await clock.restore()
        await app?.close()
      }
    },
  }
}

function boot({ store }: SessionStoreHarness, options: SessionCookieOptions) {
  const log: string[] = []
  const acts: Act<void>[] = []
  const calls: string[] = []
  let made: SessionStore | undefined
  class WatchedStore extends store {
    static override readonly name = store.name
    constructor(...parameters: ConstructorParameters<typeof store>) {
      super(...parameters)
      made = this
      // biome-ignore lint/correctness/noConstructorReturn: a proxy sees every call, however the store defines its methods
      return watch(this, calls)
    }
  }
  class ActsController extends TrialController {
    async act() {
      await acts[Number(this.params['index'])]?.(this)
      if (this.response.answeredBy === undefined) this.head(200)
    }
  }
  const app = withSecret(() =>
    createApplication({
      config: { sessionStore: WatchedStore, sessionOptions: { key: KEY, ...options } },
      routes: defineRoutes((r) => r.get('/:index', ActsController, 'act')),
      environment: { name: 'test', explicit: true },
      logDestination: { write: (line: string) => void log.push(line) },
    }),
  )
  const entrance = {
    key: KEY,
    log,
    request: (act: Act<void>, headers: Readonly<Record<string, string>>) =>
      app.handle({ method: 'GET', url: `/${acts.push(act) - 1}`, headers, remoteAddress: '127.0.0.1' }),
  }
  return {
    app,
    calls,
    preloads: made?.preload === true,
    sessions: () => app.sessions,
    index: made?.index,
    visitor: () => new Visitor(entrance),
  }
}

function watch(store: SessionStore, calls: string[]): SessionStore {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...parameters: unknown[]) => {
        calls.push(String(name))
        return member.apply(target, parameters) as unknown
      }
    },
  })
}

/** Boots with a secret that is the same each time, without one having to be configured. */
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
