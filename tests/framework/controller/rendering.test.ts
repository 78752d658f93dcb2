// The verbs an action answers with: type, status, headers and body, and what is refused.
import { Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot } from '../../harness/app.js'

/** Runs an action given as a function. */
async function act(action: (c: Controller) => unknown, method = 'GET') {
  class ActController extends Controller {
    index() {
      return action(this)
    }
  }
  const { app, log } = boot((r) => r.match(['get', 'post'], '/', ActController, 'index'))
  return { answer: await ask(app, '/', { method }), log }
}

describe('render', () => {
  test.each([[{ a: [1, null] }], [[]], ['text'], [0], [null], [true]])('answers %j as JSON', async (value) => {
    const { answer } = await act((c) => c.render(value))
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(answer.text).toBe(JSON.stringify(value))
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(answer.text)))
  })

  test('counts bytes, not characters', async () => {
    const { answer } = await act((c) => c.render('é€😀'))
    expect(answer.headers['content-length']).toBe(String(2 + 2 + 3 + 4))
  })

  test('takes a status and headers', async () => {
    const { answer } = await act((c) => c.render({}, { status: 201, headers: { Location: '/posts/1' } }))
    expect(answer.status).toBe(201)
    expect(answer.headers['location']).toBe('/posts/1')
  })

  test.each([
    ['undefined', undefined],
    ['function', () => 1],
    ['symbol', Symbol('s')],
  ])('refuses %s, which has no JSON', async (type, value) => {
    const { answer, log } = await act((c) => c.render(value))
    expect(answer.status).toBe(500)
    expect(log[0]?.['msg']).toBe(
      `ActController#index renders ${type}, which has no JSON. Render a value, or call head(204).`,
    )
  })

  test('refuses what is cyclic, and names the action', async () => {
    const cyclic: { self?: object } = {}
    cyclic.self = cyclic
    const { answer, log } = await act((c) => c.render(cyclic))
    expect(answer.status).toBe(500)
    expect(log[0]?.['msg']).toMatch(/^ActController#index cannot render this as JSON: .*circular/i)
  })

  test('refuses a BigInt, and names the action', async () => {
    const { log } = await act((c) => c.render({ id: 1n }))
    expect(log[0]?.['msg']).toMatch(/^ActController#index cannot render this as JSON: .*BigInt/)
  })
})

describe('the other verbs', () => {
  test('renderText answers plain text', async () => {
    const { answer } = await act((c) => c.renderText('<b>', { status: 202, headers: { 'x-a': 'b' } }))
    expect(answer).toMatchObject({ status: 202, text: '<b>' })
    expect(answer.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'x-a': 'b' })
  })

  test('renderHtml answers HTML as it is', async () => {
    const { answer } = await act((c) => c.renderHtml('<b>&</b>'))
    expect(answer).toMatchObject({ status: 200, text: '<b>&</b>' })
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
  })

  test('head answers a status and headers alone', async () => {
    const { answer } = await act((c) => c.head(404, { headers: { 'x-a': 'b' } }))
    expect(answer).toMatchObject({ status: 404, text: '' })
    expect(answer.headers).toMatchObject({ 'x-a': 'b', 'content-length': '0' })
    expect(answer.headers['content-type']).toBeUndefined()
  })

  test.each([204, 304])('%d has neither body nor length', async (status) => {
    const { answer } = await act((c) => c.head(status))
    expect(answer.status).toBe(status)
    expect(answer.headers['content-length']).toBeUndefined()
  })

  test('redirectTo answers 302 to GET and 303 to POST', async () => {
    expect((await act((c) => c.redirectTo('/posts'))).answer).toMatchObject({
      status: 302,
      headers: { location: '/posts' },
    })
    expect((await act((c) => c.redirectTo('/posts'), 'POST')).answer.status).toBe(303)
  })

  test('redirectTo takes a status that redirects, and no other', async () => {
    expect((await act((c) => c.redirectTo('/', { status: 308 }))).answer.status).toBe(308)
    for (const status of [200, 299, 304, 309]) {
      const { answer, log } = await act((c) => c.redirectTo('/', { status }))
      expect(answer.status).toBe(500)
      expect(log[0]?.['msg']).toBe(`redirectTo takes a status such as 302 or 303, not ${status}.`)
    }
  })

  test('redirectTo leads to another host only with leave', async () => {
    const { answer } = await act((c) => c.redirectTo('https://elsewhere.test/'))
    expect(answer.status).toBe(500)
    expect(answer.headers['location']).toBeUndefined()
    const allowed = await act((c) => c.redirectTo('https://elsewhere.test/', { allowOtherHost: true }))
    expect(allowed.answer.headers['location']).toBe('https://elsewhere.test/')
  })
})

