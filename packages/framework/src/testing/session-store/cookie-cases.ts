// Why: when the browser is told something, and when the store is asked: only when there is reason to.
import assert from 'node:assert/strict'
import { promise } from './trial.js'

export const cookieCases = [
  promise('an untouched session costs nothing: no Set-Cookie, and the store is not called', async (trial) => {
    const stranger = trial.visitor()
    assert.equal((await stranger.does(() => {})).setCookie, undefined)
    assert.deepEqual(trial.calls, [])
    const visitor = trial.visitor()
    await visitor.does((controller) => controller.put({ name: 'Ada' }))
    trial.calls.length = 0
    assert.equal((await visitor.does(() => {})).setCookie, undefined)
    // A store that is asked over a network is asked before it is known what the action will do.
    assert.deepEqual(trial.calls, trial.preloads ? ['load'] : [])
  }),

  promise('reading sends no Set-Cookie and writes nothing', async (trial) => {
    const visitor = trial.visitor()
    assert.equal((await visitor.does(({ data }) => data['name'])).setCookie, undefined)
    assert.deepEqual(trial.calls, [])
    await visitor.does((controller) => controller.put({ name: 'Ada' }))
    trial.calls.length = 0
    const { seen, setCookie } = await visitor.does(({ data }) => data['name'])
    assert.deepEqual([seen, setCookie], ['Ada', undefined])
    assert.deepEqual(trial.calls, ['load'])
  }),

  promise('writing what was there already is reading', async (trial) => {
    const visitor = trial.visitor()
    await visitor.does((controller) => controller.put({ cart: [1, 2] }))
    trial.calls.length = 0
    assert.equal((await visitor.does((controller) => controller.put({ cart: [1, 2] }))).setCookie, undefined)
    assert.deepEqual(trial.calls, ['load'])
  }),

  promise('the first write sets the cookie, for the whole site and out of reach of scripts', async ({ visitor }) => {
    const { setCookie } = await visitor().does((controller) => controller.put({ name: 'Ada' }))
    assert.match(setCookie ?? '', /^_trial_session=[\w.~%-]+; Path=\/; HttpOnly; SameSite=Lax$/)
  }),

  promise(
    'the cookie has the attributes that are configured',
    async ({ visitor, lifetime }) => {
      const someone = visitor()
      const kept = await someone.does((controller) => controller.put({ name: 'Ada' }))
      const rest = 'Domain=trial.test; Path=/trial; HttpOnly; Secure; SameSite=Strict'
      assert.equal(kept.setCookie?.replace(/^[^;]*; /, ''), `Max-Age=${lifetime}; ${rest}`)
      const dropped = await someone.does((controller) => controller.resetSession())
      assert.equal(dropped.setCookie, `_trial_session=; Max-Age=0; ${rest}`)
    },
    {
      options: (lifetime) => ({
        domain: 'trial.test',
        path: '/trial',
        secure: true,
        sameSite: 'strict',
        expireAfter: lifetime,
      }),
    },
  ),

  promise('what is no cookie of a session is an empty session, and never an error', async ({ visitor }) => {
    for (const garbage of GARBAGE) {
      const intruder = visitor()
      intruder.cookie = garbage
      const read = await intruder.does(({ data }) => Object.keys(data))
      assert.deepEqual([read.status, read.seen, read.setCookie], [200, [], undefined], garbage.slice(0, 50))
      const written = await intruder.does((controller) => controller.put({ name: 'Eve' }))
      assert.ok(written.setCookie !== undefined)
      assert.notEqual(intruder.cookie, garbage)
      assert.equal((await intruder.does(({ data }) => data['name'])).seen, 'Eve')
    }
  }),
]

const GARBAGE = [
  '',
  'x',
  '%00',
  '%zz',
  '"quoted"',
  'é\u0001 \t',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '{"name":"Eve"}',
  Buffer.from('{"name":"Eve"}').toString('base64'),
  Buffer.from('{"name":"Eve"}').toString('base64url'),
  'AAAAAAAAAAAAAAAAAAAAAA',
  'A'.repeat(43),
  'A'.repeat(251),
  'A'.repeat(16_384),
]
