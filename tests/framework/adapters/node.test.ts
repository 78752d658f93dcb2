// Over real sockets: connections that are kept, requests that follow each other, and an end in which nothing is lost.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { BootError, Controller, HttpResponse, serve } from 'contrail'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { askSocket, boot, listen } from '../../harness/app.js'
import { exchange, open } from '../../harness/sockets.js'

/** An app with a slow action that ends when it is told to. */
function slowApp(shutdownTimeout = 30) {
  let finish = () => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  let begin = () => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  class PagesController extends Controller {
    async slow() {
      begin()
      await finished
      this.renderText('slow')
    }
    quick() {
      this.renderText(`quick ${this.params.get('n') ?? ''}.`)
    }
  }
  const { app, log } = boot(
    (r) => {
      r.get('/slow', PagesController, 'slow')
      r.match(['get', 'post'], '/quick', PagesController, 'quick')
    },
    { config: { shutdownTimeout } },
  )
  return { app, log, begun, finish }
}

const get = (path: string, ...headers: string[]) =>
  `GET ${path} HTTP/1.1\r\n${['Host: a', ...headers].join('\r\n')}\r\n\r\n`

describe('a connection', () => {
  test('is kept for the next request', async () => {
    const url = await listen(slowApp().app)
    const { socket, until } = await open(url)
    for (const n of [1, 2, 3]) {
      socket.write(get(`/quick?n=${n}`))
      expect(await until(`quick ${n}.`)).not.toContain('close')
    }
  })

  test('ends when the client asks for it', async () => {
    const url = await listen(slowApp().app)
    expect(await exchange(url, get('/quick', 'Connection: close'))).toMatch(/^HTTP\/1\.1 200 .*quick \.$/s)
  })

  test('answers requests that were sent at once in their order, a slow one first', async () => {
    const { app, begun, finish } = slowApp()
    const url = await listen(app)
    const { socket, received, ended } = await open(url)
    socket.write(get('/slow') + get('/quick?n=1') + get('/nowhere') + get('/quick?n=2', 'Connection: close'))
    await begun
    expect((await askSocket(`${url}/quick?n=9`)).text).toBe('quick 9.')
    expect(received()).toBe('')
    finish()
    expect(await ended()).toMatch(/slow.*quick 1\..*404 Not Found.*quick 2\.$/s)
  })

  test('H1: with a request that is no HTTP is answered 400 and ended, and the server lives', async () => {
    const url = await listen(slowApp().app)
    const bad = [
      '\r\n\r\nnonsense\r\n\r\n',
      'GET /quick HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nA b: c\r\n\r\n',
      'POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      'POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
    ]
    for (const bytes of bad) expect(await exchange(url, bytes)).toMatch(/^HTTP\/1\.1 400 /)
    expect((await askSocket(`${url}/quick`)).status).toBe(200)
  })

  test('H5: with headers beyond 16 KB is answered 431, and the server lives', async () => {
    const url = await listen(slowApp().app)
    expect(await exchange(url, get('/quick', `X: ${'x'.repeat(20_000)}`))).toMatch(/^HTTP\/1\.1 431 /)
    expect((await askSocket(`${url}/quick`)).status).toBe(200)
  })
})

