// What a session may hold: its text form, and that everything comes back from it as it went in.
import { MemoryStore } from 'contrail'
import { describe, expect, test } from 'vitest'
import { randomFrom, randomValue } from '../../harness/random-values.js'
import { sessionApp } from '../../harness/sessions.js'

/** Puts data through a session, and gives back its text and what the next request reads. */
async function throughSession(data: object): Promise<{ text: string | undefined; back: object | undefined }> {
  let text: string | undefined
  class WatchedStore extends MemoryStore {
    static override readonly optionNames = {}
    override create(payload: string): string {
      text = payload
      return super.create(payload)
    }
  }
  const app = sessionApp({ store: WatchedStore })
  const { setCookies, status } = await app.does((controller) => controller.put(data))
  if (status !== 200) throw new Error(JSON.stringify(app.log.at(-1)))
  const cookie = setCookies[0]?.split(';')[0] ?? ''
  const { seen } = await app.does((controller) => ({ ...controller.data }), { cookie })
  return { text, back: seen }
}

/** The log's message of a request that could not keep its session. */
async function refusal(data: object): Promise<unknown> {
  const app = sessionApp({ store: MemoryStore })
  const { status, setCookies } = await app.does((controller) => controller.put(data))
  expect([status, setCookies]).toEqual([500, []])
  return app.log.at(-1)?.['msg']
}

describe("a session's text", () => {
  const at = new Date(Date.UTC(2026, 10, 22, 12))
  test.each<[what: string, data: object, text: string]>([
    ['is plain JSON', { a: 1, b: [true, null, 'x'], c: { d: {} } }, '{"a":1,"b":[true,null,"x"],"c":{"d":{}}}'],
    [
      'marks a date',
      { at, list: [at] },
      '{"at":{"$date":"2026-11-22T12:00:00.000Z"},"list":[{"$date":"2026-11-22T12:00:00.000Z"}]}',
    ],
    [
      "doubles the $ of an object's only key",
      { a: { $date: 'x' }, b: { $$: 1 } },
      '{"a":{"$$date":"x"},"b":{"$$$":1}}',
    ],
    ['leaves a $ alone beside other keys', { a: { $date: 'x', b: 1 } }, '{"a":{"$date":"x","b":1}}'],
    ["leaves a $ alone in the session's own keys", { $date: 'x' }, '{"$date":"x"}'],
    ['has no key that holds undefined', { a: 1, b: undefined, c: { d: undefined } }, '{"a":1,"c":{}}'],
    [
      'doubles the $ of a key that is the only one to hold anything',
      { a: { $date: 'x', b: undefined } },
      '{"a":{"$$date":"x"}}',
    ],
  ])('%s', async (_, data, text) => {
    expect((await throughSession(data)).text).toBe(text)
  })
})

describe('what comes back', () => {
  test.each<[what: string, data: object]>([
    ['looks like a date and is none', { a: { $date: '2026-11-22T12:00:00.000Z' }, $date: '2026-11-22T12:00:00.000Z' }],
    ['looks like a marked key', { a: { $$date: 'x' }, b: [{ $$$a: { $b: new Date(0) } }] }],
    ['is a date out of the ordinary', { a: new Date(8.64e15), b: new Date(-8.64e15), c: new Date(-1) }],
    ['is half of a character', { a: '\ud83d', '\ude8b': 1 }],
    ['is an object without a prototype', { a: Object.assign(Object.create(null) as object, { b: 1 }) }],
  ])('is the same when it %s', async (_, data) => {
    expect((await throughSession(data)).back).toEqual(data)
  })

  test('is no date where the app wrote the mark beside undefined', async () => {
    const { back } = await throughSession({ a: { $date: '2026-11-22T12:00:00.000Z', b: undefined } })
    expect(back).toEqual({ a: { $date: '2026-11-22T12:00:00.000Z' } })
  })

  test('is the same for any plain data', async () => {
    const random = randomFrom(20_261_122)
    for (let round = 0; round < 300; round++) {
      const data = { root: randomValue(random, 5), other: randomValue(random, 2) }
      const { back, text } = await throughSession(data)
      expect(back).toEqual(data)
      expect((await throughSession(back as object)).text).toBe(text)
    }
  })

  test('does not change what the action put in', async () => {
    const cart = { at: new Date(0), $a: [{ $b: new Date(1) }] }
    const copy = structuredClone(cart)
    await throughSession({ cart })
    expect(cart).toEqual(copy)
  })

  test('may be nested a hundred levels deep', async () => {
    const nested = (depth: number): object => (depth === 0 ? {} : { a: nested(depth - 1) })
    expect((await throughSession({ root: nested(99) })).back).toEqual({ root: nested(99) })
    expect(await refusal({ root: nested(100) })).toMatch(/nested deeper than 100 levels or cyclic/)
  })
})

describe('a refusal names the path and what is there', () => {
  class Account {
    readonly id = 1
  }
  test.each<[path: string, what: RegExp, data: object]>([
    ['this.session.save', /a function/, { save: () => 1 }],
    ['this.session.mark', /a symbol/, { mark: Symbol('mark') }],
    ['this.session.cart[0].price', /a bigint/, { cart: [{ price: 1n }] }],
    ['this.session.a.b', /NaN/, { a: { b: Number.NaN } }],
    ['this.session.a.b', /-Infinity/, { a: { b: Number.NEGATIVE_INFINITY } }],
    ['this.session.at', /an invalid Date/, { at: new Date('never') }],
    ['this.session.list[1]', /undefined/, { list: [1, undefined] }],
    ['this.session.account', /an instance of Account.*record's id/, { account: new Account() }],
    ['this.session.seen', /an instance of Map/, { seen: new Map() }],
    ['this.session.bytes', /an instance of Buffer/, { bytes: Buffer.from('x') }],
    ['this.session.link', /an instance of URL/, { link: new URL('http://example.test') }],
    ['this.session.boxed', /an instance of String/, { boxed: Object('text') as unknown }],
    [
      'this.session.odd',
      /an object with a toJSON method/,
      { odd: Object.create(Object.assign(Object.create(null), { toJSON: () => 1 })) as object },
    ],
    ['this.session.money', /an object with a toJSON method/, { money: { amount: 1, toJSON: () => '1 €' } }],
  ])('%s is %s', async (path, what, data) => {
    const message = await refusal(data)
    expect(message).toMatch(what)
    expect(message).toContain(path)
  })
})
