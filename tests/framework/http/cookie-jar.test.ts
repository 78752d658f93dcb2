// this.cookies: what is read, what is set and deleted, and when it is sent.
import { Controller, MemoryStore, NotFound } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot } from '../../harness/app.js'
import { use } from '../../harness/cookies.js'
import { sessionApp } from '../../harness/sessions.js'

describe('a plain cookie', () => {
  test('is read as it came, the first of several (C8)', async () => {
    const { seen } = await use(
      (c) => ['a', 'b', 'c', '__proto__', 'constructor', 'toString'].map((name) => [c.get(name) ?? null, c.has(name)]),
      'a=1;a=2;__proto__=x;b=%zz;c=%20y',
    )
    expect(seen).toEqual([
      ['1', true],
      ['%zz', true],
      [' y', true],
      ['x', true],
      [null, false],
      [null, false],
    ])
  })

  test('C8: 16 KB of garbage are no error', async () => {
    const garbage = Array.from({ length: 16_384 }, (_, index) => String.fromCharCode(33 + ((index * 7) % 94))).join('')
    expect((await use((c) => c.get('a'), garbage)).status).toBe(200)
  })

  test('is set with the defaults', async () => {
    const { setCookies } = await use((c) => c.set('theme', 'dark'))
    expect(setCookies).toEqual(['theme=dark; Path=/; HttpOnly; SameSite=Lax'])
  })

  test('that was set is seen in the same request; one that was deleted is not', async () => {
    const { seen, setCookies } = await use((c) => {
      c.set('a', '2')
      c.set('new', '1')
      c.delete('b')
      return [c.get('a'), c.get('new'), c.get('b'), c.has('b')]
    }, 'a=1; b=1')
    expect(seen).toEqual(['2', '1', undefined, false])
    expect(setCookies.map((header) => header.split(';')[0])).toEqual(['a=2', 'new=1', 'b='])
  })

  test('is sent once, as it was last set', async () => {
    const { setCookies } = await use((c) => {
      c.set('a', '1', { path: '/a' })
      c.delete('a', { path: '/a' })
      c.set('a', '2')
    })
    expect(setCookies).toEqual(['a=2; Path=/; HttpOnly; SameSite=Lax'])
  })

  test('that has the value already is not sent, unless an option is given', async () => {
    expect((await use((c) => c.set('a', '1'), 'a=1')).setCookies).toEqual([])
    expect((await use((c) => c.set('a', '1', { path: undefined }), 'a=1')).setCookies).toEqual([])
    expect((await use((c) => c.set('a', '1', { maxAge: 60 }), 'a=1')).setCookies).toHaveLength(1)
    expect((await use((c) => c.permanent.set('a', '1'), 'a=1')).setCookies).toHaveLength(1)
    const changedBack = await use((c) => {
      c.set('a', '2')
      c.set('a', '1')
    }, 'a=1')
    expect(changedBack.setCookies).toHaveLength(1)
  })

  test('of any text comes back as it was', async () => {
    for (const value of ['', 'a b', 'ü;=,"\\%', '\r\nSet-Cookie: x=1', '\0', '€🎈', '%zz']) {
      const { setCookies } = await use((c) => c.set('a', value))
      expect(setCookies[0]).toMatch(/^a=[!-:<-~]*; Path=\/; HttpOnly; SameSite=Lax$/)
      const { seen } = await use((c) => c.get('a'), setCookies[0]?.split(';')[0])
      expect(seen).toBe(value)
    }
  })

  test('that is no string is an error that says where to put it', async () => {
    const { status, error } = await use((c) => c.set('a', 1 as never))
    expect([status, error]).toEqual([500, expect.stringContaining('cookies.signed')])
  })
})

