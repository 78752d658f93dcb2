// A user's sessions in a real memcached, over sockets and by several processes at once: none is lost, none lives that was ended.
import { Controller, MemcachedStore, type MemcachedStoreOptions, type SessionCookieOptions } from 'contrail'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type Answer, askSocket, boot, cookieOf, listen, type TestApp } from '../../../harness/app.js'
import { type FaultProxy, startFaultProxy } from '../../../harness/fault-proxy.js'
import { type Memcached, startMemcached } from '../../../harness/memcached.js'
import { UNAVAILABLE } from '../../../harness/memcached-app.js'
import { randomFrom } from '../../../harness/random-values.js'

const KEY = '_test_app_session'
const NAMESPACE = 'owned'

let memcached: Memcached
let second: Memcached
let proxy: FaultProxy

beforeAll(async () => {
  memcached = await startMemcached()
  second = await startMemcached()
  proxy = await startFaultProxy(second.port)
})
afterAll(async () => {
  await proxy.close()
  await memcached.stop()
  await second.stop()
})
beforeEach(async () => {
  await proxy.set('pass')
  await memcached.says('flush_all')
  await second.says('flush_all')
})

type Data = { user?: number; notes?: number; [key: string]: unknown }

class UsersController extends Controller {
  get #data(): Data {
    return this.session as Data
  }
  login() {
    if (this.params['renewed'] === 'yes') this.renewSession()
    this.#data.user = Number(this.params['user'])
    this.head(200)
  }
  logout() {
    this.resetSession()
    this.head(200)
  }
  whoami() {
    this.render(this.#data.user ?? null)
  }
  async write() {
    void this.#data.user
    await new Promise((resolve) => setImmediate(resolve))
    this.#data[`note${String(this.params['user'])}`] = 1
    this.head(200)
  }
  async renew() {
    void this.#data.user
    await new Promise((resolve) => setImmediate(resolve))
    this.renewSession()
    this.head(200)
  }
  async list() {
    this.render(await this.sessions.list())
  }
  async others() {
    this.render(await this.sessions.destroyOthers())
  }
  async all() {
    this.render(await this.sessions.destroyAll())
  }
}

interface Served extends TestApp {
  get(path: string, cookie?: string): Promise<Answer>
  login(user: number): Promise<string>
  whoami(cookie: string): Promise<unknown>
}

/** Serves an app, as good as a process of its own: it shares nothing with others but memcached. */
async function serve(options: MemcachedStoreOptions & SessionCookieOptions = {}): Promise<Served> {
  const sessionOptions = {
    memcacheServer: memcached.address,
    namespace: NAMESPACE,
    // A crowded test machine is no outage.
    timeout: 10,
    indexBy: (session: object) => (session as Data).user,
    indexLimit: 1000,
    ...options,
  }
  const booted = boot(
    (r) => {
      for (const action of ['login', 'logout', 'whoami', 'write', 'renew', 'list', 'others', 'all'] as const)
        r.get(`/${action}`, UsersController, action)
    },
    { config: { sessionStore: MemcachedStore, sessionOptions } },
  )
  const url = await listen(booted.app)
  const get = (path: string, cookie?: string) =>
    askSocket(`${url}${path}`, { headers: cookie === undefined ? {} : { cookie } })
  return {
    ...booted,
    get,
    login: async (user) => cookieOf(await get(`/login?user=${user}`)),
    whoami: async (cookie) => (await get('/whoami', cookie)).json as unknown,
  }
}

const processes = (): Promise<[Served, Served]> => Promise.all([serve(), serve()])

const many = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

/** All keys in memcached, with their values. */
async function dump(server: Memcached): Promise<Map<string, string>> {
  const keys = [...(await server.says('lru_crawler metadump all')).matchAll(/key=(\S+)/g)].map(([, key]) =>
    decodeURIComponent(key as string),
  )
  const values = await Promise.all(keys.map((key) => server.says(`get ${key}`)))
  return new Map(keys.map((key, index) => [key, values[index] as string]))
}

