// Why: Express as its production page has it: NODE_ENV=production, sessions by cookie-session and express-session, pino for logs.
import express from 'express'
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

export const title = 'Express'
export const packages = ['express', 'cookie-session']
export const apps = ['json', 'param', 'routes', 'post', 'cookie', 'memcached', 'services', 'filters', 'static', 'log']
export const notes = {
  cookie: 'signed (HMAC-SHA1), not encrypted; its life is not enforced on the server',
  memcached: 'the id itself is the key in memcached; of two writes at once one is lost',
  services: 'no injection: services are made at boot',
}

function drawSessions(app, { sessionBytes }) {
  app.get('/session/begin', (request, response) => {
    Object.assign(request.session, sessionData(sessionBytes))
    response.json(SAVED)
  })
  app.get('/session/read', (request, response) => response.json(sessionAnswer(request.session)))
  app.get('/session/write', (request, response) => {
    request.session.visits += 1
    response.json(SAVED)
  })
}

const draw = {
  json: (app) => app.get('/json', (_, response) => response.json(MESSAGE)),
  async log(app) {
    const { default: pinoHttp } = await import('pino-http')
    app.use(pinoHttp())
    draw.json(app)
  },
  param: (app) => app.get('/users/:id', ({ params }, response) => response.json({ id: params.id })),
  routes(app, options) {
    for (const { name, path } of manyRoutes(options))
      app.get(path, ({ params }, response) => response.json({ route: name, id: params.id }))
  },
  post(app) {
    app.use(express.json())
    app.post('/posts', ({ body }, response) => response.json({ title: body.title, length: body.body.length }))
  },
  async cookie(app, options) {
    const { default: cookieSession } = await import('cookie-session')
    app.use(cookieSession({ name: COOKIE, keys: [SECRET], maxAge: SESSION_LIFE * 1000, sameSite: 'lax' }))
    drawSessions(app, options)
  },
  async memcached(app, options) {
    const [{ default: session }, { memcachedStore }] = await Promise.all([
      import('express-session'),
      import('./memcached-store.js'),
    ])
    app.use(
      session({
        name: COOKIE,
        secret: SECRET,
        store: memcachedStore(session, options),
        resave: false,
        saveUninitialized: false,
        cookie: { maxAge: SESSION_LIFE * 1000, sameSite: 'lax' },
      }),
    )
    drawSessions(app, options)
  },
  services(app) {
    const [prices, taxes, stock] = [new Prices(), new Taxes(), new Stock()]
    app.get('/total', (_, response) => response.json(total(prices, taxes, stock)))
  },
  filters(app) {
    for (let filter = 0; filter < FILTERS; filter++)
      app.use((request, _, next) => {
        request.passed = (request.passed ?? 0) + 1
        next()
      })
    app.get('/filtered', ({ passed }, response) => response.json({ passed }))
  },
  static: (app, { publicFolder }) => app.use(express.static(publicFolder)),
}

export async function serve(name, options) {
  const app = express()
  await draw[name](app, options)
  app.use((_, response) => response.status(404).json(NOT_FOUND))
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server.address().port))
  })
}
