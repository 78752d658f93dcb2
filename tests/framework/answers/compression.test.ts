// Answers that are compressed, and those that are left as they are.
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import zlib, { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { type ApplicationConfig, Controller, type HttpResponse } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot, listen } from '../../harness/app.js'
import { temporaryFolder, writeFiles } from '../../harness/folders.js'
import { open } from '../../harness/sockets.js'

const TEXT = 'the same again and again; '.repeat(200)

function appOf(action: (c: Controller) => unknown, config: ApplicationConfig = { compress: true }) {
  class PagesController extends Controller {
    index() {
      return action(this)
    }
  }
  return boot((r) => r.root(PagesController, 'index'), { config })
}

/** The answer with its bytes. */
async function get(action: (c: Controller) => unknown, encodings?: string, config?: ApplicationConfig) {
  const headers = { host: 'a', ...(encodings === undefined ? {} : { 'accept-encoding': encodings }) }
  const response = await appOf(action, config).app.handle({ method: 'GET', url: '/', headers })
  return { status: response.status, headers: Object.fromEntries(response.headers), bytes: await bytesOf(response) }
}

async function bytesOf({ body }: HttpResponse): Promise<Buffer> {
  if (body === null || typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body ?? '')
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(Buffer.from(chunk as string))
  return Buffer.concat(chunks)
}

const text = (c: Controller) => c.renderText(TEXT)
const streamed = (c: Controller) => c.stream(Readable.from([TEXT, TEXT]), { type: 'text/plain' })

