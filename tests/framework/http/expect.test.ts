// this.params.expect: any library that speaks Standard Schema says what an action may rely on; one 422 says what is wrong.
import { type as arktype } from 'arktype'
import { Controller, InvalidParams, type Params, type Schema } from 'contrail'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Ask, ask, boot } from '../../harness/app.js'

async function look(read: (params: Params) => unknown, options: Ask = {}, url = '/look') {
  class LookController extends Controller {
    async show() {
      this.render(await read(this.params))
    }
  }
  const { app } = boot((r) => {
    r.match(['get', 'post'], '/look', LookController, 'show')
    r.match(['get', 'post'], '/look/:id', LookController, 'show')
  })
  return await ask(app, url, options)
}

const LIBRARIES: readonly [string, Schema<{ post: { title: string; tags: string[] } }>][] = [
  ['zod', z.object({ post: z.object({ title: z.string().min(3), tags: z.array(z.string()) }) })],
  ['valibot', v.object({ post: v.object({ title: v.pipe(v.string(), v.minLength(3)), tags: v.array(v.string()) }) })],
  ['arktype', arktype({ post: { title: 'string >= 3', tags: 'string[]' } })],
]

describe.each(LIBRARIES)('expect with %s', (_, schema) => {
  test('gives what the schema makes of JSON and of a form', async () => {
    const post = { title: 'Hello', tags: ['a', 'b'] }
    expect((await look((params) => params.expect(schema), { body: { post } })).json).toEqual({ post })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const body = 'post[title]=Hello&post[tags][]=a&post[tags][]=b'
    expect((await look((params) => params.expect(schema), { body, headers })).json).toEqual({ post })
  })

  test('lists every problem by its path in one 422', async () => {
    const answer = await look((params) => params.expect(schema), { body: { post: { title: 'x', tags: ['a', 5] } } })
    expect(answer.status).toBe(422)
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    // Each library has its own order.
    const errors = answer.json.errors.toSorted((a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1))
    expect({ ...answer.json, errors }).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status: 422,
      detail: '2 parameters are invalid.',
      code: 'invalid_params',
      errors: [
        { path: 'post.tags.1', pointer: '/post/tags/1', message: expect.any(String) },
        { path: 'post.title', pointer: '/post/title', message: expect.any(String) },
      ],
    })
  })

  test('of nothing is one too', async () => {
    const answer = await look((params) => params.expect(schema))
    expect(answer.json.detail).toBe('A parameter is invalid.')
    expect(answer.json.errors).toEqual([{ path: 'post', pointer: '/post', message: expect.any(String) }])
  })

  test('never repeats what was sent', async () => {
    const secret = 's"3'
    const strict = [
      z.object({ password: z.literal('right') }),
      v.object({ password: v.literal('right') }),
      arktype({ password: "'right'" }),
      z.object({ password: z.email() }),
      v.object({ password: v.pipe(v.string(), v.email()) }),
      arktype({ password: 'string.email' }),
    ]
    for (const one of strict) {
      for (const password of [secret, 'hunter2-hunter2']) {
        const answer = await look((params) => params.expect(one), { body: { password } })
        expect(answer.status).toBe(422)
        expect(answer.json.errors[0].path).toBe('password')
        expect(answer.text).not.toContain('hunter2')
        expect(answer.json.errors[0].message).not.toContain('3')
      }
    }
  })
})

