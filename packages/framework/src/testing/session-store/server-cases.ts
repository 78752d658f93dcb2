// Why: what only a store that keeps sessions on a server can promise: an end that is final, and nobody's change lost.
import assert from 'node:assert/strict'
import { promise, type Trial } from './trial.js'
import { underWay } from './under-way.js'
import type { Visitor } from './visitor.js'

const onServer = { when: ({ keepsOnServer }: { readonly keepsOnServer: boolean }) => keepsOnServer }

async function kept({ visitor }: Trial, data: object): Promise<Visitor> {
  const someone = visitor()
  await someone.does((controller) => controller.put(data))
  return someone
}

const dataOf = async (someone: Visitor): Promise<object | undefined> =>
  (await someone.does(({ data }) => ({ ...data }))).seen

export const serverCases = [
  promise(
    'a cookie is one id for the whole life of its session, and no word of its data',
    async (trial) => {
      const someone = await kept(trial, { name: 'Ada' })
      const { cookie } = someone
      const { setCookie } = await someone.does((controller) => controller.put({ name: 'Ada Lovelace'.repeat(1000) }))
      assert.equal(setCookie, undefined)
      assert.equal(someone.cookie, cookie)
      assert.ok((cookie ?? '').length < 100)
    },
    onServer,
  ),

  promise(
    'a session that was ended stays ended for who has a copy of its cookie',
    async (trial) => {
      const someone = await kept(trial, { user: 1 })
      const thief = someone.copy()
      await someone.does((controller) => controller.resetSession())
      assert.deepEqual(await dataOf(thief), {})
    },
    onServer,
  ),

  promise(
    'renewSession ends the old id',
    async (trial) => {
      const someone = await kept(trial, { name: 'Ada' })
      const attacker = someone.copy()
      await someone.does((controller) => {
        controller.renewSession()
        controller.data['user'] = 1
      })
      assert.deepEqual(await dataOf(attacker), {})
      assert.deepEqual(await dataOf(someone), { name: 'Ada', user: 1 })
    },
    onServer,
  ),

  promise(
    'an id that the client made up, or that has ended, is never adopted',
    async (trial) => {
      const ended = await kept(trial, { name: 'Ada' })
      const { cookie } = ended
      await ended.does((controller) => controller.resetSession())
      // As well formed as ids come: the last character of a real one is exchanged for another.
      const madeUp = `${cookie?.[0] === 'A' ? 'B' : 'A'}${cookie?.slice(1)}`
      for (const id of [madeUp, cookie as string]) {
        const victim = trial.visitor()
        victim.cookie = id
        await victim.does((controller) => controller.put({ user: 2 }))
        assert.notEqual(victim.cookie, id)
        const attacker = trial.visitor()
        attacker.cookie = id
        assert.deepEqual(await dataOf(attacker), {})
      }
    },
    onServer,
  ),

  ...(['a change', 'a deletion', 'a deletion of all', 'a renewal', 'an unchanged read'] as const).map((what) =>
    promise(
      `a request under way cannot bring an ended session back: ${what}`,
      async (trial) => {
        const someone = await kept(trial, { user: 1, name: 'Ada' })
        const thief = someone.copy()
        const slow = await underWay(someone.copy(), (controller) => {
          if (what === 'a change') controller.data['late'] = true
          if (what.startsWith('a deletion')) delete controller.data['name']
          if (what === 'a deletion of all') delete controller.data['user']
          if (what === 'a renewal') controller.renewSession()
        })
        await someone.does((controller) => controller.resetSession())
        const { setCookie } = await slow()
        assert.deepEqual(await dataOf(thief), {})
        // Neither a cookie that would work, nor an order to drop what the browser may have by now.
        assert.equal(setCookie, undefined)
      },
      onServer,
    ),
  ),

  promise(
    "a request under way when the session was renewed leaves the new session's cookie alone",
    async (trial) => {
      const someone = await kept(trial, { name: 'Ada' })
      const slow = await underWay(someone.copy(), (controller) => controller.put({ late: true }))
      await someone.does((controller) => {
        controller.renewSession()
        controller.data['user'] = 1
      })
      assert.equal((await slow()).setCookie, undefined)
      assert.deepEqual(await dataOf(someone), { name: 'Ada', user: 1 })
    },
    onServer,
  ),

  promise(
    'requests that change different keys at once all keep their change',
    async (trial) => {
      const someone = await kept(trial, { start: 0 })
      const names = Array.from({ length: 20 }, (_, index) => `key${index}`)
      const writers = await Promise.all(
        names.map((name) => underWay(someone.copy(), (controller) => controller.put({ [name]: name }))),
      )
      await Promise.all(writers.map((goOn) => goOn()))
      assert.deepEqual(await dataOf(someone), { start: 0, ...Object.fromEntries(names.map((name) => [name, name])) })
    },
    onServer,
  ),

  promise(
    'of two changes to one key the later to end wins, and a key that one deleted stays deleted',
    async (trial) => {
      const someone = await kept(trial, { shared: 0, deleted: 1, changed: 1 })
      const slow = await underWay(someone.copy(), (controller) => controller.put({ shared: 'slow', own: 1 }))
      await someone.does(({ data }) => {
        data['shared'] = 'fast'
        data['changed'] = 2
        delete data['deleted']
      })
      await slow()
      assert.deepEqual(await dataOf(someone), { shared: 'slow', changed: 2, own: 1 })
    },
    onServer,
  ),
]
