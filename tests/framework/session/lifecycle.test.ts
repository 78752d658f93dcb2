// When a session is looked for, what of it is kept, and what a store may and may not answer.
import { Controller, MemoryStore } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot, cookieOf, SECRET } from '../../harness/app.js'
import { NetworkStore } from '../../harness/network-store.js'
import { sessionApp } from '../../harness/sessions.js'

describe('C11: an untouched session', () => {
  test('of a garbage cookie is not even looked at', async () => {
    const app = sessionApp()
    const { setCookies, headers } = await app.does(() => {}, { cookie: '_test_app_session=garbage' })
    expect([setCookies, headers['cache-control'], app.log]).toEqual([[], undefined, []])
  })

  test('is looked at once, however often it is touched', async () => {
    const app = sessionApp()
    await app.does(
      (controller) => {
        void controller.data
        controller.renewSession()
        controller.resetSession()
        void controller.data
      },
      { cookie: '_test_app_session=garbage' },
    )
    expect(app.log).toHaveLength(1)
  })
})

describe('the session of a request', () => {
  test('is one object, however often it is asked for', async () => {
    const { seen } = await sessionApp().does((controller) => [controller.session, controller.session])
    expect(seen?.[0]).toBe(seen?.[1])
  })

  test('is kept after an action that is asynchronous', async () => {
    const app = sessionApp()
    const answer = await app.does(async (controller) => {
      await new Promise((resolve) => setImmediate(resolve))
      controller.put({ a: 1 })
    })
    expect((await app.does(({ data }) => data['a'], { cookie: cookieOf(answer) })).seen).toBe(1)
  })

  test('is read from the first of two cookies of its name', async () => {
    const app = sessionApp()
    const [one, two] = await Promise.all([1, 2].map(async (a) => cookieOf(await app.does((c) => c.put({ a })))))
    expect((await app.does(({ data }) => data['a'], { cookie: `${one}; ${two}` })).seen).toBe(1)
    expect((await app.does(({ data }) => data['a'], { cookie: `other=1; ${two}; ${one}` })).seen).toBe(2)
  })

  test('keeps nothing of what an action changes after it has ended', async () => {
    const app = sessionApp({ store: MemoryStore })
    let late = Promise.resolve()
    const answer = await app.does((controller) => {
      controller.put({ a: 1 })
      late = new Promise((resolve) => setImmediate(resolve)).then(() => controller.put({ a: 2 }))
    })
    await late
    expect((await app.does(({ data }) => data['a'], { cookie: cookieOf(answer) })).seen).toBe(1)
  })
})

describe('a store over a network', () => {
  test('is asked before the action, for requests that carry the cookie', async () => {
    const app = sessionApp({ store: NetworkStore })
    const cookie = cookieOf(await app.does((controller) => controller.put({ a: 1 })))
    expect((await app.does(({ data }) => data['a'], { cookie })).seen).toBe(1)
  })

  test('must say so', async () => {
    class Forgetful extends NetworkStore {
      override readonly preload = false as never
    }
    const app = sessionApp({ store: Forgetful })
    const answer = await app.does(({ data }) => data['a'], { cookie: '_test_app_session=x' })
    expect(answer.status).toBe(500)
    expect(app.log.at(-1)?.['msg']).toMatch('Forgetful.load gave a promise; such a store must say preload = true.')
  })
})

test('resetSession drops a cookie that is no session', async () => {
  const { setCookies } = await sessionApp().does((c) => c.resetSession(), { cookie: '_test_app_session=garbage' })
  expect(setCookies).toEqual([expect.stringMatching('=; Max-Age=0;')])
})