describe('R6: close', () => {
  test('finishes a request under way and answers it with Connection: close', async () => {
    const { app, begun, finish } = slowApp()
    const server = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
    const { socket, received, ended } = await open(server.url)
    socket.write(get('/slow'))
    await begun
    const closed = server.close()
    // Longer than idle connections are given.
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(received()).toBe('')
    finish()
    expect(await ended()).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n.*slow$/s)
    await closed
  })

  test('refuses new connections', async () => {
    const { app, begun, finish } = slowApp()
    const server = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
    const slow = askSocket(`${server.url}/slow`)
    await begun
    const closed = server.close()
    await expect(askSocket(`${server.url}/quick`)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    finish()
    await Promise.all([slow, closed])
  })

  test('answers requests that arrive on open connections just then, each with Connection: close', async () => {
    const { app } = slowApp()
    const server = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
    const connections = await Promise.all(Array.from({ length: 20 }, () => open(server.url)))
    for (const { socket } of connections) socket.write(get('/quick?n=1'))
    await Promise.all(connections.map(({ until }) => until('quick 1.')))
    const closed = server.close()
    for (const { socket } of connections)
      socket.write('POST /quick?n=2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi')
    const answers = await Promise.all(connections.map(({ ended }) => ended()))
    for (const answer of answers)
      expect(answer).toMatch(/quick 1\.HTTP\/1\.1 200 .*\r\nconnection: close\r\n.*quick 2\.$/s)
    await closed
  })

  test('ends idle connections by itself, those that never sent anything too', async () => {
    const { app } = slowApp()
    const server = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
    const used = await open(server.url)
    used.socket.write(get('/quick'))
    await used.until('quick')
    const silent = await open(server.url)
    await server.close()
    // node:http alone would have kept it for headersTimeout and then answered 408.
    expect(await silent.ended()).toBe('')
    expect(await used.ended()).toMatch(/^HTTP\/1\.1 200 .*quick \.$/s)
  })

  test('cuts what is not finished by the deadline', async () => {
    const { app, begun } = slowApp(1)
    const server = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
    const slow = askSocket(`${server.url}/slow`)
    const cut = expect(slow).rejects.toMatchObject({ code: 'ECONNRESET' })
    await begun
    await server.close()
    await cut
  })

  test('may be called twice, and before any request', async () => {
    const { app } = slowApp()
    const server = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
    await Promise.all([server.close(), server.close(), app.close()])
    await expect(askSocket(server.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('of the app closes all its servers', async () => {
    const { app } = slowApp()
    const servers = [
      await app.listen({ port: 0, host: '127.0.0.1', signals: false }),
      await app.listen({ port: 0, host: '127.0.0.1', signals: false }),
    ]
    await app.close()
    for (const { url } of servers) await expect(askSocket(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

describe('listen', () => {
  test('tells address and port, and logs them', async () => {
    const { app } = boot(() => {}, { config: { logLevel: 'info' } })
    const server = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
    onTestFinished(() => app.close())
    expect(server.port).toBeGreaterThan(0)
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  })

  test('on a taken port is a BootError that says how to mend it', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => holder.once('listening', resolve))
    onTestFinished(() => void holder.close())
    const { port } = holder.address() as { port: number }
    const refused = boot(() => {}).app.listen({ port, host: '127.0.0.1', signals: false })
    await expect(refused).rejects.toBeInstanceOf(BootError)
    await expect(refused).rejects.toMatchObject({
      problem: `Port ${port} is taken.`,
      fix: 'stop what listens there, or choose another port (PORT, or -p).',
      cause: { code: 'EADDRINUSE' },
    })
  })

  test.each(['x', '-1', '65536', '80.5'])('with PORT=%s is a BootError', async (port) => {
    vi.stubEnv('PORT', port)
    onTestFinished(() => void vi.unstubAllEnvs())
    await expect(boot(() => {}).app.listen({ host: '127.0.0.1', signals: false })).rejects.toMatchObject({
      name: 'BootError',
      problem: `PORT is "${port}".`,
      fix: 'set it to a number from 0 to 65535.',
    })
  })

  test('with a port that is none is a BootError', async () => {
    await expect(boot(() => {}).app.listen({ port: 70_000, signals: false })).rejects.toMatchObject({
      problem: 'port is 70000.',
    })
  })

  test('on an address that is not this machine’s is a BootError', async () => {
    const refused = boot(() => {}).app.listen({ port: 0, host: '192.0.2.1', signals: false })
    await expect(refused).rejects.toMatchObject({
      problem: expect.stringMatching(/^192\.0\.2\.1, port 0, cannot be bound: .*EADDRNOTAVAIL/),
    })
  })
})

describe('R1: serve', () => {
  const errors = [
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['answers what node:http refuses', () => answerWithTrailer()],
    ['answers that late', () => Promise.resolve(answerWithTrailer())],
  ] as const

  function answerWithTrailer(): HttpResponse {
    const response = new HttpResponse()
    response.headers.set('trailer', 'x').set('content-length', 0)
    return response
  }

  test.each(errors)('cuts the one connection when the handler %s, logs it, and lives', async (_, handle) => {
    const logged: unknown[] = []
    const server = await serve(({ url }) => (url === '/ok' ? new HttpResponse() : handle()), {
      port: 0,
      host: '127.0.0.1',
      logger: { fatal: (details: unknown) => void logged.push(details) } as never,
    })
    onTestFinished(() => server.close())
    await expect(askSocket(`${server.url}/bad`)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect((await askSocket(`${server.url}/ok`)).status).toBe(200)
    expect(logged).toEqual([{ err: expect.any(Error) }])
  })
})

test('R6: close() lets a large response out to a slow reader, and ends after it', async () => {
  const SIZE = 20_000_000
  class LargeController extends Controller {
    index() {
      this.renderText('x'.repeat(SIZE))
    }
  }
  const { app } = boot((r) => r.root(LargeController, 'index'))
  const server = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
  const socket = connect(server.port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  let received = 0
  socket.on('data', (chunk) => {
    received += chunk.length
    socket.pause()
    setTimeout(() => socket.resume(), 2)
  })
  await once(socket, 'data')
  const closed = app.close()
  await once(socket, 'close')
  await closed
  expect(received).toBeGreaterThan(SIZE)
})
