// Constraints: which of several routes with one path answers, and what is answered when none of them does.
import { BootError, type Constraints, Controller, defineRoutes, type HttpRequest, type RouteMapper } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot, bootError } from '../../harness/app.js'

class EchoController extends Controller {
  index() {
    this.render({ action: 'index', params: this.params })
  }
  show() {
    this.render({ action: 'show', params: this.params })
  }
  create() {
    this.render({ action: 'create', params: this.params })
  }
  other() {
    this.render({ action: 'other', params: this.params })
  }
}

const refusal = (draw: (r: RouteMapper) => void) => bootError(() => defineRoutes(draw)).message
const refusedConstraint = (constraints: unknown) =>
  refusal((r) => r.get('/posts/:id', EchoController, 'show', { constraints: constraints as Constraints }))

describe('a parameter’s constraint', () => {
  const { app } = boot((r) => {
    r.get('/posts/:id', EchoController, 'show', { constraints: { id: /\d+/ } })
    r.get('/posts/:slug', EchoController, 'other', { constraints: { slug: /[a-z]+(-[a-z]+)*/ } })
    r.delete('/posts/:id', EchoController, 'create')
    r.get('/either/:word', EchoController, 'show', { constraints: { word: /en|de/ } })
    r.get('/case/:word', EchoController, 'show', { constraints: { word: /^[a-z](x)?(y)?[\])]$/i } })
    r.get('/files/*path', EchoController, 'show', { constraints: { path: /[\w/]+\.pdf/ } })
    r.get('/:year/:month', EchoController, 'show', { constraints: { year: /\d{4}/, month: /\d\d/ } })
    r.get('/:user/posts', EchoController, 'other')
    r.get('/all/*rest', EchoController, 'other')
    r.get('/all/:id', EchoController, 'show', { constraints: { id: /\d+/ } })
  })

  test.each([
    ['/posts/12', 'show', { id: '12' }],
    ['/posts/12/', 'show', { id: '12' }],
    ['/posts/%31%32', 'show', { id: '12' }],
    ['/posts/a-b', 'other', { slug: 'a-b' }],
    ['/either/de', 'show', { word: 'de' }],
    ['/case/Q)', 'show', { word: 'Q)' }],
    ['/files/a/b.pdf', 'show', { path: 'a/b.pdf' }],
    ['/files/a%2Fb.pdf', 'show', { path: 'a/b.pdf' }],
    ['/2026/11', 'show', { year: '2026', month: '11' }],
    ['/2026/posts', 'other', { user: '2026' }],
    ['/all/12', 'show', { id: '12' }],
    ['/all/x', 'other', { rest: 'x' }],
    ['/all/x/12', 'other', { rest: 'x/12' }],
  ])('%s is answered by %s', async (path, action, params) => {
    expect((await ask(app, path)).json).toEqual({ action, params })
  })

  test.each([
    '/posts/12a',
    '/posts/12%0A',
    '/posts/%0A12',
    '/posts/A',
    '/posts/a-',
    '/either/xde',
    '/either/enx',
    '/either/en%0Ax',
    '/files/a.png',
    '/files/',
    '/2026/1',
    '/20261/11',
  ])('%s: the whole value must match, and for GET it does not', async (path) => {
    expect((await ask(app, path)).status).toBe(path.startsWith('/posts/') ? 405 : 404)
  })

  test('a 405 lists what this value allows, and OPTIONS likewise', async () => {
    expect((await ask(app, '/posts/12', { method: 'PUT' })).headers['allow']).toBe('DELETE, GET, HEAD, OPTIONS')
    expect((await ask(app, '/posts/12!', { method: 'PUT' })).headers['allow']).toBe('DELETE, OPTIONS')
    expect((await ask(app, '/posts/12!', { method: 'OPTIONS' })).headers['allow']).toBe('DELETE, OPTIONS')
    expect((await ask(app, '/either/fr', { method: 'PUT' })).status).toBe(404)
  })

  test('routes without one on the same path come last, whatever the order', async () => {
    for (const order of [0, 1]) {
      const draws = [
        (r: RouteMapper) => r.get('/x/:id', EchoController, 'show', { constraints: { id: /\d+/ } }),
        (r: RouteMapper) => r.get('/x/:name', EchoController, 'other'),
      ]
      const { app: two } = boot((r) => {
        draws[order]?.(r)
        draws[1 - order]?.(r)
      })
      expect((await ask(two, '/x/1')).json).toEqual({ action: 'show', params: { id: '1' } })
      expect((await ask(two, '/x/a')).json).toEqual({ action: 'other', params: { name: 'a' } })
    }
  })

  test('of two that both match, the one drawn first answers', async () => {
    const { app: two } = boot((r) => {
      r.get('/x/:id', EchoController, 'show', { constraints: { id: /\d+/ } })
      r.get('/x/:id', EchoController, 'other', { constraints: { id: /1\d*/ } })
    })
    expect((await ask(two, '/x/1')).json.action).toBe('show')
  })

  test('forty of them on one path are no problem', async () => {
    const { app: many } = boot((r) => {
      for (let n = 0; n < 40; n++) r.get('/x/:id', EchoController, 'show', { constraints: { id: new RegExp(`${n}`) } })
    })
    expect((await ask(many, '/x/39')).json.params).toEqual({ id: '39' })
    expect((await ask(many, '/x/40')).status).toBe(404)
  })
})

