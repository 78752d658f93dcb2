// Why: Hono on its node-server, with its own helpers. It has no sessions: what stands for them is a signed cookie with JSON.
import { serve as serveNode } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { getSignedCookie, setSignedCookie } from 'hono/cookie'
import { logger } from 'hono/logger'
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

export const title = 'Hono'
export const packages = ['hono', '@hono/node-server']
export const apps = ['json', 'param', 'routes', 'post', 'cookie', 'services', 'filters', 'static', 'log']
export const notes = {
  cookie: 'no sessions: a cookie of JSON, signed (HMAC-SHA256), not encrypted; its life is not enforced on the server',
  services: 'no injection: services are made at boot',
  log: 'two lines of text by console.log',
  static: 'no ETag, no Last-Modified',
}

async function readSession(context) {
  const text = await getSignedCookie(context, SECRET, COOKIE)
  return typeof text === 'string' ? JSON.parse(text) : {}
}

const writeSession = (context, data) =>
  setSignedCookie(context, COOKIE, JSON.stringify(data), SECRET, {
    path: '/',
    maxAge: SESSION_LIFE,
    httpOnly: true,
    sameSite: 'Lax',
  })

const draw = {
  json: (app) => app.get('/json', (context) => context.json(MESSAGE)),
  log(app) {
    app.use(logger())
    draw.json(app)
  },
  param: (app) => app.get('/users/:id', (context) => context.json({ id: context.req.param('id') })),
  routes(app, options) {
    for (const { name, path } of manyRoutes(options))
      app.get(path, (context) => context.json({ route: name, id: context.req.param('id') }))
  },
  post(app) {
    app.post('/posts', async (context) => {
      const { title, body } = await context.req.json()
      return context.json({ title, length: body.length })
    })
  },
  cookie(app, { sessionBytes }) {
    app.get('/session/begin', async (context) => {
      await writeSession(context, sessionData(sessionBytes))
      return context.json(SAVED)
    })
    app.get('/session/read', async (context) => context.json(sessionAnswer(await readSession(context))))
    app.get('/session/write', async (context) => {
      const data = await readSession(context)
      data.visits += 1
      await writeSession(context, data)
      return context.json(SAVED)
    })
  },
  services(app) {
    const [prices, taxes, stock] = [new Prices(), new Taxes(), new Stock()]
    app.get('/total', (context) => context.json(total(prices, taxes, stock)))
  },
  filters(app) {
    for (let filter = 0; filter < FILTERS; filter++)
      app.use(async (context, next) => {
        context.set('passed', (context.get('passed') ?? 0) + 1)
        await next()
      })
    app.get('/filtered', (context) => context.json({ passed: context.get('passed') }))
  },
  static: (app, { publicFolder }) => app.use('/*', serveStatic({ root: publicFolder })),
}

export async function serve(name, options) {
  const app = new Hono()
  draw[name](app, options)
  app.notFound((context) => context.json(NOT_FOUND, 404))
  return new Promise((resolve) =>
    serveNode({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port)),
  )
}
