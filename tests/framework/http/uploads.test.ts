// Files of multipart forms: on disk while their request lasts, within limits, under names that lead nowhere, then gone.
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type Application, type ApplicationParts, Controller, NotFound, UploadedFile } from 'contrail'
import { describe, expect, test, vi } from 'vitest'
import { type Ask, ask, boot } from '../../harness/app.js'
import { temporaryFolder } from '../../harness/folders.js'
import { BOUNDARY, MULTIPART, multipart, type Part } from '../../harness/multipart.js'

/** An app that does this with its request, and the folder in which its uploads are. */
function uploadApp(work: (controller: Controller) => unknown, config: ApplicationParts['config'] = {}) {
  const folder = temporaryFolder()
  let runs = 0
  class UploadsController extends Controller {
    async create() {
      runs += 1
      this.render((await work(this)) ?? null)
    }
  }
  const uploads = config.uploads === false ? false : { folder, ...config.uploads }
  const { app, log } = boot((r) => r.match(['get', 'post', 'put', 'patch'], '/uploads', UploadsController, 'create'), {
    config: { ...config, uploads },
  })
  return { app, log, folder, ran: () => runs, left: () => readdirSync(folder) }
}

const send = (app: Application, parts: readonly Part[] | Ask['body'], type = MULTIPART, options: Ask = {}) =>
  ask(app, '/uploads', {
    body: Array.isArray(parts) ? multipart(parts as Part[]) : (parts as Ask['body']),
    ...options,
    headers: { 'content-type': type, ...options.headers },
  })

const PNG = { name: 'avatar', filename: 'me.PNG', type: 'image/png', value: Buffer.from([0x89, 0x50, 0, 0xff, 13, 10]) }
const head = (disposition: string, body = 'x') =>
  `--${BOUNDARY}\r\nContent-Disposition: ${disposition}\r\n\r\n${body}\r\n--${BOUNDARY}--\r\n`

