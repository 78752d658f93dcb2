// C10 and F1 where a guard stands in front of a mounted handler: what its session or its cookies had a part in is for one
// person, whatever the handler says; what it answers is an answer like an action's; what it could never pass is refused at boot.
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Controller, type FetchApp, type NodeHandler, type RouteMapper } from 'contrail'
import { describe, expect, test } from 'vitest'
import { askSocket, boot, bootError, listen } from '../../harness/app.js'

class Guard extends Controller {
  static {
    this.beforeAction((c) => c.note())
  }
  note(): void {
    const session = this.session as Record<string, unknown>
    const touch = this.params['touch']
    if (touch === 'write') session['seen'] = 1
    else if (touch === 'read') void session['seen']
  }
}

class CookieGuard extends Controller {
  static {
    this.beforeAction((c) => c.cookies.set('theme', 'dark'))
  }
}

class OpenGuard extends Controller {}

const PUBLIC = 'public, max-age=600, s-maxage=700'
const SAID = { 'Cache-Control': PUBLIC, 'CDN-Cache-Control': 'max-age=9' }

const nodeHandlers: [how: string, handler: NodeHandler][] = [
  [
    'setHeader and end',
    (_, response) => {
      for (const [name, value] of Object.entries(SAID)) response.setHeader(name, value)
      response.end('x')
    },
  ],
  ['writeHead with an object', (_, response) => response.writeHead(200, SAID).end('x')],
  ['writeHead with a message', (_, response) => response.writeHead(200, 'Fine', SAID).end('x')],
  ['writeHead with a list', (_, response) => response.writeHead(200, Object.entries(SAID).flat()).end('x')],
  [
    'flushHeaders',
    (_, response) => {
      for (const [name, value] of Object.entries(SAID)) response.setHeader(name, value)
      response.flushHeaders()
      response.end('x')
    },
  ],
]
const fetchHandler: FetchApp = { fetch: () => new Response('x', { headers: SAID }) }

async function headersOf(handler: NodeHandler | FetchApp, guard: typeof Controller | undefined, query = '') {
  const { app } = boot((r) => r.mount('/there', handler as NodeHandler, guard === undefined ? {} : { guard }))
  const url = await listen(app)
  const { status, headers, setCookies, text } = await askSocket(`${url}/there${query}`)
  expect([status, text]).toEqual([200, 'x'])
  return { control: headers['cache-control'], cdn: headers['cdn-cache-control'], cookies: setCookies.length }
}

describe.each<[string, NodeHandler | FetchApp]>([...nodeHandlers, ['a Response', fetchHandler]])(
  'C10: a mounted handler that says public, by %s',
  (_how, handler) => {
    test('is made private where its guard sets a cookie', async () => {
      const made = { control: 'private, max-age=600, private', cdn: 'no-store', cookies: 1 }
      expect(await headersOf(handler, Guard, '?touch=write')).toEqual(made)
      expect(await headersOf(handler, CookieGuard)).toEqual(made)
    })

    test('is made private where its guard reads the session', async () => {
      const made = { control: 'private, max-age=600, private', cdn: 'no-store', cookies: 0 }
      expect(await headersOf(handler, Guard, '?touch=read')).toEqual(made)
    })

    test('is left as it is without a guard, or behind one that touches nothing', async () => {
      const said = { control: PUBLIC, cdn: 'max-age=9', cookies: 0 }
      expect(await headersOf(handler, undefined)).toEqual(said)
      expect(await headersOf(handler, OpenGuard)).toEqual(said)
    })
  },
)

test("a guard's cookies are sent beside the handler's, however that sets its own", async () => {
  for (const set of [
    (response: ServerResponse) => response.setHeader('set-cookie', 'theirs=1'),
    (response: ServerResponse) => response.appendHeader('set-cookie', 'theirs=1'),
    (response: ServerResponse) => response.writeHead(200, { 'Set-Cookie': ['theirs=1'] }),
    (response: ServerResponse) => response.writeHead(200, ['Set-Cookie', 'theirs=1']),
  ]) {
    const handler: NodeHandler = (_, response) => {
      set(response)
      response.end('x')
    }
    const { app } = boot((r) => r.mount('/there', handler, { guard: Guard }))
    const { setCookies } = await askSocket(`${await listen(app)}/there?touch=write`)
    expect(setCookies.map((cookie) => cookie.split('=')[0])).toEqual(['_test_app_session', 'theirs'])
  }
})

test('C10: what middleware says to shared caches does not hold for an answer that a session had a part in', async () => {
  class Pages extends Controller {
    read() {
      this.renderText(String((this.session as Record<string, unknown>)['seen']))
    }
    plain() {
      this.renderText('x')
    }
  }
  const draw = (r: RouteMapper) => {
    r.get('/read', Pages, 'read')
    r.get('/plain', Pages, 'plain')
  }
  const { app } = boot(draw, {
    config: {
      middleware: [
        (_, response, next) => {
          for (const [name, value] of Object.entries(SAID)) response.setHeader(name, value)
          next()
        },
      ],
    },
  })
  const url = await listen(app)
  const said = async (path: string) => {
    const { headers } = await askSocket(url + path)
    return [headers['cache-control'], headers['cdn-cache-control']]
  }
  expect(await said('/read')).toEqual(['private', 'no-store'])
  expect(await said('/plain')).toEqual([PUBLIC, 'max-age=9'])
})

describe("a guard's own answer", () => {
  class FileGuard extends Controller {
    static {
      this.beforeAction((c) => c.show())
    }
    async show(): Promise<void> {
      ;(this.session as Record<string, unknown>)['asked'] = true
      await this.sendFile('package.json', { disposition: 'inline' })
    }
  }

  class FailingGuard extends Controller {
    static {
      this.beforeAction((c) => c.show())
    }
    show(): void {
      ;(this.session as Record<string, unknown>)['asked'] = true
      this.stream(
        (async function* () {
          yield* []
          throw new Error('at once')
        })(),
      )
    }
  }

  const never: NodeHandler = () => {
    throw new Error('the handler was reached')
  }

  test('is streamed and compressed as an action is, with its session', async () => {
    const { app } = boot((r) => r.mount('/there', never, { guard: FileGuard }), {
      root: join(import.meta.dirname, '../../..'),
      config: { compress: true },
    })
    const url = await listen(app)
    const plain = await askSocket(`${url}/there`)
    expect([plain.status, plain.setCookies.length]).toEqual([200, 1])
    expect(plain.text).toContain('"workspaces"')
    const { headers } = await askSocket(`${url}/there`, { headers: { 'accept-encoding': 'gzip' } })
    expect([headers['content-encoding'], headers['cache-control']]).toEqual(['gzip', 'private, no-store'])
  })

  test('R5: that fails before its first byte is a 500 without a cookie', async () => {
    const { app } = boot((r) => r.mount('/there', never, { guard: FailingGuard }))
    const { status, setCookies } = await askSocket(`${await listen(app)}/there`)
    expect([status, setCookies]).toEqual([500, []])
  })
})

test('F1: a guard that asks for tokens and has no session could let no change through, and is refused at boot', () => {
  class Blind extends Controller {
    static {
      this.protectFromForgery()
      this.disableSession()
    }
  }
  const error = bootError(() => boot((r) => r.mount('/there', fetchHandler, { guard: Blind })))
  expect(error.message).toContain('Blind#mount')
  class Mended extends Blind {
    static {
      this.skipForgeryProtection()
    }
  }
  boot((r) => r.mount('/there', fetchHandler, { guard: Mended }))
})
