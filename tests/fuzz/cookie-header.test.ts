// Cookie headers that nobody meant to send: real ones, broken in every way that chance finds, given to every store that
// reads its session from the cookie, and to the jar. None may end in a 5xx, a throw, or somebody's session.
// FUZZ_RUNS sets how many; npm run fuzz makes 200,000. FUZZ_SEED repeats a run.
import {
  type Application,
  Controller,
  CookieStore,
  MemoryStore,
  RackCookieStore,
  RailsCookieStore,
  type SessionStoreClass,
} from 'contrail'
import { expect, test } from 'vitest'
import { ask, boot } from '../harness/app.js'
import { randomFrom } from '../harness/random-values.js'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 4_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_122)
const KEY = '_fuzz_session'
const STORES = [CookieStore, MemoryStore, RailsCookieStore, RackCookieStore] as SessionStoreClass<object>[]

class FuzzController extends Controller {
  write() {
    Object.assign(this.session, { who: 'ada' })
    this.flash.set('notice', 'Hi')
    this.cookies.signed.set('signed', { id: 1 })
    this.cookies.encrypted.set('encrypted', [1, 2])
    this.cookies.set('plain', 'a b;c')
    this.head(204)
  }
  read() {
    const { who } = this.session as { who?: unknown }
    const { cookies } = this
    const opened = [cookies.signed.get('signed'), cookies.encrypted.get('encrypted'), this.flash.get('notice')]
    this.render({ who: who ?? null, opened, plain: cookies.get('plain') ?? null })
  }
}

function appWith(sessionStore: SessionStoreClass<object>): Application {
  const draw = (r: Parameters<Parameters<typeof boot>[0]>[0]) => {
    r.get('/write', FuzzController, 'write')
    r.get('/read', FuzzController, 'read')
  }
  return boot(draw, { config: { sessionStore, sessionOptions: { key: KEY }, logLevel: 'silent' } }).app
}

const SEPARATORS = [
  ';',
  '=',
  ',',
  '"',
  '%',
  '%zz',
  '%00',
  '\t',
  ' ',
  '--',
  '.',
  '__proto__=',
  'constructor=1;',
  '$Path=/;',
]

/** One header, broken in one to four places: bits flipped, parts cut, doubled, swapped, and what parsers trip over put in. */
function broken(header: string, random: () => number): string {
  const below = (limit: number) => Math.floor(random() * limit)
  let text = header
  for (let change = below(4); change >= 0; change--) {
    const at = below(text.length + 1)
    const end = Math.min(text.length, at + below(40))
    const kinds = [
      () => text.slice(0, at) + String.fromCharCode((text.charCodeAt(at) || 65) ^ (1 << below(7))) + text.slice(at + 1),
      () => text.slice(0, at) + text.slice(end),
      () => text.slice(0, end) + text.slice(at),
      () => text.slice(at) + text.slice(0, at),
      () => text.slice(0, at) + (SEPARATORS[below(SEPARATORS.length)] as string) + text.slice(at),
      () => text.slice(0, at) + String.fromCharCode(below(256)).repeat(1 + below(300)) + text.slice(at),
      () => `${text}; ${text}`.slice(0, 8_000),
    ]
    text = (kinds[below(kinds.length)] as () => string)()
  }
  return text
}

test.each(STORES.map((store) => [store.name, store] as const))(
  '%s: broken Cookie headers are answered 200',
  async (_, store) => {
    const app = appWith(store)
    const written = await ask(app, '/write')
    const whole = written.setCookies.map((cookie) => cookie.split(';')[0]).join('; ')
    expect((await ask(app, '/read', { headers: { cookie: whole } })).json).toEqual({
      who: 'ada',
      opened: [{ id: 1 }, [1, 2], 'Hi'],
      plain: 'a b;c',
    })
    const random = randomFrom(SEED)
    const runs = Math.ceil(RUNS / STORES.length)
    for (let run = 0; run < runs; run++) {
      const cookie = broken(whole, random)
      const response = await app.handle({ method: 'GET', url: '/read', headers: { host: 'example.test', cookie } })
      const shown = () => `run ${run} of seed ${SEED}: ${JSON.stringify(cookie)}`
      if (response.status !== 200) expect.fail(`${response.status} for ${shown()}`)
      const { who, opened } = JSON.parse(String(response.body))
      // What is there at all is what was written: nothing is half read, and nothing else is let in.
      if (who !== null && who !== 'ada') expect.fail(`a session of nobody's for ${shown()}`)
      for (const value of opened as unknown[]) {
        if (![null, '{"id":1}', '[1,2]', '"Hi"'].includes(value === null ? null : JSON.stringify(value))) {
          expect.fail(`${JSON.stringify(value)} for ${shown()}`)
        }
      }
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  },
)