describe('a host constraint', () => {
  const { app } = boot(
    (r) => {
      r.constraints({ host: 'API.example.com' }, (r) => {
        r.get('/', EchoController, 'index')
        r.post('/things', EchoController, 'create')
      })
      r.constraints({ host: '.example.org' }, (r) => r.get('/', EchoController, 'other'))
      r.constraints({ host: /[a-z]+\.shop\.test/ }, (r) => r.get('/', EchoController, 'create'))
      r.get('/', EchoController, 'show')
      r.get('/things', EchoController, 'index')
    },
    { config: { trustProxy: 'loopback' } },
  )
  const actionAt = async (host: string) => (await ask(app, '/', { headers: { host } })).json.action

  test.each([
    ['api.example.com', 'index'],
    ['API.Example.com:8080', 'index'],
    ['www.example.com', 'show'],
    ['api.example.com.evil.test', 'show'],
    ['example.org', 'other'],
    ['a.b.example.org', 'other'],
    ['badexample.org', 'show'],
    ['acme.shop.test', 'create'],
    ['x.acme.shop.test', 'show'],
    ['acme.shop.test.evil', 'show'],
  ])('%s is answered by %s', async (host, action) => {
    expect(await actionAt(host)).toBe(action)
  })

  test('a 405 lists what this host allows', async () => {
    const allow = async (host: string) =>
      (await ask(app, '/things', { method: 'PUT', headers: { host } })).headers['allow']
    expect(await allow('api.example.com')).toBe('GET, HEAD, OPTIONS, POST')
    expect(await allow('www.example.com')).toBe('GET, HEAD, OPTIONS')
  })

  test('is the host a trusted proxy was asked for, and no other’s word counts', async () => {
    const headers = { host: 'internal', 'x-forwarded-host': 'api.example.com' }
    expect((await ask(app, '/', { headers })).json.action).toBe('index')
    expect((await ask(app, '/', { headers, remoteAddress: '203.0.113.1' })).json.action).toBe('show')
  })

  test('H3: a malformed Host is a 400, none is no match', async () => {
    expect((await ask(app, '/', { headers: { host: 'a b' } })).status).toBe(400)
    const none = await app.handle({ method: 'GET', url: '/', headers: {} })
    expect(JSON.parse(String(none.body)).action).toBe('show')
  })
})

describe('a function of the request', () => {
  const isMobile = (request: HttpRequest) => request.header('user-agent')?.includes('Mobile') === true
  const isInner = (request: HttpRequest) => request.ip === '127.0.0.1'
  const { app } = boot((r) => {
    r.get('/', EchoController, 'index', { constraints: isMobile })
    r.get('/', EchoController, 'show')
    r.constraints(isInner, (r) => {
      r.get('/status', EchoController, 'show', { constraints: { request: isMobile } })
    })
  })

  test('decides', async () => {
    expect((await ask(app, '/', { headers: { 'user-agent': 'Mobile Safari' } })).json.action).toBe('index')
    expect((await ask(app, '/')).json.action).toBe('show')
  })

  test('inside another’s scope both must agree', async () => {
    const headers = { 'user-agent': 'Mobile' }
    expect((await ask(app, '/status', { headers })).status).toBe(200)
    expect((await ask(app, '/status')).status).toBe(404)
    expect((await ask(app, '/status', { headers, remoteAddress: '203.0.113.1' })).status).toBe(404)
  })

  test('that returns a promise would always say yes: it is an error that names the route', async () => {
    const { app: wrong, log } = boot((r) => {
      r.get('/x', EchoController, 'index', { constraints: (async () => false) as never })
    })
    expect((await ask(wrong, '/x')).status).toBe(500)
    expect(JSON.stringify(log)).toContain('A constraint of the route GET /x returned a promise')
  })
})