describe('at once', () => {
  test('200 log-ins of one user by two processes are all listed, and 200 log-outs leave none', async () => {
    const apps = await processes()
    const appFor = (index: number) => apps[index % 2] as Served
    const cookies = await many(200, (index) => appFor(index).login(7))
    expect(await apps[0].app.sessions.list(7)).toHaveLength(200)
    const kept = cookies.slice(0, 3)
    await many(197, (index) => appFor(index).get('/logout', cookies[index + 3]))
    expect(await apps[1].app.sessions.list(7)).toHaveLength(3)
    expect(await Promise.all(kept.map((cookie) => apps[0].whoami(cookie)))).toEqual([7, 7, 7])
    expect(await apps[0].app.sessions.destroyAll(7)).toBe(3)
    expect(await Promise.all(cookies.map((cookie) => apps[1].whoami(cookie)))).toEqual(cookies.map(() => null))
  })

  test('destroyAll, and 100 rounds of requests that write, renew and list meanwhile: none survives', async () => {
    const apps = await processes()
    const random = randomFrom(3)
    const appFor = () => apps[random() < 0.5 ? 0 : 1] as Served
    const survivors: string[] = []
    let issued = 0
    const round = async (user: number) => {
      const before = await Promise.all([appFor().login(user), appFor().login(user)])
      const paths = ['/write?user=1', '/write?user=2', '/renew', '/renew', '/list']
      const order = paths.map((path) => ({ path, at: random() })).sort((a, b) => a.at - b.at)
      const requests = order.flatMap(({ path }) => before.map((cookie) => appFor().get(path, cookie)))
      const cut = Math.floor(random() * 3)
      for (let turn = 0; turn < cut; turn++) await new Promise((resolve) => setImmediate(resolve))
      const ending = appFor().app.sessions.destroyAll(user)
      const answers = await Promise.all(requests)
      await ending
      const cookies = [
        ...before,
        ...answers.flatMap((answer) => answer.setCookies.map((one) => one.split(';')[0] ?? '')),
      ]
      issued += cookies.length
      for (const cookie of cookies) if ((await appFor().whoami(cookie)) !== null) survivors.push(`${user} ${cookie}`)
      expect(await appFor().app.sessions.list(user)).toEqual([])
    }
    for (let start = 0; start < 100; start += 20) await many(20, (index) => round(1000 + start + index))
    expect(survivors).toEqual([])
    // Some renewals were in time, and what they were given was ended too.
    expect(issued).toBeGreaterThan(200)
  })

  test('log out everywhere else, from two devices at the same time: no more than one stays', async () => {
    const apps = await processes()
    for (let user = 1; user <= 20; user++) {
      const cookies = [await apps[0].login(user), await apps[1].login(user), await apps[0].login(user)]
      await Promise.all([apps[0].get('/others', cookies[0]), apps[1].get('/others', cookies[1])])
      const alive = await Promise.all(cookies.map((cookie) => apps[0].whoami(cookie)))
      expect(alive.filter((one) => one !== null).length).toBeLessThanOrEqual(1)
      expect(alive[2]).toBeNull()
    }
  })
})

describe('what memcached forgets', () => {
  test('an evicted session is not listed, whatever the index says', async () => {
    const app = await serve()
    const sessionKeys = async () => [...(await dump(memcached)).keys()].filter((key) => !key.includes(':o.'))
    const kept = await app.login(1)
    const [before] = await sessionKeys()
    const gone = await app.login(1)
    const evicted = (await sessionKeys()).find((key) => key !== before)
    expect(await app.app.sessions.list(1)).toHaveLength(2)
    await memcached.says(`delete ${evicted ?? ''}`)
    expect([await app.whoami(kept), await app.whoami(gone)]).toEqual([1, null])
    expect(await app.app.sessions.list(1)).toHaveLength(1)
    expect(await app.app.sessions.destroyAll(1)).toBe(1)
  })

  test("an evicted index ends its owner's sessions, so that none is alive that destroyAll does not see", async () => {
    const app = await serve()
    const cookies = [await app.login(1), await app.login(1)]
    const other = await app.login(2)
    const page = [...(await dump(memcached))].find(([key, value]) => key.includes(':o.') && value.split('"').length > 6)
    await memcached.says(`delete ${page?.[0] ?? ''}`)
    expect(await app.app.sessions.list(1)).toEqual([])
    expect(await Promise.all(cookies.map((cookie) => app.whoami(cookie)))).toEqual([null, null])
    expect(app.log.at(-1)).toMatchObject({ reason: expect.stringContaining('the index was lost') as string })
    expect(await app.whoami(other)).toBe(2)
    expect(await app.whoami(await app.login(1))).toBe(1)
  })

  test('the index lasts as long as its sessions', async () => {
    const app = await serve({ expireAfter: 1000 })
    await app.login(1)
    const metadump = await memcached.says('lru_crawler metadump all')
    const ends = [...metadump.matchAll(/key=(\S+) exp=(\d+)/g)].map(([, key, exp]) => ({ key, exp: Number(exp) }))
    const page = ends.find(({ key }) => key?.includes('o.'))
    const session = ends.find(({ key }) => !key?.includes('o.'))
    expect((page?.exp ?? 0) - (session?.exp ?? 0)).toBeGreaterThanOrEqual(100)
  })
})