describe('compress: true', () => {
  test.each([
    ['gzip', 'gzip', gunzipSync],
    ['br', 'br', brotliDecompressSync],
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip, br;q=0.5', 'gzip', gunzipSync],
    ['*;q=0.1, gzip', 'gzip', gunzipSync],
  ] as const)('compresses a whole body for Accept-Encoding: %s', async (accepted, encoding, decompress) => {
    const { headers, bytes } = await get(text, accepted)
    expect(headers).toMatchObject({ 'content-encoding': encoding, vary: 'Accept-Encoding' })
    expect(headers['content-length']).toBe(String(bytes.length))
    expect(bytes.length).toBeLessThan(TEXT.length / 10)
    expect(decompress(bytes).toString()).toBe(TEXT)
  })

  test.each([
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ] as const)('compresses a stream with %s', async (encoding, decompress) => {
    const { headers, bytes } = await get(streamed, encoding)
    expect(headers).toMatchObject({ 'content-encoding': encoding })
    expect(headers).not.toHaveProperty('content-length')
    expect(decompress(bytes).toString()).toBe(TEXT + TEXT)
  })

  test.skipIf(!('zstdDecompressSync' in zlib))('compresses with zstd first, where this Node can', async () => {
    const { zstdDecompressSync } = zlib as unknown as { zstdDecompressSync: (bytes: Buffer) => Buffer }
    for (const [action, expected] of [
      [text, TEXT],
      [streamed, TEXT + TEXT],
    ] as const) {
      const { headers, bytes } = await get(action, 'gzip, deflate, br, zstd')
      expect(headers['content-encoding']).toBe('zstd')
      expect(zstdDecompressSync(bytes).toString()).toBe(expected)
    }
  })

  test.each([undefined, '', 'identity', 'deflate', 'gzip;q=0', 'gzip;q=0.5, identity'])(
    'leaves the body as it is for Accept-Encoding: %s, and says that it depends',
    async (accepted) => {
      const { headers, bytes } = await get(text, accepted)
      expect(headers['vary']).toBe('Accept-Encoding')
      expect(headers).not.toHaveProperty('content-encoding')
      expect(bytes.toString()).toBe(TEXT)
    },
  )

  test.each<[string, (c: Controller) => unknown]>([
    ['small', (c) => c.renderText('small')],
    ['a picture', (c) => c.sendData(TEXT, { type: 'image/png' })],
    ['compressed already', (c) => c.renderText(TEXT, { headers: { 'content-encoding': 'x' } })],
    ['not to be changed', (c) => c.renderText(TEXT, { headers: { 'cache-control': 'public, no-transform' } })],
    ['a part of a picture', (c) => c.sendData(TEXT, { type: 'image/png', status: 206 })],
    ['no body', (c) => c.head(204)],
  ])('leaves what is %s', async (_, action) => {
    const { headers } = await get(action, 'gzip, br')
    expect(headers['content-encoding'] ?? 'x').toBe('x')
    expect(headers).not.toHaveProperty('vary')
  })

  test('makes a strong tag weak, and leaves a weak one', async () => {
    const tagged = (etag: string) => get((c) => c.renderText(TEXT, { headers: { etag } }), 'gzip')
    expect((await tagged('"a"')).headers['etag']).toBe('W/"a"')
    expect((await tagged('W/"a"')).headers['etag']).toBe('W/"a"')
  })

  test('goes with etag: true', async () => {
    const config = { compress: true, etag: true }
    const { headers } = await get(text, 'gzip', config)
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', etag: expect.stringMatching(/^W\//) })
    const again = await ask(appOf(text, config).app, '/', {
      headers: { 'accept-encoding': 'gzip', 'if-none-match': headers['etag'] as string },
    })
    expect(again).toMatchObject({ status: 304, text: '' })
  })

  test('lets each piece of a stream out when it is there', async () => {
    const source = new PassThrough()
    const { app } = appOf((c) => c.stream(source, { type: 'text/plain' }))
    source.write(TEXT)
    const { socket, until, received } = await open(await listen(app))
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n')
    await until('\r\n\r\n')
    const before = received().length
    source.write('more')
    while (received().length === before) await new Promise((resolve) => setTimeout(resolve, 2))
    source.end()
    await until('\r\n0\r\n\r\n')
  })

  test('R4, R5: of a stream passes on its error and the leaving of the client', async () => {
    const failed = appOf((c) => c.stream(new PassThrough().destroy(new Error('no byte')), { type: 'text/plain' }))
    expect((await ask(failed.app, '/', { headers: { 'accept-encoding': 'gzip' } })).status).toBe(500)
    const source = new PassThrough()
    const { app, log } = appOf((c) => c.stream(source, { type: 'text/plain' }))
    source.write(TEXT)
    const { socket, until } = await open(await listen(app))
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n')
    await until('\r\n\r\n')
    socket.destroy()
    while (!source.destroyed) await new Promise((resolve) => setTimeout(resolve, 2))
    expect(log).toEqual([])
  })

  test('leaves events alone', async () => {
    const events = (c: Controller) => c.serverSentEvents(async (e) => await e.send({ data: TEXT }))
    expect((await get(events, 'gzip, br')).headers).not.toHaveProperty('content-encoding')
  })

  test('compresses a file, whose parts can then not be asked for, but not a part of one', async () => {
    const root = temporaryFolder()
    writeFiles(root, { 'a.txt': TEXT })
    const file = (c: Controller) => c.sendFile(join(root, 'a.txt'))
    const whole = await get(file, 'gzip')
    expect(gunzipSync(whole.bytes).toString()).toBe(TEXT)
    expect(whole.headers).not.toHaveProperty('accept-ranges')
    const part = await ask(appOf(file).app, '/', { headers: { 'accept-encoding': 'gzip', range: 'bytes=0-1999' } })
    expect(part).toMatchObject({ status: 206, text: TEXT.slice(0, 2_000) })
    expect(part.headers).not.toHaveProperty('content-encoding')
    expect(part.headers['vary']).toBe(whole.headers['vary'])
  })

  test('is off by default', async () => {
    expect((await get(text, 'gzip', {})).headers).not.toHaveProperty('vary')
  })
})

test('a 304 names what decides the answer, as the answer itself did', async () => {
  const { app } = appOf(text, { compress: true, etag: true })
  const headers = { 'accept-encoding': 'gzip' }
  const { etag, vary } = (await ask(app, '/', { headers })).headers
  const again = await ask(app, '/', { headers: { ...headers, 'if-none-match': etag as string } })
  expect([again.status, again.headers['vary']]).toEqual([304, vary])
  expect(vary).toBe('Accept-Encoding')
})
