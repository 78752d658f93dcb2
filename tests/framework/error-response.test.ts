// What a client gets to see of an error: honest about what it did, silent about what is inside.
import { type ApplicationParts, Controller, type Environment, HttpError, NotFound } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Ask, ask, boot } from '../harness/app.js'

const PRODUCTION: Environment = { name: 'production', explicit: true }
const TEST: Environment = { name: 'test', explicit: true }
const DEVELOPMENT: Environment = { name: 'development', explicit: true }
const UNTOLD: Environment = { name: 'development', explicit: false }

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', host: 'localhost' }
const JSON_ONLY = { host: 'localhost' }

/** Asks for an action that throws this. */
async function failure(thrown: () => unknown, environment: Environment, options: Ask = {}, url = '/fail') {
  class FailingController extends Controller {
    fail() {
      this.response.headers.set('x-half-done', 'yes')
      throw thrown()
    }
    async failLate() {
      await Promise.resolve()
      throw thrown()
    }
  }
  const { app, log } = boot(
    (r) => {
      r.get('/fail', FailingController, 'fail')
      r.get('/late', FailingController, 'failLate')
    },
    { environment },
  )
  return { answer: await ask(app, url, { headers: JSON_ONLY, ...options }), log }
}

const SECRET_ERROR = () => new Error('the password is hunter2', { cause: new Error('and the cause is swordfish') })

describe('an error', () => {
  test('is a problem of RFC 9457 by default, not to be stored', async () => {
    const { answer } = await failure(() => new NotFound('There is no post 7.', { code: 'no_post' }), TEST)
    expect(answer.status).toBe(404)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
    })
    expect(answer.json).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'There is no post 7.',
      code: 'no_post',
    })
  })

  test('is a page for a client that would rather have HTML, which runs no script', async () => {
    const { answer } = await failure(() => new NotFound('There is no post 7.'), TEST, { headers: HTML })
    expect(answer.status).toBe(404)
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'cache-control': 'no-store',
    })
    expect(answer.text).toContain('<h1>404 Not Found</h1>\n<p>There is no post 7.</p>')
  })

  test('takes its own headers along, and nothing of the answer that was being made', async () => {
    const { answer } = await failure(() => new HttpError(503, 'x', { headers: { 'Retry-After': '7' } }), TEST)
    expect(answer.headers['retry-after']).toBe('7')
    expect(answer.headers).not.toHaveProperty('x-half-done')
  })

  test('thrown late is the same', async () => {
    const { answer, log } = await failure(SECRET_ERROR, TEST, {}, '/late')
    expect(answer.status).toBe(500)
    expect(log).toHaveLength(1)
  })

  test('of the server is logged once, with stack and action; one of the client is not', async () => {
    const { log } = await failure(SECRET_ERROR, PRODUCTION)
    const errors = log.filter(({ level }) => level === 'error')
    expect(errors).toMatchObject([
      {
        msg: 'the password is hunter2',
        controller: 'FailingController',
        action: 'fail',
        err: { stack: expect.stringContaining('swordfish') },
      },
    ])
    const { log: quiet } = await failure(() => new NotFound(), PRODUCTION)
    expect(quiet.filter(({ level }) => level === 'error')).toEqual([])
  })
})

describe('L1: a server error', () => {
  const QUIET: [string, Environment][] = [
    ['in production', PRODUCTION],
    ['in test', TEST],
    ['in an environment of the app’s own', { name: 'staging', explicit: true }],
    ['where nobody named the environment', UNTOLD],
  ]

  test.each(QUIET)('tells a stranger nothing %s', async (_, environment) => {
    for (const [headers, thrown] of [
      [JSON_ONLY, SECRET_ERROR],
      [HTML, SECRET_ERROR],
      [JSON_ONLY, () => new HttpError(503, 'the password is hunter2')],
      [HTML, () => new HttpError(503, 'the password is hunter2')],
      [JSON_ONLY, () => 'the password is hunter2'],
    ] as const) {
      const { answer } = await failure(thrown, environment, { headers })
      expect(answer.status).toBeGreaterThanOrEqual(500)
      expect(answer.text).not.toMatch(/hunter2|swordfish|FailingController|error-response\.test|\bat |node_modules/)
      expect(answer.text).toContain(answer.headers['x-request-id'])
    }
  })

  test('shows a developer message, action and stack, causes too', async () => {
    const { answer } = await failure(SECRET_ERROR, DEVELOPMENT)
    expect(answer.json).toMatchObject({
      status: 500,
      detail: 'the password is hunter2',
      where: 'FailingController#fail',
    })
    const stack = answer.json.stack.join('\n') as string
    expect(stack).toMatch(/^Error: the password is hunter2\n {4}at .*error-response\.test/)
    expect(stack).toContain('caused by Error: and the cause is swordfish')
    const page = (await failure(SECRET_ERROR, DEVELOPMENT, { headers: HTML })).answer.text
    expect(page).toContain('the password is hunter2')
    expect(page).toContain('<dd>FailingController#fail</dd>')
    expect(page).toMatch(/<span class="own"> {4}at .*error-response\.test/)
  })

  test('shows a developer no stack of a client’s error', async () => {
    const { answer } = await failure(() => new NotFound('gone'), DEVELOPMENT)
    expect(answer.json).toEqual({ type: 'about:blank', title: 'Not Found', status: 404, detail: 'gone' })
  })
})

