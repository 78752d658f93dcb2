// Why: NestJS on Fastify, with what its documentation recommends there: @fastify/secure-session, guards before a route. What
// TypeScript's decorators do is called by hand.
import 'reflect-metadata'
import {
  Body,
  Catch,
  Controller,
  Get,
  HttpCode,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Post,
  Req,
  UseGuards,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
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

export const title = 'NestJS on Fastify'
export const packages = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-fastify',
  'reflect-metadata',
  'rxjs',
  '@fastify/secure-session',
]
export const apps = ['json', 'param', 'routes', 'post', 'cookie', 'services', 'filters', 'static', 'log']
export const notes = { log: "Fastify's two lines a request" }

/** A controller class with these routes: `[verb, path, action, decorators of its parameters, decorators of the action]`. */
function controller(type, routes) {
  Controller()(type)
  for (const [verb, path, action, parameters = [], decorators = []] of routes) {
    const { prototype } = type
    const descriptor = Object.getOwnPropertyDescriptor(prototype, action)
    for (const [at, decorate] of parameters.entries()) decorate(prototype, action, at)
    for (const decorate of [verb(path), ...decorators]) decorate(prototype, action, descriptor)
  }
  return type
}

const parts = {
  json() {
    class HelloController {
      index() {
        return MESSAGE
      }
    }
    return { controllers: [controller(HelloController, [[Get, '/json', 'index']])] }
  },
  log: () => parts.json(),
  static: () => ({ controllers: [] }),
  param() {
    class UsersController {
      show(id) {
        return { id }
      }
    }
    return { controllers: [controller(UsersController, [[Get, '/users/:id', 'show', [Param('id')]]])] }
  },
  routes(options) {
    const controllers = new Map()
    for (const route of manyRoutes(options)) {
      const { type, drawn } = controllers.get(route.controller) ?? { type: class {}, drawn: [] }
      controllers.set(route.controller, { type, drawn })
      Object.defineProperty(type.prototype, route.action, {
        value: (id) => ({ route: route.name, id }),
        writable: true,
        configurable: true,
      })
      drawn.push([Get, route.path, route.action, [Param('id')]])
    }
    return { controllers: [...controllers.values()].map(({ type, drawn }) => controller(type, drawn)) }
  },
  post() {
    class PostsController {
      create({ title, body }) {
        return { title, length: body.length }
      }
    }
    return { controllers: [controller(PostsController, [[Post, '/posts', 'create', [Body()], [HttpCode(200)]]])] }
  },
  cookie({ sessionBytes }) {
    class SessionsController {
      begin({ session }) {
        for (const [name, value] of Object.entries(sessionData(sessionBytes))) session.set(name, value)
        return SAVED
      }
      read({ session }) {
        return sessionAnswer({ name: session.get('name'), visits: session.get('visits') })
      }
      write({ session }) {
        session.set('visits', session.get('visits') + 1)
        return SAVED
      }
    }
    const routes = ['begin', 'read', 'write'].map((action) => [Get, `/session/${action}`, action, [Req()]])
    return { controllers: [controller(SessionsController, routes)] }
  },
  services() {
    class ReportsController {
      constructor(prices, taxes, stock) {
        this.services = [prices, taxes, stock]
      }
      total() {
        return total(...this.services)
      }
    }
    for (const service of [Prices, Taxes, Stock]) Injectable()(service)
    Reflect.defineMetadata('design:paramtypes', [Prices, Taxes, Stock], ReportsController)
    return {
      controllers: [controller(ReportsController, [[Get, '/total', 'total']])],
      providers: [Prices, Taxes, Stock],
    }
  },
  filters() {
    const guards = Array.from({ length: FILTERS }, () => {
      class PassGuard {
        canActivate(context) {
          const request = context.switchToHttp().getRequest()
          request.passed = (request.passed ?? 0) + 1
          return true
        }
      }
      Injectable()(PassGuard)
      return PassGuard
    })
    class FilteredController {
      index({ passed }) {
        return { passed }
      }
    }
    return {
      controllers: [controller(FilteredController, [[Get, '/filtered', 'index', [Req()], [UseGuards(...guards)]]])],
    }
  },
}

class NotFoundFilter {
  catch(_, host) {
    host.switchToHttp().getResponse().status(404).send(NOT_FOUND)
  }
}
Catch(NotFoundException)(NotFoundFilter)

export async function serve(name, options) {
  class AppModule {}
  Module(parts[name](options))(AppModule)
  const app = await NestFactory.create(AppModule, new FastifyAdapter({ logger: name === 'log' }), { logger: false })
  app.useGlobalFilters(new NotFoundFilter())
  if (name === 'cookie') {
    const { default: secureSession } = await import('@fastify/secure-session')
    await app.register(secureSession, {
      key: Buffer.from(SECRET.slice(0, 64), 'hex'),
      cookieName: COOKIE,
      expiry: SESSION_LIFE,
      cookie: { path: '/', httpOnly: true, sameSite: 'lax', maxAge: SESSION_LIFE },
    })
  }
  if (name === 'static') app.useStaticAssets({ root: options.publicFolder })
  await app.listen(0, '127.0.0.1')
  return app.getHttpServer().address().port
}
