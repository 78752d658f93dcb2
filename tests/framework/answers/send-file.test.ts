// Files as answers: where they may be, which part is asked for, what the client has already, and what they are called.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readlinkSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Controller, type FileOptions } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Ask, ask, askSocket, boot, listen } from '../../harness/app.js'
import { temporaryFolder, writeFiles } from '../../harness/folders.js'
import { open } from '../../harness/sockets.js'

const TEXT = 'abcdefghijklmnopqrstuvwxyz'

/** An app whose `/?name=` sends a file of its folder `files`. */
function filesApp(options: FileOptions = { root: 'files' }) {
  const root = temporaryFolder()
  const files = {
    'files/a.txt': TEXT,
    'files/empty.txt': '',
    'files/deep/b.json': '{}',
    'files/.env': 'SECRET=1',
    'files/.git/config': 'secret',
    'files/.well-known/security.txt': 'contact',
    'files/page.html': '<script>alert(1)</script>',
    'files/größe €.csv': 'a,b',
    'files-beside/secret.txt': 'secret',
    'secret.txt': 'secret',
  }
  writeFiles(root, files)
  symlinkSync(join(root, 'secret.txt'), join(root, 'files', 'link-out.txt'))
  symlinkSync(join(root, 'files', 'a.txt'), join(root, 'files', 'link-in.txt'))
  symlinkSync(join(root, 'files-beside'), join(root, 'files', 'folder-out'))
  class FilesController extends Controller {
    async index() {
      await this.sendFile(this.params.string('name'), options)
    }
  }
  const { app, log } = boot((r) => r.root(FilesController, 'index'), { root })
  const get = (name: string, headers: Ask['headers'] = {}, method = 'GET') =>
    ask(app, `/?name=${encodeURIComponent(name)}`, { method, headers })
  return { app, log, root, get }
}

describe('sendFile', () => {
  test('sends a file with its type, size, date and tag, as an attachment', async () => {
    const { get } = filesApp()
    const answer = await get('a.txt')
    expect(answer).toMatchObject({ status: 200, text: TEXT })
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '26',
      'content-disposition': 'attachment; filename=a.txt',
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^"[\w-]+"$/),
      'last-modified': expect.stringMatching(/ GMT$/),
    })
  })

  test('over a socket, large and empty ones too', async () => {
    const { app, root } = filesApp()
    writeFileSync(join(root, 'files', 'large.bin'), Buffer.alloc(3_000_000, 'x'))
    const url = await listen(app)
    const large = await askSocket(`${url}/?name=large.bin`)
    expect(large.text).toBe('x'.repeat(3_000_000))
    expect(large.headers).toMatchObject({ 'content-length': '3000000', 'content-type': 'application/octet-stream' })
    const part = await askSocket(`${url}/?name=large.bin`, { headers: { range: 'bytes=100-299999' } })
    expect(part).toMatchObject({ status: 206, headers: { 'content-length': '299900' } })
    expect(part.text.length).toBe(299_900)
    const empty = await askSocket(`${url}/?name=empty.txt`)
    expect(empty).toMatchObject({ status: 200, text: '', headers: { 'content-length': '0' } })
    const head = await askSocket(`${url}/?name=large.bin`, { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, text: '', headers: { 'content-length': '3000000' } })
  })

  test('shows it inline, under another name and type, with headers, if told to', async () => {
    const { get } = filesApp({
      root: 'files',
      disposition: 'inline',
      filename: 'Überblick.html',
      type: 'text/plain',
      cacheControl: 'max-age=60',
      headers: { 'x-a': 'b' },
    })
    const { headers } = await get('page.html')
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `inline; filename="?berblick.html"; filename*=UTF-8''%C3%9Cberblick.html`,
      'cache-control': 'max-age=60',
      'x-a': 'b',
    })
  })

  test('without a root takes a path of the app, from its folder or from the top, but none with a way up', async () => {
    const { get, root } = filesApp({})
    expect((await get('secret.txt')).text).toBe('secret')
    expect((await get(join(root, 'secret.txt'))).text).toBe('secret')
    expect((await get('files/../secret.txt')).status).toBe(404)
    expect((await get(`${root}/files/../secret.txt`)).status).toBe(404)
  })

  test('names a file of any characters', async () => {
    const { get } = filesApp()
    const { headers } = await get('größe €.csv')
    expect(headers['content-disposition']).toContain("filename*=UTF-8''gr%C3%B6%C3%9Fe%20%E2%82%AC.csv")
  })

  test('refuses a second answer before it opens anything, and what comes too late', async () => {
    class TwiceController extends Controller {
      async index() {
        this.render({})
        await this.sendFile('/etc/hostname')
      }
      late() {
        setTimeout(() => void this.sendFile('/etc/hostname'), 5)
        this.render({})
      }
      forgotten() {
        void this.sendFile('/etc/hostname')
        this.render({})
      }
    }
    const { app, log } = boot((r) => {
      r.root(TwiceController, 'index')
      r.get('/late', TwiceController, 'late')
      r.get('/forgotten', TwiceController, 'forgotten')
    })
    expect((await ask(app, '/')).status).toBe(500)
    expect(log).toMatchObject([{ msg: expect.stringContaining('sendFile() would be a second answer') }])
    for (const path of ['/late', '/forgotten']) {
      log.length = 0
      expect(await ask(app, path)).toMatchObject({ status: 200, text: '{}' })
      while (log.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      expect(log).toMatchObject([{ level: 'error', msg: expect.stringContaining('sendFile() came too late') }])
    }
  })
})