describe('what is kept', () => {
  test('has no id of a session in it, and nothing in it opens one', async () => {
    const app = await serve()
    const cookie = await app.login(1)
    const id = cookie.slice(KEY.length + 1)
    const text = JSON.stringify([...(await dump(memcached))])
    expect(text).not.toContain(id)
    const words = new Set(text.match(/[\w-]{22,}/g))
    expect(words.size).toBeGreaterThan(2)
    for (const word of words) expect(await app.whoami(`${KEY}=${word}`)).toBeNull()
  })

  test("another owner's page under an owner's key lists nobody, and is written over", async () => {
    const app = await serve()
    const mine = await app.login(1)
    const key = [...(await dump(memcached)).keys()].find((one) => one.includes(':o.')) as string
    const theirs = await app.login(2)
    const [, value = ''] =
      [...(await dump(memcached))].find(([one]) => one.includes(':o.') && one !== key)?.[1].split('\r\n') ?? []
    await memcached.says(`set ${key} 0 0 ${value.length}\r\n${value}`)
    expect(await app.whoami(mine)).toBeNull()
    expect(await app.app.sessions.list(1)).toEqual([])
    expect(await app.app.sessions.destroyAll(1)).toBe(0)
    expect(await app.whoami(theirs)).toBe(2)
    await app.login(1)
    expect(await app.app.sessions.list(1)).toHaveLength(1)
  })
})

describe('in an outage', () => {
  const outcome = ({ status, headers, setCookies }: Answer) => ({
    status,
    retryAfter: headers['retry-after'],
    setCookies,
  })

  test.each(['unavailable', 'empty'] as const)(
    'with onOutage %s, ending sessions is a 503, and they live',
    async (onOutage) => {
      const app = await serve({ memcacheServer: proxy.address, timeout: 0.2, onOutage })
      const [here, there] = [await app.login(1), await app.login(1)]
      await proxy.set('down')
      expect(outcome(await app.get('/others', here))).toEqual(UNAVAILABLE)
      expect(outcome(await app.get('/all', here))).toEqual(UNAVAILABLE)
      expect(outcome(await app.get('/list', here))).toEqual(UNAVAILABLE)
      await expect(app.app.sessions.destroyAll(1)).rejects.toMatchObject({ status: 503 })
      await expect(app.app.sessions.list(1)).rejects.toMatchObject({ status: 503 })
      await proxy.set('pass')
      await expect.poll(async () => await app.whoami(there).catch(() => undefined)).toBe(1)
      expect(outcome(await app.get('/others', here)).status).toBe(200)
      expect([await app.whoami(here), await app.whoami(there)]).toEqual([1, null])
    },
  )

  test('that begins midway, destroyAll is a 503, and called again has ended them all', async () => {
    const app = await serve({ memcacheServer: [memcached.address, proxy.address], timeout: 0.2 })
    let midway = 0
    for (let user = 1; user <= 6 || (midway === 0 && user <= 60); user++) {
      const cookies = await many(6, () => app.login(user))
      await proxy.set('down')
      // One of six is on the server that is down, all but surely; the page is on either.
      const outcomes = await app.app.sessions.destroyAll(user).then(
        () => 'ended',
        (error: { status: number }) => error.status,
      )
      await proxy.set('pass')
      await expect.poll(async () => (await app.get('/whoami', cookies[0])).status).toBe(200)
      const isAlive = async (cookie: string) => (await app.whoami(cookie)) !== null
      const alive = await many(6, (index) => isAlive(cookies[index] as string))
      // Either nothing was ended, or everything was.
      expect(new Set(alive).size).toBe(1)
      if (outcomes === 503 && alive[0] === false) midway += 1
      if (outcomes === 'ended') expect(alive[0]).toBe(false)
      await app.app.sessions.destroyAll(user)
      expect(await many(6, (index) => isAlive(cookies[index] as string))).toEqual(cookies.map(() => false))
    }
    expect(midway).toBeGreaterThan(0)
  })
})

test('a session of nobody is read with one question, that of a user with two', async () => {
  const counting = await startFaultProxy(memcached.port)
  onTestFinished(() => counting.close())
  const app = await serve({ memcacheServer: counting.address })
  const questions = async (path: string, cookie?: string) => {
    const before = counting.opcodes.length
    await app.get(path, cookie)
    return counting.opcodes.length - before
  }
  const [user, nobody] = [await app.login(1), cookieOf(await app.get('/write?user=1'))]
  expect(await questions('/whoami')).toBe(0)
  expect(await questions('/whoami', nobody)).toBe(1)
  expect(await questions('/whoami', user)).toBe(2)
  expect(await questions('/login?user=2')).toBe(3)
})
