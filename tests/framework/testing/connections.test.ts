// The test client, where an app has middleware or mounted handlers: through node:http, over a connection in memory.
import { Controller, type RouteMapper } from 'contrail'
import { createClient } from 'contrail/testing'
import express from 'express'
import helmet from 'helmet'
import { describe, expect, test } from 'vitest'
import { boot } from '../../harness/app.js'

declare module 'contrail' {
  interface SessionData {
    connectionVisits: number
  }
}

class EchoController extends Controller {
  show() {
    this.session.connectionVisits = (this.session.connectionVisits ?? 0) + 1
    this.render({ visits: this.session.connectionVisits, ip: this.request.ip, secure: this.request.secure })
  }
  create() {
    this.render({ params: this.params['post'], type: this.request.header('content-type') })
  }
  fail() {
    throw new Error('not today')
  }
  cut() {
    this.stream(
      (async function* () {
        yield 'half'
        await new Promise((resolve) => setTimeout(resolve, 5))
        throw new Error('mid-way')
      })(),
    )
  }
}

const draw = (r: RouteMapper) => {
  r.get('/', EchoController, 'show')
  r.post('/posts', EchoController, 'create')
  r.get('/fail', EchoController, 'fail')
  r.get('/cut', EchoController, 'cut')
}

describe('a client of an app with middleware', () => {
  const client = () => createClient(boot(draw, { config: { middleware: [helmet()] } }).app, { protocol: 'https' })

  test('meets what the middleware does, keeps cookies, and tells the app who asks', async () => {
    const browser = client()
    const first = await browser.get('/')
    expect(first.headers.get('x-dns-prefetch-control')).toBe('off')
    expect(first.headers.get('connection')).toBeNull()
    expect(first.json()).toEqual({ visits: 1, ip: '127.0.0.1', secure: true })
    expect((await browser.get('/')).json()).toMatchObject({ visits: 2 })
    expect((await browser.session()).connectionVisits).toBe(2)
  })

  test('sends forms, JSON and files', async () => {
    const browser = client()
    expect((await browser.post('/posts', { form: { post: { title: 'Hello' } } })).json()).toMatchObject({
      params: { title: 'Hello' },
    })
    expect((await browser.post('/posts', { json: { post: [1] } })).json()).toMatchObject({ params: [1] })
  })

  test('throws what the app threw', async () => {
    await expect(client().get('/fail')).rejects.toThrow('not today')
  })

  test('hears of an answer that was cut off, and does not wait for the rest', { timeout: 5_000 }, async () => {
    await expect(client().get('/cut')).rejects.toThrow('GET /cut: the app cut the connection before its answer was')
  })
})

test('a client reaches mounted handlers', async () => {
  const other = express()
  other.post('/queues', (request, response) => {
    response.json({ url: request.originalUrl, base: request.baseUrl })
  })
  const { app } = boot((r) => {
    draw(r)
    r.mount('/admin', other)
    r.mount('/api', (request: Request) => new Response(new URL(request.url).pathname, { status: 201 }))
  })
  const browser = createClient(app)
  expect((await browser.post('/admin/queues')).json()).toEqual({ url: '/admin/queues', base: '/admin' })
  const api = await browser.get('/api/posts')
  expect([api.status, api.text()]).toEqual([201, '/api/posts'])
  expect((await browser.get('/')).json()).toMatchObject({ visits: 1 })
})
