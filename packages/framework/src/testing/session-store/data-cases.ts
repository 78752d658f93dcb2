// Why: what is put into a session comes back as it was, and what would not is refused before anything is kept.
import assert from 'node:assert/strict'
import { promise, Rescued } from './trial.js'

export const dataCases = [
  promise('a change at any depth counts', async ({ visitor }) => {
    const someone = visitor()
    await someone.does((controller) => controller.put({ cart: { lines: [{ count: 1 }] } }))
    await someone.does(({ data }) => void data['cart'].lines[0].count++)
    await someone.does(({ data }) => void data['cart'].lines.push({ count: 7 }))
    assert.deepEqual((await someone.does(({ data }) => data['cart'])).seen, { lines: [{ count: 2 }, { count: 7 }] })
  }),

  promise('a later write keeps what was there, and a deleted key is gone', async ({ visitor }) => {
    const someone = visitor()
    await someone.does((controller) => controller.put({ first: 1, second: 2 }))
    await someone.does((controller) => controller.put({ third: 3 }))
    await someone.does(({ data }) => void delete data['first'])
    await someone.does((controller) => controller.put({ second: undefined }))
    assert.deepEqual((await someone.does(({ data }) => ({ ...data }))).seen, { third: 3 })
  }),

  promise('every kind of plain data comes back as it was', async ({ visitor }) => {
    const someone = visitor()
    await someone.does((controller) => controller.put(PLAIN))
    assert.deepEqual((await someone.does(({ data }) => ({ ...data }))).seen, PLAIN)
  }),

  promise(
    'a date comes back as a date',
    async ({ visitor }) => {
      const someone = visitor()
      const at = new Date(1_234_567_890_123)
      await someone.does((controller) => controller.put({ at, list: [{ at }] }))
      const { seen } = await someone.does(({ data }) => ({ ...data }))
      assert.deepEqual(seen, { at, list: [{ at }] })
    },
    { when: ({ keepsDates }) => keepsDates !== false },
  ),

  promise('the flash and the secret of CSRF tokens travel with the data, unseen', async ({ visitor }) => {
    const someone = visitor()
    await someone.does((controller) => {
      controller.put({ first: 1 })
      controller.flash.set('notice', 'Saved.')
      controller.csrfToken()
    })
    const read = await someone.does(({ data }) => ({ ...data }))
    assert.deepEqual([read.seen, read.setCookie], [{ first: 1 }, undefined])
    assert.equal((await someone.does(({ flash }) => flash.get('notice'))).seen, 'Saved.')
    assert.equal((await someone.does(({ flash }) => flash.get('notice'))).seen, undefined)
    assert.deepEqual((await someone.does(({ data }) => ({ ...data }))).seen, { first: 1 })
  }),

  promise('__proto__ is a key like any other, and reaches no prototype', async ({ visitor }) => {
    const someone = visitor()
    const hostile = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as object
    await someone.does(({ data }) => {
      data[PROTO] = { polluted: 1 }
      data['nested'] = hostile
    })
    const { seen } = await someone.does(({ data }) => ({
      prototype: Object.getPrototypeOf(data) as unknown,
      keys: Object.keys(data).sort(),
      text: JSON.stringify([data[PROTO], data['nested']]),
    }))
    assert.deepEqual(seen, {
      prototype: null,
      keys: ['__proto__', 'nested'],
      text: `[{"polluted":1},${JSON.stringify(hostile)}]`,
    })
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
  }),

  promise('an action that throws keeps nothing', async (trial) => {
    const someone = trial.visitor()
    await someone.does((controller) => controller.put({ name: 'Ada' }))
    trial.calls.length = 0
    const { status, setCookie } = await someone.tries(({ data }) => {
      data['name'] = 'Eve'
      throw new Error('after a change')
    })
    assert.deepEqual([status, setCookie], [500, undefined])
    assert.deepEqual(trial.calls, ['load'])
    assert.equal((await someone.does(({ data }) => data['name'])).seen, 'Ada')
  }),

  promise('an action whose error rescueFrom answers keeps its changes', async ({ visitor }) => {
    const someone = visitor()
    const { status } = await someone.does(({ data }) => {
      data['attempts'] = 1
      throw new Rescued()
    })
    assert.equal(status, 204)
    assert.equal((await someone.does(({ data }) => data['attempts'])).seen, 1)
  }),

  promise('what would not come back as it was is a 500, and nothing of the request is kept', async (trial) => {
    for (const [what, value] of Object.entries(UNFIT)) {
      const someone = trial.visitor()
      await someone.does((controller) => controller.put({ name: 'Ada' }))
      trial.calls.length = 0
      const { status, setCookie } = await someone.tries(({ data }) => {
        data['name'] = 'Eve'
        data['deep'] = [{ value }]
      })
      assert.deepEqual([status, setCookie], [500, undefined], what)
      assert.deepEqual(trial.calls, ['load'], what)
      assert.deepEqual((await someone.does(({ data }) => ({ ...data }))).seen, { name: 'Ada' }, what)
    }
  }),
]

const PROTO = '__proto__'

const PLAIN = {
  text: 'Zürich 東京 🚋 \u0000\u2028 "quoted" \\ ; , % \ud800',
  empty: '',
  numbers: [0, -1, 1.5, 1e21, 5e-324, Number.MAX_SAFE_INTEGER],
  flags: [true, false, null],
  nested: { list: [[], [{}]], $marked: { $date: 'no date' } },
  'a key.with $ and "': { '': 1, ключ: 2 },
}

class Account {
  readonly id = 1
}

const cyclic: { self?: object } = {}
cyclic.self = cyclic

const UNFIT: Readonly<Record<string, unknown>> = {
  function: () => 1,
  symbol: Symbol('s'),
  bigint: 1n,
  map: new Map([[1, 2]]),
  set: new Set([1]),
  instance: new Account(),
  bytes: Buffer.from('bytes'),
  'not a number': Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  'invalid date': new Date(Number.NaN),
  'undefined in a list': [undefined],
  cycle: cyclic,
}
