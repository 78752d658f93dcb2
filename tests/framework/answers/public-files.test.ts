// The files of public/: at which addresses, with which headers, and nothing beside them.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type ApplicationConfig, Controller, DEFAULT_HEADERS } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Ask, ask, boot, bootError, listen } from '../../harness/app.js'
import { temporaryFolder, writeFiles } from '../../harness/folders.js'
import { exchange } from '../../harness/sockets.js'

const CSS = 'body { color: red }'

class PagesController extends Controller {
  index() {
    this.renderText(`routed to ${this.request.path}`)
  }
  fail() {
    throw new Error('broken')
  }
}

/** An app with these files, in an environment: production looks at them once, development each time. */
function publicApp(environment: string, config: ApplicationConfig = {}, files: Record<string, string> = {}) {
  const root = temporaryFolder()
  writeFiles(root, {
    'public/app.css': CSS,
    'public/index.html': '<h1>Home</h1>',
    'public/about.html': '<h1>About</h1>',
    'public/docs/index.html': '<h1>Docs</h1>',
    'public/größe mit leer.txt': 'size',
    'public/100%25.txt': 'percent',
    'public/404.html': '<h1>Own 404</h1>',
    'public/500.html': '<h1>Own 500</h1>',
    'public/.env': 'secret',
    'public/.git/config': 'secret',
    'public/.well-known/security.txt': 'contact',
    'public-beside/secret.txt': 'secret',
    'secret.txt': 'secret',
    ...files,
  })
  symlinkSync(join(root, 'secret.txt'), join(root, 'public', 'link.txt'))
  symlinkSync(join(root, 'public-beside'), join(root, 'public', 'folder'))
  symlinkSync(join(root, 'public', 'app.css'), join(root, 'public', 'alias.css'))
  const { app } = boot(
    (r) => {
      r.match(['get', 'post'], '/fail', PagesController, 'fail')
      r.match(['get', 'post'], '/*path', PagesController, 'index')
    },
    { root, config, environment: { name: environment, explicit: environment === 'production' } },
  )
  const get = (path: string, headers: Ask['headers'] = {}, method = 'GET') =>
    ask(app, path, { method, headers: { host: 'localhost', ...headers } })
  return { app, root, get }
}