describe('expect', () => {
  const Post = z.object({ title: z.string(), year: z.coerce.number().int() })

  test('takes a name, and finds its problems below it', async () => {
    const read = (params: Params) => params.expect('post', Post)
    expect((await look(read, {}, '/look?post[title]=Hi&post[year]=2026')).json).toEqual({ title: 'Hi', year: 2026 })
    const answer = await look(read, {}, '/look?post[title]=Hi&post[year]=x')
    expect(answer.json.errors).toMatchObject([{ path: 'post.year', pointer: '/post/year' }])
    expect((await look(read, {}, '/look')).json.errors).toMatchObject([{ path: 'post' }])
  })

  test('sees path, body and query, and parameters with the names of methods', async () => {
    const all = z.strictObject({ id: z.coerce.number(), q: z.string(), expect: z.string(), get: z.string() })
    const answer = await look((params) => params.expect(all), { body: { expect: 'e' } }, '/look/5?q=x&get=g')
    expect(answer.json).toEqual({ id: 5, q: 'x', expect: 'e', get: 'g' })
  })

  test('shows the methods of params to no schema', async () => {
    const read = (params: Params) => params.expect(z.record(z.string(), z.string()))
    expect((await look(read, {}, '/look?a=1')).json).toEqual({ a: '1' })
  })

  test('names lists, dots, slashes and tildes in paths as JSON Pointers do', async () => {
    const read = (params: Params) => params.expect(z.object({ 'a/b~c': z.array(z.object({ n: z.string() })) }))
    const answer = await look(read, { body: { 'a/b~c': [{ n: 'x' }, {}] } })
    expect(answer.json.errors).toMatchObject([{ path: 'a/b~c.1.n', pointer: '/a~1b~0c/1/n' }])
  })

  test('of a problem with all parameters has an empty path', async () => {
    const read = (params: Params) => params.expect(z.object({}).refine(() => false, 'Odd.'))
    expect((await look(read)).json.errors).toEqual([{ path: '', pointer: '', message: 'Odd.' }])
  })

  test('lists a hundred problems at most, and short names', async () => {
    const body = { list: Array.from({ length: 5_000 }, () => 1), ['k'.repeat(9_000)]: 1 }
    const read = (params: Params) => params.expect(z.object({ list: z.array(z.string()) }))
    expect((await look(read, { body })).json.errors.length).toBe(100)
    const names = (params: Params) => params.expect(z.record(z.string(), z.string()))
    expect((await look(names, { body: { ['k'.repeat(9_000)]: 1 } })).json.errors[0].path.length).toBe(100)
  })

  test('is an InvalidParams that rescueFrom can answer', async () => {
    class PostsController extends Controller {
      static {
        this.rescueFrom(InvalidParams, (c, error) =>
          c.render({ wrong: error.issues.map(({ path }) => path) }, { status: 400 }),
        )
      }
      create() {
        this.render(this.params.expect('post', Post))
      }
    }
    const { app } = boot((r) => r.post('/posts', PostsController, 'create'))
    const answer = await ask(app, '/posts', { body: { post: {} } })
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({ wrong: ['post.title', 'post.year'] })
  })

  test('answers a browser with a page that lists the problems, escaped', async () => {
    const read = (params: Params) =>
      params.expect(z.object({ '<b>': z.string('must be <text> & nothing "else"'), a: z.string('is missing') }))
    const answer = await look(read, { headers: { accept: 'text/html' } })
    expect(answer.status).toBe(422)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.text).toContain(
      '<ul><li><b>&#60;b&#62;</b>: must be &#60;text&#62; &#38; nothing &#34;else&#34;</li><li><b>a</b>: is missing</li></ul>',
    )
  })

  test('refuses what is no schema', async () => {
    for (const wrong of [{}, undefined, () => true])
      expect((await look((params) => params.expect(wrong as never))).status).toBe(500)
  })
})

describe('a schema that is asynchronous', () => {
  const taken = z.object({ name: z.string().refine(async (name) => name !== 'ada', 'is taken') })

  test('answers expectAsync', async () => {
    const read = (params: Params) => params.expectAsync(taken)
    expect((await look(read, {}, '/look?name=bob')).json).toEqual({ name: 'bob' })
    const answer = await look(read, {}, '/look?name=ada')
    expect(answer.json.errors).toEqual([{ path: 'name', pointer: '/name', message: 'is taken' }])
    const below = await look((params) => params.expectAsync('user', taken), {}, '/look?user[name]=ada')
    expect(below.json.errors).toMatchObject([{ path: 'user.name' }])
  })

  test('is refused by expect, which says what to call', async () => {
    const failing: Schema = {
      '~standard': { version: 1, vendor: 'test', validate: () => Promise.reject(new Error('nobody listens')) },
    }
    for (const schema of [taken, failing]) {
      let message = ''
      await look(
        (params) => {
          try {
            params.expect('user', schema)
          } catch (error) {
            message = (error as Error).message
          }
        },
        {},
        '/look?user[name]=x',
      )
      expect(message).toBe('This schema is asynchronous: call await this.params.expectAsync(…) instead of expect.')
    }
  })

  test('that is not, answers expectAsync too', async () => {
    expect((await look((params) => params.expectAsync(z.object({ a: z.string() })), {}, '/look?a=1')).json).toEqual({
      a: '1',
    })
  })
})
