// this.params: query, body and path in one object, in which no name that a stranger sends reaches a method or a prototype.
import { Controller, type Params } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Ask, ask, boot } from '../../harness/app.js'

/** What an action that looks at its parameters this way answers. */
function look(read: (params: Params) => unknown, url: string, options: Ask = {}, path = '/look/:id') {
  class LookController extends Controller {
    show() {
      this.render(read(this.params) ?? null)
    }
  }
  const { app } = boot((r) => {
    r.match(['get', 'post'], path, LookController, 'show')
    r.match(['get', 'post'], '/look', LookController, 'show')
  })
  return ask(app, url, options)
}

const all = (params: Params) => params

describe('params', () => {
  test('are those of the query, over them the body’s, over them the path’s', async () => {
    const url = '/look/path?a=query&b=query&id=query'
    const answer = await look(all, url, { body: { b: 'body', c: 'body', id: 'body' } })
    expect(answer.json).toEqual({ a: 'query', b: 'body', c: 'body', id: 'path' })
  })

  test('take a form’s fields as they take JSON', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await look(all, '/look?a=1', { body: 'a=2&b=3', headers })).json).toEqual({ a: '2', b: '3' })
  })

  test.each([['[1,2]'], ['"text"'], ['5'], ['null'], ['false']])('have the body %s under _json', async (body) => {
    const headers = { 'content-type': 'application/json' }
    expect((await look(all, '/look?a=1', { body, headers })).json).toEqual({ a: '1', _json: JSON.parse(body) })
  })

  test('decode names and values of the query once; the last of several values wins', async () => {
    const answer = await look(all, '/look?a=1&a=2&na%20me=v+%2B%2525&flag&b=c=d')
    expect(answer.json).toEqual({ a: '2', 'na me': 'v +%25', flag: '', b: 'c=d' })
  })

  test.each(['?a=%', '?a=%zz', '?%c0%af=1'])('of the query %s cannot be decoded: 400', async (query) => {
    const answer = await look(all, `/look${query}`)
    expect(answer.status).toBe(400)
    expect(answer.json.detail).toBe('The query has malformed percent-encoding.')
  })

  test('B6: are 1,000 in a query at most', async () => {
    const count = (params: Params) => Object.keys(params).length
    const query = (fields: number) => Array.from({ length: fields }, (_, index) => `a${index}=1`).join('&')
    expect((await look(count, `/look?${query(1_000)}`)).json).toBe(1_000)
    expect((await look(count, `/look?${query(1_001)}`)).status).toBe(400)
  })
})

describe('S6: names that mean something to JavaScript', () => {
  const METHODS = [
    'get',
    'has',
    'int',
    'number',
    'string',
    'boolean',
    'file',
    'require',
    'permit',
    'expect',
    'expectAsync',
  ]
  const NAMES = [...METHODS, '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
  const probe = (name: string) => (params: Params) => ({
    got: params.get(name),
    has: params.has(name),
    string: params.string(name),
    other: params.int('n'),
    polluted: ({} as Record<string, unknown>)['x'] ?? 'no',
  })
  const expected = { got: 'x', has: true, string: 'x', other: 1, polluted: 'no' }

  test.each(NAMES)('%s in the query is a parameter, and the methods still work', async (name) => {
    expect((await look(probe(name), `/look?${name}=x&n=1`)).json).toEqual(expected)
  })

  test.each(NAMES.filter((name) => name !== '__proto__'))('%s in the body is too', async (name) => {
    expect((await look(probe(name), '/look', { body: { [name]: 'x', n: 1 } })).json).toEqual(expected)
  })

  test.each(NAMES.filter((name) => name !== '__proto__'))('%s in the path is too', async (name) => {
    expect((await look(probe(name), '/look/x?n=1', {}, `/look/:${name}`)).json).toEqual(expected)
  })

  test.each(NAMES)('%s is no parameter when nobody sent it', async (name) => {
    expect((await look((params) => [params.has(name), params.get(name) ?? null], '/look')).json).toEqual([false, null])
    expect((await look((params) => params.string(name), '/look')).status).toBe(400)
  })

  test('path wins over body over query for such a name too', async () => {
    const read = (params: Params) => params.get('int')
    expect((await look(read, '/look?int=query', { body: { int: 'body' } })).json).toBe('body')
    expect((await look(read, '/look/path?int=query', { body: { int: 'body' } }, '/look/:int')).json).toBe('path')
  })

  test('none of the methods is listed among the parameters', async () => {
    const keys = (params: Params) => {
      const met: string[] = []
      for (const name in params) met.push(name)
      return [Object.keys(params), met]
    }
    expect((await look(keys, '/look?a=1')).json).toEqual([['a'], ['a']])
  })
})

describe('int', () => {
  const id = (params: Params) => params.int('id')

  test.each([
    ['1', 1],
    ['-7', -7],
    ['0', 0],
    ['9007199254740991', 9007199254740991],
  ])('reads %s from path and query', async (text, number) => {
    expect((await look(id, `/look/${text}`)).json).toBe(number)
    expect((await look(id, `/look?id=${text}`)).json).toBe(number)
  })

  test.each([
    'x',
    '1x',
    '1.5',
    '1e3',
    '0x10',
    '%201',
    '+1',
    '--1',
    '9007199254740992',
    '99999999999999999999',
    '%D9%A1',
    'Infinity',
    'NaN',
  ])('%s is 404 in the path and 400 in the query', async (text) => {
    expect((await look(id, `/look/${text}`)).status).toBe(404)
    const answer = await look(id, `/look?id=${text}`)
    expect(answer.status).toBe(400)
    expect(answer.json.detail).toBe('The parameter "id" must be an integer.')
  })

  test('reads a number of JSON, and refuses what is none', async () => {
    expect((await look(id, '/look', { body: { id: 5 } })).json).toBe(5)
    for (const value of [1.5, true, null, [1], {}, '', 2 ** 53])
      expect((await look(id, '/look', { body: { id: value } })).status).toBe(400)
  })

  test('of a parameter that nobody sent is 400', async () => {
    expect((await look(id, '/look')).status).toBe(400)
    for (const name of ['constructor', 'toString'])
      expect((await look((params) => params.int(name), '/look/1')).status).toBe(400)
  })
})

describe('string', () => {
  const name = (params: Params) => params.string('name')

  test('reads a string, an empty one too', async () => {
    expect((await look(name, '/look?name=Ada')).json).toBe('Ada')
    expect((await look(name, '/look?name=')).json).toBe('')
  })

  test('of anything else is 400', async () => {
    for (const value of [5, true, null, ['a'], { a: 1 }]) {
      const answer = await look(name, '/look', { body: { name: value } })
      expect(answer.status).toBe(400)
      expect(answer.json.detail).toBe('The parameter "name" must be a string.')
    }
  })
})
