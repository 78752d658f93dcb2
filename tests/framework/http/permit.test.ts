// this.params.permit and require: Rails' strong parameters, picked by name and shape.
import { Controller, ParameterMissing, type Params } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Ask, ask, boot } from '../../harness/app.js'
import { MULTIPART, multipart } from '../../harness/multipart.js'

async function look(read: (params: Params) => unknown, options: Ask = {}, url = '/look') {
  class LookController extends Controller {
    show() {
      this.render(read(this.params))
    }
  }
  const { app } = boot((r) => r.match(['get', 'post'], '/look', LookController, 'show'))
  return ask(app, url, options)
}

describe('permit', () => {
  const body = {
    page: 2,
    admin: true,
    post: {
      title: 'Hi',
      body: null,
      draft: false,
      userId: 7,
      tags: ['a', 'b'],
      links: [{ url: 'u', secret: 1 }, 'x', { url: ['deep'] }],
    },
  }

  test('takes what is named, in its shape, and nothing else', async () => {
    const answer = await look(
      (params) => params.permit('page', { post: ['title', 'body', 'draft', { tags: [], links: [['url']] }] }),
      { body },
    )
    expect(answer.json).toEqual({
      page: 2,
      post: { title: 'Hi', body: null, draft: false, tags: ['a', 'b'], links: [{ url: 'u' }, {}] },
    })
  })

  test('takes single values only under a plain name', async () => {
    const picked = await look((params) => params.permit('post', 'page'), { body })
    expect(picked.json).toEqual({ page: 2 })
    const list = await look((params) => params.permit('page'), { body: { page: [1] } })
    expect(list.json).toEqual({})
  })

  test.each([
    ['a single value', 'x'],
    ['an object', { a: 1 }],
    ['a list of objects', [{ a: 1 }]],
    ['a list of lists', [[1]]],
    ['a list with one object', ['x', {}]],
  ])('leaves out %s where a list of single values is permitted', async (_, tags) => {
    expect((await look((params) => params.permit({ tags: [] }), { body: { tags } })).json).toEqual({})
  })

  test.each([['x'], [['x']], [null], [1]])('leaves out %j where an object is permitted', async (post) => {
    expect((await look((params) => params.permit({ post: ['title'] }), { body: { post } })).json).toEqual({})
  })

  test.each([['x'], [{ url: 1 }], [null]])('leaves out %j where a list of objects is permitted', async (links) => {
    expect((await look((params) => params.permit({ links: [['url']] }), { body: { links } })).json).toEqual({})
  })

  test('takes files as single values', async () => {
    const form = multipart([
      { name: 'user[avatar]', filename: 'a.png', value: 'png' },
      { name: 'user[admin]', value: '1' },
    ])
    const answer = await look((params) => params.permit({ user: ['avatar'] }), {
      body: form,
      headers: { 'content-type': MULTIPART },
    })
    expect(answer.json).toEqual({ user: { avatar: expect.objectContaining({ name: 'a.png', size: 3 }) } })
  })

  test('takes a parameter with the name of a method', async () => {
    expect((await look((params) => params.permit('int', 'permit'), {}, '/look?int=1&permit=2')).json).toEqual({
      int: '1',
      permit: '2',
    })
  })

  test('S6: gives objects without a prototype, and takes __proto__ and constructor for names', async () => {
    const answer = await look(
      (params) => {
        const { a } = params.permit({ a: ['constructor', 'toString', '__proto__'] }) as { a: object }
        return [Object.getPrototypeOf(a), Object.keys(a), 'x' in {}]
      },
      {},
      '/look?a[__proto__]=1&a[constructor]=2&__proto__[x]=3',
    )
    expect(answer.json).toEqual([null, ['constructor', '__proto__'], false])
  })

  test.each([[[5]], [[null]], [[{ tags: 'x' }]]])('refuses %j in place of names', async (permits) => {
    const answer = await look((params) => params.permit(...(permits as never[])))
    expect(answer.status).toBe(500)
  })
})

describe('require', () => {
  test('gives the parameters below a name, with the same methods', async () => {
    const read = (params: Params) => {
      const post = params.require('post')
      return [post.string('title'), post.int('year'), post.permit('title')]
    }
    const answer = await look(read, {}, '/look?post[title]=Hi&post[year]=2026&post[admin]=1')
    expect(answer.json).toEqual(['Hi', 2026, { title: 'Hi' }])
  })

  test.each(['', '?post=', '?post=x', '?post[]=x', '?post'])('of none in "/look%s" is 400', async (query) => {
    const answer = await look((params) => params.require('post'), {}, `/look${query}`)
    expect(answer.status).toBe(400)
    expect(answer.json).toMatchObject({
      code: 'parameter_missing',
      detail: 'The parameter "post" is missing, empty, or no object.',
    })
  })

  test('of an empty object or null is 400 too, and is a ParameterMissing', async () => {
    for (const post of [{}, null, [], 5]) {
      const answer = await look(
        (params) => {
          try {
            return params.require('post')
          } catch (error) {
            return error instanceof ParameterMissing
          }
        },
        { body: { post } },
      )
      expect(answer.json).toBe(true)
    }
  })
})
