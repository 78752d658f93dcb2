// M3, S1, S5: a session is given to whoever has its id and to nobody else, whatever comes back from memcached.

import { describe, expect, test } from 'vitest'
import { storedId } from '../../../../packages/framework/dist/session/session-id.js'
import { faultyMemcached } from '../../../harness/faulty-memcached.js'
import { begin, dataOf, memcachedApp, outcomeOf, UNAVAILABLE } from '../../../harness/memcached-app.js'

const { memcached, proxy } = await faultyMemcached()

const idOf = (cookie: string) => cookie.slice(cookie.indexOf('=') + 1)

describe('M3: an answer that is for another', () => {
  // The same length, so that nothing but the content tells the answers apart.
  const people = [{ name: 'Ada' }, { name: 'Eve' }]

  test('is believed by none of the two whose answers were exchanged', async () => {
    // Two apps, as each would send its two questions in one write.
    const apps = people.map(() => memcachedApp({ memcacheServer: proxy.address, timeout: 1 }))
    const cookies = await Promise.all(apps.map((app, index) => begin(app, people[index] as object)))
    await proxy.set('swapped')
    const answers = await Promise.all(
      apps.map((app, index) => app.does(({ data }) => data['name'], { cookie: cookies[index] as string })),
    )
    expect(answers.map(outcomeOf)).toEqual([UNAVAILABLE, UNAVAILABLE])
    expect(JSON.stringify(apps[0]?.log.at(-1))).toContain('gave the answer to another question')
    await proxy.set('pass')
    for (const [index, app] of apps.entries())
      expect(await dataOf(app, cookies[index] as string)).toEqual(people[index])
  })

  test('that nothing was found is not believed either: nobody is logged out by it', async () => {
    const apps = people.map(() => memcachedApp({ memcacheServer: proxy.address, timeout: 1 }))
    const [ada, eve] = apps as [(typeof apps)[0], (typeof apps)[0]]
    const cookie = await begin(ada, { name: 'Ada' })
    await proxy.set('swapped')
    const unknown = `_test_app_session=${'A'.repeat(22)}`
    const answers = await Promise.all([
      ada.does(({ data }) => data, { cookie }),
      eve.does(({ data }) => data, { cookie: unknown }),
    ])
    expect(answers.map(outcomeOf)).toEqual([UNAVAILABLE, UNAVAILABLE])
    await proxy.set('pass')
  })

  test.each(['cut and rst', 'cut', 'cut and silent'] as const)(
    'is not made of the rest of one that was broken off: %s, 100 times, by turns for two',
    async (fault) => {
      const app = memcachedApp({ memcacheServer: proxy.address, timeout: 0.05, poolSize: 1 })
      const cookies = [await begin(app, { name: 'Ada' }), await begin(app, { name: 'Eve' })]
      const names: (string | undefined)[][] = [[], []]
      for (let times = 0; times < (fault === 'cut and silent' ? 10 : 100); times++) {
        await proxy.set(fault)
        const cut = app.does(({ data }) => data['name'], { cookie: cookies[times % 2] as string })
        // The one after it may begin while the broken connection is still being noticed.
        await new Promise((resolve) => setImmediate(resolve))
        await proxy.set('pass')
        const whole = app.does(({ data }) => data['name'], { cookie: cookies[(times + 1) % 2] as string })
        names[times % 2]?.push((await cut).seen)
        names[(times + 1) % 2]?.push((await whole).seen)
      }
      expect(names[0]?.filter((name) => name !== 'Ada' && name !== undefined)).toEqual([])
      expect(names[1]?.filter((name) => name !== 'Eve' && name !== undefined)).toEqual([])
      expect(await dataOf(app, cookies[0] as string)).toEqual({ name: 'Ada' })
    },
  )

  test("one's session that is kept under another's key is refused, and an empty session instead", async () => {
    const app = memcachedApp({ memcacheServer: memcached.address, timeout: 10, namespace: 'binding' })
    const [ada, eve] = [await begin(app, { name: 'Ada' }), await begin(app, { name: 'Eve' })]
    const key = (cookie: string) => `binding:${storedId(idOf(cookie))}`
    const value = (await memcached.says(`get ${key(ada)}`)).split('\r\n')[1] as string
    await memcached.says(`set ${key(eve)} 0 0 ${value.length}\r\n${value}`)
    const { status, seen, setCookies } = await app.does(({ data }) => Object.keys(data), { cookie: eve })
    expect([status, seen, setCookies]).toEqual([200, [], []])
    expect(app.log.at(-1)).toMatchObject({ reason: 'what is kept under its id is no session, or that of another' })
  })

  test.each(['', 'x', '{"name":"Eve"}', '1.a.b.c.{}', `1.${'A'.repeat(43)}.zzzz.zzzz.{"name":"Eve"}`, '\u0000\u0001'])(
    'what is no session is an empty session: %j',
    async (value) => {
      const app = memcachedApp({ memcacheServer: memcached.address, timeout: 10, namespace: 'binding' })
      const cookie = await begin(app, { name: 'Ada' })
      await memcached.says(`set binding:${storedId(idOf(cookie))} 0 0 ${value.length}\r\n${value}`)
      const { status, seen } = await app.does(({ data }) => Object.keys(data), { cookie })
      expect([status, seen]).toEqual([200, []])
      expect((await app.does((controller) => controller.put({ name: 'Ada' }), { cookie })).setCookies).toHaveLength(1)
    },
  )
})

describe('S5: what leaks from memcached', () => {
  test('has no id in it, and opens no session', async () => {
    await memcached.says('flush_all')
    const app = memcachedApp({ memcacheServer: memcached.address, timeout: 10 })
    const cookies = await Promise.all(Array.from({ length: 20 }, () => begin(app, { name: 'Ada' })))
    const keys = [...(await memcached.says('lru_crawler metadump all')).matchAll(/key=(\S+)/g)].map(([, key]) =>
      decodeURIComponent(key as string),
    )
    const values = await Promise.all(keys.map((key) => memcached.says(`get ${key}`)))
    expect(values.filter((value) => value.includes('{"name":"Ada"}'))).toHaveLength(20)
    const dump = [...keys, ...values].join('\n')
    for (const cookie of cookies) expect(dump).not.toContain(idOf(cookie))
    for (const key of keys) {
      const stored = key.slice(key.indexOf(':') + 1)
      for (const id of [key, stored, stored.slice(0, 22)]) {
        expect(await dataOf(app, `_test_app_session=${id}`)).toEqual({})
      }
    }
  })

  test('what is no id at all is not even asked for', async () => {
    const app = memcachedApp({ memcacheServer: proxy.address, timeout: 10 })
    proxy.received.length = 0
    for (const garbage of ['x', 'A'.repeat(21), 'A'.repeat(23), 'A'.repeat(16_000), `${'A'.repeat(21)}.`]) {
      expect(await dataOf(app, `_test_app_session=${garbage}`)).toEqual({})
    }
    expect(proxy.received).toEqual([])
  })

  test('S1: an id that nobody was given is asked for, not adopted', async () => {
    const app = memcachedApp({ memcacheServer: memcached.address, timeout: 10 })
    const invented = `_test_app_session=${'B'.repeat(22)}`
    const { setCookies } = await app.does((controller) => controller.put({ user: 1 }), { cookie: invented })
    expect(setCookies[0]).not.toContain('B'.repeat(22))
    expect(await dataOf(app, invented)).toEqual({})
  })
})