describe('a multipart form', () => {
  test('is parameters like those of any form, and files', async () => {
    const { app, left } = uploadApp(async ({ params, request }) => {
      const file = params.file('avatar')
      const there = statSync(file.path)
      return {
        title: params.string('title'),
        tags: params['tags'],
        file,
        bytes: [...(await file.bytes())],
        mode: (there.mode & 0o777).toString(8),
        size: there.size,
        rawBody: request.rawBody === undefined,
        isFile: file instanceof UploadedFile,
      }
    })
    const answer = await send(app, [
      { name: 'title', value: 'Grüße' },
      PNG,
      { name: 'tags[]', value: 'a' },
      { name: 'tags[]', value: '' },
    ])
    expect(answer.json).toEqual({
      title: 'Grüße',
      tags: ['a', ''],
      file: { name: 'me.PNG', filename: 'me.PNG', type: 'image/png', size: 6 },
      bytes: [...PNG.value],
      mode: '600',
      size: 6,
      rawBody: true,
      isFile: true,
    })
    await expect.poll(left).toEqual([])
  })

  test('nests files as it nests text, and keeps the order of one name', async () => {
    const { app } = uploadApp(({ params }) => params)
    const answer = await send(app, [
      { name: 'post[files][]', filename: 'a', value: 'a'.repeat(100_000) },
      { name: 'post[files][]', filename: 'b', value: 'b' },
      { name: 'post[title]', value: 't' },
      { name: 'last', filename: 'c', value: 'c'.repeat(100_000) },
      { name: 'last', value: 'text' },
    ])
    expect(answer.json).toMatchObject({
      post: {
        files: [
          { name: 'a', size: 100_000 },
          { name: 'b', size: 1 },
        ],
        title: 't',
      },
      last: 'text',
    })
  })

  test('may be empty, and a file input may have nothing chosen', async () => {
    const { app } = uploadApp(({ params }) => params)
    expect((await send(app, [])).json).toEqual({})
    const answer = await send(app, [{ name: 'avatar', filename: '', type: 'application/octet-stream' }])
    expect(answer.json).toEqual({})
    expect((await send(app, [{ name: 'a', filename: 'empty', value: '' }])).json.a.size).toBe(0)
  })

  test('may come as a string, a view, an iterable, a web stream and a Node stream, in any pieces', async () => {
    const { app } = uploadApp(async ({ params }) => await params.file('avatar').text())
    const bytes = multipart([
      { name: 'x', value: '1' },
      { name: 'avatar', filename: 'a', value: 'content' },
    ])
    async function* inPieces() {
      for (const byte of bytes) yield Buffer.from([byte])
    }
    const bodies = [
      bytes.toString('latin1'),
      new Uint8Array(Buffer.from(`xx${bytes.toString('latin1')}`)).subarray(2),
      inPieces(),
      new Blob([new Uint8Array(bytes)]).stream() as unknown as AsyncIterable<Uint8Array>,
    ]
    for (const body of bodies) expect((await send(app, body)).json).toBe('content')
    const headers = { 'transfer-encoding': 'chunked' }
    expect((await send(app, Readable.from([bytes]), MULTIPART, { headers })).json).toBe('content')
  })

  test('is read no faster than its files are written', async () => {
    const { app } = uploadApp(({ params }) => params.file('f').size)
    const body = Readable.from(slices(multipart([{ name: 'f', filename: 'a', value: 'x'.repeat(2_000_000) }]), 65_536))
    const pause = vi.spyOn(body, 'pause')
    const headers = { 'transfer-encoding': 'chunked' }
    expect((await send(app, body, MULTIPART, { headers })).json).toBe(2_000_000)
    expect(pause).toHaveBeenCalled()
  })

  test('of Fetch is read as one of a browser', async () => {
    const { app } = uploadApp(({ params }) => params)
    const form = new FormData()
    form.append('title', 'x')
    form.append('doc', new File(['abc'], 'ä"b.txt', { type: 'text/plain' }))
    const response = await app.fetch(new Request('http://example.test/uploads', { method: 'POST', body: form }))
    expect(await response.json()).toMatchObject({ title: 'x', doc: { size: 3, type: 'text/plain' } })
  })

  test('is forgotten by the log but for what its files are called', async () => {
    const { app, log } = uploadApp(() => null, { logLevel: 'info' })
    await send(app, [PNG, { name: 'password', value: 'hunter2' }])
    const { params } = log.find((line) => line['msg'] === 'request') as { params: unknown }
    expect(params).toEqual({
      avatar: { name: 'me.PNG', filename: 'me.PNG', type: 'image/png', size: 6 },
      password: '[FILTERED]',
    })
  })
})