describe.each(['production', 'development'])('public files in %s', (environment) => {
  test('come before the routes, with type, size, date, tag and Cache-Control', async () => {
    const { get } = publicApp(environment)
    const { status, text, headers, setCookies } = await get('/app.css?v=1')
    expect({ status, text, setCookies }).toEqual({ status: 200, text: CSS, setCookies: [] })
    expect(headers).toMatchObject({
      'content-type': 'text/css; charset=utf-8',
      'content-length': String(CSS.length),
      'cache-control': 'public, max-age=0',
      etag: expect.stringMatching(/^"/),
      'last-modified': expect.any(String),
    })
    expect((await get('/app.css', { 'if-none-match': headers['etag'] as string })).status).toBe(304)
    expect(await get('/app.css', { range: 'bytes=0-3' })).toMatchObject({ status: 206, text: 'body' })
    expect(await get('/app.css', {}, 'HEAD')).toMatchObject({ status: 200, text: '' })
  })

  test.each([
    ['/', 'Home'],
    ['/about', 'About'],
    ['/about.html', 'About'],
    ['/docs', 'Docs'],
    ['/docs/', 'Docs'],
    ['/docs/index.html', 'Docs'],
    ['/gr%C3%B6%C3%9Fe%20mit%20leer.txt', 'size'],
    ['/100%2525.txt', 'percent'],
    ['/.well-known/security.txt', 'contact'],
    ['/alias.css', 'red'],
  ])('%s is there', async (path, text) => {
    expect((await publicApp(environment).get(path)).text).toContain(text)
  })

  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/%252e%252e%252fsecret.txt',
    '/docs/../../secret.txt',
    '/..%5csecret.txt',
    '//secret.txt',
    '//app.css',
    '/docs//index.html',
    '/public-beside/secret.txt',
    '/../public-beside/secret.txt',
    '/.env',
    '/.git/config',
    '/%2eenv',
    '/link.txt',
    '/folder/secret.txt',
    '/app.css/',
    '/app.css/x',
    `/${'x'.repeat(3_000)}`,
  ])('H11: %s is not', async (path) => {
    const { status, text } = await publicApp(environment).get(path)
    expect(text).not.toContain('secret\n')
    expect(text).not.toBe('secret')
    expect([status, text]).toEqual([200, `routed to ${path}`])
  })

  test('H11: nor is anything with a NUL', async () => {
    expect((await publicApp(environment).get('/app.css%00')).status).toBe(400)
  })

  test('H11: over a socket, where no client tidies the path', async () => {
    const url = await listen(publicApp(environment).app)
    const answer = await exchange(
      url,
      'GET /docs/../../secret.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    )
    expect(answer).toMatch(/routed to \/docs\/\.\.\/\.\.\/secret\.txt$/)
  })

  test('are for GET and HEAD alone', async () => {
    expect((await publicApp(environment).get('/app.css', {}, 'POST')).text).toBe('routed to /app.css')
  })

  test('are sent as they were compressed beforehand, to clients that take it', async () => {
    const { get, root } = publicApp(environment, {}, { 'public/app.js': 'plain', 'public/app.js.br': 'brotli' })
    writeFileSync(join(root, 'public', 'app.js.gz'), gzipSync('zipped'))
    const booted =
      environment === 'production'
        ? publicApp(environment, {}, { 'public/app.js': 'plain', 'public/app.js.br': 'brotli' }).get
        : get
    const brotli = await booted('/app.js', { 'accept-encoding': 'gzip, deflate, br' })
    expect(brotli).toMatchObject({ text: 'brotli', headers: { 'content-encoding': 'br', vary: 'Accept-Encoding' } })
    expect(brotli.headers['content-type']).toBe('text/javascript; charset=utf-8')
    const plain = await booted('/app.js', { 'accept-encoding': 'deflate' })
    expect(plain).toMatchObject({ text: 'plain', headers: { vary: 'Accept-Encoding' } })
    expect(plain.headers).not.toHaveProperty('content-encoding')
    expect(plain.headers['etag']).not.toBe(brotli.headers['etag'])
    expect((await booted('/app.js', { 'accept-encoding': 'br;q=0, identity' })).text).toBe('plain')
  })

  test('may be kept as long as the app says', async () => {
    const { get } = publicApp(
      environment,
      { publicFiles: { maxAge: 60, immutable: /^\/assets\// } },
      { 'public/assets/app-1a2b.js': '1' },
    )
    expect((await get('/app.css')).headers['cache-control']).toBe('public, max-age=60')
    expect((await get('/assets/app-1a2b.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable')
  })

  test('are not served when they are not wanted, and may lie elsewhere', async () => {
    expect((await publicApp(environment, { publicFiles: false }).get('/app.css')).text).toBe('routed to /app.css')
    const { get } = publicApp(environment, { publicFiles: { folder: 'public/docs' } })
    expect((await get('/')).text).toContain('Docs')
  })
})

describe('public files', () => {
  test('that come later are seen in development', async () => {
    const { get, root } = publicApp('development')
    expect((await get('/later.txt')).text).toBe('routed to /later.txt')
    writeFileSync(join(root, 'public', 'later.txt'), 'now')
    expect((await get('/later.txt')).text).toBe('now')
  })

  test('may come with their folder in development', async () => {
    const root = temporaryFolder()
    const { app } = boot(() => {}, { root, environment: { name: 'development', explicit: true } })
    writeFiles(root, { 'public/app.css': CSS })
    expect((await ask(app, '/app.css', { headers: { host: 'localhost' } })).text).toBe(CSS)
  })

  test('that are gone since boot are left to the routes, and a link that was swapped is not followed', async () => {
    const { get, root } = publicApp('production', {}, { 'public/swap.txt': 'plain' })
    rmSync(join(root, 'public', 'swap.txt'))
    expect((await get('/swap.txt')).text).toBe('routed to /swap.txt')
    symlinkSync(join(root, 'secret.txt'), join(root, 'public', 'swap.txt'))
    expect((await get('/swap.txt')).text).toBe('routed to /swap.txt')
    rmSync(join(root, 'public', 'swap.txt'))
    symlinkSync(join(root, 'public', 'app.css'), join(root, 'public', 'swap.txt'))
    expect((await get('/swap.txt')).text).toBe(CSS)
  })

  test('are pages for errors, to people and not in development', async () => {
    const { get } = publicApp('production')
    const page = await get('/fail', { accept: 'text/html' })
    expect(page).toMatchObject({ status: 500, text: '<h1>Own 500</h1>' })
    expect(page.headers).not.toHaveProperty('content-security-policy')
    expect((await get('/fail', { accept: 'application/json' })).json).toMatchObject({ status: 500 })
    const root = temporaryFolder()
    writeFiles(root, { 'public/404.html': 'own' })
    const development = boot(() => {}, { root, environment: { name: 'development', explicit: true } })
    const shown = await ask(development.app, '/x', { headers: { accept: 'text/html', host: 'localhost' } })
    expect(shown).toMatchObject({ status: 404 })
    expect(shown.text).not.toBe('own')
  })

  test.each([404, 500])('an error page that was taken away since the boot is the framework’s: %i', async (status) => {
    const root = temporaryFolder()
    writeFiles(root, { [`public/${status}.html`]: 'own' })
    const { app } = boot(
      (r) =>
        r.get(
          '/500',
          class extends PagesController {
            override index() {
              throw new Error('no')
            }
          },
          'index',
        ),
      { root, environment: { name: 'production', explicit: true } },
    )
    rmSync(join(root, 'public', `${status}.html`))
    const answer = await ask(app, `/${status}`, { headers: { accept: 'text/html' } })
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8'])
    expect(answer.text).toContain(`<title>${status}`)
  })

  test('H13: have the default headers, and HSTS over TLS, whole, in part, unchanged and missing', async () => {
    const root = temporaryFolder()
    writeFiles(root, { 'public/app.css': CSS, 'public/404.html': 'own' })
    const { app } = boot(() => {}, { root, environment: { name: 'production', explicit: true } })
    const { etag } = (await ask(app, '/app.css')).headers
    for (const [path, headers, status] of [
      ['/app.css', {}, 200],
      ['/app.css', { range: 'bytes=0-1' }, 206],
      ['/app.css', { 'if-none-match': etag }, 304],
      ['/app.css', { range: 'bytes=99-' }, 416],
      ['/nothing', { accept: 'text/html' }, 404],
    ] as const) {
      const answer = await ask(app, path, { headers, encrypted: true })
      expect(answer.status).toBe(status)
      expect(answer.headers).toMatchObject({ ...DEFAULT_HEADERS, 'strict-transport-security': 'max-age=31536000' })
    }
  })

  test('need no folder', async () => {
    const root = temporaryFolder()
    const { app } = boot((r) => r.root(PagesController, 'index'), { root })
    expect((await ask(app, '/')).text).toBe('routed to /')
  })

  test.each([
    [{ publicFiles: { folder: 'nowhere' } }, 'which is no folder'],
    [{ publicFiles: { folder: 1 } }, 'publicFiles.folder is 1.'],
    [{ publicFiles: { maxAge: -1 } }, 'publicFiles.maxAge is -1.'],
    [{ publicFiles: { immutable: /a/g } }, 'publicFiles.immutable'],
    [{ publicFiles: { maxage: 1 } }, 'Unknown key "maxage" in publicFiles.'],
    [{ publicFiles: true }, 'publicFiles is true.'],
    [{ compress: { treshold: 1 } }, 'Unknown key "treshold" in compress.'],
    [{ compress: 'gzip' }, 'compress is "gzip".'],
    [{ compress: { threshold: -1 } }, 'compress.threshold is -1.'],
    [{ etag: 'weak' }, 'etag is "weak".'],
    [{ sendTimeout: -1 }, 'sendTimeout is -1.'],
  ])('and their neighbours, configured as %j, are refused at boot', (config, problem) => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'public'))
    expect(bootError(() => boot(() => {}, { root, config: config as never })).problem).toContain(problem)
  })
})
