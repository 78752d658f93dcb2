// rateLimit: who is counted with whom, what one too many is answered, what every answer tells, and what becomes of an outage.
import {
  Controller,
  type ControllerClass,
  MemoryRateLimitStore,
  NotFound,
  type RateLimitOptions,
  type RateLimitStore,
} from 'contrail'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Ask, ask, askSocket, boot, listen, type TestApp } from '../../harness/app.js'

let ran: string[] = []

afterEach(() => {
  vi.useRealTimers()
  ran = []
})

class PagesController extends Controller {
  index() {
    ran.push('index')
    this.render({})
  }
  create() {
    ran.push('create')
    this.head(201)
  }
  missing() {
    throw new NotFound()
  }
}

const limited = (options: Partial<RateLimitOptions<PagesController>> = {}) =>
  class LimitedController extends PagesController {
    static {
      this.rateLimit({ to: 2, within: 60, ...options })
    }
  }

function site(controller: ControllerClass<PagesController>, config: object = {}): TestApp {
  return boot(
    (r) => {
      r.get('/', controller, 'index')
      r.post('/', controller, 'create')
      r.get('/missing', controller, 'missing')
    },
    { config },
  )
}

/** The statuses of as many requests. */
async function statuses({ app }: TestApp, count: number, options: Ask = {}, path = '/'): Promise<number[]> {
  const seen: number[] = []
  for (let number = 0; number < count; number++) seen.push((await ask(app, path, options)).status)
  return seen
}

const from = (remoteAddress: string): Ask => ({ remoteAddress })

describe('a rate limit', () => {
  test('lets so many requests in, and the rest be 429 before the action', async () => {
    const app = site(limited())
    expect(await statuses(app, 4)).toEqual([200, 200, 429, 429])
    expect(ran).toEqual(['index', 'index'])
    // It counts for all its actions.
    expect(await statuses(app, 1, { method: 'POST' })).toEqual([429])
    expect(app.log).toEqual([])
  })

  test('says over a real socket what is left, in structured fields, and when to come again', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const url = await listen(site(limited({ name: 'log in' })).app)
    const tell = async () => {
      const { status, headers } = await askSocket(url)
      return [status, headers['ratelimit-policy'], headers['ratelimit'], headers['retry-after']]
    }
    const policy = '"log in";q=2;w=60'
    expect(await tell()).toEqual([200, policy, '"log in";r=1;t=60', undefined])
    vi.setSystemTime(Date.now() + 20_500)
    expect(await tell()).toEqual([200, policy, '"log in";r=0;t=40', undefined])
    expect(await tell()).toEqual([429, policy, '"log in";r=0;t=40', '40'])
    vi.setSystemTime(Date.now() + 39_499)
    expect(await tell()).toEqual([429, policy, '"log in";r=0;t=1', '1'])
    vi.setSystemTime(Date.now() + 1)
    expect(await tell()).toEqual([200, policy, '"log in";r=1;t=60', undefined])
  })

  test('is a problem that says so, in JSON and as a page', async () => {
    const app = site(limited({ to: 1 }))
    await statuses(app, 1)
    expect((await ask(app.app, '/')).json).toEqual({
      type: 'about:blank',
      title: 'Too Many Requests',
      status: 429,
      detail: 'Too many requests. Try again in 60 seconds.',
      code: 'too_many_requests',
    })
    expect((await ask(app.app, '/', { headers: { accept: 'text/html' } })).text).toContain('429 Too Many Requests')
  })

  test('tells what is left with errors too', async () => {
    const { headers, status } = await ask(site(limited()).app, '/missing')
    expect([status, headers['ratelimit']]).toEqual([404, '"default";r=1;t=60'])
  })

  test('is for some actions, and for some requests', async () => {
    const some = site(limited({ only: 'create' }))
    expect(await statuses(some, 3)).toEqual([200, 200, 200])
    expect(await statuses(some, 3, { method: 'POST' })).toEqual([201, 201, 429])
    const strangers = site(limited({ unless: (c) => c.request.header('x-friend') !== undefined }))
    expect(await statuses(strangers, 3, { headers: { 'x-friend': '1' } })).toEqual([200, 200, 200])
    expect(await statuses(strangers, 3)).toEqual([200, 200, 429])
  })

  test('runs in the order of declaration among the filters', async () => {
    class OrderController extends PagesController {
      static {
        this.beforeAction(() => void ran.push('before'))
        this.rateLimit({ to: 1, within: 60 })
        this.beforeAction(() => void ran.push('after'))
      }
    }
    expect(await statuses(site(OrderController), 2)).toEqual([200, 429])
    expect(ran).toEqual(['before', 'after', 'index', 'before'])
  })

  test('counts no request that the forgery check refused', async () => {
    const app = site(limited())
    expect(await statuses(app, 3, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } })).toEqual([
      422, 422, 422,
    ])
    expect(await statuses(app, 1)).toEqual([200])
  })

  test('may answer in its own way, at once or later; where it does not, it is a 429', async () => {
    const own = limited({ to: 1, with: (c) => c.redirectTo('/slow-down') })
    const { status, headers } = await ask(await used(own), '/')
    expect([status, headers['location'], headers['retry-after']]).toEqual([302, '/slow-down', '60'])
    const later = limited({
      to: 1,
      with: async (c) => {
        await Promise.resolve()
        c.renderText('slow down', { status: 429, headers: { 'retry-after': '5' } })
      },
    })
    const answer = await ask(await used(later), '/')
    expect([answer.status, answer.text, answer.headers['retry-after']]).toEqual([429, 'slow down', '5'])
    expect((await ask(await used(limited({ to: 1, with: () => undefined })), '/')).status).toBe(429)
  })

  /** An app that has had its one request. */
  async function used(controller: ControllerClass<PagesController>) {
    const { app } = site(controller)
    await ask(app, '/')
    return app
  }
})