describe('what was set before an answer', () => {
  test('is kept: headers, type and status', async () => {
    const { answer } = await act((c) => {
      c.response.headers.set('content-type', 'application/vnd.api+json').set('x-early', 'yes')
      c.response.status = 202
      c.render({})
    })
    expect(answer.status).toBe(202)
    expect(answer.headers).toMatchObject({ 'content-type': 'application/vnd.api+json', 'x-early': 'yes' })
  })

  test("gives way to the answer's own options", async () => {
    const { answer } = await act((c) => {
      c.response.headers.set('x-one', 'before')
      c.response.status = 202
      c.render({}, { status: 201, headers: { 'X-One': 'with', 'content-type': 'text/json' } })
    })
    expect(answer.status).toBe(201)
    expect(answer.headers).toMatchObject({ 'x-one': 'with', 'content-type': 'text/json' })
  })
})

describe('a status that is none', () => {
  test.each([0, 199, 600, 200.5, Number.NaN])('such as %s is a 500', async (status) => {
    const { answer, log } = await act((c) => c.render({}, { status }))
    expect(answer.status).toBe(500)
    expect(log[0]).toMatchObject({
      msg: `A response's status is an integer from 200 to 599, not ${status}.`,
      err: { type: 'RangeError' },
    })
  })

  test('is refused when set on the response, too', async () => {
    const { log } = await act((c) => {
      c.response.status = 99
    })
    expect(log[0]).toMatchObject({ err: { type: 'RangeError' } })
  })
})

describe('a header that is none', () => {
  test.each([
    ['a line break in its value', { 'x-a': 'b\r\nset-cookie: c' }],
    ['a space in its name', { 'x a': 'b' }],
  ])('with %s is a 500 without it', async (_, headers) => {
    const { answer } = await act((c) => c.render({}, { headers }))
    expect(answer.status).toBe(500)
    expect(answer.setCookies).toEqual([])
    expect(JSON.stringify(answer.headers)).not.toContain('x-a')
  })
})

describe('an action that answers twice', () => {
  const verbs: Record<string, (c: Controller) => void> = {
    render: (c) => c.render({}),
    renderText: (c) => c.renderText(''),
    renderHtml: (c) => c.renderHtml(''),
    head: (c) => c.head(204),
    redirectTo: (c) => c.redirectTo('/'),
  }

  test.each(Object.keys(verbs))('is a 500 that names it and the second verb, %s', async (verb) => {
    const { answer, log } = await act((c) => {
      c.render({})
      verbs[verb]?.(c)
    })
    expect(answer.status).toBe(500)
    expect(log[0]).toMatchObject({ err: { type: 'DoubleRenderError' } })
    expect(log[0]?.['msg']).toContain(
      `ActController#index has already answered, and ${verb}() would be a second answer`,
    )
  })
})

describe('an action that does not answer', () => {
  test.each([undefined, Promise.resolve()])('is a 500 that names it', async (result) => {
    const { answer, log } = await act(() => result)
    expect(answer.status).toBe(500)
    expect(log[0]).toMatchObject({
      err: { type: 'MissingResponseError' },
      controller: 'ActController',
      action: 'index',
    })
    expect(log[0]?.['msg']).toMatch(/^ActController#index ended without an answer\. Call one of render/)
  })

  test('does not answer by setting a status or a header', async () => {
    const { answer } = await act((c) => {
      c.response.status = 204
    })
    expect(answer.status).toBe(500)
  })
})

describe('an answer that comes after the action has ended', () => {
  test('R2: is logged, does not throw, and leaves what was answered alone', async () => {
    let late: () => unknown = () => undefined
    class LateController extends Controller {
      silent() {
        late = () => this.render({ late: true })
      }
      answered() {
        late = () => this.render({ late: true })
        this.render({ late: false })
      }
    }
    const { app, log } = boot((r) => {
      r.get('/silent', LateController, 'silent')
      r.get('/answered', LateController, 'answered')
    })
    for (const [path, status] of [
      ['/silent', 500],
      ['/answered', 200],
    ] as const) {
      const response = await app.handle({ method: 'GET', url: path, headers: {} })
      const { body } = response
      late()
      expect(log.at(-1)).toMatchObject({ level: 'error', controller: 'LateController' })
      expect(log.at(-1)?.['msg']).toMatch(/^render\(\) came too late: LateController#/)
      expect(response).toMatchObject({ status, body })
    }
    expect((await ask(app, '/answered')).json).toEqual({ late: false })
  })
})

describe('in a constructor', () => {
  const members = Object.entries(Object.getOwnPropertyDescriptors(Controller.prototype)).filter(
    ([name]) => name !== 'constructor',
  )
  const names = members.map(([name]) => name)

  test('there is no request, nor what comes of one', () => {
    expect(names).toEqual(expect.arrayContaining(['request', 'response', 'params', 'session', 'render', 'redirectTo']))
  })

  test.each(names)('this.%s is refused, and the error says why', async (name) => {
    class EarlyController extends Controller {
      constructor() {
        super()
        const member: unknown = Reflect.get(this, name)
        if (typeof member === 'function') member.call(this)
      }
      index() {
        this.render({})
      }
    }
    const { app, log } = boot((r) => r.root(EarlyController, 'index'))
    expect((await ask(app, '/')).status).toBe(500)
    expect(log[0]).toMatchObject({ err: { type: 'NoRequestError' } })
    expect(log[0]?.['msg']).toMatch(
      new RegExp(`^this\\.${name} is not there yet in the constructor of EarlyController: `),
    )
  })
})