describe('B7: a malformed multipart form', () => {
  const whole = multipart([{ name: 'a', value: '1' }, PNG]).toString('latin1')
  test.each<[string, string, number, string]>([
    ['nothing', '', 400, 'before it was whole'],
    ['no boundary in it', 'hello', 400, 'before it was whole'],
    ['another boundary in it', '--x\r\n\r\n--x--', 400, 'before it was whole'],
    ['no end', whole.slice(0, -6), 400, 'before it was whole'],
    ['a part without a name', head('form-data', 'x'), 400, 'has a part without a name'],
    ['a file without a name', head('form-data; filename="x"', 'x'), 400, 'a part without a name'],
    ['text that is not UTF-8', head('form-data; name="a"', '\xff'), 400, 'not valid UTF-8'],
    [
      'a head without an end',
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n--${BOUNDARY}--`,
      400,
      'before it was whole',
    ],
    [
      'a head without an end before another part',
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n${head('form-data; name="b"')}`,
      400,
      'before it was whole',
    ],
    ['half a head', `--${BOUNDARY}\r\nContent-Dispo`, 400, 'before it was whole'],
  ])('with %s is a 4xx, and nothing is left', async (_, body, status, detail) => {
    const { app, ran, left } = uploadApp(() => null)
    const answer = await send(app, Buffer.from(body, 'latin1'))
    expect(answer.status).toBe(status)
    expect(answer.json.detail).toContain(detail)
    expect(answer.headers['connection']).toBe('close')
    expect(ran()).toBe(0)
    await expect.poll(left).toEqual([])
  })

  test('after a file that has only just been begun leaves neither file nor descriptor', async () => {
    const { app, folder, left } = uploadApp(() => null)
    const files = Array.from({ length: 10 }, (_, index) => ({ ...PNG, name: `f${index}` }))
    const end = `--${BOUNDARY}--`
    const body = Buffer.from(
      multipart(files).toString('latin1').replace(end, `--${BOUNDARY}\r\nX: y\r\n\r\n${end}`),
      'latin1',
    )
    for (let count = 0; count < 20; count++) expect((await send(app, body)).status).toBe(400)
    await expect.poll(left).toEqual([])
    await expect.poll(() => descriptorsIn(folder)).toEqual([])
  })

  test('whose stream is closed without a word is 400', async () => {
    const { app, left } = uploadApp(() => null)
    const body = new Readable({ read() {} })
    body.push(multipart([PNG]).subarray(0, 150))
    setTimeout(() => body.destroy(), 20)
    const headers = { 'transfer-encoding': 'chunked' }
    expect((await send(app, body, MULTIPART, { headers })).status).toBe(400)
    await expect.poll(left).toEqual([])
  })

  test.each([
    ['none', 'multipart/form-data', 400],
    ['an empty one', 'multipart/form-data; boundary=""', 400],
    ['one that is too long', `multipart/form-data; boundary=${'x'.repeat(71)}`, 400],
    ['one of odd characters', 'multipart/form-data; boundary="a{b}"', 400],
    ['two', 'multipart/form-data; boundary=a; boundary=b', 415],
    ['one in another charset', `${MULTIPART}; charset=utf-16`, 415],
  ])('with %s for a boundary is a 4xx', async (_, type, status) => {
    const { app, ran } = uploadApp(() => null)
    expect((await send(app, [PNG], type)).status).toBe(status)
    expect(ran()).toBe(0)
  })

  test.each(['"a b:c"', "a'()+_,-./:=?b", '"quo\\ted"'])('may have the boundary %s', async (boundary) => {
    const { app } = uploadApp(({ params }) => params)
    const plain = boundary.replace(/["\\]/g, '')
    const body = multipart([{ name: 'a', value: '1' }])
      .toString()
      .replaceAll(BOUNDARY, plain)
    const type = `multipart/form-data; boundary=${boundary.startsWith('"') ? boundary : `"${boundary}"`}`
    expect((await send(app, Buffer.from(body), type)).json).toEqual({ a: '1' })
  })

  test('cut at every byte is a 400, or whole', async () => {
    const { app, folder, left } = uploadApp(({ params }) => params)
    const bytes = multipart([{ name: 'a', value: '1' }, PNG])
    for (let end = 0; end < bytes.length - 2; end++) {
      const { status } = await send(app, bytes.subarray(0, end))
      if (status !== 400) expect.fail(`${status} for the first ${end} bytes`)
    }
    await expect.poll(left).toEqual([])
    await expect.poll(() => descriptorsIn(folder)).toEqual([])
  })

  test.each([
    ['Content-Disposition: form-data; name="a"; name="b"', 400],
    ['Content-Disposition: form-data; name="a"; filename="x"; filename="y"', 400],
    ['Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="b"', 400],
    ['Content-Disposition: form-data; name="a', 400],
    ['Content-Disposition: form-data name="a"', 400],
    ['Content-Disposition: form-datax; name="a"', 400],
    ['Content-Disposition: attachment; name="a"', 400],
    ['Content-Disposition: form-data; name="\xff"', 400],
    ['Content-Dispositiona: form-data; name="a"', 400],
    ['X: y', 400],
    ['', 400],
    ['Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=utf-16', 415],
    ['Content-Disposition: form-data; name="a"\r\nContent-Type: text', 415],
  ])('whose part has the head %j is a 4xx, however large the part', async (partHead, status) => {
    for (const size of [1, 20_000, 200_000]) {
      const { app, ran } = uploadApp(() => null)
      const part = `--${BOUNDARY}\r\n${partHead}\r\n\r\n${'y'.repeat(size)}\r\n`
      const rest = multipart([PNG]).toString('latin1')
      for (const body of [part + rest, rest.replace(`--${BOUNDARY}--`, `${part}--${BOUNDARY}--`)]) {
        const bytes = Buffer.from(body, 'latin1')
        expect((await send(app, bytes)).status).toBe(status)
        expect((await send(app, slices(bytes, 7_000).values())).status).toBe(status)
      }
      expect(ran()).toBe(0)
    }
  })

  test.each([
    ['form-data; name=a', 'a', 'text'],
    ['Form-Data ;Name="a" ; ', 'a', 'text'],
    ['form-data; name="a\\"b"', 'a"b', 'text'],
    ['form-data; name="a\\b"', 'a\\b', 'text'],
    ['form-data; name="a;b=c"; x=y', 'a;b=c', 'text'],
    ['form-data; name="\xc3\xbc"', 'ü', 'text'],
    ['form-data; name="a"; filename="\xc3\xbc.txt"', 'a', 'ü.txt'],
    ['form-data; name="a"; filename*=UTF-8\'\'%C3%BC.txt', 'a', 'ü.txt'],
    ['form-data; name="a"; filename="plain"; filename*=UTF-8\'\'other', 'a', 'plain'],
    ['form-data; name="a"; filename*=%zz', 'a', '%zz'],
  ])('but %s is none', async (disposition, name, what) => {
    const { app } = uploadApp(({ params }) => {
      const value = params.get(name)
      return value instanceof UploadedFile ? value.filename : typeof value === 'string' ? 'text' : null
    })
    expect((await send(app, Buffer.from(head(disposition), 'latin1'))).json).toBe(what)
  })

  test('a file whose type makes no sense is of no type', async () => {
    const { app } = uploadApp(({ params }) => params.file('a').type)
    for (const type of ['', 'image', 'a b', 'image/png; x='])
      expect((await send(app, [{ name: 'a', filename: 'x', type, value: '1' }])).json).toBe('application/octet-stream')
    expect((await send(app, [{ name: 'a', filename: 'x', type: 'Text/HTML; charset=x' }])).json).toBe('text/html')
  })

  test('may have text before it and after it', async () => {
    const { app } = uploadApp(({ params }) => params)
    for (const size of [10, 100_000]) {
      const around = 'z'.repeat(size)
      const body = `${around}\r\n${multipart([{ name: 'a', value: '1' }]).toString()}${around}`
      expect((await send(app, Buffer.from(body))).json).toEqual({ a: '1' })
      expect((await send(app, slices(Buffer.from(body), 1_000).values())).json).toEqual({ a: '1' })
    }
  })

  test('B6: with __proto__ for a field or a file is data', async () => {
    const { app } = uploadApp(({ params }) => [Object.keys(params).sort(), 'polluted' in {}])
    const answer = await send(app, [
      { name: '__proto__[polluted]', value: '1' },
      { name: 'constructor[prototype][polluted]', filename: 'x', value: '1' },
    ])
    expect(answer.json).toEqual([['__proto__', 'constructor'], false])
  })
})

describe('B1, B7: over a limit', () => {
  const KB = 1_024
  test.each<[string, ApplicationParts['config'], Part[], string]>([
    ['the bytes of a file', { uploads: { fileSize: 5 } }, [PNG], 'A file of the form is larger than 5 bytes.'],
    ['the number of files', { uploads: { files: 1 } }, [PNG, { ...PNG, name: 'b' }], 'The form has more than 1 files.'],
    ['no files at all', { uploads: { files: 0 } }, [PNG], 'The form has more than 0 files.'],
    [
      'the bytes of the whole body',
      { uploads: { total: KB } },
      [{ ...PNG, value: 'x'.repeat(KB) }],
      "The request's body is larger than 1024 bytes.",
    ],
    [
      'the bytes of text, which are kept in memory',
      { bodyLimit: KB },
      [
        { name: 'a', value: 'x'.repeat(600) },
        { name: 'b', value: 'x'.repeat(600) },
      ],
      "The form's text is larger than 1024 bytes.",
    ],
    [
      'the bytes of text by names alone',
      { bodyLimit: KB },
      [{ name: 'n'.repeat(2 * KB), value: '' }],
      "The form's text is larger than 1024 bytes.",
    ],
  ])('in %s is 413, before the action, and nothing is left', async (_, config, parts, detail) => {
    for (const way of ['whole', 'declared', 'chunked']) {
      const { app, ran, left } = uploadApp(() => null, config)
      const bytes = multipart(parts)
      const body = way === 'whole' ? bytes : Readable.from(way === 'chunked' ? slices(bytes, 100) : [bytes])
      const headers: Record<string, string> =
        way === 'chunked' ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(bytes.length) }
      const answer = await send(app, body, MULTIPART, { headers })
      expect(answer.status).toBe(413)
      expect(answer.json.detail).toBe(detail)
      expect(answer.headers['connection']).toBe('close')
      expect(ran()).toBe(0)
      await expect.poll(left).toEqual([])
    }
  })

  test('is one byte more than what passes', async () => {
    const bytes = multipart([PNG])
    const { app } = uploadApp(() => null, { uploads: { fileSize: 6, files: 1, total: bytes.length } })
    expect((await send(app, bytes)).status).toBe(200)
  })

  test('files are not counted by bodyLimit', async () => {
    const { app } = uploadApp(() => null, { bodyLimit: 100 })
    expect((await send(app, [{ ...PNG, value: 'x'.repeat(100_000) }])).status).toBe(200)
  })

  test('a form may have 1,000 parts, and no more', async () => {
    const { app } = uploadApp(({ params }) => Object.keys(params).length)
    const parts = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `a${index}`, value: '1' }))
    expect((await send(app, parts(1_000))).json).toBe(1_000)
    const answer = await send(app, parts(1_001))
    expect(answer.status).toBe(400)
    expect(answer.json.detail).toBe('The form has more than 1000 fields.')
  })

  test('an endless part head is not kept in memory', async () => {
    const { app, left } = uploadApp(() => null)
    const body = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\nX: ${'y'.repeat(5_000_000)}`
    expect((await send(app, Buffer.from(body))).status).toBe(400)
    await expect.poll(left).toEqual([])
  })
})

/** The files of a folder that this process has open, removed ones too. */
function descriptorsIn(folder: string): string[] {
  return readdirSync('/proc/self/fd')
    .map(targetOf)
    .filter((target) => target.startsWith(folder))
}

/** What a descriptor of this process is open on. */
function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch {
    return ''
  }
}

function slices(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}

describe('B7: the name of a file', () => {
  test.each([
    ['me.png', 'me.png'],
    ['../../etc/passwd', 'passwd'],
    ['/etc/passwd', 'passwd'],
    ['C:\\\\fakepath\\\\me.png', 'me.png'],
    ['..', 'file'],
    ['.', 'file'],
    ['.htaccess', 'htaccess'],
    ['a/', 'file'],
    ['   ', 'file'],
    ['a\u0000b.png', 'a_b.png'],
    ['a\tb|c?<d>*:e', 'a_b_c__d___e'],
    ['\u202egnp.exe', '_gnp.exe'],
    ['Grüße 日本.txt', 'Grüße 日本.txt'],
    [`${'é'.repeat(300)}.jpeg`, `${'é'.repeat(97)}.jpeg`],
    [`x.${'y'.repeat(300)}`, `x.${'y'.repeat(198)}`],
    ['report.pdf. . ', 'report.pdf'],
  ])('%j is %j', async (filename, name) => {
    const { app, folder } = uploadApp(({ params }) => {
      const file = params.file('f')
      return { name: file.name, filename: file.filename, path: file.path }
    })
    const { json } = await send(app, [{ name: 'f', filename, value: 'x' }])
    expect(json.name).toBe(name)
    expect(json.path).toMatch(new RegExp(`^${folder}/contrail-upload-[0-9a-f]{32}$`))
    expect(Buffer.byteLength(json.name)).toBeLessThanOrEqual(255)
  })

  test('is told as it came, too', async () => {
    const { app } = uploadApp(({ params }) => params.file('f').filename)
    expect((await send(app, [{ name: 'f', filename: '../../etc/passwd', value: 'x' }])).json).toBe('../../etc/passwd')
  })
})

describe('an uploaded file', () => {
  test('is read as bytes, as text and as a stream', async () => {
    const { app } = uploadApp(async ({ params }) => {
      const file = params.file('f')
      return [
        Buffer.from(await file.bytes()).toString(),
        await file.text(),
        await new Response(file.stream() as never).text(),
      ]
    })
    expect((await send(app, [{ name: 'f', filename: 'x', value: 'content' }])).json).toEqual(Array(3).fill('content'))
  })

  test('is kept by moveTo, over what is there, and can be read after', async () => {
    const kept = join(temporaryFolder(), 'kept.txt')
    writeFileSync(kept, 'old')
    const files: UploadedFile[] = []
    const { app, left } = uploadApp(async ({ params }) => {
      const file = params.file('f')
      files.push(file)
      await file.moveTo(kept)
      return [file.path === kept, await file.text(), left()]
    })
    expect((await send(app, [{ name: 'f', filename: 'x', value: 'new' }])).json).toEqual([true, 'new', []])
    expect(readFileSync(kept, 'utf8')).toBe('new')
    expect(statSync(kept).mode & 0o777).toBe(0o600)
    expect(await files[0]?.text()).toBe('new')
  })

  test('is moved with the mode it is to have, and onto another file system', async () => {
    const shared = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
    const kept = join(shared, `contrail-test-${process.pid}`)
    const { app, left } = uploadApp(async ({ params }) => {
      const file = params.file('f')
      await file.moveTo(kept, { mode: 0o644 })
      return [(statSync(kept).mode & 0o777).toString(8), await file.text(), left()]
    })
    expect((await send(app, [{ name: 'f', filename: 'x', value: 'new' }])).json).toEqual(['644', 'new', []])
    await import('node:fs/promises').then(({ rm }) => rm(kept))
  })

  test('that could not be moved is still removed', async () => {
    const { app, left } = uploadApp(async ({ params }) => await params.file('f').moveTo('/nowhere/there'))
    expect((await send(app, [{ name: 'f', filename: 'x', value: 'x' }])).status).toBe(500)
    await expect.poll(left).toEqual([])
  })

  test('says what to do when it is asked for after its request', async () => {
    const files: UploadedFile[] = []
    const { app, left } = uploadApp(({ params }) => void files.push(params.file('f')))
    await send(app, [{ name: 'f', filename: 'x', value: 'x' }])
    await expect.poll(left).toEqual([])
    const [file] = files as [UploadedFile]
    for (const use of [() => file.bytes(), () => file.text(), async () => file.stream(), () => file.moveTo('/tmp/x')])
      await expect(use()).rejects.toThrow(/was removed when its request ended. Call moveTo/)
  })
})

describe('B7: whatever becomes of the request, no file is left', () => {
  test.each<[string, number, (controller: Controller) => unknown]>([
    ['it is answered', 200, () => null],
    ['it throws', 500, () => Promise.reject(new Error('x'))],
    ['it is a 4xx', 404, () => Promise.reject(new NotFound())],
    ['it does not answer', 500, (c) => c.render({})],
  ])('when %s', async (_, status, work) => {
    const { app, left } = uploadApp(work)
    expect((await send(app, [PNG])).status).toBe(status)
    await expect.poll(left).toEqual([])
  })

  test('when a forged form is refused before its action', async () => {
    const { app, ran, left } = uploadApp(() => null)
    const answer = await send(app, [PNG], MULTIPART, { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(answer.status).toBe(422)
    expect(ran()).toBe(0)
    await expect.poll(left).toEqual([])
  })

  test('when the disk takes no more', async () => {
    const { app, folder, left } = uploadApp(() => null)
    await import('node:fs/promises').then(({ rm }) => rm(folder, { recursive: true }))
    expect((await send(app, [PNG, { ...PNG, name: 'b' }])).status).toBe(500)
    expect(() => left()).toThrow('ENOENT')
  })

  test('and a form’s token is found as in any form', async () => {
    class FormsController extends Controller {
      static {
        this.protectFromForgery()
      }
      new() {
        this.renderText(this.csrfToken())
      }
      create() {
        this.renderText('done')
      }
    }
    const { app } = boot((r) => r.resource('form', FormsController, { only: ['new', 'create'] }))
    const page = await ask(app, '/form/new')
    const cookie = page.setCookies.map((one) => one.split(';')[0]).join('; ')
    const body = (token: string) => multipart([PNG, { name: 'authenticity_token', value: token }])
    const headers = { 'content-type': MULTIPART, cookie }
    expect((await ask(app, '/form', { body: body(page.text), headers })).text).toBe('done')
    expect((await ask(app, '/form', { body: body('wrong'), headers })).status).toBe(422)
  })
})