describe('a deleted cookie', () => {
  test('is dropped with the attributes it was set with', async () => {
    const { setCookies } = await use((c) => {
      c.delete('a')
      c.delete('b', { path: '/b', domain: 'foo.com' })
      c.delete('__Host-c')
    }, 'a=1; b=1; __Host-c=1')
    expect(setCookies).toEqual([
      'a=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
      'b=; Max-Age=0; Domain=foo.com; Path=/b; HttpOnly; SameSite=Lax',
      '__Host-c=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
    ])
  })

  test('that did not come is dropped only where an option says where it is', async () => {
    expect((await use((c) => c.delete('a'))).setCookies).toEqual([])
    expect((await use((c) => c.delete('a', { path: '/a' }))).setCookies).toHaveLength(1)
  })
})

describe('cookies are sent', () => {
  class CookiesController extends Controller {
    static {
      this.rescueFrom(NotFound, (c) => c.head(404))
      this.beforeAction((c) => c.cookies.set('before', '1'), { only: ['halted'] })
      this.beforeAction((c) => c.head(401), { only: ['halted'] })
    }
    rescued() {
      this.cookies.set('a', '1')
      throw new NotFound()
    }
    failed() {
      this.cookies.set('a', '1')
      throw new Error('on purpose')
    }
    unkept() {
      this.cookies.set('a', '1')
      Object.assign(this.session, { big: 'x'.repeat(5000) })
      this.head(200)
    }
    halted() {
      this.head(200)
    }
    async late() {
      await new Promise((resolve) => setImmediate(resolve))
      this.cookies.set('a', '1')
      this.head(200)
    }
    public() {
      this.response.headers.set('cache-control', 'public, max-age=60')
      this.cookies.set('a', '1')
      this.head(200)
    }
    session_() {
      Object.assign(this.session, { a: 1 })
      this.cookies.set('a', '1')
      this.head(200)
    }
    read() {
      this.response.headers.set('cache-control', 'public')
      this.renderText(String(this.cookies.get('a')))
    }
  }
  const { app } = boot((r) => {
    for (const name of ['rescued', 'failed', 'unkept', 'halted', 'late', 'public', 'session_', 'read'] as const)
      r.get(`/${name}`, CookiesController, name)
  })

  test.each([
    ['rescued', 404, ['a=1']],
    ['failed', 500, []],
    ['unkept', 500, []],
    ['halted', 401, ['before=1']],
    ['late', 200, ['a=1']],
    ['public', 200, ['a=1']],
    ['session_', 200, ['a=1', '_test_app_session=…']],
    ['read', 200, []],
  ])('from %s: %i %j', async (path, status, expected) => {
    const answer = await ask(app, `/${path}`)
    const sent = answer.setCookies.map((header) => (header.split(';')[0] as string).replace(/(_session=).*/, '$1…'))
    expect([answer.status, sent]).toEqual([status, expected])
  })

  test('C10: by no answer that a shared cache may keep', async () => {
    expect((await ask(app, '/late')).headers['cache-control']).toBe('private, no-store')
    expect((await ask(app, '/session_')).headers['cache-control']).toBe('private, no-store')
    expect((await ask(app, '/public')).headers['cache-control']).toBe('private, max-age=60')
    expect((await ask(app, '/read')).headers['cache-control']).toBe('public')
  })
})

test('C11: cookies that nobody touches are not even parsed, and touch no session', async () => {
  class CountingStore extends MemoryStore {
    static calls = 0
    override load(id: string) {
      CountingStore.calls += 1
      return super.load(id)
    }
  }
  const app = sessionApp({ store: CountingStore })
  let parsed = 0
  const headers = {
    host: 'example.test',
    get cookie() {
      parsed += 1
      return '_test_app_session=x; a=1'
    },
  }
  const raw = { method: 'GET', url: '/0', headers: {} as Record<string, string> }
  Object.defineProperty(raw, 'headers', { value: headers })
  await app.does(() => {})
  await app.app.handle(raw)
  expect([parsed, CountingStore.calls]).toEqual([0, 0])
  await app.does((c) => c.cookies.set('a', '1'), { cookie: '_test_app_session=x' })
  expect(CountingStore.calls).toBe(0)
})
