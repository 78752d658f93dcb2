// What MemcachedStore can be told, what is refused at boot, and that it leaves what it was given as it was.

import { MemcachedStore, type SessionStoreClass } from 'contrail'
import { describe, expect, test } from 'vitest'
import { bootError } from '../../../harness/app.js'
import { withEnvironment } from '../../../harness/environment.js'
import { faultyMemcached } from '../../../harness/faulty-memcached.js'
import { REPOSITORY } from '../../../harness/folders.js'
import { begin, dataOf, memcachedApp, outcomeOf, UNAVAILABLE } from '../../../harness/memcached-app.js'
import { execute } from '../../../harness/processes.js'
import { sessionApp } from '../../../harness/sessions.js'

const { memcached, proxy } = await faultyMemcached()

/** Boots with options of any shape. */
const bootWith = (sessionOptions: object) =>
  sessionApp({ store: MemcachedStore as SessionStoreClass<object>, sessionOptions })

describe('refused at boot', () => {
  test.each<[options: object, problem: RegExp, fix: RegExp]>([
    [{ memcacheServer: '' }, /memcacheServer has "", which is no address/, /'host:port', such as 'localhost:11211'/],
    [{ memcacheServer: 'localhost:99999' }, /has "localhost:99999"/, /host:port/],
    [{ memcacheServer: 'localhost:0' }, /has "localhost:0"/, /host:port/],
    [{ memcacheServer: 'localhost:http' }, /has "localhost:http"/, /host:port/],
    [{ memcacheServer: 'memcached://localhost' }, /has "memcached:\/\/localhost"/, /host:port/],
    [{ memcacheServer: 'a:1,,b:2' }, /has ""/, /host:port/],
    [{ memcacheServer: '::1' }, /has "::1"/, /square brackets/],
    [{ memcacheServer: '[localhost]:1' }, /has "\[localhost\]:1"/, /square brackets/],
    [{ memcacheServer: [] }, /names no server/, /host:port/],
    [{ memcacheServer: 11211 }, /names no server/, /host:port/],
    [{ memcacheServer: ['a:1', 2] }, /has 2,/, /host:port/],
    [{ memcacheServer: ['a', 'a:11211'] }, /names a:11211 twice/, /once/],
    [{ memcacheServer: 'me:hunter2@a:1' }, /has an address with an @/, /log-in has options of its own/],
    [{ poolSize: 0 }, /poolSize is 0/, /from 1 on/],
    [{ poolSize: 1.5 }, /poolSize is 1.5/, /whole number/],
    [{ poolSize: '10' }, /poolSize is "10"/, /whole number/],
    [{ timeout: 0 }, /timeout is 0/, /seconds/],
    [{ timeout: 250 }, /timeout is 250/, /such as 0.25/],
    [{ timeout: Number.NaN }, /timeout is NaN/, /seconds/],
    [{ namespace: '' }, /namespace is ""/, /without spaces/],
    [{ namespace: 'a b' }, /namespace is "a b"/, /without spaces/],
    [{ namespace: 'a\n' }, /namespace is "a\\n"/, /without spaces/],
    [{ namespace: 'x'.repeat(201) }, /namespace is/, /1 to 200/],
    [{ onOutage: 'ignore' }, /onOutage is "ignore"/, /'unavailable' \(503\) or 'empty'/],
    [{ username: 'me' }, /username without password/, /both/],
    [{ password: 'hunter2' }, /password without username/, /both/],
    [{ username: 1, password: 'hunter2' }, /username is no text/, /username/],
    [{ memcacheServers: 'a:1' }, /Unknown key "memcacheServers"/, /memcacheServer/],
  ])('%j', (options, problem, fix) => {
    const error = bootError(() => bootWith(options))
    expect(error.problem).toMatch(problem)
    expect(error.fix).toMatch(fix)
    expect(error.message).not.toContain('hunter2')
  })

  test('MEMCACHE_SERVERS, which is named', () => {
    withEnvironment({ MEMCACHE_SERVERS: 'nonsense:port' })
    expect(bootError(() => bootWith({})).problem).toMatch(/the variable MEMCACHE_SERVERS has "nonsense:port"/)
  })
})

