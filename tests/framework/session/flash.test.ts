// this.flash: a message lives from the request that sets it to the end of the next that touches the flash.
import { Controller, CookieStore, type Flash, MemoryStore } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot, cookieOf, SECRET } from '../../harness/app.js'
import { NetworkStore } from '../../harness/network-store.js'
import { type SessionController, sessionApp } from '../../harness/sessions.js'

const STORES = { CookieStore, MemoryStore, NetworkStore }

/** A browser: visits one after the other, with the session cookie that came last. */
function browser(store?: (typeof STORES)[keyof typeof STORES]) {
  const app =
    store === undefined || store === CookieStore ? sessionApp() : sessionApp({ store: store as typeof MemoryStore })
  let cookie: string | undefined
  return {
    app,
    async visit<T>(act: (controller: SessionController) => T) {
      const visit = await app.does(act, cookie === undefined ? {} : { cookie })
      const [header] = visit.setCookies
      if (header !== undefined) cookie = header.includes('Max-Age=0') ? undefined : (header.split(';')[0] as string)
      return visit
    },
    get cookie() {
      return cookie
    },
  }
}

const say = (text: string) => (c: SessionController) => c.flash.set('notice', text)
const notice = (c: SessionController) => c.flash.get('notice')
const all = (c: SessionController) => JSON.stringify(c.flash)

describe.each(Object.entries(STORES))('over a %s, a message', (_, store) => {
  test('is read in the next request, and gone in the one after', async () => {
    const { visit } = browser(store)
    expect((await visit((c) => [say('Saved')(c), notice(c)].at(-1))).seen).toBe('Saved')
    expect((await visit(notice)).seen).toBe('Saved')
    expect((await visit(notice)).seen).toBeUndefined()
  })

  test('set again with the same text while it is read is there again', async () => {
    const { visit } = browser(store)
    await visit(say('Saved'))
    await visit((c) => [notice(c), say('Saved')(c)])
    expect((await visit(notice)).seen).toBe('Saved')
    expect((await visit(notice)).seen).toBeUndefined()
  })

  test('waits for a request that touches the flash', async () => {
    const { visit } = browser(store)
    await visit(say('Saved'))
    expect((await visit(() => {})).setCookies).toEqual([])
    expect((await visit((c) => Object.keys(c.data))).seen).toEqual([])
    await visit((c) => c.put({ user: 1 }))
    await visit((c) => c.put({ user: 2 }))
    expect((await visit(notice)).seen).toBe('Saved')
    expect((await visit((c) => [notice(c), c.data['user']])).seen).toEqual([undefined, 2])
  })
})

