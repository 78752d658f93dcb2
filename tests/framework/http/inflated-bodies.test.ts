// Compressed bodies: refused unless the app reads them, and then counted while they are inflated.
import { Readable } from 'node:stream'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { type Application, Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Ask, ask, boot, bootError, listen } from '../../harness/app.js'
import { open } from '../../harness/sockets.js'

class EchoController extends Controller {
  show() {
    const { body, rawBody } = this.request
    this.render({ body, bytes: rawBody?.length ?? null })
  }
}

const draw = (r: Parameters<Parameters<typeof boot>[0]>[0]) => r.post('/echo', EchoController, 'show')
const inflating = (bodyLimit = 1_048_576) => boot(draw, { config: { inflateBodies: true, bodyLimit } }).app

const send = (app: Application, encoding: string | readonly string[], body: Ask['body'], type = 'application/json') =>
  ask(app, '/echo', {
    body,
    headers: { 'content-type': type, 'content-encoding': encoding, 'transfer-encoding': 'chunked' },
  })

const TEXT = '{"a":[1,"é"]}'

describe('a compressed body', () => {
  test.each([
    ['gzip', gzipSync(TEXT)],
    ['x-gzip', gzipSync(TEXT)],
    ['GZIP', gzipSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
  ])('of %s is read where it may be, however it comes', async (encoding, bytes) => {
    const app = inflating()
    for (const body of [bytes, Readable.from([...bytes].map((byte) => Buffer.from([byte]))), [bytes].values()])
      expect((await send(app, encoding, body as Ask['body'])).json).toEqual({ body: { a: [1, 'é'] }, bytes: 14 })
  })

  test('may be a form', async () => {
    const answer = await send(inflating(), 'gzip', gzipSync('a[]=1'), 'application/x-www-form-urlencoded')
    expect(answer.json.body).toEqual({ a: ['1'] })
  })

  test('B4: is refused with 415 unless the app says otherwise', async () => {
    expect((await send(boot(draw).app, 'gzip', gzipSync(TEXT))).status).toBe(415)
  })

  test.each([['zstd'], ['gzip, gzip'], ['gzip, identity'], [''], [['gzip', 'gzip']]])(
    'B4: of %j is refused with 415 all the same',
    async (encoding) => {
      expect((await send(inflating(), encoding, gzipSync(TEXT))).status).toBe(415)
    },
  )

  test('B4: that is a multipart form is refused with 415', async () => {
    expect((await send(inflating(), 'gzip', gzipSync('--x--'), 'multipart/form-data; boundary=x')).status).toBe(415)
  })

  test('that is malformed or cut is 400', async () => {
    const bytes = gzipSync('x'.repeat(1_000))
    for (const body of [Buffer.from(TEXT), bytes.subarray(0, 15), bytes.subarray(0, -1), Buffer.alloc(0)])
      expect((await send(inflating(), 'gzip', body, 'text/plain')).status).toBe(400)
  })

  test('that is cut off by its client is 400, and harms nobody', async () => {
    const app = inflating()
    const url = await listen(app)
    for (const end of ['end', 'destroy'] as const) {
      const { socket, ended } = await open(url)
      socket.write('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n')
      socket.write(gzipSync(TEXT).subarray(0, 10), () => (end === 'end' ? socket.end() : socket.destroy()))
      await ended()
    }
    expect((await send(app, 'gzip', gzipSync(TEXT))).status).toBe(200)
  })
})

describe('B5: a bomb', () => {
  test('is 413 at the limit, inflated or not', async () => {
    const app = inflating(1_000)
    expect((await send(app, 'gzip', gzipSync('x'.repeat(1_000)), 'text/plain')).json.bytes).toBe(1_000)
    const over = await send(app, 'gzip', gzipSync('x'.repeat(1_001)), 'text/plain')
    expect(over.status).toBe(413)
    expect(over.headers['connection']).toBe('close')
    const stored = gzipSync('x'.repeat(990), { level: 0 })
    expect((await send(app, 'gzip', stored, 'text/plain')).status).toBe(413)
  })

  test.each([
    ['gzip', () => gzipSync(Buffer.alloc(100_000_000))],
    ['br', () => brotliCompressSync(Buffer.alloc(100_000_000), { params: { 1: 1 } })],
  ])('of %s, 100 MB in under 100 KB, takes no memory', async (encoding, make) => {
    const bomb = make()
    expect(bomb.length).toBeLessThan(100_000)
    const app = inflating()
    await send(app, encoding, bomb, 'text/plain')
    const startedAt = performance.now()
    const grown: number[] = []
    for (let count = 0; count < 5; count++) {
      const before = process.memoryUsage().rss
      expect((await send(app, encoding, bomb, 'text/plain')).status).toBe(413)
      grown.push(process.memoryUsage().rss - before)
    }
    expect(Math.max(...grown)).toBeLessThan(20_000_000)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})

test('inflateBodies is true or false', () => {
  expect(bootError(() => boot(draw, { config: { inflateBodies: 'gzip' as never } })).problem).toBe(
    'inflateBodies is "gzip".',
  )
})