describe('constraints around routes', () => {
  test('on a resource hold for its members, and under the nested name inside', async () => {
    const { app } = boot((r) => {
      r.resources('posts', EchoController, { only: ['index', 'show'], constraints: { id: /\d+/ } }, (r) => {
        r.resources('comments', EchoController, { only: ['show'] })
        r.member((r) => r.get('up', EchoController, 'other'))
      })
    })
    for (const path of ['/posts', '/posts/1', '/posts/1/comments/x', '/posts/1/up'])
      expect((await ask(app, path)).status, path).toBe(200)
    for (const path of ['/posts/a', '/posts/a/comments/x', '/posts/a/up'])
      expect((await ask(app, path)).status, path).toBe(404)
  })

  test('of one name the inner takes the place of the outer', async () => {
    const { app } = boot((r) => {
      r.scope('/:locale', { constraints: { locale: /en|de/, id: /\d+/, host: 'a.test' } }, (r) => {
        r.get('posts/:id', EchoController, 'show')
        r.get('words/:id', EchoController, 'show', { constraints: { id: /[a-z]+/, host: 'b.test' } })
      })
    })
    const status = async (path: string, host: string) => (await ask(app, path, { headers: { host } })).status
    expect(await status('/en/posts/1', 'a.test')).toBe(200)
    expect(await status('/fr/posts/1', 'a.test')).toBe(404)
    expect(await status('/en/posts/x', 'a.test')).toBe(404)
    expect(await status('/en/words/x', 'b.test')).toBe(200)
    expect(await status('/en/words/x', 'a.test')).toBe(404)
    expect(await status('/en/words/1', 'b.test')).toBe(404)
  })

  test('hold for optional parts too', async () => {
    const { app } = boot((r) => {
      r.get('/posts(/:year(/:month))', EchoController, 'index', { constraints: { year: /\d{4}/, month: /\d\d?/ } })
      r.get('/posts/:slug', EchoController, 'show')
    })
    expect((await ask(app, '/posts')).json).toEqual({ action: 'index', params: {} })
    expect((await ask(app, '/posts/2026')).json.params).toEqual({ year: '2026' })
    expect((await ask(app, '/posts/2026/1')).json.params).toEqual({ year: '2026', month: '1' })
    expect((await ask(app, '/posts/hello')).json).toEqual({ action: 'show', params: { slug: 'hello' } })
    expect((await ask(app, '/posts/2026/x')).status).toBe(404)
  })
})

describe('duplicates', () => {
  test('take constraints into account', () => {
    const same = (one: Constraints, other: Constraints) =>
      refusal((r) => {
        r.get('/x/:id', EchoController, 'show', { constraints: one })
        r.get('/x/:slug', EchoController, 'other', { constraints: other })
      })
    const isFirst = () => true
    expect(same({ id: /\d+/ }, { slug: /\d+/ })).toContain('Duplicate route: GET /x/:slug')
    expect(same({ host: 'a.test' }, { host: 'A.test' })).toContain('Duplicate route')
    expect(same(isFirst, { request: isFirst })).toContain('Duplicate route')
  })

  test('are none where they differ', () => {
    const { routes } = defineRoutes((r) => {
      r.get('/x/:id', EchoController, 'show', { constraints: { id: /\d+/ } })
      r.get('/x/:id', EchoController, 'show', { constraints: { id: /\d+/i } })
      r.get('/x/:id', EchoController, 'show', { constraints: { host: 'a.test' } })
      r.get('/x/:id', EchoController, 'show', { constraints: { host: /a.test/ } })
      r.get('/x/:id', EchoController, 'show', { constraints: () => true })
      r.get('/x/:id', EchoController, 'show', { constraints: () => true })
      r.get('/x/:id', EchoController, 'show')
    })
    expect(routes).toHaveLength(7)
  })

  test('are found between a route and another’s shorter form', () => {
    const message = refusal((r) => {
      r.get('/posts(/:year)', EchoController, 'index', { constraints: { year: /\d+/ } })
      r.get('/posts', EchoController, 'show')
    })
    expect(message).toContain('matches what GET /posts(/:year)')
  })
})