describe('who is counted together', () => {
  test('is an address; of IPv6 its first 64 bits', async () => {
    const app = site(limited({ to: 1 }))
    expect(await statuses(app, 2, from('192.0.2.1'))).toEqual([200, 429])
    expect(await statuses(app, 1, from('192.0.2.2'))).toEqual([200])
    expect(await statuses(app, 1, from('::ffff:192.0.2.2'))).toEqual([429])
    expect(await statuses(app, 1, from('2001:db8:0:1::1'))).toEqual([200])
    for (const same of ['2001:db8:0:1::2', '2001:0DB8:0000:0001:ffff:ffff:ffff:ffff', '2001:db8:0:1:0:0:1.2.3.4'])
      expect(await statuses(app, 1, from(same))).toEqual([429])
    for (const other of ['2001:db8:0:2::1', '2001:db8::1', '::1', 'fe80::1%eth0'])
      expect(await statuses(app, 1, from(other))).toEqual([200])
    expect(await statuses(app, 1, from('fe80::2%eth1'))).toEqual([429])
  })

  test('is not what X-Forwarded-For says, unless the proxy is trusted', async () => {
    const forwarded = (address: string): Ask => ({ headers: { 'x-forwarded-for': address } })
    const direct = site(limited({ to: 1 }))
    expect(await statuses(direct, 1, forwarded('192.0.2.1'))).toEqual([200])
    expect(await statuses(direct, 1, forwarded('192.0.2.2'))).toEqual([429])
    const behind = site(limited({ to: 1 }), { trustProxy: 'loopback' })
    expect(await statuses(behind, 1, forwarded('192.0.2.1'))).toEqual([200])
    expect(await statuses(behind, 1, forwarded('192.0.2.2'))).toEqual([200])
    // What a client wrote itself comes before what the proxy adds.
    expect(await statuses(behind, 1, forwarded('203.0.113.9, 192.0.2.2'))).toEqual([429])
  })

  test('is what by says; nobody is the address', async () => {
    const app = site(limited({ to: 1, by: (c) => c.request.header('x-user') }))
    const as = (user: string): Ask => ({ headers: { 'x-user': user }, ...from('192.0.2.1') })
    expect(await statuses(app, 2, as('ada'))).toEqual([200, 429])
    expect(await statuses(app, 1, as('bob'))).toEqual([200])
    expect(await statuses(app, 2, from('192.0.2.1'))).toEqual([200, 429])
    // A name that looks like an address is a name.
    expect(await statuses(app, 1, as('192.0.2.1'))).toEqual([200])
    expect(await statuses(app, 1, as('x'.repeat(10_000)))).toEqual([200])
  })

  test('by gives a string or a number, at once', async () => {
    for (const [by, problem] of [
      [async () => 'ada', 'by gave a promise'],
      [() => ({}), 'by gave object'],
    ] as const) {
      const app = site(limited({ by: by as never }))
      expect(await statuses(app, 1)).toEqual([500])
      expect(app.log[0]?.['msg']).toContain(problem)
    }
  })

  test('is every action of the controller that declares it, and of those that extend it', async () => {
    const Parent = limited({ to: 1 })
    class OneController extends Parent {}
    class OtherController extends Parent {}
    const app = boot((r) => {
      r.get('/one', OneController, 'index')
      r.get('/other', OtherController, 'index')
    })
    expect(await statuses(app, 1, {}, '/one')).toEqual([200])
    expect(await statuses(app, 1, {}, '/other')).toEqual([429])
  })
})

