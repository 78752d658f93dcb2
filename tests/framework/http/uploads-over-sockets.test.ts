// Uploads as strangers send them: cut off, too long, lying about their length, slow. No file is left, and nobody hangs.
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ApplicationParts, Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { boot, listen } from '../../harness/app.js'
import { temporaryFolder } from '../../harness/folders.js'
import { MULTIPART, multipart } from '../../harness/multipart.js'
import { execute } from '../../harness/processes.js'
import { exchange, open } from '../../harness/sockets.js'

async function served(config: ApplicationParts['config'] = {}, work: (c: Controller) => unknown = () => undefined) {
  const folder = temporaryFolder()
  const counts = { ran: 0 }
  class UploadsController extends Controller {
    async create() {
      counts.ran += 1
      await work(this)
      if (this.response.answeredBy !== undefined) return
      const { f } = this.params
      this.render({ size: (f as { size: number } | undefined)?.size ?? null })
    }
  }
  const { app } = boot((r) => r.post('/uploads', UploadsController, 'create'), {
    config: { ...config, uploads: { folder, ...config.uploads } },
  })
  return { url: await listen(app), counts, left: () => readdirSync(folder) }
}

const requestHead = (length: string, type = MULTIPART) =>
  `POST /uploads HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\n${length}\r\n\r\n`
const form = multipart([
  { name: 't', value: 'text' },
  { name: 'f', filename: 'a.bin', value: 'z'.repeat(50_000) },
]).toString('latin1')

describe('an upload over a socket', () => {
  test('of some megabytes arrives whole', async () => {
    const { url, left } = await served()
    const body = multipart([{ name: 'f', filename: 'a.bin', value: Buffer.alloc(9_000_000, '\r\n--x') }])
    const answer = await exchange(
      url,
      `${requestHead(`Content-Length: ${body.length}\r\nConnection: close`)}${body.toString('latin1')}`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*\{"size":9000000\}/s)
    await expect.poll(left).toEqual([])
  })

  test('leaves the connection fit for the next request', async () => {
    const { url } = await served()
    const upload = `${requestHead(`Content-Length: ${form.length}`)}${form}`
    const answer = await exchange(url, `${upload}${upload}${upload.replace('Host', 'Connection: close\r\nHost')}`)
    expect(answer.match(/HTTP\/1\.1 200 /g)?.length).toBe(3)
  })
})

describe('B7: a stream that reads an upload', () => {
  const streamed = () =>
    served({}, (c) => {
      const file = c.params.file('f')
      c.stream(
        (async function* () {
          yield 'size: '
          await new Promise((resolve) => setTimeout(resolve, 30))
          yield String((await file.bytes()).length)
        })(),
      )
    })

  test('has it to its end, and then it is gone', async () => {
    const { url, left } = await streamed()
    const answer = await exchange(url, `${requestHead(`Content-Length: ${form.length}\r\nConnection: close`)}${form}`)
    expect(answer).toContain('50000')
    await expect.poll(left).toEqual([])
  })

  test('and is left by its client leaves no file', async () => {
    const { url, left } = await streamed()
    const { socket, until } = await open(url)
    socket.write(`${requestHead(`Content-Length: ${form.length}`)}${form}`, 'latin1')
    await until('size: ')
    socket.destroy()
    await expect.poll(left).toEqual([])
  })
})

describe('B7: a client that goes away', () => {
  test.each(['Content-Length: 99999', 'Transfer-Encoding: chunked'])('in an upload with %s', async (length) => {
    const { url, counts, left } = await served()
    const chunk = length.startsWith('T') ? `${(60_000).toString(16)}\r\n` : ''
    for (const end of ['destroy', 'end', 'reset'] as const) {
      const { socket, ended } = await open(url)
      socket.write(`${requestHead(length)}${chunk}${form.slice(0, 30_000)}`, 'latin1')
      await expect.poll(left).toHaveLength(1)
      if (end === 'destroy') socket.destroy()
      else if (end === 'reset') socket.resetAndDestroy()
      else socket.end()
      await ended()
      await expect.poll(left).toEqual([])
    }
    expect(counts.ran).toBe(0)
  })

  test('while the action runs', async () => {
    let finish = () => {}
    const working = new Promise<void>((resolve) => {
      finish = resolve
    })
    const { url, counts, left } = await served({}, () => working)
    const { socket } = await open(url)
    socket.write(`${requestHead(`Content-Length: ${form.length}`)}${form}`, 'latin1')
    await expect.poll(() => counts.ran).toBe(1)
    socket.destroy()
    expect(left()).toHaveLength(1)
    finish()
    await expect.poll(left).toEqual([])
  })

  test('100 times at once, at every stage', async () => {
    const { url, left } = await served()
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const { socket, ended } = await open(url)
        const bytes = `${requestHead(`Content-Length: ${form.length}`)}${form}`
        socket.write(bytes.slice(0, Math.floor((bytes.length * index) / 100)), 'latin1', () => socket.resetAndDestroy())
        await ended()
      }),
    )
    await expect.poll(left).toEqual([])
  })
})

describe('B1, B7: a body that lies about its length', () => {
  test('ending before what it declares is a cut one: no action, no file', async () => {
    const { url, counts, left } = await served()
    const { socket, ended } = await open(url)
    socket.end(`${requestHead(`Content-Length: ${form.length + 100}`)}${form.slice(0, -20)}`, 'latin1')
    await ended()
    expect(counts.ran).toBe(0)
    await expect.poll(left).toEqual([])
  })

  test('declaring more than is allowed is 413 before a byte of it', async () => {
    const { url, counts } = await served({ uploads: { total: 1_000 } })
    const answer = await exchange(url, requestHead('Content-Length: 1001'))
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*larger than 1000 bytes/s)
    expect(counts.ran).toBe(0)
  })

  test('that goes on for ever is 413 at the limit', async () => {
    const { url, counts, left } = await served({ uploads: { fileSize: 100_000 } })
    const { socket, ended } = await open(url)
    const begun = form.slice(0, form.indexOf('zzz'))
    // No more than is read, or the answer could be lost with what is not.
    socket.write(`${requestHead('Content-Length: 30000000')}${begun}${'z'.repeat(100_001)}`, 'latin1')
    expect(await ended()).toMatch(/^HTTP\/1\.1 413 .*A file of the form is larger than 100000 bytes/s)
    expect(counts.ran).toBe(0)
    await expect.poll(left).toEqual([])
  })

  test('that stays malformed does not keep the connection', async () => {
    const { url, left } = await served()
    const { socket, ended } = await open(url)
    const broken = form.replace('name="t"', 'n="t"')
    socket.write(`${requestHead('Content-Length: 9999999')}${broken.slice(0, 400)}`, 'latin1')
    expect(await ended()).toMatch(/^HTTP\/1\.1 400 .*a part without a name/s)
    await expect.poll(left).toEqual([])
  })
})

test('B7: a process that ends while files are coming in leaves none', async () => {
  const folder = temporaryFolder()
  const fixture = fileURLToPath(new URL('fixtures/exit-while-uploading.mjs', import.meta.url))
  const { code, output } = await execute(process.execPath, [fixture, folder], { cwd: folder })
  expect({ code, output: output.trim() }).toEqual({ code: 0, output: 'two files' })
  expect(readdirSync(folder)).toEqual([])
})
