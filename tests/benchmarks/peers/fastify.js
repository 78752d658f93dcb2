// Why: Fastify as its documentation has it for production: the logger off but where it is measured, schemas for answers (its
// "Getting started" recommends them for speed), plugins of its own organisation for cookies, sessions and files.
import fastify from 'fastify'
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

export const title = 'Fastify'
export const packages = ['fastify', '@fastify/secure-session']
export const apps = ['json', 'param', 'routes', 'post', 'cookie', 'memcached', 'services', 'filters', 'static', 'log']
export const notes = {
  services: 'no injection: services are made at boot and decorate the instance',
  memcached: 'the id itself is the key in memcached; of two writes at once one is lost',
  log: 'two lines a request',
}

const reply = (properties) => ({ schema: { response: { 200: { type: 'object', properties } } } })
const string = { type: 'string' }
const integer = { type: 'integer' }
const saved = reply({ saved: { type: 'boolean' } })

async function drawSessions(app, { sessionBytes }, write) {
  app.get('/session/begin', saved, async (request) => {
    write(request, sessionData(sessionBytes))
    return SAVED
  })
  app.get('/session/read', reply({ name: string, visits: integer }), async ({ session }) =>
    sessionAnswer({ name: session.get('name'), visits: session.get('visits') }),
  )
  app.get('/session/write', saved, async ({ session }) => {
    session.set('visits', session.get('visits') + 1)
    return SAVED
  })
}

const writeEach = ({ session }, data) => {
  for (const [name, value] of Object.entries(data)) session.set(name, value)
}

/** By item of work: what is added to the app. @type {Record<string, Function>} */
export const draw = {
  json: (app) => app.get('/json', reply({ message: string }), async () => MESSAGE),
  log: (app) => draw.json(app),
  param: (app) => app.get('/users/:id', reply({ id: string }), async ({ params }) => ({ id: params.id })),
  routes(app, options) {
    const schema = reply({ route: string, id: string })
    for (const { name, path } of manyRoutes(options))
      app.get(path, schema, async ({ params }) => ({ route: name, id: params.id }))
  },
  post(app) {
    const body = { type: 'object', required: ['title', 'body'], properties: { title: string, body: string } }
    const { schema } = reply({ title: string, length: integer })
    app.post('/posts', { schema: { ...schema, body } }, async (request) => ({
      title: request.body.title,
      length: request.body.body.length,
    }))
  },
  async cookie(app, options) {
    const { default: secureSession } = await import('@fastify/secure-session')
    await app.register(secureSession, {
      key: Buffer.from(SECRET.slice(0, 64), 'hex'),
      cookieName: COOKIE,
      expiry: SESSION_LIFE,
      cookie: { path: '/', httpOnly: true, sameSite: 'lax', maxAge: SESSION_LIFE },
    })
    await drawSessions(app, options, writeEach)
  },
  async memcached(app, options) {
    const [{ default: cookie }, { default: session }, { memcachedStore }] = await Promise.all([
      import('@fastify/cookie'),
      import('@fastify/session'),
      import('./memcached-store.js'),
    ])
    await app.register(cookie)
    await app.register(session, {
      secret: SECRET,
      cookieName: COOKIE,
      store: memcachedStore({ Store: session.Store }, options),
      saveUninitialized: false,
      rolling: false,
      cookie: { secure: false, httpOnly: true, sameSite: 'lax', maxAge: SESSION_LIFE * 1000 },
    })
    await drawSessions(app, options, writeEach)
  },
  services(app) {
    app.decorate('prices', new Prices()).decorate('taxes', new Taxes()).decorate('stock', new Stock())
    app.get('/total', reply({ total: integer }), async () => total(app.prices, app.taxes, app.stock))
  },
  filters(app) {
    app.decorateRequest('passed', 0)
    for (let filter = 0; filter < FILTERS; filter++)
      app.addHook('preHandler', async (request) => {
        request.passed += 1
      })
    app.get('/filtered', reply({ passed: integer }), async ({ passed }) => ({ passed }))
  },
  async static(app, { publicFolder }) {
    const { default: files } = await import('@fastify/static')
    await app.register(files, { root: publicFolder })
  },
}

export async function serve(name, options) {
  const app = fastify({ logger: name === 'log' })
  app.setNotFoundHandler((_, answer) => answer.code(404).send(NOT_FOUND))
  await draw[name](app, options)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server.address().port
}
