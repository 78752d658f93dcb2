// post[title] and tags[]: the names of fields nest by Rack's rules, in queries, urlencoded and multipart forms alike.
import { Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot } from '../../harness/app.js'
import { MULTIPART, multipart } from '../../harness/multipart.js'

class LookController extends Controller {
  show() {
    const prototypes: unknown[] = []
    const visit = (value: unknown) => {
      if (typeof value !== 'object' || value === null) return
      if (!Array.isArray(value)) prototypes.push(Object.getPrototypeOf(value))
      for (const inner of Object.values(value)) visit(inner)
    }
    visit(this.request.body ?? this.request.query)
    const isClean = prototypes.every((prototype) => prototype === null) && !('polluted' in {})
    this.renderText(`${isClean} ${JSON.stringify(this.request.body ?? this.request.query)}`)
  }
}

const { app } = boot((r) => r.match(['get', 'post'], '/look', LookController, 'show'))

/** Each way in which fields come; `text` is urlencoded. */
const WAYS: readonly [string, (text: string) => ReturnType<typeof ask>][] = [
  ['a query', (text) => ask(app, `/look?${text}`)],
  [
    'a form',
    (text) => ask(app, '/look', { body: text, headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
  ],
  [
    'a multipart form',
    (text) => {
      const parts = text.split('&').map((field) => {
        const [name = '', value = ''] = field.split('=').map(decodeURIComponent)
        return { name, value }
      })
      return ask(app, '/look', { body: multipart(parts), headers: { 'content-type': MULTIPART } })
    },
  ],
]

describe.each(WAYS)('%s', (_, send) => {
  test.each([
    ['post[title]=a&post[body]=b', '{"post":{"title":"a","body":"b"}}'],
    ['post%5Btitle%5D=a', '{"post":{"title":"a"}}'],
    ['a[b][c][d]=1&a[b][e]=2', '{"a":{"b":{"c":{"d":"1"},"e":"2"}}}'],
    ['tags[]=x&tags[]=y', '{"tags":["x","y"]}'],
    ['tags[]=', '{"tags":[""]}'],
    ['post[tags][]=x&post[tags][]=y', '{"post":{"tags":["x","y"]}}'],
    ['items[][name]=a&items[][price]=1&items[][name]=b', '{"items":[{"name":"a","price":"1"},{"name":"b"}]}'],
    ['i[][a][b]=1&i[][a][c]=2&i[][a][b]=3', '{"i":[{"a":{"b":"1","c":"2"}},{"a":{"b":"3"}}]}'],
    ['i[][tags][]=1&i[][tags][]=2', '{"i":[{"tags":["1","2"]}]}'],
    ['i[]=x&i[][a]=1', '{"i":["x",{"a":"1"}]}'],
    ['m[][]=1&m[][]=2', '{"m":[["1"],["2"]]}'],
    ['items[0][name]=a&items[1][name]=b', '{"items":{"0":{"name":"a"},"1":{"name":"b"}}}'],
    ['a[b]=1&a[b]=2', '{"a":{"b":"2"}}'],
    ['a=1&a=2&b[]=3', '{"a":"2","b":["3"]}'],
    // Brackets that do not match are part of a plain name.
    ['a[=1', '{"a[":"1"}'],
    ['a]=1', '{"a]":"1"}'],
    ['a[b=1', '{"a[b":"1"}'],
    ['a[b]c=1', '{"a[b]c":"1"}'],
    ['a[b[c]]=1', '{"a[b[c]]":"1"}'],
    ['[]=1', '{"[]":"1"}'],
    ['[a]=1', '{"[a]":"1"}'],
  ])('%s is %s', async (text, json) => {
    expect((await send(text)).text).toBe(`true ${json}`)
  })

  test.each([
    ['__proto__[polluted]=1', '{"__proto__":{"polluted":"1"}}'],
    ['a[__proto__][polluted]=1', '{"a":{"__proto__":{"polluted":"1"}}}'],
    ['constructor[prototype][polluted]=1', '{"constructor":{"prototype":{"polluted":"1"}}}'],
    ['a[][__proto__][polluted]=1', '{"a":[{"__proto__":{"polluted":"1"}}]}'],
    ['a[__proto__][]=1&a[length]=9', '{"a":{"__proto__":["1"],"length":"9"}}'],
    ['toString[]=1&hasOwnProperty[x]=2', '{"toString":["1"],"hasOwnProperty":{"x":"2"}}'],
  ])('B6: %s is data on objects without a prototype', async (text, json) => {
    expect((await send(text)).text).toBe(`true ${json}`)
  })

  test.each([
    ['a=1&a[b]=2', 'a[b]'],
    ['a[b]=2&a=1', 'a'],
    ['a[]=1&a[b]=2', 'a[b]'],
    ['a[b]=1&a[]=2', 'a[]'],
    ['a=1&a[]=2', 'a[]'],
    ['a[]=1&a=2', 'a'],
    ['a[b]=1&a[b][c]=2', 'a[b][c]'],
    ['a[][b]=1&a[][b][c]=2', 'a[][b][c]'],
    ['a[]=1&a[length]=5', 'a[length]'],
  ])('B6: %s contradicts itself: 400', async (text, name) => {
    const answer = await send(text)
    expect(answer.status).toBe(400)
    expect(answer.json.detail).toContain(`has "${name}" where it has a value of another shape`)
  })

  test('B6: a name may nest 32 levels deep, and no deeper', async () => {
    expect((await send(`a${'[b]'.repeat(32)}=1`)).status).toBe(200)
    for (const levels of ['[b]'.repeat(33), '[]'.repeat(33), '[b]'.repeat(2_000)]) {
      const answer = await send(`a${levels}=1`)
      expect(answer.status).toBe(400)
      expect(answer.json.detail).toContain('nests deeper than 32 levels')
    }
  })

  test('B6: there may be 1,000 fields, and no more; lists are counted by their items', async () => {
    expect((await send(Array.from({ length: 1_000 }, () => 'a[]=1').join('&'))).status).toBe(200)
    const answer = await send(Array.from({ length: 1_001 }, () => 'a[]=1').join('&'))
    expect(answer.status).toBe(400)
    expect(answer.json.detail).toContain('more than 1000 fields')
  })
})

test('R9: the worst names of a full form are read in no time', async () => {
  const deep = Array.from({ length: 1_000 }, (_, index) => `a${'[][b]'.repeat(15)}[c${index % 7}]=1`).join('&')
  const open = `a${'['.repeat(1_000_000)}=1`
  for (const body of [deep, open]) {
    const startedAt = performance.now()
    await ask(app, '/look', { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  }
})