describe('H11: sendFile with a name from outside', () => {
  test.each([
    '../secret.txt',
    'deep/../../secret.txt',
    '..\\secret.txt',
    '%2e%2e/secret.txt',
    '..%2fsecret.txt',
    '%252e%252e%252fsecret.txt',
    '/etc/passwd',
    '//etc/passwd',
    'C:\\secret.txt',
    'file:///etc/passwd',
    'a.txt\0',
    'a.txt\0.png',
    '.env',
    '.git/config',
    'deep/.hidden',
    '../files-beside/secret.txt',
    'link-out.txt',
    'folder-out/secret.txt',
    'deep',
    'deep/',
    'a.txt/',
    'a.txt/b',
    '.',
    '',
    '/',
    'x'.repeat(5_000),
    'missing.txt',
  ])('%j is not found', async (name) => {
    const { get } = filesApp()
    const answer = await get(name)
    expect(answer.status).toBe(404)
    expect(answer.text).not.toContain('secret')
  })

  test.each(['a.txt', 'deep/b.json', 'link-in.txt', '.well-known/security.txt'])('%j is', async (name) => {
    expect((await filesApp().get(name)).status).toBe(200)
  })

  test('a pipe is not found, and not waited for', async () => {
    const { get, root } = filesApp()
    execFileSync('mkfifo', [join(root, 'files', 'pipe.txt')])
    expect((await get('pipe.txt')).status).toBe(404)
  })

  test('leaves no file open, whatever it answers', async () => {
    const { get, root } = filesApp()
    mkdirSync(join(root, 'files', 'folder.txt'))
    const openFiles = () => readdirSync('/proc/self/fd').length
    await get('a.txt')
    const before = openFiles()
    const { headers } = await get('a.txt')
    for (let turn = 0; turn < 20; turn++) {
      await get('a.txt')
      await get('a.txt', {}, 'HEAD')
      await get('a.txt', { 'if-none-match': headers['etag'] as string })
      await get('a.txt', { 'if-match': '"other"' })
      await get('a.txt', { range: 'bytes=99-' })
      await get('folder.txt')
      await get('link-out.txt')
      await get('empty.txt')
    }
    expect(openFiles()).toBeLessThanOrEqual(before + 1)
  })
})

