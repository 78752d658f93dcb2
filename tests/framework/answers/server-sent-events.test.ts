// Event streams over real sockets: what is written, what keeps them open, and what ends them.
import { Controller, type EventSourceWriter, type EventStream, type EventStreamOptions } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot, listen } from '../../harness/app.js'
import { open } from '../../harness/sockets.js'

/** An app whose `/` is an event stream. */
function eventsApp(writer: EventSourceWriter<unknown>, options?: EventStreamOptions, before?: (c: Controller) => void) {
  class EventsController extends Controller {
    index() {
      before?.(this)
      this.serverSentEvents(writer, options)
    }
  }
  return boot((r) => r.root(EventsController, 'index'))
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const soon = (milliseconds = 2) => new Promise((resolve) => setTimeout(resolve, milliseconds))

describe('serverSentEvents', () => {
  test('writes what is sent, each field on lines of its own', async () => {
    const { app } = eventsApp(async (events) => {
      await events.send({ data: 'plain' })
      await events.send({ event: 'post', id: 7, retry: 500, data: { title: 'a\nb' } })
      await events.send({ data: 'one\ntwo\r\nthree\rfour\n\nevent: forged' })
      await events.comment('a\nb')
      await events.send({ id: '8' })
    })
    const { text, headers } = await ask(app, '/')
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    expect(headers).not.toHaveProperty('content-length')
    expect(text.split('\n\n').slice(1)).toEqual([
      'data: plain',
      'event: post\nid: 7\nretry: 500\ndata: {"title":"a\\nb"}',
      'data: one\ndata: two\ndata: three\ndata: four\ndata: \ndata: event: forged',
      ': a\n: b',
      'id: 8',
      '',
    ])
  })

  test('takes what is yielded', async () => {
    async function* ticks() {
      for (const n of [1, 2, 3]) yield { data: n }
    }
    expect((await ask(eventsApp(ticks()).app, '/')).text).toBe(':\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\n')
  })

  test.each([[{ event: 'a\nb' }], [{ id: 'a\r' }], [{ id: 'a\0' }], [{ retry: 1.5 }], [{ data: () => undefined }]])(
    'refuses %j',
    async (event) => {
      let refused: unknown
      const { app } = eventsApp(async (events) => {
        await soon()
        try {
          await events.send(event)
        } catch (error) {
          refused = error
        }
      })
      expect((await ask(app, '/')).text).toBe(':\n\n')
      expect(refused).toBeInstanceOf(Error)
    },
  )

  test('sends its head at once, and a heartbeat while it is silent', async () => {
    const { app } = eventsApp((events) => new Promise((resolve) => events.signal.addEventListener('abort', resolve)), {
      heartbeat: 0.02,
    })
    const { socket, until } = await open(await listen(app))
    socket.write(GET)
    expect(await until(':\n\n')).toContain('200 OK')
    await until(':\n\n\r\n3\r\n:\n\n')
  })

  test('tells what the client has seen, in any characters', async () => {
    const { app } = eventsApp((events) => events.send({ data: events.lastEventId ?? 'none' }))
    const seen = async (id?: string) =>
      (
        await ask(app, '/', {
          headers: id === undefined ? {} : { 'last-event-id': Buffer.from(id).toString('latin1') },
        })
      ).text
    expect(await seen()).toContain('data: none')
    expect(await seen('7')).toContain('data: 7')
    expect(await seen('größe')).toContain('data: größe')
  })

  test.each([{ heartbeat: -1 }, { heartbeat: Number.NaN }, { heartbeet: 1 }])('with %j is refused', async (options) => {
    expect((await ask(eventsApp(() => {}, options as never).app, '/')).status).toBe(500)
  })

  test('after another answer is refused, and its writer never starts', async () => {
    let started = false
    const { app } = eventsApp(
      () => (started = true),
      {},
      (c) => c.head(204),
    )
    expect((await ask(app, '/')).status).toBe(500)
    await soon(20)
    expect(started).toBe(false)
  })

  test('for HEAD is the head alone, and its writer never starts', async () => {
    let started = false
    const { app } = eventsApp(() => (started = true))
    expect(await ask(app, '/', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' })
    await soon(20)
    expect(started).toBe(false)
  })

  test('sends the session of its action with the head', async () => {
    const { app } = eventsApp(
      () => {},
      {},
      (c) => Object.assign(c.session, { step: 1 }),
    )
    const answer = await ask(app, '/')
    expect(answer.setCookies).toHaveLength(1)
    expect(answer.headers['cache-control']).toContain('no-store')
  })

  test('waits for a client that reads slowly', async () => {
    let sent = 0
    const { app } = eventsApp(async (events) => {
      for (; sent < 1_000; sent++) await events.send({ data: 'x'.repeat(65_536) })
    })
    const { socket, ended } = await open(await listen(app))
    socket.pause().write(`GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    await soon(300)
    expect(sent).toBeLessThan(300)
    socket.resume()
    expect((await ended()).length).toBeGreaterThan(65_000_000)
  })
})

describe('R4, R5, R6: an event stream ends', () => {
  /** Sends for ever, and tells how it ended. */
  function endless() {
    const seen: { signal?: AbortSignal; error?: unknown } = {}
    const writer = async (events: EventStream) => {
      seen.signal = events.signal
      try {
        for (;;) {
          await events.send({ data: 'tick' })
          await soon()
        }
      } catch (error) {
        seen.error = error
        throw error
      }
    }
    return { seen, writer }
  }

  test('when the client leaves: the signal fires, send rejects, and nothing is logged', async () => {
    const { seen, writer } = endless()
    const { app, log } = eventsApp(writer)
    const { socket, until } = await open(await listen(app))
    socket.write(GET)
    await until('tick')
    socket.destroy()
    while (seen.error === undefined) await soon()
    expect(seen).toMatchObject({ signal: { aborted: true }, error: { name: 'AbortError' } })
    await soon(20)
    expect(log).toEqual([])
  })

  test('when the client leaves: what yields is returned', async () => {
    let isReturned = false
    async function* ticks() {
      try {
        for (;;) {
          yield { data: 'tick' }
          await soon()
        }
      } finally {
        isReturned = true
      }
    }
    const { socket, until } = await open(await listen(eventsApp(ticks()).app))
    socket.write(GET)
    await until('tick')
    socket.destroy()
    while (!isReturned) await soon()
  })

  test('when the server stops, long before the deadline, and in good order', async () => {
    const { seen, writer } = endless()
    const { app } = eventsApp(writer)
    const server = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
    const { socket, until, ended } = await open(server.url)
    socket.write(GET)
    await until('tick')
    const begun = Date.now()
    await app.close()
    expect(Date.now() - begun).toBeLessThan(5_000)
    expect(await ended()).toMatch(/\r\n0\r\n\r\n$/)
    expect(seen.signal?.aborted).toBe(true)
  })

  test('when its writer fails: the connection is cut, and it is logged once', async () => {
    const { app, log } = eventsApp(async (events) => {
      await events.send({ data: 'first' })
      await soon(10)
      throw new Error('broken')
    })
    const { socket, ended } = await open(await listen(app))
    socket.write(GET)
    const all = await ended()
    expect(all).toContain('data: first')
    expect(all).not.toMatch(/0\r\n\r\n$/)
    expect(log).toMatchObject([{ level: 'error', msg: 'broken' }])
  })

  test('and sending without awaiting, to nobody, ends no process', async () => {
    let events: EventStream | undefined
    const { app } = eventsApp((stream) => {
      events = stream
    })
    await ask(app, '/')
    void events?.send({ data: 'late' })
    await expect(events?.send({ data: 'late' })).rejects.toMatchObject({ name: 'AbortError' })
    await soon(10)
  })
})