describe('a mistake is refused at boot', () => {
  test.each([
    [{ id: 'x' }, /The constraint id of the route \/posts\/:id is "x"\.\n {2}Fix: give a regular expression/],
    [{ id: () => true }, /is a function/],
    [{ host: 7 }, /The constraint host .* is 7\.\n {2}Fix: give a name without scheme or port/],
    [{ host: 'https://a.test' }, /host .* is "https:/],
    [{ host: 'a.test:80' }, /host .* is "a.test:80"/],
    [{ request: /x/ }, /The constraint request .* is \/x\/.*\n {2}Fix: give a function/],
    [/\d+/, /The constraint constraints of .* is .*\n {2}Fix: write \{ id:/],
    ['x', /is "x"/],
    [{ idd: /\d+/ }, /is for a parameter that no route there has\.\n {2}Fix: did you mean "id"\?/],
    [{ id: /\d+/m }, /has the flags "m"/],
    [{ id: /\d+/g }, /has the flags "g"/],
    [{ id: /\d+/y }, /has the flags "y"/],
  ])('%o', (constraints, message) => {
    expect(refusedConstraint(constraints)).toMatch(message)
  })

  test('in a scope and in a resource too, where no route has the parameter', () => {
    expect(refusal((r) => r.constraints({ slg: /\w+/ }, (r) => r.get('/:slug', EchoController, 'show')))).toContain(
      'did you mean "slug"?',
    )
    expect(
      refusal((r) => r.resources('posts', EchoController, { only: ['show'], constraints: { postId: /\d+/ } })),
    ).toContain('The constraint postId')
    expect(
      defineRoutes((r) =>
        r.resources('posts', EchoController, { only: [], constraints: { id: /\d+/ } }, (r) =>
          r.get('x', EchoController, 'show'),
        ),
      ).routes,
    ).toHaveLength(1)
  })
})

describe('R9: a constraint that could take long', () => {
  test.each([
    /(a+)+/,
    /(\w+\s?)*/,
    /(a|a)*/,
    /(a|aa)+/,
    /(\w|\d)+/,
    /\d+\d+/,
    /.*.*/,
    /(.*)@(.*)/,
    /([a-z]{1,20}){1,20}/,
    /[a-z]+[0-9]*[a-z]*/,
    /(?:a?){30}a{30}/,
    /(x+x+)+y/,
    /^(([a-z])+.)+[A-Z]([a-z])+$/,
  ])('%s is refused, as a parameter’s and as a host’s', (pattern) => {
    expect(refusedConstraint({ id: pattern })).toContain('would stop the server')
    expect(refusedConstraint({ host: pattern })).toContain('would stop the server')
  })

  test.each([
    [/\d+/, '1'],
    [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i, 'a'],
    [/[a-z0-9]+(-[a-z0-9]+)*/, 'a'],
    [/[A-Z]\d{5}/, '1'],
    [/\d{4}-\d\d-\d\d/, '1'],
    [/en|de|fr/, 'e'],
    [/[^/]+\.pdf/, 'a'],
    [/(?!new)\w+/, 'n'],
    [/[\w.-]+/, 'a.'],
    [/\p{L}+/u, 'ü'],
    [/.+/s, '\n'],
    [/\w+(\.\w+)*/, 'a.'],
  ])('%s is taken, and 16 KB of what nearly matches is answered at once', async (pattern, part) => {
    const { app } = boot((r) => r.get('/x/:id', EchoController, 'show', { constraints: { id: pattern } }))
    const value = encodeURIComponent(`${part.repeat(16_000 / part.length)}!`)
    await ask(app, '/x/warm')
    const begun = performance.now()
    await ask(app, `/x/${value}`)
    expect(performance.now() - begun).toBeLessThan(2_000)
  })

  test('a BootError says how to write it', () => {
    expect(() => defineRoutes((r) => r.get('/:id', EchoController, 'show', { constraints: { id: /(a+)+/ } }))).toThrow(
      BootError,
    )
    expect(refusedConstraint({ id: /(a+)+/ })).toContain('let each character be matched by one part only')
  })
})