describe('H9: a file name', () => {
  test.each(['a\r\nset-cookie: b=c', 'a\nb', 'a\0b', 'a\u2028b', 'half \ud800'])(
    '%j is refused before anything is sent',
    async (filename) => {
      const { get, log } = filesApp({ root: 'files', filename })
      const answer = await get('a.txt')
      expect(answer).toMatchObject({ status: 500, setCookies: [] })
      expect(log).toMatchObject([{ msg: expect.stringContaining('holds a character that no file name should have') }])
    },
  )

  test.each(['č.txt', '"quoted" \\ .txt', "it's 100%.txt", '😀.txt'])('%j arrives whole', async (filename) => {
    const { get } = filesApp({ root: 'files', filename })
    const { status, headers } = await get('a.txt')
    expect(status).toBe(200)
    const [, extended] = /filename\*=UTF-8''(\S+)$/.exec(headers['content-disposition'] as string) ?? []
    const plain = /filename="?((?:\\.|[^"\\])*)/
      .exec(headers['content-disposition'] as string)?.[1]
      ?.replace(/\\(.)/g, '$1')
    const said = extended === undefined ? plain : decodeURIComponent(extended)
    expect(said).toBe(filename.replace(/^.*[/\\]/, ''))
  })

  test('and a type with a line break is refused', async () => {
    expect((await filesApp({ root: 'files', type: 'text/a\r\nx: y' }).get('a.txt')).status).toBe(500)
  })
})

describe('H12: a range', () => {
  test.each([
    ['bytes=0-4', 'abcde', 'bytes 0-4/26'],
    ['bytes=20-', 'uvwxyz', 'bytes 20-25/26'],
    ['bytes=-3', 'xyz', 'bytes 23-25/26'],
    ['bytes=24-99', 'yz', 'bytes 24-25/26'],
    ['bytes=-99', TEXT, 'bytes 0-25/26'],
    ['bytes=0-4,3-9', 'abcdefghij', 'bytes 0-9/26'],
    ['bytes=0-0', 'a', 'bytes 0-0/26'],
  ])('%s is %s', async (range, text, said) => {
    const answer = await filesApp().get('a.txt', { range })
    expect(answer).toMatchObject({ status: 206, text })
    expect(answer.headers).toMatchObject({ 'content-range': said, 'content-length': String(text.length) })
  })

  test.each(['bytes=26-', 'bytes=99-100', 'bytes=-0', 'bytes=5-2'])('%s is 416, with the size', async (range) => {
    const answer = await filesApp().get('a.txt', { range })
    expect(answer).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */26' } })
  })

  test.each(['lines=1-2', 'bytes', 'bytes=', 'bytes=a-b', 'bytes=1', '', 'bytes=0-1,10-12'])(
    '%j is no range, or several: the whole file',
    async (range) => {
      expect(await filesApp().get('a.txt', { range })).toMatchObject({ status: 200, text: TEXT })
    },
  )

  test('of a thousand parts that overlap is never more than the file', async () => {
    const many = (part: (n: number) => string) => `bytes=${Array.from({ length: 1_000 }, (_, n) => part(n)).join(',')}`
    for (const range of [
      many(() => '0-'),
      many((n) => `${n % 20}-25`),
      many((n) => `${(n * 2) % 26}-${(n * 2) % 26}`),
    ]) {
      const { text, status } = await filesApp().get('a.txt', { range })
      expect([200, 206]).toContain(status)
      expect(text.length).toBeLessThanOrEqual(26)
    }
  })

  test('of an empty file is 416 or the whole, and HEAD has no part', async () => {
    const { get } = filesApp()
    expect((await get('empty.txt', { range: 'bytes=0-' })).status).toBe(416)
    const head = await get('a.txt', { range: 'bytes=0-4' }, 'HEAD')
    expect(head).toMatchObject({ status: 200, text: '', headers: { 'content-length': '26' } })
  })

  test('of a file that has changed since is the whole file (If-Range)', async () => {
    const { get } = filesApp()
    const { headers } = await get('a.txt')
    const part = (condition: string) => get('a.txt', { range: 'bytes=0-4', 'if-range': condition })
    expect((await part(headers['etag'] as string)).status).toBe(206)
    expect((await part(headers['last-modified'] as string)).status).toBe(206)
    for (const other of [
      '"other"',
      `W/${headers['etag']}`,
      'Tue, 01 Jan 2030 00:00:00 GMT',
      'nonsense',
      `x${headers['etag']}`,
    ])
      expect(await part(other)).toMatchObject({ status: 200, text: TEXT })
  })
})

