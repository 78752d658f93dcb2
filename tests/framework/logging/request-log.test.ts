// What a request leaves in the log: one line, with what is needed to find it again, and an error's stack when there was one.
import { BadRequest, Controller, HttpError, type LogLevel } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot } from '../../harness/app.js'

class PostsController extends Controller {
  index() {
    this.render([])
  }
  show() {
    this.render({ id: this.params['id'] })
  }
  create() {
    this.logger.info('creating')
    this.render(null, { status: 201 })
  }
  refused() {
    throw new BadRequest('Not like this.')
  }
  broken() {
    throw new RangeError('It broke.', { cause: new TypeError('because of this') })
  }
  unavailable() {
    throw new HttpError(503, 'Down.')
  }
}

function bootPosts(logLevel: LogLevel = 'info') {
  return boot(
    (r) => {
      r.resources('posts', PostsController, { only: ['index', 'show', 'create'] })
      r.get('/refused', PostsController, 'refused')
      r.get('/broken', PostsController, 'broken')
      r.get('/unavailable', PostsController, 'unavailable')
    },
    { config: { logLevel } },
  )
}

describe('a request', () => {
  test('is one line: method, path, controller, action, status, duration, id and parameters', async () => {
    const { app, log } = bootPosts()
    const answer = await ask(app, '/posts/7?page=2')
    expect(log).toEqual([
      {
        level: 'info',
        time: expect.any(Number),
        msg: 'request',
        requestId: answer.headers['x-request-id'],
        method: 'GET',
        path: '/posts/7',
        controller: 'PostsController',
        action: 'show',
        status: 200,
        duration: expect.any(Number),
        params: { id: '7', page: '2' },
      },
    ])
  })

  test('has no query in its path', async () => {
    const { app, log } = bootPosts()
    await ask(app, '/nowhere?token=planted')
    await ask(app, '/posts??token=planted')
    expect(log.map(({ path }) => path)).toEqual(['/nowhere', '/posts'])
    expect(JSON.stringify(log)).not.toContain('planted')
  })

  test('without parameters has none in its line', async () => {
    const { app, log } = bootPosts()
    await ask(app, '/posts')
    expect(log[0]).not.toHaveProperty('params')
  })

  test('that no route is for has a line too, without controller and action', async () => {
    const { app, log } = bootPosts()
    await ask(app, '/nowhere')
    expect(log).toHaveLength(1)
    expect(log[0]).toMatchObject({ path: '/nowhere', status: 404 })
    expect(log[0]).not.toHaveProperty('controller')
    expect(log[0]).not.toHaveProperty('action')
  })

  test('with a malformed query is logged all the same', async () => {
    const { app, log } = bootPosts()
    expect((await ask(app, '/posts?a=%zz')).status).toBe(200)
    expect(log[0]).toMatchObject({ path: '/posts', status: 200 })
    expect(log[0]).not.toHaveProperty('params')
  })

  test("shares its id with what the action logs, the client's own where it is a sound one", async () => {
    const { app, log } = bootPosts()
    await ask(app, '/posts', { method: 'POST', headers: { 'x-request-id': 'from-the-proxy-1' } })
    expect(log.map(({ msg, requestId }) => [msg, requestId])).toEqual([
      ['creating', 'from-the-proxy-1'],
      ['request', 'from-the-proxy-1'],
    ])
  })
})

describe('an error', () => {
  test('of the server is logged with its stack and its cause, beside the line of the request', async () => {
    const { app, log } = bootPosts()
    const answer = await ask(app, '/broken')
    expect(log).toHaveLength(2)
    expect(log[0]).toMatchObject({
      level: 'error',
      msg: 'It broke.',
      controller: 'PostsController',
      action: 'broken',
      requestId: answer.headers['x-request-id'],
      err: { type: 'RangeError' },
    })
    const { stack } = Object(log[0]?.['err']) as { stack: string }
    expect(stack).toMatch(/^RangeError: It broke\./)
    expect(stack).toContain('request-log.test.ts')
    expect(stack).toContain('TypeError: because of this')
    expect(log[1]).toMatchObject({ level: 'info', status: 500 })
  })

  test('with a status of 503 is logged as well', async () => {
    const { app, log } = bootPosts()
    await ask(app, '/unavailable')
    expect(log.map(({ level }) => level)).toEqual(['error', 'info'])
  })

  test('of the client is the line of the request and no more', async () => {
    const { app, log } = bootPosts('trace')
    expect((await ask(app, '/refused')).status).toBe(400)
    expect(log).toHaveLength(1)
    expect(log[0]).toMatchObject({ level: 'info', status: 400 })
    expect(JSON.stringify(log)).not.toContain('stack')
  })
})

describe('the level', () => {
  test.each([
    ['development', 'debug'],
    ['test', 'warn'],
    ['production', 'info'],
    ['staging', 'info'],
  ])('is in %s by default %s', (name, level) => {
    expect(boot(() => undefined, { environment: { name, explicit: true } }).app.logger.level).toBe(level)
  })

  test('below info leaves requests out, not errors', async () => {
    const { app, log } = bootPosts('warn')
    await ask(app, '/posts')
    expect(log).toEqual([])
    await ask(app, '/broken')
    expect(log.map(({ level }) => level)).toEqual(['error'])
  })

  test('silent leaves everything out', async () => {
    const { app, log } = bootPosts('silent')
    await ask(app, '/posts')
    await ask(app, '/broken')
    app.logger.fatal('the end')
    expect(log).toEqual([])
  })
})

test('an error is logged without what libraries hang on it', async () => {
  class CallsController extends Controller {
    index() {
      throw Object.assign(new Error('refused'), { config: { headers: { authorization: 'Bearer hushhush' } } })
    }
  }
  const { app, log } = boot((r) => r.root(CallsController, 'index'))
  await ask(app, '/')
  expect(JSON.stringify(log)).toContain('refused')
  expect(JSON.stringify(log)).not.toContain('hushhush')
})

test('a long list of parameters is cut', async () => {
  class ListsController extends Controller {
    create() {
      this.head(204)
    }
  }
  const { app, log } = boot((r) => r.post('/', ListsController, 'create'), { config: { logLevel: 'info' } })
  await ask(app, '/', { body: { list: Array.from({ length: 100_000 }, (_, index) => index) } })
  expect(JSON.stringify(log).length).toBeLessThan(2_000)
})
