// Why: how a session ends, and how it goes on under another name.
import assert from 'node:assert/strict'
import { promise, type Trial } from './trial.js'
import type { Visitor } from './visitor.js'

async function named({ visitor }: Trial): Promise<Visitor> {
  const someone = visitor()
  await someone.does((controller) => controller.put({ name: 'Ada' }))
  return someone
}

const nameOf = async (someone: Visitor): Promise<unknown> => (await someone.does(({ data }) => data['name'])).seen

const expiring = { options: (lifetime: number) => ({ expireAfter: lifetime }) }

export const lifeCases = [
  promise('resetSession drops data and cookie', async (trial) => {
    const someone = await named(trial)
    const { seen } = await someone.does((controller) => {
      controller.resetSession()
      return Object.keys(controller.data)
    })
    assert.deepEqual([seen, someone.cookie], [[], undefined])
  }),

  promise('what is written after resetSession is a new session', async (trial) => {
    const someone = await named(trial)
    const before = someone.cookie
    await someone.does((controller) => {
      controller.resetSession()
      controller.data['fresh'] = true
    })
    assert.notEqual(someone.cookie, before)
    assert.deepEqual((await someone.does(({ data }) => ({ ...data }))).seen, { fresh: true })
  }),

  promise('renewSession keeps the data in a new cookie', async (trial) => {
    const someone = await named(trial)
    const before = someone.cookie
    await someone.does((controller) => {
      controller.renewSession()
      controller.data['user'] = 1
    })
    assert.ok(someone.cookie !== undefined)
    assert.notEqual(someone.cookie, before)
    assert.deepEqual((await someone.does(({ data }) => ({ ...data }))).seen, { name: 'Ada', user: 1 })
  }),

  promise('a session that is emptied drops its cookie, and one that was empty has none to drop', async (trial) => {
    const someone = await named(trial)
    await someone.does(({ data }) => void delete data['name'])
    assert.equal(someone.cookie, undefined)
    const another = await named(trial)
    await another.does((controller) => controller.put({ name: undefined }))
    assert.equal(another.cookie, undefined)
    const { setCookie } = await someone.does((controller) => {
      controller.data['name'] = 'Ada'
      delete controller.data['name']
      controller.renewSession()
      controller.resetSession()
    })
    assert.equal(setCookie, undefined)
  }),

  promise(
    'a session that nobody uses ends after expireAfter, whatever the browser does',
    async (trial) => {
      const someone = await named(trial)
      await trial.advance(trial.lifetime - 1)
      assert.equal(await nameOf(someone.copy()), 'Ada')
      await trial.advance(trial.lifetime)
      const { seen, setCookie } = await someone.does(({ data }) => data['name'])
      assert.deepEqual([seen, setCookie], [undefined, undefined])
    },
    expiring,
  ),

  promise(
    'use moves the end on: an unchanged session is saved again, at most once in a tenth of its life',
    async (trial) => {
      const someone = await named(trial)
      const step = trial.lifetime / 20
      const refreshed: boolean[] = []
      for (let reads = 0; reads < 24; reads++) {
        await trial.advance(step)
        refreshed.push((await someone.does(({ data }) => data['name'])).setCookie !== undefined)
      }
      assert.deepEqual(
        refreshed,
        refreshed.map((_, index) => index % 2 === 1),
      )
      assert.equal(await nameOf(someone), 'Ada')
    },
    expiring,
  ),

  promise(
    'a session ends after maxLifetime, however much it is used',
    async (trial) => {
      const someone = await named(trial)
      for (let uses = 0; uses < 3; uses++) {
        await trial.advance(trial.lifetime / 4)
        await someone.does((controller) => controller.put({ uses }))
        assert.equal(await nameOf(someone), 'Ada')
      }
      await trial.advance(trial.lifetime / 4)
      assert.equal(await nameOf(someone), undefined)
    },
    { options: (lifetime) => ({ expireAfter: lifetime, maxLifetime: lifetime }) },
  ),
]