test('C9: a value that a store made and a cookie cannot carry is an error, and no header', async () => {
  for (const value of [
    'a;b',
    'a; Domain=evil.test',
    'a b',
    'a,b',
    'a%3bb',
    'a%2Bb',
    'a+;',
    '=\n',
    'é',
    'a\r\nb',
    '"a"',
  ]) {
    class OddStore extends MemoryStore {
      override create(): string {
        return value
      }
    }
    const { status, setCookies } = await sessionApp({ store: OddStore }).does((controller) => controller.put({ a: 1 }))
    expect([status, setCookies], value).toEqual([500, []])
  }
})

test('a value in base64 is percent-encoded on its way out, and as it was on its way back', async () => {
  const loaded: string[] = []
  class Base64Store extends MemoryStore {
    override create(): string {
      return '+/aA0-._~=='
    }
    override load(cookie: string) {
      loaded.push(cookie)
      return super.load(cookie)
    }
  }
  const app = sessionApp({ store: Base64Store })
  const cookie = cookieOf(await app.does((controller) => controller.put({ a: 1 })))
  expect(cookie).toBe('_test_app_session=%2B%2FaA0-._~%3D%3D')
  await app.does(({ data }) => data['a'], { cookie })
  expect(loaded).toEqual(['+/aA0-._~=='])
})

test('C5: percent signs count', async () => {
  class LargeStore extends MemoryStore {
    override create(): string {
      return '+'.repeat(1360)
    }
  }
  const answer = (key: string) =>
    sessionApp({ store: LargeStore, sessionOptions: { key } }).does((controller) => controller.put({ a: 1 }))
  const fits = await answer('k'.repeat(16))
  expect([fits.status, cookieOf(fits).length]).toEqual([200, 4096 + '='.length])
  const over = await answer('k'.repeat(17))
  expect([over.status, over.setCookies]).toEqual([500, []])
})

test('a session that another framework kept empty is left alone, unless it is reset', async () => {
  class KeepsEmpty extends MemoryStore {
    override load() {
      return { payload: '{}', createdAt: 0, stale: true, id: 'x' }
    }
  }
  const app = sessionApp({ store: KeepsEmpty })
  const cookie = '_test_app_session=x'
  expect((await app.does(({ data }) => Object.keys(data), { cookie })).setCookies).toEqual([])
  expect((await app.does((controller) => controller.renewSession(), { cookie })).setCookies).toEqual([])
  const [dropped] = (await app.does((controller) => controller.resetSession(), { cookie })).setCookies
  expect(dropped).toMatch(/^_test_app_session=; Max-Age=0;/)
})

test('a text that is no JSON of an object is an empty session, which can be written', async () => {
  for (const payload of ['', 'null', '[]', '1', '{']) {
    class BrokenStore extends MemoryStore {
      override load(id: string) {
        const found = super.load(id)
        return 'rejected' in found ? found : { ...found, payload }
      }
    }
    const app = sessionApp({ store: BrokenStore })
    const cookie = cookieOf(await app.does((controller) => controller.put({ a: 1 })))
    const read = await app.does(({ data }) => Object.keys(data), { cookie })
    expect([read.status, read.seen]).toEqual([200, []])
    expect(app.log.at(-1)).toMatchObject({ reason: expect.stringMatching(/not the JSON of a session/) })
  }
})

test('a before-filter that answers keeps what it changed', async () => {
  class GateController extends Controller {
    static {
      this.beforeAction((controller) => {
        Object.assign(controller.session, { returnTo: controller.request.path })
        controller.redirectTo('/log-in')
      })
    }
    index() {
      throw new Error('It was to be halted.')
    }
    show() {
      this.render(this.session)
    }
  }
  class LogInController extends Controller {
    show() {
      this.render(this.session)
    }
  }
  const { app } = boot(
    (r) => {
      r.get('/secret', GateController, 'index')
      r.get('/log-in', LogInController, 'show')
    },
    { config: { sessionOptions: { secret: SECRET } } },
  )
  const halted = await ask(app, '/secret')
  const { json } = await ask(app, '/log-in', { headers: { cookie: cookieOf(halted) } })
  expect(json).toEqual({ returnTo: '/secret' })
})
