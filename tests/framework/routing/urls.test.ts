// Options of pathTo, and urlTo: queries as Rails writes them, anchors, slashes, and whose word the host is.
import { type ApplicationConfig, Controller, type QueryInput } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot, bootError } from '../../harness/app.js'

class PagesController extends Controller {
  show() {
    this.render({ url: this.urlTo('post', { id: 7 }), path: this.pathTo('posts', {}, { query: { page: 2 } }) })
  }
  named() {
    this.render(this.urlTo('posts', {}, { host: 'other.test:8080', protocol: 'https' }))
  }
}

const appWith = (config: ApplicationConfig = {}) =>
  boot(
    (r) => {
      r.root(PagesController, 'show')
      r.get('/posts', PagesController, 'show', { as: 'posts' })
      r.get('/posts/:id', PagesController, 'show', { as: 'post' })
      r.get('/named', PagesController, 'named')
    },
    { config },
  ).app

describe('pathTo', () => {
  const { pathTo } = appWith()
  const query = (values: Record<string, QueryInput>) => decodeURIComponent(pathTo('posts', {}, { query: values }))

  test('has a query, an anchor and a slash at the end', () => {
    expect(pathTo('post', { id: 1 }, { query: { page: 2 }, anchor: 'a b"', trailingSlash: true })).toBe(
      '/posts/1/?page=2#a%20b%22',
    )
    expect(pathTo('root', {}, { trailingSlash: true })).toBe('/')
    expect(pathTo('posts', { page: 1 }, { query: { page: 2, q: 'x' } })).toBe('/posts?page=2&q=x')
  })

  test('writes lists and objects as Rails does', () => {
    expect(query({ tags: ['a', 'b'] })).toBe('/posts?tags[]=a&tags[]=b')
    expect(query({ filter: { state: 'open', by: { id: 1 } } })).toBe('/posts?filter[state]=open&filter[by][id]=1')
    expect(query({ rows: [{ a: 1 }, { a: 2 }] })).toBe('/posts?rows[][a]=1&rows[][a]=2')
    expect(query({ none: [], no: null, nothing: undefined, empty: {}, yes: true, big: 9n })).toBe(
      '/posts?yes=true&big=9',
    )
    expect(pathTo('posts', {}, { query: { 'a&b': '=&?#ü' } })).toBe('/posts?a%26b=%3D%26%3F%23%C3%BC')
  })
})

describe('urlTo', () => {
  test('takes protocol and host from the request', async () => {
    const app = appWith({ trustProxy: 'loopback' })
    expect((await ask(app, '/')).json.url).toBe('http://example.test/posts/7')
    const headers = { host: 'inner', 'x-forwarded-host': 'www.example.test', 'x-forwarded-proto': 'https' }
    expect((await ask(app, '/', { headers })).json.url).toBe('https://www.example.test/posts/7')
  })

  test('H3: takes the app’s word over the request’s, where the app has said it', async () => {
    const app = appWith({ defaultUrlOptions: { host: 'www.example.com', protocol: 'https' } })
    expect((await ask(app, '/', { headers: { host: 'evil.example' } })).json.url).toBe(
      'https://www.example.com/posts/7',
    )
    expect((await ask(app, '/named')).json).toBe('https://other.test:8080/posts')
    expect(app.urlTo('post', { id: 1 }, { anchor: 'x' })).toBe('https://www.example.com/posts/1#x')
    expect(app.urlTo('root')).toBe('https://www.example.com/')
  })

  test('wants a host, and one that is one', () => {
    const app = appWith()
    expect(() => app.urlTo('posts')).toThrow(/urlTo\("posts"\) does not know the host\. Give .*defaultUrlOptions/)
    for (const host of ['a b', 'a/b', 'evil.example@x', '', 'a:b', 'http://a'])
      expect(() => app.urlTo('posts', {}, { host }), host).toThrow('is no host')
    expect(() => app.urlTo('pots', {}, { host: 'a.test' })).toThrow('urlTo("pots"): there is no route of this name')
    expect(() => app.urlTo('post', {}, { host: 'a.test' })).toThrow('urlTo("post") lacks the parameter "id".')
  })
})

describe('defaultUrlOptions', () => {
  test.each([
    ['x', 'defaultUrlOptions is "x".'],
    [{ host: 'https://a.test' }, 'defaultUrlOptions.host is "https://a.test".'],
    [{ protocol: 'ftp' }, 'defaultUrlOptions.protocol is "ftp".'],
    [{ hots: 'a.test' }, 'did you mean "host"?'],
  ])('%o is refused', (defaultUrlOptions, message) => {
    expect(bootError(() => appWith({ defaultUrlOptions: defaultUrlOptions as never })).message).toContain(message)
  })
})