describe('the flash', () => {
  test('that is empty, and read, sends no cookie', async () => {
    const { visit } = browser()
    const { seen, setCookies, headers } = await visit((c) => [notice(c), c.flash.has('notice'), all(c)])
    expect([seen, setCookies, headers['cache-control']]).toEqual([[undefined, false, '{}'], [], 'private'])
    await visit((c) => c.put({ user: 1 }))
    expect((await visit(notice)).setCookies).toEqual([])
  })

  test('that was all a session had takes the session with it', async () => {
    const { visit } = browser()
    await visit(say('Saved'))
    expect((await visit(notice)).setCookies).toEqual(['_test_app_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'])
  })

  test('is no part of what the app sees of its session', async () => {
    const { visit } = browser()
    await visit((c) => [say('Saved')(c), c.put({ user: 1 })])
    expect((await visit((c) => JSON.stringify(c.session))).seen).toBe('{"user":1}')
  })

  test('now is for this request only', async () => {
    const { visit } = browser()
    const { seen, setCookies } = await visit((c) => [c.flash.now.set('alert', 'Wrong'), all(c)].at(-1))
    expect([seen, setCookies]).toEqual(['{"alert":"Wrong"}', []])
    expect((await visit(all)).seen).toBe('{}')
  })

  test('now hides a message from the request before, and both end', async () => {
    const { visit } = browser()
    await visit(say('Saved'))
    expect((await visit((c) => [c.flash.now.set('notice', 'Now'), notice(c)].at(-1))).seen).toBe('Now')
    expect((await visit(all)).seen).toBe('{}')
  })

  test.each<[title: string, act: (flash: Flash) => void, left: string]>([
    ['keep()', (flash) => flash.keep(), '{"notice":"n","alert":"a"}'],
    ["keep('alert')", (flash) => flash.keep('alert'), '{"alert":"a"}'],
    ['keep() and discard of one', (flash) => [flash.keep(), flash.discard('alert')], '{"notice":"n"}'],
    ['nothing', () => {}, '{}'],
  ])('after %s', async (_, act, left) => {
    const { visit } = browser()
    await visit((c) => [c.flash.set('notice', 'n'), c.flash.set('alert', 'a')])
    expect((await visit((c) => [act(c.flash), all(c)].at(-1))).seen).toBe('{"notice":"n","alert":"a"}')
    expect((await visit(all)).seen).toBe(left)
    expect((await visit(all)).seen).toBe('{}')
  })

  test('discard() takes back what is set in this request', async () => {
    const { visit } = browser()
    await visit((c) => [c.flash.set('notice', 'n'), c.flash.set('alert', 'a'), c.flash.discard('notice')])
    expect((await visit((c) => [c.flash.set('notice', 'n'), c.flash.discard(), all(c)].at(-1))).seen).toBe(
      '{"alert":"a","notice":"n"}',
    )
    expect((await visit(all)).seen).toBe('{}')
  })

  test('survives renewSession', async () => {
    const { visit } = browser(MemoryStore)
    await visit(say('Welcome'))
    await visit((c) => [c.renewSession(), c.put({ user: 1 })])
    expect((await visit(notice)).seen).toBe('Welcome')
  })

  test('is dropped by resetSession; what is set after that is kept', async () => {
    for (const store of [CookieStore, MemoryStore]) {
      const { visit } = browser(store)
      await visit(say('before'))
      await visit((c) => c.resetSession())
      expect((await visit(all)).seen).toBe('{}')
      await visit((c) => [say('before')(c), c.put({ user: 1 })])
      await visit((c) => {
        const { flash } = c
        flash.keep()
        c.resetSession()
        flash.set('alert', 'Logged out')
      })
      expect((await visit((c) => [all(c), c.data['user']])).seen).toEqual(['{"alert":"Logged out"}', undefined])
    }
  })

  test('keeps plain data and dates, and names what it cannot keep', async () => {
    const { app, visit } = browser()
    const value = { at: new Date(0), list: [1, { $date: 'mine' }] }
    await visit((c) => c.flash.set('notice', value as never))
    expect((await visit(notice)).seen).toEqual(value)
    expect((await visit((c) => c.flash.set('notice', new Map() as never))).status).toBe(500)
    expect(app.log.at(-1)?.['msg']).toMatch(/^this\.flash\.notice is an instance of Map, which a session cannot keep\./)
  })

  test('S6: has __proto__ and $date as keys like any other', async () => {
    const { visit } = browser()
    for (const key of ['__proto__', '$date', '$$x', 'constructor', 'keep']) {
      await visit((c) => c.flash.set(key as 'notice', { x: 1 } as never))
      expect((await visit(all)).seen).toBe(`{${JSON.stringify(key)}:{"x":1}}`)
      const { seen } = await visit((c) => [c.flash.get(key as 'notice'), Object.getPrototypeOf(c.flash.toJSON())])
      expect(seen).toEqual([undefined, null])
    }
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  test('keeps its names from the session, which says so', async () => {
    const { app, visit } = browser()
    for (const name of ['_flash', '_csrf']) {
      expect((await visit((c) => c.put({ [name]: 1 }))).status).toBe(500)
      expect(app.log.at(-1)?.['msg']).toMatch(`this.session.${name} is a name of the framework's own`)
    }
  })

  test('is kept in the session after a failure, for nobody has seen it', async () => {
    const { visit } = browser()
    await visit(say('Saved'))
    const failed = await visit((c) => {
      notice(c)
      throw new Error('on purpose')
    })
    expect([failed.status, failed.setCookies]).toEqual([500, []])
    expect((await visit(notice)).seen).toBe('Saved')
  })
})

test('C11: of two requests at once, one that changes the session does not bring back what the other has shown', async () => {
  const app = sessionApp({ store: NetworkStore })
  const cookie = cookieOf(await app.does((c) => [say('Saved')(c), c.put({ user: 1 })]))
  const slow = app.does(
    async (c) => {
      c.put({ user: 2 })
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    },
    { cookie },
  )
  expect((await app.does(notice, { cookie })).seen).toBe('Saved')
  await slow
  const { seen, setCookies } = await app.does((c) => [notice(c), c.data['user']], { cookie })
  expect([seen, setCookies]).toEqual([[undefined, 2], []])
})

test('a session whose keys a store merged into another order is not sent again for being read', async () => {
  const app = sessionApp({ store: NetworkStore })
  const cookie = cookieOf(await app.does((c) => [say('Saved')(c), c.put({ a: 1 })]))
  let saves = 0
  const save = NetworkStore.prototype.save
  NetworkStore.prototype.save = function (...parameters) {
    saves += 1
    return save.apply(this, parameters)
  }
  try {
    await Promise.all([app.does((c) => c.put({ b: 1 }), { cookie }), app.does((c) => c.put({ c: 1 }), { cookie })])
    expect(saves).toBe(2)
    expect((await app.does((c) => Object.keys(c.data).sort(), { cookie })).seen).toEqual(['a', 'b', 'c'])
    expect(saves).toBe(2)
  } finally {
    NetworkStore.prototype.save = save
  }
})

describe('redirectTo', () => {
  class PostsController extends Controller {
    create() {
      this.redirectTo('/posts', { notice: 'Saved', alert: 'Draft', flash: { notice: 'lower' } })
    }
    update() {
      this.redirectTo('/posts', { flash: { alert: 'Only this' } })
    }
    leave() {
      this.redirectTo('https://elsewhere.test/', { notice: 'Saved' })
    }
    index() {
      this.render(this.flash)
    }
  }
  const { app } = boot(
    (r) => {
      r.get('/posts', PostsController, 'index')
      r.post('/posts', PostsController, 'create')
      r.patch('/posts', PostsController, 'update')
      r.post('/leave', PostsController, 'leave')
    },
    { config: { sessionOptions: { secret: SECRET } } },
  )

  test.each([
    ['POST', '{"notice":"Saved","alert":"Draft"}'],
    ['PATCH', '{"alert":"Only this"}'],
  ])('%s takes messages along: %s', async (method, text) => {
    const answer = await ask(app, '/posts', { method })
    expect([answer.status, answer.headers['location']]).toEqual([303, '/posts'])
    const shown = await ask(app, '/posts', { headers: { cookie: cookieOf(answer) } })
    expect(shown.text).toBe(text)
  })

  test('that is refused flashes nothing', async () => {
    const answer = await ask(app, '/leave', { method: 'POST' })
    expect([answer.status, answer.setCookies]).toEqual([500, []])
  })
})
