// Answers that Contrail writes past node:http's own head, beside the same app's answers as node:http writes them: the same bytes.
import { createServer, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { Controller } from 'contrail'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { sendWhole } from '../../../packages/framework/dist/adapters/whole-answer.js'
import { boot, listen } from '../../harness/app.js'
import { open } from '../../harness/sockets.js'

const PAGE = 'grün 記事 🙂'
const LARGE = 'x'.repeat(300_000)

class AnswersController extends Controller {
  json() {
    this.render({ message: 'Hello' })
  }
  text() {
    this.renderText(PAGE)
  }
  latin() {
    this.response.headers.set('x-name', 'Zoë')
    this.renderText('é')
  }
  data() {
    this.sendData(new Uint8Array([0, 128, 255, 13, 10]))
  }
  nothing() {
    this.renderText('')
  }
  noContent() {
    this.head(204)
  }
  withCookies() {
    this.cookies.set('one', '1')
    this.cookies.set('two', '2')
    this.session['visits'] = 1
    this.redirectTo('/json')
  }
  changed() {
    this.response.headers.set('x-frame-options', 'DENY').delete('referrer-policy').append('vary', 'Accept')
    this.render([])
  }
  large() {
    this.renderText(LARGE)
  }
  odd() {
    this.renderText('odd', { status: 299 })
  }
  closing() {
    this.response.headers.set('connection', 'close')
    this.renderText('bye')
  }
  dated() {
    this.response.headers.set('date', 'Thu, 01 Jan 1970 00:00:00 GMT')
    this.renderText('old')
  }
  pieces() {
    this.stream(Readable.from(['a', 'b']))
  }
  fail() {
    throw new Error('no')
  }
}

const WHOLE = [
  'json',
  'text',
  'latin',
  'data',
  'nothing',
  'noContent',
  'withCookies',
  'changed',
  'large',
  'odd',
  'fail',
]

function bootAnswers() {
  return boot((r) => {
    for (const action of [...WHOLE, 'closing', 'dated', 'pieces'])
      r.get(`/${action}`, AnswersController, action as keyof AnswersController & string as 'json')
  }).app
}

/** The app on a server of its own, and on one that writes heads as node:http does. */
async function both() {
  const own = await listen(bootAnswers())
  // No Keep-Alive header, as of our own.
  const server = createServer({ keepAliveTimeout: 0 }, bootAnswers().listener)
  onTestFinished(() => void server.close().closeAllConnections())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { own, nodes: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** Sends a request and, behind it, one whose answer shows that the first has ended where it should. */
async function bytesOf(url: string, request: string): Promise<string> {
  const connection = await open(url)
  const last = 'GET /json HTTP/1.1\r\nHost: a\r\nX-Request-Id: the-last\r\nConnection: close\r\n\r\n'
  connection.socket.write(`${request}\r\nHost: a\r\nX-Request-Id: the-first\r\n\r\n${last}`)
  return (await connection.ended()).replace(/^(Date: ).*\r$/gm, '$1now\r').replace(/(_session=)[^;]+/, '$1sealed')
}

function count(method: 'writeHead' | '_storeHeader'): () => number {
  const spy = vi.spyOn(ServerResponse.prototype as unknown as Record<string, () => void>, method)
  onTestFinished(() => spy.mockRestore())
  return () => spy.mock.calls.length
}

describe('an answer that is there as a whole', () => {
  test.each([
    ...WHOLE.map((action) => `GET /${action} HTTP/1.1`),
    ...['json', 'noContent', 'large', 'fail'].map((action) => `HEAD /${action} HTTP/1.1`),
    'GET /nowhere HTTP/1.1',
    'OPTIONS /json HTTP/1.1',
    'POST /json HTTP/1.1',
  ])('%s is the same bytes as of node:http', async (request) => {
    const { own, nodes } = await both()
    const expected = await bytesOf(nodes, request)
    expect(expected).toMatch(/x-request-id: the-last/)
    const heads = count('_storeHeader')
    expect(await bytesOf(own, request)).toBe(expected)
    // Of the second, which ends the connection.
    expect(heads()).toBe(1)
  })

  test.each(['closing', 'dated', 'pieces'])(
    'where /%s leaves node:http something to decide, it writes the head',
    async (path) => {
      const { own, nodes } = await both()
      const expected = await bytesOf(nodes, `GET /${path} HTTP/1.1`)
      expect(await bytesOf(own, `GET /${path} HTTP/1.1`)).toBe(expected)
    },
  )

  test('for HTTP/1.0 node:http writes the head', async () => {
    const { own, nodes } = await both()
    for (const line of ['GET /json HTTP/1.0', 'GET /noContent HTTP/1.0\r\nConnection: keep-alive'])
      expect(await bytesOf(own, line)).toBe(await bytesOf(nodes, line))
  })

  test('has the time of its second', async () => {
    const { own } = await both()
    const connection = await open(own)
    for (const seconds of [0, 1]) {
      const now = 1_800_000_000_000 + seconds * 1000
      const clock = vi.spyOn(Date, 'now').mockReturnValue(now)
      onTestFinished(() => clock.mockRestore())
      connection.socket.write('GET /json HTTP/1.1\r\nHost: a\r\n\r\n')
      await connection.until(`Date: ${new Date(now).toUTCString()}\r\n`)
    }
  })

  test('answers requests that came together in their order', async () => {
    const connection = await open((await both()).own)
    const paths = ['json', 'text', 'nothing', 'data', 'large', 'odd']
    connection.socket.write(
      paths.map((path, at) => `GET /${path} HTTP/1.1\r\nHost: a\r\nX-Request-Id: number-${at}\r\n\r\n`).join(''),
    )
    const received = await connection.until('\r\n\r\nodd')
    expect([...received.matchAll(/x-request-id: number-(\d)/g)].map(([, at]) => at)).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      '5',
    ])
  })

  test('whose header would be two is not sent, whoever set it', async () => {
    const { app, log } = boot((r) => r.get('/', SplitController, 'index'))
    const connection = await open(await listen(app))
    connection.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await connection.ended()).toBe('')
    expect(log).toContainEqual(expect.objectContaining({ msg: expect.stringContaining('could not be answered') }))
  })

  test('is left to a node:http that keeps its heads elsewhere', () => {
    const outgoing = { _header: undefined, shouldKeepAlive: true, req: { httpVersion: '1.1', headers: {} } }
    expect(sendWhole({} as never, outgoing as never)).toBe(false)
  })
})

class SplitController extends Controller {
  index() {
    const { headers } = this.response as unknown as { headers: { setTrusted(name: string, value: string): void } }
    headers.setTrusted('x-note', 'one\r\nset-cookie: two')
    this.renderText('text')
  }
}
