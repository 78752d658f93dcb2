// A form's POST that means PATCH, PUT or DELETE, as in Rails.
import { type ApplicationConfig, Controller, type NodeHandler } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, askSocket, boot, bootError, listen } from '../../harness/app.js'

class PostsController extends Controller {
  create() {
    this.#tell('create')
  }
  update() {
    this.#tell('update')
  }
  destroy() {
    this.#tell('destroy')
  }
  show() {
    this.#tell('show')
  }
  form() {
    this.renderText(this.csrfToken({ path: '/strict/1', method: 'PATCH' }))
  }
  #tell(action: string) {
    this.renderText(`${action} ${this.request.method} ${JSON.stringify(this.params)}`)
  }
}

class StrictController extends PostsController {
  static {
    this.protectFromForgery()
  }
}

const appOf = (config: Partial<ApplicationConfig> = {}, legacy?: NodeHandler) =>
  boot(
    (r) => {
      r.resources('posts', PostsController, { only: ['create', 'update', 'destroy', 'show'] })
      r.post('/search', PostsController, 'create')
      r.resources('strict', StrictController, { only: ['update', 'destroy'] })
      r.get('/form', StrictController, 'form')
      if (legacy !== undefined) r.mount('/', legacy)
    },
    { config },
  ).app

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const send = (url: string, body: string, headers: Record<string, string> = FORM, app = appOf()) =>
  ask(app, url, { method: 'POST', headers, body })

describe('H8: a form’s _method', () => {
  test.each([
    ['patch', 'update PATCH'],
    ['PUT', 'update PUT'],
    ['Delete', 'destroy DELETE'],
  ])('%s is the method', async (method, text) => {
    expect((await send('/posts/1', `_method=${method}&title=a`)).text).toContain(text)
  })

  test.each(['get', 'head', 'options', 'trace', 'post', 'brew', '', '__proto__', 'constructor'])(
    '%j leaves it a POST',
    async (method) => {
      const answer = await send('/posts/1', `_method=${method}`)
      expect([answer.status, answer.json.detail]).toEqual([405, expect.stringContaining('POST is not allowed here.')])
      expect((await send('/search', `_method=${method}`)).text).toContain('create POST')
    },
  )

  test('comes with the form’s other fields', async () => {
    const { text } = await send('/posts/7', '_method=patch&title=a')
    expect(text).toBe('update PATCH {"_method":"patch","title":"a","id":"7"}')
  })

  test('counts in a POST’s form alone: not in a query, in JSON, or in another method', async () => {
    const app = appOf()
    expect((await send('/posts/1?_method=delete', 'a=1')).status).toBe(405)
    expect((await ask(app, '/posts/1', { method: 'POST', body: { _method: 'delete' } })).status).toBe(405)
    expect((await ask(app, '/posts/1', { method: 'PUT', headers: FORM, body: '_method=delete' })).text).toContain(
      'update PUT',
    )
    expect((await ask(app, '/posts/1', { method: 'GET', headers: FORM })).text).toContain('show GET')
  })

  test('has the form in any case of its type, with a charset too', async () => {
    const headers = { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=utf-8' }
    expect((await send('/posts/1', '_method=delete', headers)).text).toContain('destroy DELETE')
  })

  test('takes nothing from a path without other methods: its body is not read before it is known', async () => {
    const big = `_method=delete&x=${'x'.repeat(2_000_000)}`
    expect((await send('/nowhere', big)).status).toBe(404)
    expect((await send('/posts/1', big)).status).toBe(413)
  })

  test('that is malformed is a 400, and of no form a 415', async () => {
    expect((await send('/posts/1', '_method=%zz')).status).toBe(400)
    expect((await send('/posts/1', 'a', { 'content-type': 'application/x-www-form-urlencoded x' })).status).toBe(415)
  })

  test('over a socket', async () => {
    const url = `${await listen(appOf())}/posts/1`
    expect((await askSocket(url, { method: 'POST', headers: FORM, body: '_method=delete' })).text).toContain(
      'destroy DELETE',
    )
  })
})

describe('X-HTTP-Method-Override', () => {
  test('is the method of a POST with any body or none', async () => {
    const app = appOf()
    const headers = { 'x-http-method-override': 'PATCH' }
    expect((await ask(app, '/posts/1', { method: 'POST', headers, body: { a: 1 } })).text).toContain(
      'update PATCH {"a":1',
    )
    expect((await ask(app, '/posts/1', { method: 'POST', headers })).text).toContain('update PATCH')
    expect((await ask(app, '/posts/1', { method: 'GET', headers })).text).toContain('show GET')
  })

  test('is less than the form’s own word', async () => {
    const headers = { ...FORM, 'x-http-method-override': 'PATCH' }
    expect((await send('/posts/1', '_method=delete', headers)).text).toContain('destroy DELETE')
  })
})

describe('F1: what a form means is checked as any change is', () => {
  test('another site’s form is refused, whatever method it names', async () => {
    const headers = { ...FORM, 'sec-fetch-site': 'cross-site', origin: 'http://evil.test' }
    for (const method of ['delete', 'patch', 'get']) {
      const { status } = await send('/posts/1', `_method=${method}`, headers)
      expect(status).toBe(method === 'get' ? 405 : 422)
    }
  })

  test('a token for the form’s path and method is good there', async () => {
    const app = appOf()
    const page = await ask(app, '/form')
    const cookie = (page.setCookies[0] as string).split(';')[0] as string
    const body = (method: string) => `_method=${method}&authenticity_token=${encodeURIComponent(page.text)}`
    expect((await send('/strict/1', body('patch'), { ...FORM, cookie }, app)).text).toContain('update PATCH')
    expect((await send('/strict/1', body('delete'), { ...FORM, cookie }, app)).status).toBe(422)
  })
})

describe('beside a mounted handler', () => {
  const legacy: NodeHandler = (request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    request.on('end', () => response.end(`legacy ${request.method} ${text}`))
  }

  test('a form for one of the app’s own paths is the app’s, any other the handler’s, unread', async () => {
    const url = await listen(appOf({}, legacy))
    const post = async (path: string, body: string) =>
      (await askSocket(url + path, { method: 'POST', headers: FORM, body })).text
    expect(await post('/posts/1', '_method=delete')).toContain('destroy DELETE')
    expect(await post('/old', '_method=delete')).toBe('legacy POST _method=delete')
    expect(await post('/posts/1', 'a=1')).toContain('POST is not allowed here')
  })
})

describe('methodOverride', () => {
  test('false turns it off', async () => {
    const app = appOf({ methodOverride: false })
    expect((await send('/posts/1', '_method=delete', FORM, app)).status).toBe(405)
    expect((await send('/posts/1', '', { 'x-http-method-override': 'DELETE' }, app)).status).toBe(405)
  })

  test('that is neither is refused at boot', () => {
    expect(bootError(() => appOf({ methodOverride: 'yes' as never }))).toMatchObject({
      problem: 'methodOverride is "yes".',
      fix: 'give true or false.',
    })
  })
})