describe('where memcached is', () => {
  test.each<[options: () => object]>([
    [() => ({ memcacheServer: `localhost:${memcached.port}` })],
    [() => ({ memcacheServer: [`127.0.0.1:${memcached.port}`] })],
    [() => ({ memcacheServer: ` 127.0.0.1:${memcached.port} , localhost:${memcached.port}` })],
  ])('%o', async (options) => {
    const app = memcachedApp({ ...options(), timeout: 10 })
    expect(await dataOf(app, await begin(app, { name: 'Ada' }))).toEqual({ name: 'Ada' })
  })

  test('MEMCACHE_SERVERS tells, where the options do not', async () => {
    withEnvironment({ MEMCACHE_SERVERS: memcached.address })
    const app = memcachedApp({ timeout: 10 })
    expect(await dataOf(app, await begin(app, { name: 'Ada' }))).toEqual({ name: 'Ada' })
  })

  test('it is not asked before a session is', async () => {
    const accepted = proxy.accepted
    await bootWith({ memcacheServer: proxy.address }).app.close()
    expect(proxy.accepted).toBe(accepted)
  })
})

test("keys begin with the namespace, which is the cookie's name unless another is given", async () => {
  await memcached.says('flush_all')
  const options = { memcacheServer: memcached.address, timeout: 10 }
  await begin(memcachedApp(options), { name: 'Ada' })
  await begin(memcachedApp({ ...options, key: '_other' }), { name: 'Ada' })
  await begin(memcachedApp({ ...options, namespace: 'blog:sessions' }), { name: 'Ada' })
  const dump = await memcached.says('lru_crawler metadump all')
  const keys = [...dump.matchAll(/key=(\S+)/g)].map(([, key]) => decodeURIComponent(key as string))
  expect(keys.map((key) => key.slice(0, -43)).sort()).toEqual(['_other:', '_test_app_session:', 'blog:sessions:'])
})

test('the options that were given are left as they were', async () => {
  const options = Object.freeze({ memcacheServer: Object.freeze([memcached.address]), timeout: 10 })
  const app = memcachedApp(options)
  expect(await dataOf(app, await begin(app, { name: 'Ada' }))).toEqual({ name: 'Ada' })
})

describe('a log-in', () => {
  test('is sent before the first operation', async () => {
    proxy.received.length = 0
    const app = memcachedApp({ memcacheServer: proxy.address, timeout: 10, username: 'ada', password: 'hunter2' })
    expect(await dataOf(app, await begin(app, { name: 'Ada' }))).toEqual({ name: 'Ada' })
    const sent = Buffer.concat(proxy.received).toString('latin1')
    expect(sent.indexOf('PLAIN\0ada\0hunter2')).toBeGreaterThan(-1)
    expect(sent.indexOf('PLAIN\0ada\0hunter2')).toBeLessThan(sent.indexOf('_test_app_session:'))
  })

  test.each([{}, { username: 'ada', password: 'hunter2' }])(
    'that is wanted and was not given, or was refused, is an outage that says so: %j',
    async (login) => {
      const app = memcachedApp({ memcacheServer: proxy.address, timeout: 10, ...login })
      await proxy.set('no log-in')
      const answer = await app.does((controller) => controller.put({ name: 'Ada' }))
      await proxy.set('pass')
      expect(outcomeOf(answer)).toEqual(UNAVAILABLE)
      const logged = JSON.stringify(app.log)
      expect(logged).toContain('refused the log-in')
      expect(logged).not.toContain('hunter2')
    },
  )
})

test('a process that used memcached ends by itself when its app was closed', async () => {
  const program = `
    import { createApplication, Controller, defineRoutes, MemcachedStore } from 'contrail'
    class Home extends Controller { index() { this.session.name = 'Ada'; this.head(204) } }
    const app = createApplication({
      config: { sessionStore: MemcachedStore, sessionOptions: { memcacheServer: '${memcached.address}', timeout: 10 } },
      routes: defineRoutes((r) => r.root(Home, 'index')),
      environment: { name: 'test', explicit: true },
    })
    const answers = await Promise.all([1, 2, 3].map(() =>
      app.handle({ method: 'GET', url: '/', headers: { host: 'a.test' }, remoteAddress: '127.0.0.1' })))
    console.log(answers.map(({ status }) => status).join())
    await app.close()
  `
  const { code, output } = await execute(process.execPath, ['--input-type=module', '-e', program], { cwd: REPOSITORY })
  expect([code, output.trim()]).toEqual([0, '204,204,204'])
})
