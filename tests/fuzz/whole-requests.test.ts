// Whole messages of HTTP, broken in every way that chance finds, on a real socket: each is answered by well-formed HTTP that is no
// 5xx, or its connection is closed; nothing of an upload is left behind; and the server still serves.
// FUZZ_RUNS sets how many; FUZZ_SEED repeats a run.
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { Controller } from 'contrail'
import { expect, onTestFinished, test } from 'vitest'
import { boot } from '../harness/app.js'
import { temporaryFolder } from '../harness/folders.js'
import { randomFrom } from '../harness/random-values.js'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 2_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_123)
const AT_ONCE = 20

class AnyController extends Controller {
  show() {
    this.session['fuzz' as never] = (this.params['a'] ?? null) as never
    this.cookies.set('seen', String(this.request.header('user-agent') ?? '').replace(/[^\w ]/g, ''))
    this.render({ params: this.params, ip: this.request.ip ?? null })
  }
  create() {
    this.render({ params: Object.keys(this.params), host: this.request.host ?? null })
  }
}

const PART =
  '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n'
const WHOLE = [
  'GET /posts/1?a=b&c[]=d HTTP/1.1\r\nHost: a.test\r\nCookie: _x=1; y=%zz\r\nAccept: text/html;q=0.5, */*\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'HEAD /posts/1 HTTP/1.1\r\nHost: a.test\r\nRange: bytes=0-1\r\nIf-None-Match: "x"\r\nConnection: close\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a.test\r\nOrigin: https://b.test\r\nAccess-Control-Request-Method: POST\r\n\r\n',
  'POST /posts HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 13\r\n\r\n{"a":[1,{}]}\n',
  'POST /posts HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 24\r\n\r\n_method=patch&p[title]=x',
  'POST /posts HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  `POST /posts HTTP/1.1\r\nHost: a.test\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${PART.length}\r\n\r\n${PART}`,
]
const PARTS = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\0',
    ' ',
    '\t',
    ':',
    ';',
    ',',
    '=',
    '%',
    '%00',
    '%zz',
    '"',
    '\\',
    '//',
    '?',
    '#',
    '[',
    ']',
    '\u00ff',
  ],
  ...['Host: b.test\r\n', 'Content-Length: 5\r\n', 'Content-Length: -1\r\n', 'Transfer-Encoding: chunked\r\n'],
  ...[
    'Transfer-Encoding: \r\n',
    'Content-Encoding: gzip\r\n',
    'Content-Type: text/x; charset=utf-7\r\n',
    'Cookie: __proto__=x\r\n',
  ],
  ...[
    'X-Forwarded-For: 1.2.3.4\r\n',
    'X-HTTP-Method-Override: DELETE\r\n',
    'Upgrade: websocket\r\nConnection: Upgrade\r\n',
  ],
  ...[
    'GET ',
    'PATCH ',
    'TRACE ',
    'CONNECT ',
    'BREW ',
    'HTTP/1.1',
    'HTTP/2.0',
    'HTTP/0.9',
    '--b',
    '--b--',
    'filename*=',
    '0\r\n\r\n',
  ],
]

function broken(random: () => number): string {
  const below = (limit: number) => Math.floor(random() * limit)
  const part = () => PARTS[below(PARTS.length)] as string
  let text = WHOLE[below(WHOLE.length)] as string
  for (let change = below(4); change >= 0; change--) {
    const at = below(text.length + 1)
    const end = Math.min(text.length, at + below(20))
    const kinds = [
      () => text.slice(0, at) + part() + text.slice(at),
      () => text.slice(0, at) + part().repeat(1 + below(3_000)) + text.slice(end),
      () => text.slice(0, at) + String.fromCharCode((text.charCodeAt(at) || 65) ^ (1 << below(8))) + text.slice(at + 1),
      () => text.slice(0, at) + text.slice(end),
      () => text.slice(0, at),
      () => text + (WHOLE[below(WHOLE.length)] as string),
    ]
    text = (kinds[below(kinds.length)] as () => string)()
  }
  return text
}

/** Sends bytes, says that there are no more, and gives back all that comes until the server ends the connection. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes, 'latin1'))
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
    })
    // A reset is a close: the server need not read on what it has refused.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(received))
  })
}

const HEAD = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n(?:[\w-]+: [^\r\n\0]*\r\n)*\r\n/

test('broken messages are answered or refused, and nothing is left of them', async () => {
  const folder = temporaryFolder()
  const { app, log } = boot(
    (r) => {
      r.root(AnyController, 'show')
      r.get('/posts/:id', AnyController, 'show')
      r.post('/posts', AnyController, 'create')
      r.patch('/posts', AnyController, 'create')
    },
    { config: { uploads: { folder }, compress: true, etag: true, cors: { origins: ['https://b.test'] } } },
  )
  const server = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
  onTestFinished(() => app.close())
  const random = randomFrom(SEED)
  const seen = new Map<number, number>()
  for (let run = 0; run < RUNS; run += AT_ONCE) {
    const messages = Array.from({ length: AT_ONCE }, () => broken(random))
    const answers = await Promise.all(messages.map((message) => exchange(server.port, message)))
    answers.forEach((answer, index) => {
      if (answer === '') return
      const status = Number(HEAD.exec(answer)?.[1] ?? 0)
      seen.set(status, (seen.get(status) ?? 0) + 1)
      // 501: a method of a tunnel, which no server of apps has.
      if (status < 100 || (status >= 500 && status !== 501)) {
        expect.fail(
          `seed ${SEED}, from run ${run}: ${JSON.stringify(answer.slice(0, 300))} for ${JSON.stringify(messages[index]?.slice(0, 2_000))}`,
        )
      }
    })
  }
  for (const status of [100, 200, 204, 400, 404])
    expect(seen.get(status) ?? 0, `${status} of ${[...seen]}`).toBeGreaterThan(0)
  expect(await exchange(server.port, WHOLE[0] as string)).toMatch(/^HTTP\/1\.1 200 /)
  expect(log.filter(({ level }) => Number(level) >= 50)).toEqual([])
  await expect.poll(() => readdirSync(folder)).toEqual([])
})
