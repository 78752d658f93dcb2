// Streamed bodies over real sockets: their order with the head, what happens when either side fails, and what is let go of.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { Controller, HttpResponse, type RawRequest, serve } from 'contrail'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ask, askSocket, boot, listen, type TestApp } from '../../harness/app.js'
import { exchange, open } from '../../harness/sockets.js'

declare module 'contrail' {
  interface SessionData {
    step: number
  }
}

/** An app with one route, `/`, whose action is this. */
function streaming(action: (c: Controller) => unknown, config: object = {}): TestApp {
  class StreamsController extends Controller {
    index() {
      return action(this)
    }
    after() {
      this.renderText('after')
    }
  }
  return boot(
    (r) => {
      r.match(['get', 'post'], '/', StreamsController, 'index')
      r.get('/after', StreamsController, 'after')
    },
    { config },
  )
}

/** A promise, and the function that fulfils it. */
function gate() {
  let release = () => {}
  const opened = new Promise<void>((resolve) => {
    release = resolve
  })
  return { opened, release }
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const errors = ({ log }: TestApp) => log.filter(({ level }) => level === 'error' || level === 'fatal')

async function* pieces(...all: (string | Uint8Array)[]) {
  yield* all
}

describe('stream', () => {
  const sources: [string, () => AsyncIterable<string | Uint8Array>][] = [
    ['a generator', () => pieces('one ', Buffer.from('two '), 'thrée')],
    ['a Readable', () => Readable.from([Buffer.from('one '), Buffer.from('two '), Buffer.from('thrée')])],
    ['a web ReadableStream', () => ReadableStream.from(['one ', 'two ', 'thrée'])],
  ]

  test.each(sources)('sends the pieces of %s', async (_, source) => {
    const { app } = streaming((c) => c.stream(source(), { type: 'text/plain', status: 'accepted' }))
    const url = await listen(app)
    const answer = await askSocket(url)
    expect(answer).toMatchObject({ status: 202, text: 'one two thrée' })
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'transfer-encoding': 'chunked',
    })
    expect((await ask(app, '/')).text).toBe('one two thrée')
    expect(await (await app.fetch(new Request('http://a/'))).text()).toBe('one two thrée')
  })

  test('sends a piece when it is there, not when all are', async () => {
    const { opened, release } = gate()
    async function* slow() {
      yield 'first'
      await opened
      yield 'last'
    }
    const { received, socket, until } = await open(await listen(streaming((c) => c.stream(slow())).app))
    socket.write(GET)
    await until('first')
    expect(received()).not.toContain('last')
    release()
    expect(await until('0\r\n\r\n')).toContain('last')
  })

  test('keeps the connection for the next request, and the order of requests sent at once', async () => {
    const url = await listen(streaming((c) => c.stream(pieces('streamed', ' body'))).app)
    const all = await exchange(url, `${GET}${GET}GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    expect(all).toMatch(/^HTTP\/1\.1 200 .*streamed.*HTTP\/1\.1 200 .*streamed.*HTTP\/1\.1 200 .*after$/s)
  })

  test('ends with the connection for a client of HTTP/1.0', async () => {
    const url = await listen(streaming((c) => c.stream(pieces('a', 'b'))).app)
    const answer = await exchange(url, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n')
    expect(answer).toMatch(/\r\n\r\nab$/)
    expect(answer).not.toContain('chunked')
  })

  test('answers HEAD with the head alone, and lets go of the source', async () => {
    const source = new PassThrough()
    const { app } = streaming((c) => c.stream(source, { headers: { 'content-length': '7' } }))
    const answer = await askSocket(await listen(app), { method: 'HEAD' })
    expect(answer).toMatchObject({ status: 200, text: '', headers: { 'content-length': '7' } })
    expect(source.destroyed).toBe(true)
  })

  test('after another answer is a DoubleRenderError, and lets go of the source', async () => {
    const source = new PassThrough()
    const app = streaming((c) => {
      c.render({})
      c.stream(source)
    })
    expect((await ask(app.app, '/')).status).toBe(500)
    expect(errors(app)).toMatchObject([{ msg: expect.stringContaining('stream() would be a second answer') }])
    expect(source.destroyed).toBe(true)
  })

  test('that is forgotten for an error is let go of', async () => {
    const source = new PassThrough()
    const { app } = streaming((c) => {
      c.stream(source)
      throw new Error('after all')
    })
    expect((await ask(app, '/')).status).toBe(500)
    expect(source.destroyed).toBe(true)
  })

  test('of what is neither text nor bytes is a 500', async () => {
    const app = streaming((c) => c.stream(Readable.from([{ an: 'object' }])))
    expect((await ask(app.app, '/')).status).toBe(500)
    expect(errors(app)).toMatchObject([{ msg: "A body's pieces are strings or bytes, not object." }])
  })

  test('with an option that is none is refused', async () => {
    const app = streaming((c) => c.stream(pieces('a'), { fileName: 'a.txt' } as never))
    expect((await ask(app.app, '/')).status).toBe(500)
    expect(errors(app)).toMatchObject([{ msg: expect.stringContaining('did you mean "filename"?') }])
  })
})

describe('R5: a stream that fails', () => {
  test.each([
    ['generator', () => failing()],
    [
      'Readable',
      () =>
        new Readable({
          read() {
            this.destroy(new Error('no first byte'))
          },
        }),
    ],
    ['Readable that failed before anyone read it', () => new PassThrough().destroy(new Error('no first byte'))],
  ])('before its first piece (%s) is a 500 without what it said, and without cookies', async (_, source) => {
    const app = streaming((c) => {
      c.session.step = 1
      c.cookies.set('a', 'b')
      c.stream(source(), { type: 'text/csv', headers: { 'content-length': '5' } })
    })
    const url = await listen(app.app)
    const answer = await askSocket(url)
    expect(answer.status).toBe(500)
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(answer.setCookies).toEqual([])
    expect(answer.text).not.toContain('first byte')
    expect(errors(app)).toMatchObject([{ msg: 'no first byte', action: 'index' }])
    expect((await askSocket(`${url}/after`)).text).toBe('after')
  })

  async function* failing() {
    if (Date.now() > 0) throw new Error('no first byte')
    yield ''
  }

  test('that is missing when the action still waits ends neither the process nor the request', async () => {
    const app = streaming(async (c) => {
      c.stream(new PassThrough().destroy(new Error('gone')))
      await new Promise((resolve) => setTimeout(resolve, 10))
    })
    expect((await ask(app.app, '/')).status).toBe(500)
  })

  async function* halfway() {
    yield 'half a body'
    await new Promise((resolve) => setTimeout(resolve, 10))
    throw new Error('broken midway')
  }

  test('midway cuts the connection, and is logged once', async () => {
    const app = streaming((c) => c.stream(halfway()))
    const url = await listen(app.app)
    const { socket, ended } = await open(url)
    socket.write(GET)
    const received = await ended()
    expect(received).toContain('half a body')
    expect(received).not.toMatch(/0\r\n\r\n$/)
    expect(errors(app)).toMatchObject([{ msg: 'broken midway', controller: 'StreamsController', action: 'index' }])
    expect((await askSocket(`${url}/after`)).text).toBe('after')
  })

  test('midway fails the body of a fetch', async () => {
    const app = streaming((c) => c.stream(halfway()))
    const response = await app.app.fetch(new Request('http://a/'))
    await expect(response.text()).rejects.toThrow('broken midway')
    expect(errors(app)).toHaveLength(1)
  })

  test.each([
    ['shorter', '12', 'The body ended 1 bytes short of its Content-Length.'],
    ['longer', '10', 'The body is longer than its Content-Length.'],
  ])('to keep its Content-Length, being %s, cuts the connection', async (_, length, msg) => {
    async function* source() {
      yield 'half '
      await new Promise((resolve) => setTimeout(resolve, 10))
      yield 'a body'
    }
    const app = streaming((c) => c.stream(source(), { headers: { 'content-length': length } }))
    const { socket, ended } = await open(await listen(app.app))
    socket.write(GET)
    expect((await ended()).split('\r\n\r\n')[1]?.length).toBeLessThan(12)
    expect(errors(app)).toMatchObject([{ msg }])
  })

  test('of a handler without an app is logged by the server', async () => {
    const logged: unknown[] = []
    const handle = () => Object.assign(new HttpResponse(), { body: halfway() })
    const logger = { fatal: (details: unknown) => void logged.push(details) } as never
    const server = await serve(handle, { port: 0, host: '127.0.0.1', logger })
    onTestFinished(() => server.close())
    await expect(askSocket(server.url)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(logged).toEqual([{ err: expect.objectContaining({ message: 'broken midway' }) }])
  })
})

describe('R1: whatever a stream throws', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = cyclic
  const hostile = Object.defineProperty(new Error('x'), 'message', {
    get: () => {
      throw new Error('even this')
    },
  })

  test.each([
    ['null', null],
    ['undefined', undefined],
    ['a cycle', cyclic],
    ['a getter that throws', hostile],
  ])(
    '(%s) is one 500 before the first piece, one cut connection after it, and one line in the log',
    async (_, thrown) => {
      async function* failing(pieces: number) {
        for (let piece = 0; piece < pieces; piece++) yield 'piece'
        throw thrown
      }
      for (const pieces of [0, 1]) {
        const app = streaming((c) => c.stream(failing(pieces)))
        const url = await listen(app.app)
        const asked = askSocket(url)
        if (pieces === 0) expect((await asked).status).toBe(500)
        else await expect(asked).rejects.toMatchObject({ code: 'ECONNRESET' })
        expect(errors(app)).toHaveLength(1)
        expect((await askSocket(`${url}/after`)).text).toBe('after')
      }
    },
  )

  test('and a session that cannot be kept is a 500 that lets go of the source', async () => {
    const source = new PassThrough()
    source.write('piece')
    const app = streaming((c) => {
      Object.assign(c.session, { step: 'x'.repeat(5_000) })
      c.stream(source)
    })
    const answer = await askSocket(await listen(app.app))
    expect(answer).toMatchObject({ status: 500, setCookies: [] })
    expect(errors(app)).toMatchObject([{ msg: expect.stringContaining('session cookie') }])
    expect(source.destroyed).toBe(true)
  })
})

describe('R4: a client that goes away', () => {
  test('ends a generator, fires the signal, and is no error', async () => {
    const ended = gate()
    let signal: AbortSignal | undefined
    const app = streaming((c) => {
      signal = c.request.signal
      c.stream(ticks())
      async function* ticks() {
        try {
          for (;;) {
            yield 'tick\n'
            await new Promise((resolve) => setTimeout(resolve, 2))
          }
        } finally {
          ended.release()
        }
      }
    })
    const { socket, until } = await open(await listen(app.app))
    socket.write(GET)
    await until('tick')
    expect(signal?.aborted).toBe(false)
    socket.destroy()
    await ended.opened
    expect(signal).toMatchObject({ aborted: true, reason: { name: 'AbortError', message: 'The client went away.' } })
    expect(errors(app)).toEqual([])
  })

  test('destroys a Readable, also one that is silent', async () => {
    const source = new PassThrough()
    const app = streaming((c) => c.stream(source))
    const { socket, until } = await open(await listen(app.app))
    socket.write(GET)
    source.write('something')
    await until('something')
    const closed = once(source, 'close')
    socket.destroy()
    await closed
    expect(errors(app)).toEqual([])
  })

  test('destroys a Readable that has not begun yet, and one whose answer waits for another', async () => {
    const sources = [new PassThrough(), new PassThrough()] as const
    let next = 0
    const app = streaming((c) => c.stream(sources[next++] as PassThrough))
    const { socket } = await open(await listen(app.app))
    socket.write(GET + GET)
    const closed = Promise.all(sources.map((source) => once(source, 'close')))
    while (next < 2) await new Promise((resolve) => setTimeout(resolve, 1))
    socket.destroy()
    await closed
    expect(errors(app)).toEqual([])
  })

  test('before its stream begins lets go of the source', async () => {
    const source = new PassThrough()
    const begun = gate()
    const gone = gate()
    const { app } = streaming(async (c) => {
      c.request.signal.addEventListener('abort', gone.release)
      begun.release()
      await gone.opened
      c.stream(source)
    })
    const { socket } = await open(await listen(app))
    socket.write(GET)
    await begun.opened
    const closed = once(source, 'close')
    socket.destroy()
    await closed
  })

  test('before a server without an app has its stream lets go of the source', async () => {
    const source = new PassThrough()
    const begun = gate()
    const handle = async ({ signal }: RawRequest) => {
      begun.release()
      await once(signal as AbortSignal, 'abort')
      return Object.assign(new HttpResponse(), { body: source })
    }
    const logger = { fatal: () => undefined } as never
    const server = await serve(handle, { port: 0, host: '127.0.0.1', logger })
    onTestFinished(() => server.close())
    const { socket } = await open(server.url)
    socket.write(GET)
    await begun.opened
    const closed = once(source, 'close')
    socket.destroy()
    await closed
  })

  test('cancels a web stream that is silent', async () => {
    const cancelled = gate()
    const source = () => new ReadableStream<Uint8Array>({ cancel: cancelled.release })
    const { socket } = await open(await listen(streaming((c) => c.stream(source())).app))
    socket.write(GET)
    await new Promise((resolve) => setTimeout(resolve, 20))
    socket.destroy()
    await cancelled.opened
  })

  test('fires the signal for an action at work, whose AbortError is no 500', async () => {
    const begun = gate()
    const app = streaming(
      async (c) => {
        const { signal } = c.request
        begun.release()
        await once(new PassThrough(), 'data', { signal })
      },
      { logLevel: 'info' },
    )
    const { socket } = await open(await listen(app.app))
    socket.write(GET)
    await begun.opened
    socket.destroy()
    while (!app.log.some(({ status }) => status === 499)) await new Promise((resolve) => setTimeout(resolve, 2))
    expect(errors(app)).toEqual([])
  })

  test('but an AbortError for another reason is a 500', async () => {
    const app = streaming((c) => {
      expect(c.request.signal.aborted).toBe(false)
      throw new DOMException('too slow', 'AbortError')
    })
    expect((await ask(app.app, '/')).status).toBe(500)
    expect(errors(app)).toHaveLength(1)
  })

  test('after the whole answer does not fire the signal', async () => {
    let signal: AbortSignal | undefined
    const app = streaming((c) => {
      signal = c.request.signal
      c.renderText('whole')
    })
    const { socket, until } = await open(await listen(app.app))
    socket.write(GET)
    await until('whole')
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(signal?.aborted).toBe(false)
  })

  test('of a fetch: cancelling the body, or the request, stops the source', async () => {
    for (const leave of [
      (response: Response) => response.body?.cancel(),
      (_: Response, request: AbortController) => request.abort(),
    ]) {
      const source = new PassThrough()
      source.write('x')
      const request = new AbortController()
      const { app } = streaming((c) => c.stream(source))
      const response = await app.fetch(new Request('http://a/', { signal: request.signal }))
      const closed = once(source, 'close')
      await leave(response, request)
      await closed
    }
  })
})

describe('H7: a client that reads slowly', () => {
  test('gets a stream as fast as it reads, and no more is made', async () => {
    let made = 0
    async function* large() {
      for (; made < 3_000; made++) yield Buffer.alloc(65_536)
    }
    const app = streaming((c) => c.stream(large()))
    const socket = connect({ port: Number(new URL(await listen(app.app)).port), host: '127.0.0.1' })
    onTestFinished(() => void socket.destroy())
    socket.pause().write(GET)
    await new Promise((resolve) => setTimeout(resolve, 300))
    // What the two kernels buffer, and no more.
    expect(made).toBeLessThan(300)
    let received = 0
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length
    })
    socket.resume()
    while (received < 3_000 * 65_536) await once(socket, 'data')
    expect(made).toBe(3_000)
  })

  test.each([
    ['a stream', (c: Controller) => c.stream(endless())],
    ['one large body', (c: Controller) => c.renderText('x'.repeat(200_000_000))],
  ])('is cut off after sendTimeout when it reads nothing of %s', async (_, action) => {
    const app = streaming(action)
    const port = await serveImpatiently(app)
    const serverSide = nextServerSocket()
    const socket = connect({ port, host: '127.0.0.1' })
    socket
      .on('error', () => undefined)
      .pause()
      .write(GET)
    const closed = once(socket, 'close')
    await once(await serverSide, 'close')
    let received = 0
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length
    })
    socket.resume()
    await closed
    expect(received).toBeLessThan(30_000_000)
    expect(errors(app)).toEqual([])
  })

  /** The server's end of the connection that the next request comes by: the client's does not see what it does not read. */
  function nextServerSocket(): Promise<Socket> {
    return new Promise((resolve) => {
      const onStart = (message: unknown) => {
        unsubscribe('http.server.request.start', onStart)
        resolve((message as { socket: Socket }).socket)
      }
      subscribe('http.server.request.start', onStart)
    })
  }

  /** Serves an app with a sendTimeout of 100 ms: Node takes up to twice as long to be sure. */
  async function serveImpatiently({ app }: TestApp): Promise<number> {
    const options = { port: 0, host: '127.0.0.1', logger: app.logger, sendTimeout: 100 }
    const server = await serve((raw) => app.handle(raw), options)
    onTestFinished(() => server.close())
    return server.port
  }

  async function* endless() {
    for (;;) yield Buffer.alloc(65_536)
  }

  test('but is not cut off for a source that takes its time after that', async () => {
    async function* halting() {
      yield Buffer.alloc(5_000_000, 'x')
      await new Promise((resolve) => setTimeout(resolve, 400))
      yield 'last'
    }
    const app = streaming((c) => c.stream(halting()))
    const { socket, until } = await open(`http://127.0.0.1:${await serveImpatiently(app)}`)
    socket.write(GET)
    await until('last')
  })

  test('but keeps its connection when it was merely idle between requests', async () => {
    const app = streaming((c) => c.stream(pieces('x'.repeat(5_000_000))))
    const { socket, until } = await open(`http://127.0.0.1:${await serveImpatiently(app)}`)
    socket.write(GET)
    await until('\r\n0\r\n\r\n')
    await new Promise((resolve) => setTimeout(resolve, 400))
    socket.write('GET /after HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await until('after')).toContain('200 OK')
  })
})

describe('R6: close()', () => {
  test('waits for a stream under way', async () => {
    const { opened, release } = gate()
    async function* slow() {
      yield 'first'
      await opened
      yield 'last'
    }
    const { app } = streaming((c) => c.stream(slow()))
    const server = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
    const { socket, until, ended } = await open(server.url)
    socket.write(GET)
    await until('first')
    const closed = server.close()
    await new Promise((resolve) => setTimeout(resolve, 600))
    release()
    expect(await ended()).toMatch(/last\r\n0\r\n\r\n$/)
    await closed
  })
})

describe('session and cookies of a stream', () => {
  test('are sent with its head, what changes before the first piece included', async () => {
    async function* source(c: Controller) {
      c.session.step = 2
      c.cookies.set('seen', 'yes')
      yield 'a'
    }
    const { app } = streaming((c) => {
      c.session.step = 1
      c.stream(source(c))
    })
    const answer = await ask(app, '/')
    expect(answer.setCookies).toHaveLength(2)
    expect(answer.headers['cache-control']).toBe('private, no-store')
  })

  test('that change later are dropped, and logged', async () => {
    async function* source(c: Controller) {
      yield 'a'
      c.session.step = 2
      c.cookies.set('late', 'yes')
      yield 'b'
    }
    const app = streaming((c) => c.stream(source(c)))
    const answer = await ask(app.app, '/')
    expect(answer).toMatchObject({ text: 'ab', setCookies: [] })
    expect(app.log).toMatchObject([
      { level: 'warn', cookie: 'late', msg: 'cookie dropped: the head was sent before it was set' },
      { level: 'warn', reason: expect.stringContaining('after the head was sent'), msg: 'session change dropped' },
    ])
  })

  test('that are only read later are no matter', async () => {
    async function* source(c: Controller) {
      yield 'a'
      yield `${c.session.step} ${c.cookies.get('none')}`
    }
    const app = streaming((c) => {
      c.session.step = 3
      c.stream(source(c))
    })
    expect((await ask(app.app, '/')).text).toBe('a3 undefined')
    expect(app.log).toEqual([])
  })
})
