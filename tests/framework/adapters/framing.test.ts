// Bytes that two servers could read differently, and clients that take too long: refused, and the next client is served.
import { request as httpRequest } from 'node:http'
import { Controller, HttpResponse, serve } from 'contrail'
import { describe, expect, onTestFinished, test } from 'vitest'
import { askSocket, boot, listen } from '../../harness/app.js'
import { exchange, open } from '../../harness/sockets.js'

class EchoController extends Controller {
  show() {
    this.renderText(
      `seen: ${this.request.method} ${this.request.body === undefined ? '' : JSON.stringify(this.request.body)}.`,
    )
  }
  async slow() {
    await new Promise((resolve) => setTimeout(resolve, 60))
    this.renderText('slow.')
  }
}

const appOf = (config = {}) =>
  boot(
    (r) => {
      r.match(['get', 'post'], '/', EchoController, 'show')
      r.get('/slow', EchoController, 'slow')
    },
    { config },
  ).app

const post = (headers: string, body = '', version = '1.1') => `POST / HTTP/${version}\r\n${headers}\r\n\r\n${body}`
const CHUNKED = '0\r\n\r\n'
/** What would be a second request, if the first ended where it must not. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'

describe('H1: a request that two servers could read differently is refused, and its connection ends', () => {
  const cases: Record<string, string> = {
    'two Host headers': `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${SMUGGLED}`,
    'the same Host twice': `GET / HTTP/1.1\r\nHost: a\r\nhOST: a\r\n\r\n${SMUGGLED}`,
    'a second Host behind 3,000 headers': `GET / HTTP/1.1\r\nHost: a\r\n${'b:\r\n'.repeat(3_000)}Host: b\r\n\r\n`,
    'no Host': 'GET / HTTP/1.1\r\n\r\n',
    'an empty Transfer-Encoding': post('Host: a\r\nTransfer-Encoding:', SMUGGLED),
    'an empty Transfer-Encoding and a length': post('Host: a\r\nTransfer-Encoding:\r\nContent-Length: 5', CHUNKED),
    'Transfer-Encoding in HTTP/1.0': post('Host: a\r\nTransfer-Encoding: chunked', CHUNKED, '1.0'),
    'Transfer-Encoding: gzip, chunked': post('Host: a\r\nTransfer-Encoding: gzip, chunked', CHUNKED),
    'Transfer-Encoding: chunked, twice': post(
      'Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
      CHUNKED,
    ),
    'Transfer-Encoding: chunked, then identity': post(
      'Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity',
      CHUNKED,
    ),
    'Transfer-Encoding: xchunked': post('Host: a\r\nTransfer-Encoding: xchunked', CHUNKED),
    'Transfer-Encoding: identity': post('Host: a\r\nTransfer-Encoding: identity', SMUGGLED),
    'Transfer-Encoding behind a vertical tab': post('Host: a\r\nTransfer-Encoding:\x0bchunked', CHUNKED),
    'a space before the colon': post('Host: a\r\nTransfer-Encoding : chunked', CHUNKED),
    'a folded header': post('Host: a\r\nTransfer-Encoding:\r\n chunked', CHUNKED),
    'CL.TE': post('Host: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked', `${CHUNKED}G`),
    'TE.CL': post('Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3', '1\r\nG\r\n0\r\n\r\n'),
    'two lengths': post('Host: a\r\nContent-Length: 1\r\nContent-Length: 2', 'ab'),
    'one length twice': post('Host: a\r\nContent-Length: 1\r\nContent-Length: 1', 'a'),
    'a list of lengths': post('Host: a\r\nContent-Length: 1, 1', 'a'),
    'a length with a sign': post('Host: a\r\nContent-Length: +1', 'a'),
    'a length in hexadecimal': post('Host: a\r\nContent-Length: 0x1', 'a'),
    'a length beyond all numbers': post(`Host: a\r\nContent-Length: ${'9'.repeat(30)}`, 'a'),
    'bare line feeds': 'GET / HTTP/1.1\nHost: a\n\n',
    'a bare line feed behind a header': 'GET / HTTP/1.1\r\nHost: a\r\nX: b\n\r\n',
    'a bare carriage return in a header': 'GET / HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n',
    'a NUL in a header': 'GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n',
    'HTTP/2.0': 'GET / HTTP/2.0\r\nHost: a\r\n\r\n',
    'HTTP/0.9': 'GET / HTTP/0.9\r\nHost: a\r\n\r\n',
    'HTTP/1.2': 'GET / HTTP/1.2\r\nHost: a\r\n\r\n',
    'no version': 'GET /\r\n\r\n',
    'the first message of TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  }

  test.each(Object.entries(cases))('%s: 400', async (_, bytes) => {
    const url = await listen(appOf())
    const answer = await exchange(url, bytes)
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(answer).toMatch(/\r\nconnection: close\r\n/i)
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
    expect(answer).not.toContain('seen:')
    expect((await askSocket(url)).status).toBe(200)
  })

  const broken: Record<string, string> = {
    'a chunk’s size that is none': 'x\r\n',
    'a negative size': '-1\r\n',
    'a size beyond all numbers': 'fffffffffffffffff\r\n',
    'a chunk longer than its size': '1\r\nab\r\n0\r\n\r\n',
    'bare line feeds in chunks': '1\na\n0\n\n',
    'a space in a size': '1 \r\na\r\n0\r\n\r\n',
  }
  test.each(Object.entries(broken))('%s: 400, and no action runs', async (_, body) => {
    const url = await listen(appOf())
    const answer = await exchange(url, post('Host: a\r\nTransfer-Encoding: chunked', body))
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
    expect(answer).not.toContain('seen:')
  })

  test('chunk extensions of over 16 KB: 413', async () => {
    const url = await listen(appOf())
    const body = `1;${'a'.repeat(20_000)}\r\na\r\n0\r\n\r\n`
    expect(await exchange(url, post('Host: a\r\nTransfer-Encoding: chunked', body))).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('what is well framed is served: chunks, HTTP/1.0, 3,000 headers', async () => {
    const url = await listen(appOf())
    const json = 'Content-Type: application/json\r\nConnection: close'
    const chunked = post(
      `Host: a\r\n${json}\r\nTransfer-Encoding: Chunked`,
      '2;x=y\r\n[1\r\n1\r\n]\r\n0\r\nTrailer: x\r\n\r\n',
    )
    expect(await exchange(url, chunked)).toContain('seen: POST [1].')
    expect(await exchange(url, 'GET / HTTP/1.0\r\n\r\n')).toContain('seen: GET .')
    expect(
      await exchange(url, `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${'b:\r\n'.repeat(3_000)}\r\n`),
    ).toContain('seen: GET .')
  })

  test.each(['1.1', '1.0'])(
    'B3: a Content-Type that came twice over HTTP/%s is 415, before any middleware',
    async (version) => {
      let reached = 0
      const middleware = [
        (_request: unknown, _response: unknown, next: () => void) => {
          reached += 1
          next()
        },
      ]
      for (const url of [await listen(appOf()), await listen(appOf({ middleware }))]) {
        const types =
          'Content-Type: application/json\r\nCONTENT-TYPE: text/plain\r\nContent-Length: 2\r\nConnection: close'
        expect(await exchange(url, post(`Host: a\r\n${types}`, '{}', version))).toMatch(/^HTTP\/1\.1 415 /)
        expect(await exchange(url, post(types, '{}', '1.0'))).toMatch(/^HTTP\/1\.1 415 /)
      }
      expect(reached).toBe(0)
    },
  )

  test('the answer is a problem, as all errors are, and whoever reads the log sees it', async () => {
    const answer = await exchange(await listen(appOf()), 'GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n')
    expect(answer).toContain('content-type: application/problem+json; charset=utf-8\r\n')
    expect(JSON.parse(answer.split('\r\n\r\n')[1] as string)).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
    })
  })

  test('behind a request that is fine: that one is answered first', async () => {
    const url = await listen(appOf())
    const slow = 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n'
    expect(await exchange(url, `${slow}nonsense\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 .*slow\.HTTP\/1\.1 400 /s)
    expect(await exchange(url, `${slow}${slow}GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${slow}`)).toMatch(
      /^HTTP\/1\.1 200 .*slow\.HTTP\/1\.1 200 .*slow\.HTTP\/1\.1 400 .*$/s,
    )
  })

  test('in a body behind a slow request: nothing is answered that could be taken for that one’s answer', async () => {
    const url = await listen(appOf())
    const answer = await exchange(
      url,
      `GET /slow HTTP/1.1\r\nHost: a\r\n\r\n${post('Host: a\r\nTransfer-Encoding: chunked', 'x\r\n')}`,
    )
    expect(answer).not.toMatch(/^HTTP\/1\.1 400/)
  })

  test('a request that smuggles is one request to the app', async () => {
    const url = await listen(appOf())
    const body = `${CHUNKED}${SMUGGLED}`
    const answer = await exchange(url, post(`Host: a\r\nConnection: close\r\nContent-Length: ${body.length}`, body))
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
  })
})

describe('H3: a Host that is none is refused, with or without a list of hosts', () => {
  const bad = [
    '',
    ':80',
    'evil:x@good',
    'a,b',
    'a b',
    'a/b',
    'a?b',
    'a#b',
    '@a',
    'a:',
    'a:123456',
    '[::1',
    'a\\b',
    '-',
    'ü',
    '%61',
    'a\t',
  ]
  test.each(bad.filter((host) => host !== 'a\t'))('%j: 400', async (host) => {
    const url = await listen(appOf())
    expect(await exchange(url, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 400 /,
    )
  })

  test.each(['a', 'A.example:80', '127.0.0.1:3000', '[::1]:3000', 'a_b.test', 'example.com.'])(
    '%j is one',
    async (host) => {
      const url = await listen(appOf())
      expect(await exchange(url, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toContain('seen: GET')
    },
  )

  test('H4: nor may a trusted proxy name one; an untrusted one’s word is not read', async () => {
    const forwarded = 'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Host: evil:x@good\r\nConnection: close\r\n\r\n'
    expect(await exchange(await listen(appOf({ trustProxy: true })), forwarded)).toMatch(/^HTTP\/1\.1 400 /)
    expect(await exchange(await listen(appOf()), forwarded)).toContain('seen: GET')
  })

  test('one after the other, each is judged by itself', async () => {
    const url = await listen(appOf({ hosts: ['good.test'] }))
    const status = async (host: string) => (await askSocket(url, { headers: { host } })).status
    expect([
      await status('good.test'),
      await status('evil.test'),
      await status('good.test'),
      await status('a,b'),
    ]).toEqual([200, 403, 200, 400])
    expect([await status('evil.test'), await status('evil.test'), await status('GOOD.test:80')]).toEqual([
      403, 403, 200,
    ])
  })
})

describe('H5: too much at once is 431, and the server lives', () => {
  const many = Array.from({ length: 10_000 }, (_, n) => `X-${n}: ${n}`).join('\r\n')
  test.each([
    ['a URL of 1 MB', `GET /${'a'.repeat(1_000_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['10,000 headers', `GET / HTTP/1.1\r\nHost: a\r\n${many}\r\n\r\n`],
    ['a header of 1 MB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(1_000_000)}\r\n\r\n`],
  ])('%s', async (_, bytes) => {
    const url = await listen(appOf())
    expect(await exchange(url, bytes)).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n.*"status":431/s)
    expect((await askSocket(url)).status).toBe(200)
  })
})

describe('H6: slow clients', () => {
  const limits = { headersTimeout: 300, requestTimeout: 300 }
  async function serveShort(): Promise<string> {
    const app = appOf()
    const logger = { fatal: () => {} } as never
    const server = await serve((raw) => app.handle(raw), {
      port: 0,
      host: '127.0.0.1',
      logger,
      ...limits,
      shutdownTimeout: 0,
    })
    onTestFinished(() => server.close())
    return server.url
  }

  test('that send headers or a body byte by byte get 408, and others are served meanwhile', async () => {
    const url = await serveShort()
    const slow = await Promise.all(Array.from({ length: 200 }, () => open(url)))
    slow.forEach(({ socket }, index) => {
      socket.write(
        index % 2 === 0 ? 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ' : post('Host: a\r\nContent-Length: 1000', 'begun'),
      )
    })
    const dripping = setInterval(() => {
      for (const { socket } of slow) if (socket.writable) socket.write('a')
    }, 50)
    const all = Promise.all(slow.map(({ ended }) => ended()))
    let served = 0
    let isOver = false
    void all.then(() => {
      isOver = true
    })
    while (!isOver) {
      expect((await askSocket(url)).status).toBe(200)
      served++
    }
    clearInterval(dripping)
    expect(served).toBeGreaterThan(0)
    for (const answer of await all) expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
  })

  test('have the times that config/application.ts gives', async () => {
    const url = await listen(appOf({ headersTimeout: 1, requestTimeout: 1 }))
    const headers = exchange(url, 'GET / HTTP/1.1\r\nHost: a\r\n')
    const body = exchange(url, post('Host: a\r\nContent-Length: 10', 'a'))
    for (const answer of await Promise.all([headers, body])) expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  })
})

describe('Expect', () => {
  test('100-continue is answered before the body is sent, once', async () => {
    const { socket, until } = await open(await listen(appOf()))
    socket.write(post('Host: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue'))
    expect(await until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    socket.write('[]')
    const answer = await until('seen: POST [].')
    expect(answer.match(/100 Continue/g)).toHaveLength(1)
    expect(answer).not.toMatch(/connection: close/i)
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await until('seen: GET')
  })

  test.each([
    ['413', appOf({ bodyLimit: 10 }), '/'],
    ['404', appOf(), '/nowhere'],
  ])('100-continue for a body that nobody wants is %s at once, and the connection ends', async (status, app, path) => {
    const { socket, ended } = await open(await listen(app))
    socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n`)
    const answer = await ended()
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).toMatch(/\r\nconnection: close\r\n/i)
    // Not one more, when the body did not come in time.
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  })

  test('of anything else is 417', async () => {
    const url = await listen(appOf())
    const answer = await exchange(url, 'GET / HTTP/1.1\r\nHost: a\r\nExpect: a-pony\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 417 /)
    expect(answer).not.toContain('seen:')
  })
})

test('an upgrade that nobody offers is an ordinary request, h2c too', async () => {
  const url = await listen(appOf())
  for (const upgrade of ['websocket', 'h2c']) {
    const bytes = `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: ${upgrade}\r\n\r\n`
    expect(await exchange(url, bytes)).toMatch(/^HTTP\/1\.1 200 .*seen: GET/s)
  }
})

test('a client that sends half a request and leaves is no error', async () => {
  const fatal: unknown[] = []
  const server = await serve(() => new HttpResponse(), {
    port: 0,
    host: '127.0.0.1',
    logger: { fatal: (details: unknown) => void fatal.push(details) } as never,
  })
  onTestFinished(() => server.close())
  for (let n = 0; n < 20; n++) {
    const request = httpRequest(server.url, { method: 'POST', headers: { 'content-length': 100 }, agent: false })
    request.on('error', () => undefined)
    request.write('half')
    await new Promise((resolve) => setTimeout(resolve, 2))
    request.destroy()
  }
  expect((await askSocket(server.url)).status).toBe(200)
  expect(fatal).toEqual([])
})