describe('several limits of one action', () => {
  class BothController extends PagesController {
    static {
      this.rateLimit({ to: 2, within: 1, name: 'burst' })
      this.rateLimit({ to: 3, within: 3600, name: 'hour' })
    }
  }

  test('count each for itself, and all tell', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { app } = site(BothController)
    const tell = async () => {
      const { status, headers } = await ask(app, '/')
      return `${status} ${headers['ratelimit']} ${headers['retry-after']}`
    }
    expect((await ask(app, '/')).headers['ratelimit-policy']).toBe('"burst";q=2;w=1, "hour";q=3;w=3600')
    expect(await tell()).toBe('200 "burst";r=0;t=1, "hour";r=1;t=3600 undefined')
    expect(await tell()).toBe('429 "burst";r=0;t=1 1')
    vi.setSystemTime(Date.now() + 1_000)
    expect(await tell()).toBe('200 "burst";r=1;t=1, "hour";r=0;t=3599 undefined')
    expect(await tell()).toBe('429 "burst";r=0;t=1, "hour";r=0;t=3599 3599')
  })

  test('can be skipped by their names', async () => {
    class FreeController extends BothController {
      static {
        this.skipBeforeAction('burst')
      }
    }
    expect(await statuses(site(FreeController), 4)).toEqual([200, 200, 200, 429])
  })

  test('must have different names', () => {
    class TwiceController extends PagesController {
      static {
        this.rateLimit({ to: 2, within: 1 })
        this.rateLimit({ to: 3, within: 3600, only: 'index' })
      }
    }
    expect(() => site(TwiceController)).toThrow('TwiceController#index has two rate limits of the name "default".')
  })

  test('and two controllers of one name must not count together unawares', () => {
    const [one, other] = [limited(), limited()]
    const draw = () =>
      boot((r) => {
        r.get('/one', one, 'index')
        r.get('/other', other, 'index')
      })
    expect(draw).toThrow('Two declarations of rateLimit would count together: ["LimitedController","default",2,60].')
  })
})

