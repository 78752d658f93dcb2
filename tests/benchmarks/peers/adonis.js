// Why: AdonisJS with the middleware of its API starter kit (body parser, container bindings, sessions where they are used); the
// files of an app, config/ and start/, are written as values here. Node 24 and later alone.
import {
  COOKIE,
  FILTERS,
  MESSAGE,
  manyRoutes,
  NOT_FOUND,
  Prices,
  SAVED,
  SECRET,
  SESSION_LIFE,
  Stock,
  sessionAnswer,
  sessionData,
  Taxes,
  total,
} from './shared.js'

export const title = 'AdonisJS'
export const minimumNode = 24
export const packages = ['@adonisjs/core', '@adonisjs/session']
export const apps = ['json', 'param', 'routes', 'post', 'cookie', 'services', 'filters', 'static']
export const notes = {}

const HOME = new URL('./', import.meta.url)

/** What lies in config/ of an app. */
async function configuration(name, { publicFolder }) {
  const [http, logger, encryption, hash, bodyparser, session, files] = await Promise.all([
    import('@adonisjs/core/http'),
    import('@adonisjs/core/logger'),
    import('@adonisjs/core/encryption'),
    import('@adonisjs/core/hash'),
    import('@adonisjs/core/bodyparser'),
    import('@adonisjs/session'),
    import('@adonisjs/static'),
  ])
  const { drivers } = encryption
  return {
    app: { appKey: SECRET, http: http.defineConfig({ generateRequestId: true, useAsyncLocalStorage: false }) },
    logger: logger.defineConfig({ default: 'app', loggers: { app: { enabled: true, name: 'bench', level: 'info' } } }),
    encryption: encryption.defineConfig({
      default: 'gcm',
      list: { gcm: drivers.aes256gcm({ id: 'gcm', keys: [SECRET.slice(0, 32)] }) },
    }),
    hash: hash.defineConfig({ default: 'scrypt', list: { scrypt: hash.drivers.scrypt({}) } }),
    bodyparser: bodyparser.defineConfig({ allowedMethods: ['POST', 'PUT', 'PATCH', 'DELETE'] }),
    ...(name === 'cookie'
      ? {
          session: session.defineConfig({
            enabled: true,
            cookieName: COOKIE,
            age: SESSION_LIFE,
            clearWithBrowser: false,
            cookie: { path: '/', httpOnly: true, secure: false, sameSite: 'lax' },
            store: 'cookie',
            stores: { cookie: session.stores.cookie() },
          }),
        }
      : {}),
    ...(name === 'static' ? { static: files.defineConfig({ enabled: true, etag: true, lastModified: true }) } : {}),
    publicFolder,
  }
}

/** By item of work, what lies in start/routes of an app. */
const draw = {
  json: (router) => router.get('/json', () => MESSAGE),
  static: () => {},
  param: (router) => router.get('/users/:id', ({ params }) => ({ id: params.id })),
  routes(router, options) {
    for (const { name, path } of manyRoutes(options)) router.get(path, ({ params }) => ({ route: name, id: params.id }))
  },
  post(router) {
    router.post('/posts', ({ request }) => {
      const { title, body } = request.only(['title', 'body'])
      return { title, length: body.length }
    })
  },
  cookie(router, { sessionBytes }) {
    router.get('/session/begin', ({ session }) => {
      for (const [name, value] of Object.entries(sessionData(sessionBytes))) session.put(name, value)
      return SAVED
    })
    router.get('/session/read', ({ session }) =>
      sessionAnswer({ name: session.get('name'), visits: session.get('visits') }),
    )
    router.get('/session/write', ({ session }) => {
      session.put('visits', session.get('visits') + 1)
      return SAVED
    })
  },
  services(router) {
    class ReportsController {
      static containerInjections = { _constructor: { dependencies: [Prices, Taxes, Stock] } }
      constructor(prices, taxes, stock) {
        this.services = [prices, taxes, stock]
      }
      total() {
        return total(...this.services)
      }
    }
    router.get('/total', [ReportsController, 'total'])
  },
  filters(router) {
    const route = router.get('/filtered', ({ request }) => ({ passed: request.passed }))
    for (let filter = 0; filter < FILTERS; filter++)
      route.use(({ request }, next) => {
        request.passed = (request.passed ?? 0) + 1
        return next()
      })
  },
}

async function drawApp(app, name, options) {
  const [router, server] = [await app.container.make('router'), await app.container.make('server')]
  class ExceptionHandler {
    report() {}
    handle(error, { response }) {
      if (error.status === 404) return response.status(404).send(NOT_FOUND)
      return response.status(500).send({ error: error.message })
    }
  }
  server.errorHandler(async () => ({ default: ExceptionHandler }))
  server.use(name === 'static' ? [() => import('@adonisjs/static/static_middleware')] : [])
  router.use([
    ...(name === 'post' ? [() => import('@adonisjs/core/bodyparser_middleware')] : []),
    ...(name === 'cookie' ? [() => import('@adonisjs/session/session_middleware')] : []),
  ])
  draw[name](router, options)
}

export async function serve(name, options) {
  const { Ignitor } = await import('@adonisjs/core')
  process.env.PORT = '0'
  process.env.HOST = '127.0.0.1'
  const config = await configuration(name, options)
  let listening
  const ignitor = new Ignitor(HOME, { importer: (path) => import(path) })
  ignitor.tap((app) => {
    app.rcContents({
      typescript: false,
      directories: { public: options.publicFolder },
      providers: [
        () => import('@adonisjs/core/providers/app_provider'),
        () => import('@adonisjs/core/providers/hash_provider'),
        ...(name === 'cookie' ? [() => import('@adonisjs/session/session_provider')] : []),
        ...(name === 'static' ? [() => import('@adonisjs/static/static_provider')] : []),
      ],
    })
    app.useConfig(config)
    app.starting((started) => drawApp(started, name, options))
  })
  const { createServer } = await import('node:http')
  await ignitor.httpServer().start((handler) => {
    listening = createServer(handler)
    return listening
  })
  return listening.address().port
}
