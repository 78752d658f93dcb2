// this.params.number, boolean, file and the fallbacks: one parameter each, of a type the compiler knows.
import { Controller, type Params } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Ask, ask, boot } from '../../harness/app.js'

function look(read: (params: Params) => unknown, url: string, options: Ask = {}) {
  class LookController extends Controller {
    show() {
      this.render(read(this.params) ?? null)
    }
  }
  const { app } = boot((r) => {
    r.match(['get', 'post'], '/look/:id', LookController, 'show')
    r.match(['get', 'post'], '/look', LookController, 'show')
  })
  return ask(app, url, options)
}

describe('number', () => {
  const read = (params: Params) => params.number('id')

  test.each([
    ['1', 1],
    ['-1.5', -1.5],
    ['007.250', 7.25],
    ['0', 0],
  ])('reads %s from path and query', async (text, number) => {
    expect((await look(read, `/look/${text}`)).json).toBe(number)
    expect((await look(read, `/look?id=${text}`)).json).toBe(number)
  })

  test.each(['x', '1e3', '0x1', '.5', '5.', '1,5', ' 1', 'NaN', 'Infinity', '1'.repeat(50)])(
    '%j is 404 in the path and 400 in the query',
    async (text) => {
      expect((await look(read, `/look/${encodeURIComponent(text)}`)).status).toBe(404)
      const answer = await look(read, `/look?id=${encodeURIComponent(text)}`)
      expect(answer.status).toBe(400)
      expect(answer.json.detail).toBe('The parameter "id" must be a number.')
    },
  )

  test('reads a number of JSON', async () => {
    expect((await look(read, '/look', { body: { id: 1e300 } })).json).toBe(1e300)
    expect((await look(read, '/look', { body: { id: true } })).status).toBe(400)
  })
})

describe('boolean', () => {
  const read = (params: Params) => params.boolean('b')

  test.each([
    ['true', true],
    ['1', true],
    ['on', true],
    ['false', false],
    ['0', false],
    ['off', false],
  ])('reads %s', async (text, value) => {
    expect((await look(read, `/look?b=${text}`)).json).toBe(value)
  })

  test('reads those of JSON, and refuses what is none', async () => {
    expect((await look(read, '/look', { body: { b: false } })).json).toBe(false)
    for (const b of ['yes', 'TRUE', 1, 0, null, [true]])
      expect((await look(read, '/look', { body: { b } })).status).toBe(400)
    expect((await look(read, '/look')).status).toBe(400)
  })

  test('is true of a ticked checkbox behind its hidden field', async () => {
    expect((await look(read, '/look?b=0&b=1')).json).toBe(true)
  })
})

describe('a fallback', () => {
  const all = (params: Params) => [
    params.int('page', 1),
    params.number('price', 0.5),
    params.boolean('terms', false),
    params.string('q', 'all'),
    params.file('avatar', null),
  ]

  test('stands for what nobody sent', async () => {
    expect((await look(all, '/look')).json).toEqual([1, 0.5, false, 'all', null])
  })

  test('stands for a field that was left empty, but a string may be empty', async () => {
    const answer = await look(all, '/look?page=&price=&terms=&q=&avatar=')
    expect(answer.json).toEqual([1, 0.5, false, '', null])
  })

  test('stands for null of JSON', async () => {
    const body = { page: null, price: null, terms: null, q: null, avatar: null }
    expect((await look(all, '/look', { body })).json).toEqual([1, 0.5, false, 'all', null])
  })

  test('stands for nothing that was sent and is wrong', async () => {
    for (const query of ['page=x', 'price=x', 'terms=x', 'q[]=x', 'avatar=x'])
      expect((await look(all, `/look?${query}`)).status).toBe(400)
  })

  test('may be undefined', async () => {
    expect((await look((params) => params.int('page', undefined), '/look')).json).toBe(null)
  })
})

test('file refuses what is no file', async () => {
  for (const url of ['/look', '/look?f=x', '/look?f[path]=/etc/passwd&f[name]=x']) {
    const answer = await look((params) => params.file('f').path, url)
    expect(answer.status).toBe(400)
    expect(answer.json.detail).toBe('The parameter "f" must be a file.')
  }
})