describe('the store', () => {
  const counting = (store: Partial<RateLimitStore>) => ({ increment: () => ({ count: 1, resetIn: 1 }), ...store })

  test("is the app's, or a limit's own, and is closed with the app", async () => {
    const closed: string[] = []
    const keys: string[] = []
    const stores = ['app', 'own'].map((name) =>
      counting({
        close: () => void closed.push(name),
        increment: (key, within) => {
          keys.push(`${name} ${key.length} ${within}`)
          return { count: 3, resetIn: 1 }
        },
      }),
    )
    const { app } = site(limited(), { rateLimitStore: stores[0] })
    expect((await ask(app, '/')).status).toBe(429)
    await app.close()
    const own = site(limited({ store: stores[1] as RateLimitStore }), { rateLimitStore: stores[0] })
    expect((await ask(own.app, '/')).status).toBe(429)
    expect(keys).toEqual(['app 43 60', 'own 43 60'])
    closed.length = 0
    await own.app.close()
    expect(closed.sort()).toEqual(['app', 'own'])
  })

  test('learns nobody’s name or address', async () => {
    const keys: string[] = []
    const store = counting({
      increment: (key) => {
        keys.push(key)
        return { count: 1, resetIn: 1 }
      },
    })
    const { app } = site(limited({ by: (c) => c.request.header('x-user') }), { rateLimitStore: store })
    await ask(app, '/', { headers: { 'x-user': 'ada@example.com' } })
    await ask(app, '/')
    expect(keys).toEqual([expect.stringMatching(/^[\w-]{43}$/), expect.stringMatching(/^[\w-]{43}$/)])
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
  ])('that %s lets requests pass, with a line in the log; or refuses them', async (_, increment) => {
    const open = site(limited(), { rateLimitStore: counting({ increment }) })
    expect(await statuses(open, 3)).toEqual([200, 200, 200])
    expect(open.log).toHaveLength(3)
    expect(open.log[0]).toMatchObject({
      level: 'warn',
      msg: 'rate limit not counted',
      limit: 'default',
      reason: 'down',
    })
    const closed = site(limited({ onOutage: 'refuse' }), { rateLimitStore: counting({ increment }) })
    const { status, headers, json } = await ask(closed.app, '/')
    expect([status, headers['retry-after'], json.code]).toEqual([503, '1', 'rate_limit_unavailable'])
    expect(JSON.stringify(json)).not.toContain('down')
  })
})

describe('the memory of a process', () => {
  test('keeps windows of each length by themselves', () => {
    const store = new MemoryRateLimitStore()
    expect(store.increment('a', 10)).toEqual({ count: 1, resetIn: 10_000 })
    expect(store.increment('a', 20)).toEqual({ count: 1, resetIn: 20_000 })
    expect(store.increment('a', 10).count).toBe(2)
  })

  test('does not grow beyond its maximum, whoever asks', () => {
    const store = new MemoryRateLimitStore(100)
    for (let number = 0; number < 1_000; number++) store.increment(`key ${number}`, 60)
    expect(store.size).toBe(100)
    // The youngest are still there.
    expect(store.increment('key 999', 60).count).toBe(2)
    expect(store.increment('key 0', 60).count).toBe(1)
  })

  test('forgets windows that have ended, as others begin', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const store = new MemoryRateLimitStore()
    for (let number = 0; number < 100; number++) store.increment(`key ${number}`, 60)
    vi.setSystemTime(Date.now() + 60_000)
    for (let number = 0; number < 60; number++) store.increment(`other ${number}`, 60)
    expect(store.size).toBe(60)
  })

  test('is not held up by a clock that was put back', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const store = new MemoryRateLimitStore()
    store.increment('a', 60)
    store.increment('a', 60)
    vi.setSystemTime(Date.now() - 86_400_000)
    expect(store.increment('a', 60)).toEqual({ count: 1, resetIn: 60_000 })
  })
})

describe('a limit with a mistake is refused', () => {
  test.each([
    [{ to: 0 }, 'to is 0'],
    [{ to: 1.5 }, 'to is 1.5'],
    [{ to: '10' }, 'to is "10"'],
    [{ to: 1_000_001 }, 'to is 1000001'],
    [{ within: 0 }, 'within is 0'],
    [{ within: Number.NaN }, 'within is NaN'],
    [{ within: 2_592_001 }, 'within is 2592001'],
    [{ within: undefined }, 'within is undefined'],
    [{ by: 'ip' }, 'by is "ip"'],
    [{ with: 'head' }, 'with is "head"'],
    [{ store: {} }, 'store is {}'],
    [{ name: 'a"b' }, 'name is "a\\"b"'],
    [{ name: 'ä' }, 'name is "ä"'],
    [{ onOutage: 'open' }, 'onOutage is "open"'],
    [{ per: 60 }, 'Unknown key "per"'],
    [{ only: 'shwo' }, 'only names "shwo"'],
  ])('%j', (options, problem) => {
    expect(() => limited(options as never)).toThrow(problem)
  })

  test('as a store that is none', () => {
    expect(() => site(limited(), { rateLimitStore: 'memcached' })).toThrow('rateLimitStore is no store')
  })
})
