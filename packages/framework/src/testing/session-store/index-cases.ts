// Why: what a store that offers an index promises of a user's sessions: each is listed, and one that was ended is at its end.
import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import type { Session } from '../../session/data.js'
import type { SessionCookieOptions } from '../../session/store.js'
import type { SessionStoreHarness } from './harness.js'
import { promise, type Trial } from './trial.js'
import { underWay } from './under-way.js'
import type { Visitor } from './visitor.js'

type Data = Record<string, unknown>

const userOf = (session: Session) => (session as Data)['user'] as number | undefined

const indexed = (more: SessionCookieOptions = {}) => ({
  when: ({ offersIndex }: SessionStoreHarness) => offersIndex === true,
  options: () => ({ indexBy: userOf, ...more }),
})

const expiring = {
  ...indexed(),
  options: (lifetime: number) => ({ indexBy: userOf, expireAfter: lifetime }),
}

/** Users of no other case: a store may be shared by all of them. */
const users = (): [one: number, two: number, three: number] => {
  const one = randomInt(1, 2 ** 47)
  return [one, one + 1, one + 2]
}

async function loggedIn({ visitor }: Trial, user: number | string): Promise<Visitor> {
  const someone = visitor()
  await someone.does((controller) => controller.put({ user }))
  return someone
}

const userSeen = async (someone: Visitor): Promise<unknown> => (await someone.does(({ data }) => data['user'])).seen

const handlesOf = async ({ sessions }: Trial, user: number): Promise<string[]> =>
  (await sessions().list(user)).map(({ handle }) => handle)

const currentHandle = async (someone: Visitor): Promise<string | undefined> =>
  (await someone.does(({ sessions }) => sessions.list())).seen?.find(({ isCurrent }) => isCurrent)?.handle

