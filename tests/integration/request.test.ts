// The path of a request through the app, without a socket and over one.
import { Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, askSocket, boot, cookieOf, listen } from '../harness/app.js'

declare module 'contrail' {
  interface SessionData {
    visits: number
  }
}

class VisitsController extends Controller {
  index() {
    this.session.visits = (this.session.visits ?? 0) + 1
    this.render({ visits: this.session.visits })
  }
}

describe('a request', () => {
  test('is answered by its action, with the session carried from one to the next', async () => {
    const { app } = boot((r) => r.root(VisitsController, 'index'))
    const first = await ask(app, '/')
    expect(first.json).toEqual({ visits: 1 })
    const second = await ask(app, '/', { headers: { cookie: cookieOf(first) } })
    expect(second.json).toEqual({ visits: 2 })
  })

  test('is the same over a socket', async () => {
    const { app } = boot((r) => r.root(VisitsController, 'index'))
    const url = await listen(app)
    const first = await askSocket(url)
    const second = await askSocket(url, { headers: { cookie: cookieOf(first) } })
    expect(second.json).toEqual({ visits: 2 })
    expect(second.headers['content-type']).toBe('application/json; charset=utf-8')
  })
})