describe('L1: a developer’s page', () => {
  test('shows the line that threw, the lines around it, and the parameters without secrets', async () => {
    const url = '/fail?title=%3Cb%3E&password=planted'
    const { text } = (await failure(SECRET_ERROR, DEVELOPMENT, { headers: HTML }, url)).answer
    expect(text).toMatch(/<p><small><a href="[^"]+">\/.+\/error-response\.test\.ts:\d+:\d+<\/a><\/small><\/p>/)
    expect(text).toMatch(/<span class="own">&#62; +\d+ \| const SECRET_ERROR = \(\) =&#62; new Error\(/)
    expect(text).toContain(
      '<dt>Parameters</dt><dd>{&#34;title&#34;:&#34;&#60;b&#62;&#34;,&#34;password&#34;:&#34;[FILTERED]&#34;}</dd>',
    )
    expect(text).not.toContain('planted')
  })

  test('does without the lines where the file is not there, and without parameters where the query is malformed', async () => {
    const thrown = () => Object.assign(new Error('x'), { stack: 'Error: x\n    at f (/nowhere/at-all.ts:3:4)' })
    const { status, text } = (await failure(thrown, DEVELOPMENT, { headers: HTML }, '/fail?a=%zz')).answer
    expect(status).toBe(500)
    expect(text).toMatch(/at f \(<a href="[^"]+">\/nowhere\/at-all\.ts:3:4<\/a>\)/)
    expect(text).not.toContain('<dt>Parameters')
  })

  test('is not for strangers', async () => {
    for (const environment of [PRODUCTION, TEST, UNTOLD]) {
      const { text } = (await failure(SECRET_ERROR, environment, { headers: HTML }, '/fail?title=shown')).answer
      expect(text).not.toMatch(/Parameters|SECRET_ERROR|shown|error-response/)
    }
  })
})

describe('L1: the error page escapes', () => {
  const EVIL = `<script>alert(1)</script>"'&<img src=x onerror=alert(1)>`

  test.each([
    ['the message of a client’s error', () => new NotFound(EVIL), TEST],
    ['the message of a server error', () => new Error(EVIL), DEVELOPMENT],
    ['what is thrown and no error', () => EVIL, DEVELOPMENT],
    ['the message of a cause', () => new Error('x', { cause: new Error(EVIL) }), DEVELOPMENT],
  ])('%s', async (_, thrown, environment) => {
    const { answer } = await failure(thrown, environment, { headers: HTML })
    expect(answer.text).not.toMatch(/<script|<img/)
    expect(answer.text).toContain('&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#39;&#38;&#60;img')
  })

  test('path, query and method', async () => {
    const url = `/fail?a=${EVIL}`
    const { answer } = await failure(() => new Error('x'), DEVELOPMENT, { headers: HTML }, url)
    expect(answer.text).toContain('{&#34;a&#34;:&#34;&#60;script')
    expect(answer.text).not.toContain('<script')
    const { answer: refused } = await failure(() => new Error('x'), DEVELOPMENT, { headers: HTML, method: '<img>' })
    expect(refused.status).toBe(405)
    for (const { text } of [answer, refused]) expect(text).not.toMatch(/<script|<img/)
  })

  test('the host that was refused', async () => {
    const { answer } = await failure(() => new Error('x'), DEVELOPMENT, { headers: { ...HTML, host: '<img>' } })
    expect(answer.status).toBe(400)
    expect(answer.text).not.toContain('<img')
  })
})

describe('R1: whatever is thrown is one 500', () => {
  const throwing = (property: string) => {
    const error = new Error('odd')
    Object.defineProperty(error, property, {
      enumerable: true,
      get() {
        throw new Error(`${property} was asked for`)
      },
    })
    return error
  }
  const cyclic = () => {
    const error = new Error('cyclic')
    error.cause = error
    return error
  }
  const THROWN: [string, () => unknown][] = [
    ['null', () => null],
    ['undefined', () => undefined],
    ['a string', () => 'oops'],
    ['a symbol', () => Symbol('oops')],
    ['an object without a prototype', () => Object.create(null)],
    [
      'an object that cannot be made a string',
      () => ({
        toString: () => {
          throw new Error('no')
        },
      }),
    ],
    ['an error that is its own cause', cyclic],
    ['an error whose message is no string', () => Object.assign(new Error('x'), { message: { a: 1 } })],
    ['an error whose message is a symbol', () => Object.assign(new Error('x'), { message: Symbol('x') })],
    ['an error whose stack is no string', () => Object.assign(new Error('x'), { stack: Object.create(null) })],
    ...['message', 'stack', 'cause', 'name', 'status', 'other'].map((property): [string, () => unknown] => [
      `an error whose ${property} throws`,
      () => throwing(property),
    ]),
  ]
  const ways: [string, Record<string, string>][] = [
    ['as JSON', JSON_ONLY],
    ['as a page', HTML],
  ]
  const cases = THROWN.flatMap(([what, thrown]) => ways.map(([as, headers]) => [what, as, thrown, headers] as const))

  test.each(cases)('%s, %s', async (_what, _as, thrown, headers) => {
    for (const environment of [PRODUCTION, DEVELOPMENT]) {
      for (const url of ['/fail', '/late']) {
        const { answer, log } = await failure(thrown, environment, { headers }, url)
        expect(answer.status).toBe(500)
        expect(answer.text).toContain('Internal Server Error')
        if (environment === PRODUCTION) expect(log.filter(({ level }) => level === 'error')).toHaveLength(1)
      }
    }
  })

  test.each(['stack', 'other'])(
    'an error whose %s throws is still told and logged by its message',
    async (property) => {
      const { answer, log } = await failure(() => throwing(property), PRODUCTION)
      expect(answer.status).toBe(500)
      expect(log[0]).toMatchObject({
        level: 'error',
        msg: 'odd',
        controller: 'FailingController',
        err: { message: 'odd' },
      })
      expect((await failure(() => throwing(property), DEVELOPMENT)).answer.json.detail).toBe('odd')
    },
  )

  test.each(['a\r\nset-cookie: evil=1', '\u010d'])(
    'H9: an HttpError with a header that cannot be sent: %j',
    async (value) => {
      const { answer, log } = await failure(() => new HttpError(404, 'x', { headers: { 'x-a': value } }), PRODUCTION)
      expect(answer.status).toBe(500)
      expect(answer.headers).not.toHaveProperty('x-a')
      expect(log[0]).toMatchObject({
        level: 'error',
        msg: expect.stringContaining('HttpError has a header that cannot be sent'),
      })
    },
  )
})

test('HttpError takes a status from 400 to 599 alone', () => {
  for (const status of [200, 399, 600, 404.5, Number.NaN]) expect(() => new HttpError(status, 'x')).toThrow(RangeError)
  expect(new HttpError(400, 'x').status).toBe(400)
  expect(new HttpError(599, 'x').status).toBe(599)
})

test('an error before a route is found is answered in the same way', async () => {
  const parts: Partial<ApplicationParts> = { environment: PRODUCTION }
  const { app } = boot(() => {}, parts)
  const answer = await ask(app, '/nowhere', { headers: HTML })
  expect(answer.status).toBe(404)
  expect(answer.text).toContain('<p>No route matches /nowhere.</p>')
})

describe('the extensions of an error', () => {
  const extensions = { balance: 30, accounts: ['/a', '/b'] }

  test('are members of the problem', async () => {
    const { answer } = await failure(
      () => new HttpError(403, 'No credit.', { code: 'no_credit', extensions }),
      PRODUCTION,
    )
    expect(answer.json).toEqual({
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
      detail: 'No credit.',
      code: 'no_credit',
      ...extensions,
    })
  })

  test('are told of a server’s error to developers alone', async () => {
    const thrown = () => new HttpError(503, 'Down.', { extensions })
    expect((await failure(thrown, PRODUCTION)).answer.text).not.toContain('balance')
    expect((await failure(thrown, DEVELOPMENT)).answer.json).toMatchObject(extensions)
  })

  test('may not have the names of its own members', () => {
    for (const member of ['type', 'title', 'status', 'detail', 'code', 'requestId', 'where', 'stack'])
      expect(() => new HttpError(400, 'x', { extensions: { [member]: 1 } })).toThrow(TypeError)
  })

  test('that are errors of any other shape do no harm to the page', async () => {
    for (const errors of ['x', { a: 1 }, [null, 5, {}, { message: 5 }, { message: 'a', path: {} }]]) {
      const thrown = () => new HttpError(400, 'x', { extensions: { errors } })
      expect((await failure(thrown, PRODUCTION, { headers: HTML })).answer.status).toBe(400)
    }
  })
})