export const indexCases = [
  promise(
    'a text of the index is written over the version that was read, or not at all',
    async ({ index }) => {
      assert.ok(index !== undefined)
      const key = randomBytes(32).toString('base64url')
      assert.equal(await index.read(key), undefined)
      assert.equal(await index.write(key, 'first', undefined, 60), true)
      assert.equal(await index.write(key, 'as if there were none', undefined, 60), false)
      const read = await index.read(key)
      assert.equal(await index.write(key, 'second', read?.version, 60), true)
      assert.equal(await index.write(key, 'as if it were the first', read?.version, 60), false)
      assert.equal((await index.read(key))?.text, 'second')
    },
    indexed(),
  ),

  promise(
    "a user's sessions are listed, each under a handle that opens nothing, and nobody else's",
    async (trial) => {
      const [one, two, three] = users()
      const [laptop, phone, other] = [
        await loggedIn(trial, one),
        await loggedIn(trial, String(one)),
        await loggedIn(trial, two),
      ]
      const handles = await handlesOf(trial, one)
      assert.equal(new Set(handles).size, 2)
      assert.deepEqual(handles.toSorted(), [await currentHandle(laptop), await currentHandle(phone)].sort())
      assert.deepEqual(await handlesOf(trial, two), [await currentHandle(other)])
      assert.deepEqual(await handlesOf(trial, three), [])
      for (const handle of handles) {
        assert.ok(![laptop.cookie, phone.cookie].includes(handle))
        const thief = trial.visitor()
        thief.cookie = handle
        assert.equal(await userSeen(thief), undefined)
      }
    },
    indexed(),
  ),

  promise(
    'sessions of nobody are as they would be without an index',
    async (trial) => {
      const someone = trial.visitor()
      await someone.does((controller) => controller.put({ cart: [1] }))
      await someone.does((controller) => controller.put({ cart: [1, 2] }))
      assert.deepEqual((await someone.does(({ data }) => ({ ...data }))).seen, { cart: [1, 2] })
      await someone.does((controller) => controller.resetSession())
      assert.equal(someone.cookie, undefined)
    },
    indexed(),
  ),

  promise(
    'destroyAll ends every session of a user, whoever has a copy of a cookie, and no later one',
    async (trial) => {
      const [one, two] = users()
      const ended = [await loggedIn(trial, one), await loggedIn(trial, one)]
      const other = await loggedIn(trial, two)
      assert.equal(await trial.sessions().destroyAll(one), 2)
      for (const someone of ended) assert.equal(await userSeen(someone.copy()), undefined)
      assert.equal(await userSeen(other), two)
      assert.deepEqual(await handlesOf(trial, one), [])
      assert.equal(await trial.sessions().destroyAll(one), 0)
      assert.equal(await userSeen(await loggedIn(trial, one)), one)
      assert.equal((await handlesOf(trial, one)).length, 1)
    },
    indexed(),
  ),

  promise(
    'all but one are ended, and one alone',
    async (trial) => {
      const [one, two] = users()
      const [first, second, third] = [
        await loggedIn(trial, one),
        await loggedIn(trial, one),
        await loggedIn(trial, one),
      ]
      assert.equal((await second.does(({ sessions }) => sessions.destroyOthers())).seen, 2)
      assert.deepEqual(
        [await userSeen(first), await userSeen(second), await userSeen(third)],
        [undefined, one, undefined],
      )
      const fourth = await loggedIn(trial, one)
      const handle = (await currentHandle(fourth)) as string
      assert.equal(await trial.sessions().destroy(two, handle), false)
      assert.equal((await second.does(({ sessions }) => sessions.destroy(handle))).seen, true)
      assert.equal((await second.does(({ sessions }) => sessions.destroy(handle))).seen, false)
      assert.deepEqual([await userSeen(second), await userSeen(fourth)], [one, undefined])
    },
    indexed(),
  ),

  promise(
    'log-out takes a session from the list, by resetSession and by deleting the owner',
    async (trial) => {
      const [one] = users()
      const [first, second] = [await loggedIn(trial, one), await loggedIn(trial, one)]
      await first.does((controller) => controller.resetSession())
      assert.deepEqual(await handlesOf(trial, one), [await currentHandle(second)])
      await second.does((controller) => {
        controller.put({ cart: [1] })
        delete controller.data['user']
      })
      assert.deepEqual(await handlesOf(trial, one), [])
      assert.deepEqual((await second.does(({ data }) => ({ ...data }))).seen, { cart: [1] })
    },
    indexed(),
  ),

  promise(
    'renewSession keeps the handle, and the old id ends',
    async (trial) => {
      const [one] = users()
      const someone = await loggedIn(trial, one)
      const [handle, before] = [await currentHandle(someone), someone.copy()]
      await someone.does((controller) => controller.renewSession())
      assert.notEqual(someone.cookie, before.cookie)
      assert.deepEqual([await currentHandle(someone), await userSeen(before)], [handle, undefined])
      assert.deepEqual(await handlesOf(trial, one), [handle])
      assert.equal(await trial.sessions().destroy(one, handle as string), true)
      assert.equal(await userSeen(someone), undefined)
    },
    indexed(),
  ),

  ...[false, true].map((renewed) =>
    promise(
      `a log-in as another${renewed ? ' under a new id' : ''} moves the session to that other's list`,
      async (trial) => {
        const [one, two] = users()
        const someone = await loggedIn(trial, one)
        await someone.does((controller) => {
          if (renewed) controller.renewSession()
          controller.put({ user: two })
        })
        assert.deepEqual(await handlesOf(trial, one), [])
        assert.deepEqual(await handlesOf(trial, two), [await currentHandle(someone)])
        assert.equal(await trial.sessions().destroyAll(one), 0)
        assert.equal(await userSeen(someone), two)
      },
      indexed(),
    ),
  ),

  ...(['a change', 'a renewal', 'an unchanged read', 'a log-in as another', 'a renewed log-in'] as const).map((what) =>
    promise(
      `a request under way cannot bring a session back that its owner ended: ${what}`,
      async (trial) => {
        const [one, two] = users()
        const someone = await loggedIn(trial, one)
        const slow = await underWay(someone.copy(), (controller) => {
          if (what === 'a change') controller.data['late'] = true
          if (what === 'a renewal' || what === 'a renewed log-in') controller.renewSession()
          if (what.includes('log-in')) controller.data['user'] = two
        })
        await trial.sessions().destroyAll(one)
        const { setCookie } = await slow()
        assert.equal(setCookie, undefined)
        assert.equal(await userSeen(someone), undefined)
        assert.deepEqual([await handlesOf(trial, one), await handlesOf(trial, two)], [[], []])
      },
      indexed(),
    ),
  ),

  promise(
    'log-ins of one user at once are all listed, and log-outs at once all go',
    async (trial) => {
      const [one] = users()
      const visitors = Array.from({ length: 20 }, () => trial.visitor())
      await Promise.all(visitors.map((someone) => someone.does((controller) => controller.put({ user: one }))))
      assert.equal(new Set(await handlesOf(trial, one)).size, 20)
      await Promise.all(visitors.slice(1).map((someone) => someone.does((controller) => controller.resetSession())))
      assert.deepEqual(await handlesOf(trial, one), [await currentHandle(visitors[0] as Visitor)])
    },
    indexed(),
  ),

  promise(
    'a session that nobody used within expireAfter is not listed, and one in use is for as long as it lives',
    async (trial) => {
      const [one] = users()
      const [used] = [await loggedIn(trial, one), await loggedIn(trial, one)]
      for (let step = 0; step < 24; step++) {
        await trial.advance(trial.lifetime / 20)
        assert.equal(await userSeen(used), one)
        assert.equal((await handlesOf(trial, one)).length, step < 19 ? 2 : 1)
      }
    },
    expiring,
  ),

  promise(
    'a session that is used lives on, however old the last entry in its index is',
    async (trial) => {
      const [one] = users()
      const someone = await loggedIn(trial, one)
      for (let step = 0; step < 60; step++) {
        await trial.advance(trial.lifetime / 20)
        assert.equal(await userSeen(someone), one)
      }
      assert.equal((await handlesOf(trial, one)).length, 1)
    },
    expiring,
  ),

  promise(
    'of renewals of one session at once one stands, and is listed',
    async (trial) => {
      const [one] = users()
      const someone = await loggedIn(trial, one)
      const copies = Array.from({ length: 5 }, () => someone.copy())
      const renewals = await Promise.all(
        copies.map((copy) => underWay(copy, (controller) => controller.renewSession())),
      )
      await Promise.all(renewals.map((goOn) => goOn()))
      const seen = await Promise.all(copies.map(userSeen))
      assert.deepEqual(
        seen.filter((user) => user !== undefined),
        [one],
      )
      assert.equal((await handlesOf(trial, one)).length, 1)
    },
    indexed(),
  ),

  promise(
    'an owner has indexLimit sessions: one log-in more ends the one that was not used for longest',
    async (trial) => {
      const [one] = users()
      const [first, second] = [await loggedIn(trial, one), await loggedIn(trial, one)]
      await trial.advance(120)
      await first.does(({ data }) => data['user'])
      await trial.advance(1)
      const third = await loggedIn(trial, one)
      assert.deepEqual([await userSeen(first), await userSeen(second), await userSeen(third)], [one, undefined, one])
      assert.equal((await handlesOf(trial, one)).length, 2)
    },
    indexed({ indexLimit: 2 }),
  ),
]
