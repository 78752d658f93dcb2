// An app of ours that does what the Ruby apps of tests/interop/fixtures do, under the same paths.
import { Controller, type Session, type SessionStoreClass } from 'contrail'
import { boot, listen, type TestApp } from './app.js'

class VisitorsController extends Controller {
  get #data(): Record<string, unknown> {
    return this.session
  }

  login() {
    this.resetSession()
    this.#data['user_id'] = Number(this.params['user'])
    this.head(200)
  }

  renew() {
    this.renewSession()
    this.head(200)
  }

  logout() {
    this.resetSession()
    this.head(200)
  }

  put() {
    this.#data[String(this.params['key'])] = JSON.parse(String(this.params['value'])) as unknown
    this.head(200)
  }

  stamp() {
    this.#data['at'] = new Date(1_234_567_890_123)
    this.head(200)
  }

  dump() {
    this.render({ ...this.session } satisfies Session)
  }
}

/** An app of ours, and where it listens. */
export interface VisitorsApp extends TestApp {
  readonly url: string
}

/** Serves the app over a store until the test ends. */
export async function serveVisitors(store: SessionStoreClass<object>, sessionOptions: object): Promise<VisitorsApp> {
  const booted = boot(
    (r) => {
      r.get('/dump', VisitorsController, 'dump')
      r.post('/login', VisitorsController, 'login')
      r.post('/renew', VisitorsController, 'renew')
      r.post('/logout', VisitorsController, 'logout')
      r.post('/put', VisitorsController, 'put')
      r.post('/stamp', VisitorsController, 'stamp')
    },
    { config: { sessionStore: store, sessionOptions } },
  )
  return { ...booted, url: await listen(booted.app) }
}
