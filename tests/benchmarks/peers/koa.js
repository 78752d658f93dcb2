// Why: Koa with the packages of its own organisation (router, body parser, session, static files) and pino for logs.
import bodyParser from '@koa/bodyparser'
import Router from '@koa/router'
import Koa from 'koa'
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

export const title = 'Koa'
export const packages = ['koa', '@koa/router', '@koa/bodyparser', 'koa-session']
export const apps = ['json', 'param', 'routes', 'post', 'cookie', 'memcached', 'services', 'filters', 'static', 'log']
export const notes = {
  cookie: 'signed (HMAC-SHA1), not encrypted',
  memcached: 'the id itself is the key in memcached; of two writes at once one is lost',
  services: 'no injection: services are made at boot',
}

const sessionOptions = { key: COOKIE, maxAge: SESSION_LIFE * 1000, sameSite: 'lax' }

async function drawSessions(app, router, { sessionBytes }, options) {
  const { default: session } = await import('koa-session')
  app.keys = [SECRET]
  app.use((session.createSession ?? session)(options, app))
  router.get('/session/begin', (context) => {
    Object.assign(context.session, sessionData(sessionBytes))
    context.body = SAVED
  })
  router.get('/session/read', (context) => {
    context.body = sessionAnswer(context.session)
  })
  router.get('/session/write', (context) => {
    context.session.visits += 1
    context.body = SAVED
  })
}

const draw = {
  json(_, router) {
    router.get('/json', (context) => {
      context.body = MESSAGE
    })
  },
  async log(app, router) {
    const { default: logger } = await import('koa-pino-logger')
    app.use(logger())
    draw.json(app, router)
  },
  param(_, router) {
    router.get('/users/:id', (context) => {
      context.body = { id: context.params.id }
    })
  },
  routes(_, router, options) {
    for (const { name, path } of manyRoutes(options))
      router.get(path, (context) => {
        context.body = { route: name, id: context.params.id }
      })
  },
  post(app, router) {
    app.use(bodyParser())
    router.post('/posts', (context) => {
      const { title, body } = context.request.body
      context.body = { title, length: body.length }
    })
  },
  cookie: (app, router, options) => drawSessions(app, router, options, sessionOptions),
  async memcached(app, router, options) {
    const { default: memjs } = await import('memjs')
    const client = memjs.Client.create(options.memcached)
    const store = {
      async get(key) {
        const { value } = await client.get(key)
        return value === null ? undefined : JSON.parse(value.toString())
      },
      set: (key, session) => client.set(key, JSON.stringify(session), { expires: SESSION_LIFE }),
      destroy: (key) => client.delete(key),
    }
    await drawSessions(app, router, options, { ...sessionOptions, store })
  },
  services(_, router) {
    const [prices, taxes, stock] = [new Prices(), new Taxes(), new Stock()]
    router.get('/total', (context) => {
      context.body = total(prices, taxes, stock)
    })
  },
  filters(app, router) {
    for (let filter = 0; filter < FILTERS; filter++)
      app.use((context, next) => {
        context.state.passed = (context.state.passed ?? 0) + 1
        return next()
      })
    router.get('/filtered', (context) => {
      context.body = { passed: context.state.passed }
    })
  },
  async static(app, _, { publicFolder }) {
    const { default: files } = await import('koa-static')
    app.use(files(publicFolder))
  },
}

export async function serve(name, options) {
  const app = new Koa()
  const router = new Router()
  await draw[name](app, router, options)
  app.use(router.routes())
  app.use((context) => {
    context.status = 404
    context.body = NOT_FOUND
  })
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server.address().port))
  })
}
