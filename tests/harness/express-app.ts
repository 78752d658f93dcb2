// Apps whose sessions are in a store made for express-session, and stores to test them with.
import {
  type ExpressCallback,
  type ExpressSession,
  ExpressSessionStore,
  type ExpressSessionStoreOptions,
  type ExpressStore,
  type SessionCookieOptions,
  type SessionStoreClass,
} from 'contrail'
import { onTestFinished } from 'vitest'
import { type SessionApp, sessionApp } from './sessions.js'

/** Boots an app with an ExpressSessionStore, which is closed when the test ends. As good as a process of its own. */
export function expressApp(sessionOptions: ExpressSessionStoreOptions & SessionCookieOptions): SessionApp {
  const app = sessionApp({ store: ExpressSessionStore as unknown as SessionStoreClass<object>, sessionOptions })
  onTestFinished(() => app.app.close())
  return app
}

/** Called before a method of a {@link MapStore} does what it does; the method waits for it. */
export type Gate = (method: 'get' | 'set' | 'touch' | 'destroy', sid: string) => unknown

/** A store in memory, made for express-session, that waits when a test wants it to. */
export class MapStore implements ExpressStore {
  readonly kept: Map<string, string>
  readonly calls: string[] = []
  readonly #gate: Gate

  /** @param kept what is kept; stores that share it are as those of two processes that share a database */
  constructor(gate: Gate = () => undefined, kept = new Map<string, string>()) {
    this.#gate = gate
    this.kept = kept
  }

  get(sid: string, callback: ExpressCallback): void {
    this.#do('get', sid, callback, () => {
      const text = this.kept.get(sid)
      return text === undefined ? null : (JSON.parse(text) as unknown)
    })
  }

  set(sid: string, session: ExpressSession, callback?: ExpressCallback): void {
    this.#do('set', sid, callback, () => void this.kept.set(sid, JSON.stringify(session)))
  }

  touch(sid: string, _session: ExpressSession, callback?: ExpressCallback): void {
    this.#do('touch', sid, callback, () => undefined)
  }

  destroy(sid: string, callback?: ExpressCallback): void {
    this.#do('destroy', sid, callback, () => void this.kept.delete(sid))
  }

  /** What is kept, read. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read the values they expect
  get values(): any[] {
    return [...this.kept.values()].map((text) => JSON.parse(text) as unknown)
  }

  #do(method: Parameters<Gate>[0], sid: string, callback: ExpressCallback | undefined, work: () => unknown): void {
    this.calls.push(method)
    Promise.resolve()
      .then(() => this.#gate(method, sid))
      .then(
        () => callback?.(null, work()),
        (error: unknown) => callback?.(error),
      )
      .catch(() => undefined)
  }
}
