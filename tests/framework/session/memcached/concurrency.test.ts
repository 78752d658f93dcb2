// S3, S4: of requests that run at once, in one process or in several, none undoes another's change or log-out.

import { expect, test } from 'vitest'
import { faultyMemcached } from '../../../harness/faulty-memcached.js'
import {
  barrier,
  begin,
  dataOf,
  memcachedApp,
  outcomeOf,
  turnsOfTheLoop,
  UNAVAILABLE,
} from '../../../harness/memcached-app.js'
import { change, logOut, often } from '../../../harness/racing-requests.js'
import { randomFrom } from '../../../harness/random-values.js'
import type { SessionApp } from '../../../harness/sessions.js'

const { memcached, proxy } = await faultyMemcached()

/** As good as processes of their own: stores know nothing of each other. */
const processes = (count: number): SessionApp[] =>
  // A crowded test machine is no outage.
  Array.from({ length: count }, () => memcachedApp({ memcacheServer: memcached.address, timeout: 10 }))

test.each([1, 2])('1,000 pairs of changes to one session, by %i processes: both are kept each time', async (count) => {
  const [first, second = first] = processes(count) as [SessionApp, SessionApp?]
  const random = randomFrom(count)
  const kept = await often(1000, async () => {
    const cookie = await begin(first, { start: 0 })
    const both = barrier(2)
    const answers = await Promise.all([
      change(first, cookie, 'a', both, { turns: random() * 2 }),
      change(second, cookie, 'b', both, { turns: random() * 2 }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    return JSON.stringify(await dataOf(first, cookie))
  })
  expect(kept.filter((text) => !['{"start":0,"a":"a","b":"b"}', '{"start":0,"b":"b","a":"a"}'].includes(text))).toEqual(
    [],
  )
})

test.each([1, 2])('1,000 log-outs that race a change, by %i processes: none is undone', async (count) => {
  const [first, second = first] = processes(count) as [SessionApp, SessionApp?]
  const random = randomFrom(count)
  const ends = await often(1000, async () => {
    const cookie = await begin(first, { user: 1 })
    const both = barrier(2)
    const [written] = await Promise.all([
      change(second, cookie, 'late', both, { turns: random() * 4 }),
      logOut(first, cookie, both, random() * 4),
    ])
    return [written.status, written.setCookies.length, Object.keys((await dataOf(first, cookie)) ?? {}).length]
  })
  expect(ends.filter(([status, cookies, keys]) => status !== 200 || cookies !== 0 || keys !== 0)).toEqual([])
})

test.each([1, 4])('200 changes of different keys at once, by %i processes: 200 are kept', async (count) => {
  const apps = processes(count)
  const app = apps[0] as SessionApp
  const cookie = await begin(app, { start: 0 })
  const all = barrier(200)
  const names = Array.from({ length: 200 }, (_, index) => `key${index}`)
  const answers = await Promise.all(
    names.map((name, index) => change(apps[index % count] as SessionApp, cookie, name, all, { value: index })),
  )
  expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  expect(Object.keys((await dataOf(app, cookie)) ?? {}).sort()).toEqual([...names, 'start'].sort())
})

test('changes that come while another is being written are written together', async () => {
  const app = memcachedApp({ memcacheServer: proxy.address, timeout: 10 })
  const cookie = await begin(app, { start: 0 })
  const [found, goOn] = [barrier(101), barrier(101)]
  const answers = Array.from({ length: 100 }, (_, index) =>
    app.does(
      async ({ data }) => {
        void data['start']
        await found()
        await goOn()
        await turnsOfTheLoop(index % 10)
        data[`key${index}`] = index
      },
      { cookie },
    ),
  )
  await found()
  await proxy.set('held')
  proxy.received.length = 0
  await goOn()
  await turnsOfTheLoop(50)
  await proxy.set('pass')
  expect((await Promise.all(answers)).filter(({ status }) => status !== 200)).toEqual([])
  // The first change, then all others: over what was there, which had changed; read again; over what is there.
  expect(proxy.opcodes).toEqual([0x03, 0x03, 0x0c, 0x03])
  expect(Object.keys((await dataOf(app, cookie)) ?? {})).toHaveLength(101)
})

test('a change that others are quicker than each time is given up, and the session is as it was', async () => {
  const app = memcachedApp({ memcacheServer: proxy.address, timeout: 10 })
  const cookie = await begin(app, { name: 'Ada' })
  // As when another process changed the session since it was read: a REPLACE of a version that is no more.
  let replaces = 0
  proxy.alter = (request) => {
    if (request[1] !== 0x03) return request
    replaces += 1
    const outdated = Buffer.from(request)
    outdated.writeBigUInt64BE(outdated.readBigUInt64BE(16) + 1000n, 16)
    return outdated
  }
  const answer = await app.does((controller) => controller.put({ name: 'Eve' }), { cookie })
  proxy.alter = undefined
  expect(outcomeOf(answer)).toEqual(UNAVAILABLE)
  expect(replaces).toBe(30)
  expect(JSON.stringify(app.log.at(-1))).toContain('changed by others 30 times')
  expect(await dataOf(app, cookie)).toEqual({ name: 'Ada' })
})

test('a batch of changes whose session has ended meanwhile brings nothing back', async () => {
  const [app] = processes(1) as [SessionApp]
  const cookie = await begin(app, { user: 1 })
  const all = barrier(21)
  const changes = Array.from({ length: 20 }, (_, index) =>
    app.does(
      async ({ data }) => {
        void data['user']
        await all()
        data[`key${index}`] = index
      },
      { cookie },
    ),
  )
  const end = app.does(
    async (controller) => {
      void controller.data
      await all()
      controller.resetSession()
    },
    { cookie },
  )
  const answers = await Promise.all([...changes, end])
  expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  expect(await dataOf(app, cookie)).toEqual({})
})
