// Why: h3, the server below Nitro and Nuxt, on its Node adapter, with its own helpers for sessions and files.
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { H3, HTTPError, readBody, serveStatic, useSession } from 'h3'
import { serve as serveNode } from 'h3/node'
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

export const title = 'h3'
export const packages = ['h3']
export const apps = ['json', 'param', 'routes', 'post', 'cookie', 'services', 'filters', 'static']
export const notes = {
  cookie: 'it does more: two keys are derived from the password (PBKDF2) for each sealing and opening',
  services: 'no injection: services are made at boot',
}

const session = (event) => useSession(event, { password: SECRET, name: COOKIE, maxAge: SESSION_LIFE })

const draw = {
  json: (app) => app.get('/json', () => MESSAGE),
  param: (app) => app.get('/users/:id', (event) => ({ id: event.context.params.id })),
  routes(app, options) {
    for (const { name, path } of manyRoutes(options))
      app.get(path, (event) => ({ route: name, id: event.context.params.id }))
  },
  post(app) {
    app.post('/posts', async (event) => {
      const { title, body } = await readBody(event)
      return { title, length: body.length }
    })
  },
  cookie(app, { sessionBytes }) {
    app.get('/session/begin', async (event) => {
      await (await session(event)).update(sessionData(sessionBytes))
      return SAVED
    })
    app.get('/session/read', async (event) => sessionAnswer((await session(event)).data))
    app.get('/session/write', async (event) => {
      const opened = await session(event)
      await opened.update({ visits: opened.data.visits + 1 })
      return SAVED
    })
  },
  services(app) {
    const [prices, taxes, stock] = [new Prices(), new Taxes(), new Stock()]
    app.get('/total', () => total(prices, taxes, stock))
  },
  filters(app) {
    for (let filter = 0; filter < FILTERS; filter++)
      app.use((event) => {
        event.context.passed = (event.context.passed ?? 0) + 1
      })
    app.get('/filtered', (event) => ({ passed: event.context.passed }))
  },
  static(app, { publicFolder }) {
    app.get('/**', (event) =>
      serveStatic(event, {
        getContents: (id) => readFile(join(publicFolder, id)),
        async getMeta(id) {
          const stats = await stat(join(publicFolder, id)).catch(() => undefined)
          return stats?.isFile() ? { size: stats.size, mtime: stats.mtimeMs } : undefined
        },
      }),
    )
  },
}

export async function serve(name, options) {
  const app = new H3({
    onError: (error) =>
      HTTPError.isError(error) && error.status === 404 ? Response.json(NOT_FOUND, { status: 404 }) : undefined,
  })
  draw[name](app, options)
  const server = serveNode(app, { port: 0, hostname: '127.0.0.1', silent: true })
  await server.ready()
  return Number(new URL(server.url).port)
}
