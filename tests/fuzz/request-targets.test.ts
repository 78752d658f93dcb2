// Request targets that nobody meant to send: paths of an app with every kind of route, broken in every way that chance finds.
// None may end in a 5xx or a throw, none may lead to another site, and what an action is given is what was sent.
// FUZZ_RUNS sets how many; npm run fuzz makes 200,000. FUZZ_SEED repeats a run.
import { type Application, Controller } from 'contrail'
import { expect, test } from 'vitest'
import { boot } from '../harness/app.js'
import { randomFrom } from '../harness/random-values.js'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 4_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_123)

class FuzzController extends Controller {
  fixed() {
    this.render({ route: 'fixed' })
  }
  show() {
    this.render({ route: 'show', params: this.params })
  }
  glob() {
    this.render({ route: 'glob', params: this.params })
  }
  dated() {
    this.render({ route: 'dated', params: this.params })
  }
}

function app(): Application {
  return boot(
    (r) => {
      r.root(FuzzController, 'fixed')
      r.get('/about', FuzzController, 'fixed')
      r.get('/posts/:id', FuzzController, 'show', { format: ['json', 'csv'] })
      r.get('/posts/:id', FuzzController, 'show', { constraints: { id: /\d+/, host: 'api.test' } })
      r.get('/posts/:postId/comments/:id', FuzzController, 'show', { constraints: { id: /[a-z]+(-[a-z]+)*/i } })
      r.get('/archive(/:year(/:month))', FuzzController, 'dated', { constraints: { year: /\d{4}/ }, format: true })
      r.scope('(/:locale)', { constraints: { locale: /en|de/ } }, (r) => r.get('help', FuzzController, 'dated'))
      r.get('/files/*path', FuzzController, 'glob', { format: ['zip'] })
      r.get('/straße/:id', FuzzController, 'show')
      r.get('/odd', FuzzController, 'fixed', { constraints: (request) => request.header('x-odd') !== undefined })
      r.redirect('/old/:id', '/posts/:id')
      r.redirect('/moved/*path', '/*path')
    },
    { config: { logLevel: 'silent' } },
  ).app
}

const WHOLE = [
  '/',
  '/about',
  '/posts/12.json?a=b',
  '/posts/7/comments/nice-one',
  '/archive/2026/11.pdf',
  '/de/help/',
  '/files/a/b%20c/d.zip',
  '/stra%C3%9Fe/%E2%82%AC',
  '/odd',
  '/old/a%2Fb',
  '/moved/x/y/z',
  '/moved//evil.test',
]
const PARTS = [
  ...['/', '//', '/.', '/..', '/./', '\\', '%', '%00', '%0a', '%0D%0A', '%2F', '%2f%2f', '%5c', '%2e%2e', '%25', '%zz'],
  ...[
    '%c0%af',
    '%ed%a0%80',
    '%ff',
    '%C3',
    '?',
    '#',
    ';',
    ':',
    '*',
    '(',
    ')',
    '.json',
    '.',
    ' ',
    '\t',
    '\0',
    'é',
    '\ud800',
  ],
  ...[
    '//evil.test',
    'http://evil.test/',
    '@evil.test',
    '__proto__',
    'constructor',
    ':id',
    '*path',
    '=',
    '&',
    '[',
    ']',
    '^',
  ],
]

/** One target, broken in one to four places. */
function broken(random: () => number): string {
  const below = (limit: number) => Math.floor(random() * limit)
  let text = WHOLE[below(WHOLE.length)] as string
  for (let change = below(4); change >= 0; change--) {
    const at = below(text.length + 1)
    const end = Math.min(text.length, at + below(12))
    const kinds = [
      () => text.slice(0, at) + (PARTS[below(PARTS.length)] as string) + text.slice(at),
      () => text.slice(0, at) + (PARTS[below(PARTS.length)] as string).repeat(1 + below(40)) + text.slice(end),
      () => text.slice(0, at) + String.fromCharCode((text.charCodeAt(at) || 65) ^ (1 << below(7))) + text.slice(at + 1),
      () => text.slice(0, at) + text.slice(end),
      () => text.slice(0, end) + text.slice(at),
      () => (WHOLE[below(WHOLE.length)] as string) + text,
      () => text.slice(0, at) + String.fromCharCode(below(0x3000)) + text.slice(at),
    ]
    text = (kinds[below(kinds.length)] as () => string)()
  }
  return text.slice(0, 16_000)
}

test('broken request targets are answered, and with what they say', async () => {
  const fuzzed = app()
  const random = randomFrom(SEED)
  const seen = new Map<number, number>()
  for (let run = 0; run < RUNS; run++) {
    const url = broken(random)
    const method = ['GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE'][Math.floor(random() * 20)] ?? 'GET'
    const host = random() < 0.2 ? 'api.test' : 'www.test'
    const shown = () => `run ${run} of seed ${SEED}: ${method} ${host} ${JSON.stringify(url)}`
    const response = await fuzzed.handle({ method, url, headers: { host } })
    seen.set(response.status, (seen.get(response.status) ?? 0) + 1)
    if (![200, 204, 301, 400, 404, 405].includes(response.status)) expect.fail(`${response.status} for ${shown()}`)
    const location = response.headers.get('location')
    if (location !== undefined) {
      const to = new URL(location, 'http://www.test')
      if (to.host !== 'www.test' || !/^[\x21-\x7e]+$/.test(location)) expect.fail(`${location} for ${shown()}`)
    }
    if (response.status === 200 && method === 'GET') {
      const { route, params = {} } = JSON.parse(String(response.body)) as {
        route: string
        params?: Record<string, string>
      }
      const path = decodeURIComponent(url.split('?')[0] as string)
      for (const name of ['id', 'postId', 'path', 'year', 'month', 'locale', 'format']) {
        const value = params[name]
        // What is in the query is not what was in the path.
        if (value === undefined || url.includes('?')) continue
        if (value === '' || !path.includes(value)) expect.fail(`${route} was given ${name}=${value} for ${shown()}`)
      }
    }
  }
  // Chance reaches every kind of answer: a fuzz that only ever gets 404s proves nothing.
  for (const status of [200, 301, 400, 404, 405]) expect(seen.get(status) ?? 0, `${status}`).toBeGreaterThan(RUNS / 400)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})
