// H1 behind real proxies: whatever bytes one client sends, the app sees no request that hides in another, and the next client
// gets its own answer. Run where nginx and haproxy are installed; CI must have them.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Controller } from 'contrail'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { askSocket, boot } from '../harness/app.js'
import { folderWith, writeFiles } from '../harness/folders.js'
import { freePort, start } from '../harness/processes.js'
import { open } from '../harness/sockets.js'

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\nX: '
const CHUNKED = `0\r\n\r\n${SMUGGLED}`
const JSON_BODY = 'Content-Type: text/plain'

const post = (headers: string, body: string, version = '1.1') =>
  `POST / HTTP/${version}\r\nHost: a\r\n${JSON_BODY}\r\n${headers}\r\n\r\n${body}`
const both = (coding: string) => post(`Content-Length: ${CHUNKED.length}\r\n${coding}`, CHUNKED)

/** In each, what looks like a second request is the first one's body, or the whole is refused. */
const PROBES: Readonly<Record<string, string>> = {
  'CL.TE': both('Transfer-Encoding: chunked'),
  'TE.CL': post(
    'Transfer-Encoding: chunked\r\nContent-Length: 4',
    `${(SMUGGLED.length + 4).toString(16)}\r\n${SMUGGLED}y\r\n\r\n\r\n0\r\n\r\n`,
  ),
  'TE.TE: xchunked': both('Transfer-Encoding: xchunked'),
  'TE.TE: a space before the colon': both('Transfer-Encoding : chunked'),
  'TE.TE: a tab': both('Transfer-Encoding:\tchunked'),
  'TE.TE: a vertical tab': both('Transfer-Encoding:\x0bchunked'),
  'TE.TE: folded': both('Transfer-Encoding:\r\n chunked'),
  'TE.TE: a space before the name': both('X: x\r\n Transfer-Encoding: chunked'),
  'TE.TE: behind a bare line feed': both('X: x\nTransfer-Encoding: chunked'),
  'TE.TE: behind a bare carriage return': both('X: x\rTransfer-Encoding: chunked'),
  'TE.TE: twice': both('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity'),
  'TE.TE: twice, the other way': both('Transfer-Encoding: identity\r\nTransfer-Encoding: chunked'),
  'TE.TE: a list': both('Transfer-Encoding: chunked, identity'),
  'TE.TE: quoted': both('Transfer-Encoding: "chunked"'),
  'TE.TE: empty': both('Transfer-Encoding:'),
  'TE.TE: mixed case': both('tRANSFER-eNCODING: cHUNKED'),
  'TE.TE: with a NUL': both('Transfer-Encoding: chunked\0'),
  'TE.TE: underscored': both('Transfer_Encoding: chunked'),
  'HTTP/1.0 + chunked': post(`Transfer-Encoding: chunked\r\nContent-Length: ${CHUNKED.length}`, CHUNKED, '1.0'),
  'two lengths': post(`Content-Length: 0\r\nContent-Length: ${SMUGGLED.length}`, SMUGGLED),
  'two lengths, the other way': post(`Content-Length: ${SMUGGLED.length}\r\nContent-Length: 0`, SMUGGLED),
  'a list of lengths': post(`Content-Length: ${SMUGGLED.length}, 0`, SMUGGLED),
  'a length with a sign': post(`Content-Length: +${SMUGGLED.length}`, SMUGGLED),
  'a huge chunk extension': post(
    'Transfer-Encoding: chunked',
    `${SMUGGLED.length.toString(16)};${'x'.repeat(20_000)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
  ),
  'a chunk extension with a line feed': post(
    'Transfer-Encoding: chunked',
    `1;x\n${SMUGGLED.length.toString(16)}\r\nz\r\n${SMUGGLED}\r\n0\r\n\r\n`,
  ),
  'chunks with bare line feeds': post('Transfer-Encoding: chunked', `1\nz\n0\n\n${SMUGGLED}`),
  'a chunk size that overflows': post('Transfer-Encoding: chunked', `100000000000000001\r\nz\r\n0\r\n\r\n${SMUGGLED}`),
  'a body of GET': `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
  'a body that upgrades': `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
}

const seen: string[] = []
class PagesController extends Controller {
  any() {
    seen.push(this.request.url)
    this.renderText(`seen: ${this.request.url}`)
  }
}
const { app } = boot((r) => {
  r.match(['get', 'post'], '/', PagesController, 'any')
  r.match(['get', 'post'], '/*path', PagesController, 'any')
})
const upstream = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
afterAll(() => app.close())

const nginx = (port: number, folder: string) => `
daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events {}
http {
  access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  upstream app { server 127.0.0.1:${upstream.port}; keepalive 1; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_request_buffering off; }
  }
}`
const haproxy = (port: number) => `
defaults
  mode http
  timeout client 2s
  timeout server 2s
  timeout connect 2s
frontend in
  bind 127.0.0.1:${port}
  default_backend app
backend app
  http-reuse always
  server app 127.0.0.1:${upstream.port} pool-max-conn 1
`

/** Sends bytes, and lets the connection go once nothing has come back for a moment. */
async function send(url: string, bytes: string): Promise<void> {
  const { socket } = await open(url)
  socket.write(bytes, 'latin1')
  let arrived = -1
  while (!socket.closed && arrived !== socket.bytesRead) {
    arrived = socket.bytesRead
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
  socket.destroy()
}

const PROXIES = [
  ['nginx', nginx, (file: string) => ['-e', 'stderr', '-c', file]],
  ['haproxy', haproxy, (file: string) => ['-db', '-f', file]],
] as const

describe.each(PROXIES)('H1: behind %s', (program, configOf, argumentsOf) => {
  const isThere = spawnSync('which', [program]).status === 0 || process.env['CI'] !== undefined

  test.skipIf(!isThere)('no request hides in another, and the next client gets its own answer', async () => {
    const port = await freePort()
    const folder = folderWith({})
    writeFiles(folder, { 'proxy.conf': configOf(port, folder) })
    const proxy = start(program, argumentsOf(join(folder, 'proxy.conf')), { cwd: folder })
    onTestFinished(() => proxy.kill('SIGKILL'))
    const url = `http://127.0.0.1:${port}`
    await expect
      .poll(
        () =>
          askSocket(`${url}/ready`).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(200)

    const wrong: string[] = []
    for (const [name, bytes] of Object.entries(PROBES)) {
      seen.length = 0
      await send(url, bytes)
      for (const path of ['/next', '/after']) {
        const { text } = await askSocket(`${url}${path}`)
        if (text !== `seen: ${path}`) wrong.push(`${name}: ${path} was answered ${text}`)
      }
      if (seen.includes('/smuggled')) wrong.push(`${name}: the app saw the hidden request`)
    }
    expect(wrong).toEqual([])
  })
})

describe('H1: without a proxy', () => {
  test('neither', async () => {
    const wrong: string[] = []
    for (const [name, bytes] of Object.entries(PROBES)) {
      seen.length = 0
      await send(upstream.url, bytes)
      if (seen.includes('/smuggled')) wrong.push(name)
    }
    expect(wrong).toEqual([])
  })
})
