// Why: Contrail as an app has it in production: all defaults on, compiled, with a secret. Decorators are called by hand, as tsc
// does it: this file runs without a build of its own.
import {
  Controller,
  CookieStore,
  createApplication,
  defineApplication,
  defineRoutes,
  inject,
  injectable,
  MemcachedStore,
} from 'contrail'
import {
  COOKIE,
  MESSAGE,
  manyRoutes,
  Prices,
  SAVED,
  SESSION_LIFE,
  Stock,
  sessionAnswer,
  sessionData,
  Taxes,
  total,
} from './shared.js'

export const title = 'Contrail'
export const packages = ['contrail']
export const apps = ['json', 'param', 'routes', 'post', 'cookie', 'memcached', 'services', 'filters', 'static', 'log']
export const notes = {}

class ApplicationController extends Controller {}

class HelloController extends ApplicationController {
  index() {
    this.render(MESSAGE)
  }
}

class UsersController extends ApplicationController {
  show() {
    this.render({ id: this.params.string('id') })
  }
}

class PostsController extends ApplicationController {
  create() {
    this.render({ title: this.params.string('title'), length: this.params.string('body').length })
  }
}

class ReportsController extends ApplicationController {
  constructor(prices, taxes, stock) {
    super()
    this.prices = prices
    this.taxes = taxes
    this.stock = stock
  }
  total() {
    this.render(total(this.prices, this.taxes, this.stock))
  }
}
for (const service of [Prices, Taxes, Stock]) injectable()(service)
for (const [at, service] of [Prices, Taxes, Stock].entries()) inject(service)(ReportsController, undefined, at)
injectable()(ReportsController)

class FilteredController extends ApplicationController {
  passed = 0
  static {
    for (let filter = 0; filter < 5; filter++)
      this.beforeAction((c) => {
        c.passed += 1
      })
  }
  index() {
    this.render({ passed: this.passed })
  }
}

/** Controllers of several actions each, as classes that someone wrote. */
function manyControllers(r, options) {
  const controllers = new Map()
  for (const { controller, action, name, path } of manyRoutes(options)) {
    const type = controllers.get(controller) ?? { [controller]: class extends ApplicationController {} }[controller]
    controllers.set(controller, type)
    Object.defineProperty(type.prototype, action, {
      value() {
        this.render({ route: name, id: this.params.string('id') })
      },
      writable: true,
      configurable: true,
    })
    r.get(path, type, action)
  }
}

/** The routes of each item of work. */
function draw(app, options) {
  class SessionsController extends ApplicationController {
    begin() {
      Object.assign(this.session, sessionData(options.sessionBytes))
      this.render(SAVED)
    }
    read() {
      this.render(sessionAnswer(this.session))
    }
    write() {
      this.session.visits += 1
      this.render(SAVED)
    }
  }
  const drawSessions = (r) => {
    for (const action of ['begin', 'read', 'write']) r.get(`/session/${action}`, SessionsController, action)
  }
  const drawHello = (r) => r.get('/json', HelloController, 'index')
  return {
    json: drawHello,
    static: drawHello,
    log: drawHello,
    param: (r) => r.get('/users/:id', UsersController, 'show'),
    routes: (r) => manyControllers(r, options),
    post: (r) => r.post('/posts', PostsController, 'create'),
    cookie: drawSessions,
    memcached: drawSessions,
    services: (r) => r.get('/total', ReportsController, 'total'),
    filters: (r) => r.get('/filtered', FilteredController, 'index'),
  }[app]
}

/** @param cookies more options of sessions in cookies */
export async function serve(app, options, cookies = {}) {
  const session = { key: COOKIE, expireAfter: SESSION_LIFE, secret: process.env.SECRET_KEY_BASE }
  const stores = {
    cookie: { sessionStore: CookieStore, sessionOptions: { ...session, ...cookies } },
    memcached: { sessionStore: MemcachedStore, sessionOptions: { ...session, memcacheServer: options.memcached } },
  }
  const application = createApplication({
    config: defineApplication({
      ...(stores[app] ?? { sessionStore: CookieStore, sessionOptions: session }),
      logLevel: app === 'log' ? 'info' : 'silent',
      ...(app === 'static' ? { publicFiles: { folder: options.publicFolder } } : {}),
    }),
    routes: defineRoutes(draw(app, options)),
    root: import.meta.dirname,
  })
  const { port } = await application.listen({ port: 0, host: '127.0.0.1' })
  return port
}