describe('a conditional request for a file', () => {
  test('that the client has is 304, without a body or what describes one', async () => {
    const { get } = filesApp()
    const { headers } = await get('a.txt')
    const conditions: Ask['headers'][] = [
      { 'if-none-match': headers['etag'] as string },
      { 'if-none-match': `"x", W/${headers['etag']}` },
      { 'if-none-match': '*' },
      { 'if-modified-since': headers['last-modified'] as string },
    ]
    for (const condition of conditions) {
      const answer = await get('a.txt', condition)
      expect(answer).toMatchObject({ status: 304, text: '', headers: { etag: headers['etag'] } })
      expect(answer.headers).not.toHaveProperty('content-type')
      expect(answer.headers).not.toHaveProperty('content-length')
    }
  })

  test('that has changed is sent, also within a second', async () => {
    const { get, root } = filesApp()
    const { headers } = await get('a.txt')
    const time = Date.parse(headers['last-modified'] as string) / 1_000
    utimesSync(join(root, 'files', 'a.txt'), time, time + 0.5)
    expect((await get('a.txt', { 'if-none-match': headers['etag'] as string })).status).toBe(200)
    expect(
      (await get('a.txt', { 'if-none-match': '"x"', 'if-modified-since': headers['last-modified'] as string })).status,
    ).toBe(200)
  })

  test('about a state that is no more is 412', async () => {
    const { get } = filesApp()
    const { headers } = await get('a.txt')
    expect((await get('a.txt', { 'if-match': headers['etag'] as string })).status).toBe(200)
    expect((await get('a.txt', { 'if-match': '*' })).status).toBe(200)
    expect((await get('a.txt', { 'if-match': '"other"' })).status).toBe(412)
    expect((await get('a.txt', { 'if-unmodified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' })).status).toBe(412)
    expect((await get('a.txt', { 'if-unmodified-since': headers['last-modified'] as string })).status).toBe(200)
  })
})

test('R4, R5: a large file that is left, and one that becomes shorter, are closed', async () => {
  const { app, root } = filesApp()
  const path = join(root, 'files', 'large.bin')
  writeFileSync(path, Buffer.alloc(20_000_000))
  const url = await listen(app)
  const isOpen = () =>
    readdirSync('/proc/self/fd').some((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).endsWith('large.bin')
      } catch {
        // It was that of the folder itself.
        return false
      }
    })
  const left = await open(url)
  left.socket.pause().write('GET /?name=large.bin HTTP/1.1\r\nHost: a\r\n\r\n')
  while (!isOpen()) await new Promise((resolve) => setTimeout(resolve, 2))
  left.socket.destroy()
  while (isOpen()) await new Promise((resolve) => setTimeout(resolve, 2))

  const shorter = await open(url)
  // To be closed: the file may be cut between its opening and the asking for its length, and then the answer is whole.
  shorter.socket.pause().write('GET /?name=large.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  while (!isOpen()) await new Promise((resolve) => setTimeout(resolve, 2))
  truncateSync(path, 5)
  shorter.socket.resume()
  await shorter.ended()
  while (isOpen()) await new Promise((resolve) => setTimeout(resolve, 2))
})
