// Which middleware and mounted handlers an app takes.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import compression from 'compression'
import {
  Controller,
  createApplication,
  defineApplication,
  defineRoutes,
  type Middleware,
  type NodeHandler,
} from 'contrail'
import cors from 'cors'
import express from 'express'
import { createSchema, createYoga } from 'graphql-yoga'
import helmet from 'helmet'
import { Hono } from 'hono'
import morgan from 'morgan'
import passport from 'passport'

class AdminController extends Controller {
  who() {
    const incoming: IncomingMessage | undefined = this.request.node?.incoming
    const outgoing: ServerResponse | undefined = this.request.node?.outgoing
    // @ts-expect-error TS2532: a request that came by app.fetch has no connection
    this.request.node.incoming
    // @ts-expect-error TS2540: what a request means is decided before the action
    this.request.method = 'GET'
    this.render([incoming?.url, outgoing?.headersSent])
  }
}

declare const onError: express.ErrorRequestHandler
const own: Middleware = (request, response, next) => {
  response.setHeader('x-path', request.url ?? '')
  next(new Error('no'))
}
defineApplication({
  middleware: [helmet(), compression(), cors(), morgan('tiny'), passport.initialize(), express.json(), express(), own],
  methodOverride: false,
  headersTimeout: 5,
  requestTimeout: 120,
})
defineApplication({ middleware: [(request, response, next) => void (request.url === '/' ? response.end() : next())] })
defineApplication({ middleware: [async (_request, _response, next) => next()] })
// @ts-expect-error TS2322: a word
defineApplication({ middleware: ['helmet'] })
// @ts-expect-error TS2322: it is no list
defineApplication({ middleware: helmet() })
// @ts-expect-error TS2322: Koa's kind
defineApplication({ middleware: [async (_ctx: { body: string }, next: () => Promise<void>) => next()] })
// @ts-expect-error TS2322: Express's error handlers take an error first
defineApplication({ middleware: [onError] })
// @ts-expect-error TS2322: an object
defineApplication({ middleware: [{}] })
// @ts-expect-error TS2322: neither true nor false
defineApplication({ methodOverride: 'yes' })
// @ts-expect-error TS2561: no such key
defineApplication({ midleware: [helmet()] })

const yoga = createYoga({ schema: createSchema({ typeDefs: 'type Query { a: Int }' }) })
const board: NodeHandler = (request, response) => void response.end(request.url)
const routes = defineRoutes((r) => {
  r.mount('/board', express())
  r.mount('/board', express.Router(), { guard: AdminController })
  r.mount('/board', board)
  r.mount('/board', (request: IncomingMessage, response: ServerResponse) => void response.end(request.url))
  r.mount('/api', new Hono())
  r.mount('/graphql', yoga)
  r.mount('/fetch', (request) => Response.json({ url: request.url }))
  r.mount('/fetch', async (request) => new Response(await request.text()))
  r.mount('/fetch', { fetch: (request: Request) => new Response(request.url) })

  // @ts-expect-error TS2769: it answers no Response
  r.mount('/fetch', (request: Request) => request.url)
  // @ts-expect-error TS2769: it has no fetch
  r.mount('/fetch', {})
  // @ts-expect-error TS2769: it is a word
  r.mount('/fetch', 'board')
  // @ts-expect-error TS2769: no such option
  r.mount('/board', board, { gaurd: AdminController })
  // @ts-expect-error TS2769: it is no controller
  r.mount('/board', board, { guard: express() })
})

const { listener } = createApplication({ config: {}, routes })
const asListener: RequestListener = listener
createServer(asListener)
express().use(listener)
