// The smaller verbs: data as a file, the way back, statuses by name, and early hints.
import { STATUS_CODES } from 'node:http'
import { Controller, type Status } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Ask, ask, boot, listen } from '../../harness/app.js'
import { open } from '../../harness/sockets.js'

function appOf(action: (c: Controller) => unknown) {
  class PagesController extends Controller {
    index() {
      return action(this)
    }
  }
  return boot((r) => r.match(['get', 'post'], '/', PagesController, 'index')).app
}
const answer = (action: (c: Controller) => unknown, options: Ask = {}) => ask(appOf(action), '/', options)

describe('sendData', () => {
  test('sends text or bytes as a file, by the type of its name', async () => {
    const { text, headers } = await answer((c) => c.sendData('a,b', { filename: 'a b.csv' }))
    expect(text).toBe('a,b')
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="a b.csv"',
      'content-length': '3',
    })
    const bytes = await answer((c) => c.sendData(Buffer.from([1, 2, 3]), { status: 'created' }))
    expect(bytes.status).toBe(201)
    expect(bytes.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
    })
  })

  test('shows it, of another type, if told to', async () => {
    const { headers } = await answer((c) => c.sendData('<svg/>', { type: 'image/svg+xml', disposition: 'inline' }))
    expect(headers).toMatchObject({ 'content-type': 'image/svg+xml; charset=utf-8', 'content-disposition': 'inline' })
  })

  test.each([{ disposition: 'inlined' }, { filename: 'a\r\nb' }, { type: 'csv' }, { fileName: 'a' }])(
    'H9: with %j is refused before anything is sent',
    async (options) => {
      const { status, headers } = await answer((c) => c.sendData('a', options as never))
      expect(status).toBe(500)
      expect(headers).not.toHaveProperty('content-disposition')
    },
  )
})

describe('H10: redirectBack', () => {
  test.each<[string | undefined, string]>([
    ['http://example.test/posts?page=2', 'http://example.test/posts?page=2'],
    ['http://EXAMPLE.test/posts', 'http://EXAMPLE.test/posts'],
    [undefined, '/fallback'],
    ['http://evil.test/', '/fallback'],
    ['http://example.test.evil.test/', '/fallback'],
    ['http://example.test@evil.test/', '/fallback'],
    ['//evil.test', '/fallback'],
    ['javascript:alert(1)', '/fallback'],
    ['about:blank', '/fallback'],
    ['http://example.test/\\evil', '/fallback'],
    ['', '/fallback'],
  ])('from %j leads to %s', async (referer, location) => {
    const { status, headers } = await answer((c) => c.redirectBack({ fallback: '/fallback', notice: 'Back.' }), {
      method: 'POST',
      headers: referer === undefined ? {} : { referer },
    })
    expect(status).toBe(303)
    expect(headers['location']).toBe(location)
  })

  test('leads to another host only where that is allowed, and the fallback never', async () => {
    const away = (c: Controller) => c.redirectBack({ fallback: '/', allowOtherHost: true })
    const { headers } = await answer(away, { headers: { referer: 'http://other.test/a' } })
    expect(headers['location']).toBe('http://other.test/a')
    const fallback = (c: Controller) => c.redirectBack({ fallback: 'http://other.test/', allowOtherHost: true })
    expect((await answer(fallback)).status).toBe(500)
  })
})

describe('a status', () => {
  test('by name is that of the registry', async () => {
    for (const [code, text] of Object.entries(STATUS_CODES)) {
      if (Number(code) < 200 || code === '418' || code === '509') continue
      const old = { 'Payload Too Large': 'content_too_large', 'Unprocessable Entity': 'unprocessable_content' }
      const name = old[text as keyof typeof old] ?? (text ?? '').toLowerCase().replace(/[^a-z]+/g, '_')
      const { status } = await answer((c) => c.head(name as Status))
      expect([name, status]).toEqual([name, Number(code)])
    }
  })

  test('by name is taken by every verb', async () => {
    expect((await answer((c) => c.render({}, { status: 'created' }))).status).toBe(201)
    expect((await answer((c) => c.redirectTo('/', { status: 'see_other' }))).status).toBe(303)
    expect((await answer((c) => c.redirectTo('/', { status: 'ok' }))).status).toBe(500)
  })

  test.each(['not_fuond', '200', 'constructor', '__proto__', 'Not Found'])(
    'by a name that is none (%s) is a TypeError',
    async (name) => {
      let error: unknown
      await answer((c) => {
        try {
          c.head(name as never)
        } catch (thrown) {
          error = thrown
          throw thrown
        }
      })
      expect(error).toBeInstanceOf(TypeError)
      expect(String(error)).toContain(`${JSON.stringify(name)} is no status: did you mean "`)
    },
  )
})

describe('earlyHints', () => {
  const hints = (c: Controller) => {
    c.earlyHints([
      { href: '/app.css', rel: 'preload', as: 'style' },
      { href: 'https://fonts.example/', rel: 'preconnect', crossorigin: 'anonymous' },
    ])
    c.renderText('page')
  }

  test('are sent before the answer', async () => {
    const { socket, until } = await open(await listen(appOf(hints)))
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await until('page')).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/app\.css>; rel=preload; as=style, <https:\/\/fonts\.example\/>; rel=preconnect; crossorigin=anonymous\r\n\r\nHTTP\/1\.1 200 OK/,
    )
  })

  test('are nothing to a client of HTTP/1.0, nor without a socket', async () => {
    const { socket, ended } = await open(await listen(appOf(hints)))
    socket.write('GET / HTTP/1.0\r\nHost: a\r\n\r\n')
    expect(await ended()).toMatch(/^HTTP\/1\.1 200 OK/)
    expect((await answer(hints)).text).toBe('page')
  })

  test.each([
    { href: '/a\r\nSet-Cookie: b=c', rel: 'preload' },
    { href: 'javascript:alert(1)', rel: 'preload' },
    { href: '/a>; rel=evil', rel: 'preload' },
    { href: '/a', rel: 'preload; x' },
    { href: '/a', rel: 'preload', as: 'style\r\nx: y' },
  ])('H9: %j is refused', async (hint) => {
    const { status } = await answer((c) => {
      c.earlyHints([hint as never])
      c.renderText('page')
    })
    expect(status).toBe(500)
  })
})
