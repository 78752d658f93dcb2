// Bodies: which are read, how they are parsed, and which are refused before the action runs.
import { Readable } from 'node:stream'
import { type Application, type ApplicationParts, Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Answer, type Ask, ask, boot, listen } from '../../harness/app.js'
import { exchange, open } from '../../harness/sockets.js'

/** An app that shows what it was sent, and how often its action ran. */
function echoApp(config: ApplicationParts['config'] = {}): { app: Application; ran: () => number } {
  let runs = 0
  class EchoController extends Controller {
    show() {
      runs += 1
      const { body, rawBody } = this.request
      this.render({ body, bytes: rawBody === undefined ? null : Buffer.from(rawBody).toString('latin1') })
    }
  }
  const { app } = boot((r) => r.match(['get', 'post', 'put', 'patch', 'delete'], '/echo', EchoController, 'show'), {
    config,
  })
  return { app, ran: () => runs }
}

const send = (app: Application, type: string | undefined, body: Ask['body'], options: Ask = {}): Promise<Answer> =>
  ask(app, '/echo', {
    body,
    ...options,
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...options.headers },
  })

async function refusal(type: string, body: Ask['body'], headers: Record<string, string> = {}) {
  const { app, ran } = echoApp()
  const answer = await send(app, type, body, { headers })
  expect(ran()).toBe(0)
  return { status: answer.status, detail: answer.json.detail as string }
}

describe('a body', () => {
  const { app } = echoApp()

  test.each(['application/json', 'application/problem+json', 'application/vnd.api+json', 'Application/JSON'])(
    'of %s is parsed as JSON',
    async (type) => {
      expect((await send(app, type, '{"a":[1,null,"ü"]}')).json.body).toEqual({ a: [1, null, 'ü'] })
    },
  )

  test.each(['[1]', '"text"', 'null', '1', 'false'])('of JSON may be %s', async (text) => {
    expect((await send(app, 'application/json', text)).json.body).toEqual(JSON.parse(text))
  })

  test('of a form is parsed into fields, the last of one name winning', async () => {
    const body = 'a=1&b=x+y%2B%C3%BC&a=2&flag&=empty&&c='
    const answer = await send(app, 'application/x-www-form-urlencoded', body)
    expect(answer.json.body).toEqual({ a: '2', b: 'x y+ü', flag: '', '': 'empty', c: '' })
  })

  test.each(['text/plain', 'application/octet-stream', 'application/xml; charset=utf-16', undefined])(
    'of %s is left as bytes',
    async (type) => {
      expect((await send(app, type, '{"a":1}')).json).toEqual({ bytes: '{"a":1}' })
    },
  )

  const text = '{"a":"ü"}'
  const bytes = Buffer.from(text)
  test.each<[string, () => Ask['body']]>([
    ['a string', () => text],
    ['a Buffer', () => bytes],
    ['a view into a larger buffer', () => new Uint8Array(Buffer.from(`xx${text}yy`)).subarray(2, 2 + bytes.length)],
    [
      'an async iterable cut within a character',
      async function* () {
        yield bytes.subarray(0, 7)
        yield bytes.subarray(7)
      },
    ],
    ['a web stream', () => new Blob([bytes]).stream() as unknown as AsyncIterable<Uint8Array>],
  ])('may come as %s', async (_, make) => {
    expect((await send(app, 'application/json', make())).json.body).toEqual({ a: 'ü' })
  })

  test('may come as a node stream, with a length', async () => {
    const headers = { 'content-length': String(bytes.length) }
    expect((await send(app, 'application/json', Readable.from([bytes]), { headers })).json.body).toEqual({ a: 'ü' })
  })

  test('is read of GET and DELETE too', async () => {
    for (const method of ['GET', 'DELETE'])
      expect((await send(app, 'application/json', '{"a":1}', { method })).json.body).toEqual({ a: 1 })
  })
})

describe('B2: JSON', () => {
  test.each(['{', '{"a":}', "{'a':1}", '[1,]', 'NaN', 'undefined', '{}{}', '\u0000', '{"a":1}x'])(
    '%j is 400',
    async (text) => {
      expect(await refusal('application/json', text)).toEqual({
        status: 400,
        detail: expect.stringMatching(/^The request's body is not valid JSON: .*[^.]\.$/s),
      })
    },
  )

  test.each(['POST', 'PUT', 'PATCH'])('that is empty is 400 of %s', async (method) => {
    for (const body of ['', new Uint8Array(0)]) {
      const { app, ran } = echoApp()
      const answer = await send(app, 'application/json', body, { method })
      expect(answer.status).toBe(400)
      expect(answer.json.detail).toBe("The request's body is empty, which is not valid JSON.")
      expect(ran()).toBe(0)
    }
  })

  test.each(['GET', 'DELETE'])('that is empty is no body of %s', async (method) => {
    const { app } = echoApp()
    expect((await send(app, 'application/json', new Uint8Array(0), { method })).json).toEqual({ bytes: '' })
  })

  test('with a byte order mark is read without it', async () => {
    const { app } = echoApp()
    expect((await send(app, 'application/json', '\ufeff{"a":1}')).json.body).toEqual({ a: 1 })
  })

  test('may be nested 100 levels deep, and no deeper', async () => {
    const { app } = echoApp()
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect((await send(app, 'application/json', nested(100))).status).toBe(200)
    for (const depth of [101, 200_000])
      expect(await refusal('application/json', nested(depth))).toEqual({
        status: 400,
        detail: "The request's JSON is nested deeper than 100 levels.",
      })
    const objects = `${'{"a":'.repeat(101)}1${'}'.repeat(101)}`
    expect((await refusal('application/json', objects)).status).toBe(400)
  })

  test.each(['1e999', '-1e999', '[1e999]', '{"a":{"b":[0,1e309]}}'])('number %s is out of range: 400', async (text) => {
    expect(await refusal('application/json', text)).toEqual({
      status: 400,
      detail: "The request's JSON holds a number that is out of range.",
    })
  })

  test.each([
    '{"__proto__":{"polluted":1}}',
    '{"__proto__":1}',
    '{"a":[{"__proto__":null}]}',
    '{"\\u005f_proto__":{"polluted":1}}',
    '{"__pr\\u006fto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"a":{"constructor":{"proto\\u0074ype":{}}}}',
  ])('B6: %s is 400', async (text) => {
    expect((await refusal('application/json', text)).status).toBe(400)
    expect('polluted' in {}).toBe(false)
  })

  test('B6: a key constructor without prototype is data', async () => {
    const { app } = echoApp()
    expect((await send(app, 'application/json', '{"constructor":"me"}')).json.body).toEqual({ constructor: 'me' })
  })
})

describe('a form', () => {
  const FORM = 'application/x-www-form-urlencoded'

  test.each(['a=%', 'a=%zz', '%c0%af=1', 'a=%ff'])('%s is 400: malformed percent-encoding', async (text) => {
    expect(await refusal(FORM, text)).toEqual({ status: 400, detail: 'The form has malformed percent-encoding.' })
  })

  test('B6: may have 1,000 fields, and no more', async () => {
    const { app } = echoApp()
    expect((await send(app, FORM, 'a=1&'.repeat(1_000))).status).toBe(200)
    expect(await refusal(FORM, 'a=1&'.repeat(1_001))).toEqual({
      status: 400,
      detail: 'The form has more than 1000 fields.',
    })
  })

  test('B6: __proto__ is a field like any other', async () => {
    const { app } = echoApp()
    expect((await send(app, FORM, 'a=1&__proto__=2')).text).toContain('"body":{"a":"1","__proto__":"2"}')
    expect('polluted' in {}).toBe(false)
  })
})

describe('B3: a content type', () => {
  test.each([
    ' application/json',
    'application/json\t',
    'application/json x',
    'application/json, text/plain',
    'application/json; charset',
    'application/json; charset=',
    'application/json; charset="utf-8',
    'application/json; charset = utf-8',
    'application/json; charset=utf-8; charset=utf-8',
    'application',
    'application/',
    '/json',
    'application//json',
    'application/j\u00e4son',
    '',
  ])('%j is malformed: 415', async (type) => {
    const { status, detail } = await refusal(type, '{}')
    expect(status).toBe(415)
    expect(detail).toContain('is malformed')
  })

  test('that came twice is malformed: 415', async () => {
    const { app } = echoApp()
    const headers = { 'content-type': ['application/json', 'application/json'] }
    expect((await ask(app, '/echo', { body: '{}', headers })).status).toBe(415)
  })

  test.each([
    'application/json;charset=utf-8',
    'application/json \t; \tCharset="UTF-8"',
    'application/json; a="x;charset=latin1"',
    'application/json; v=1; charset=utf8',
    'application/json; charset="u\\tf-8"',
    'application/json;',
    'application/json; ; charset=utf-8',
  ])('%s is JSON', async (type) => {
    const { app } = echoApp()
    expect((await send(app, type, '{"a":1}')).json.body).toEqual({ a: 1 })
  })

  test.each(['multipart/form-data; boundary=x', 'Multipart/Form-Data'])(
    '%s is not read where uploads are off: 415',
    async (type) => {
      const { app, ran } = echoApp({ uploads: false })
      const answer = await send(app, type, '--x--')
      expect(answer.status).toBe(415)
      expect(answer.json.detail).toContain('not as multipart/form-data')
      expect(ran()).toBe(0)
    },
  )
})

describe('B4: UTF-8 alone is read', () => {
  test.each(['latin1', 'utf-7', 'utf-16', '"iso-8859-1"', 'utf-8x'])('charset %s is 415', async (charset) => {
    for (const type of ['application/json', 'application/x-www-form-urlencoded'])
      expect((await refusal(`${type}; charset=${charset}`, '{}')).status).toBe(415)
  })

  test.each([[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82]])(
    'bytes that are not UTF-8 are 400',
    async (...bytes) => {
      for (const type of ['application/json', 'application/x-www-form-urlencoded'])
        expect(await refusal(type, Buffer.from([0x22, ...bytes, 0x22]))).toEqual({
          status: 400,
          detail: "The request's body is not valid UTF-8.",
        })
    },
  )

  test.each(['gzip', 'br', 'deflate', 'gzip, identity', 'x', ''])('content encoding %j is 415', async (encoding) => {
    const { status, detail } = await refusal('application/json', '{}', { 'content-encoding': encoding })
    expect(status).toBe(415)
    expect(detail).toContain('without Content-Encoding')
  })

  test('content encoding identity is none', async () => {
    const { app } = echoApp()
    const headers = { 'content-encoding': 'identity' }
    expect((await send(app, 'application/json', '{"a":1}', { headers })).json.body).toEqual({ a: 1 })
  })
})

describe('B1: a body over the limit', () => {
  const over = 'x'.repeat(11)
  const bodies: [string, () => Ask['body'], Record<string, string>][] = [
    ['declared', () => Readable.from([]), { 'content-length': '11' }],
    ['declared far over', () => Readable.from([]), { 'content-length': '99999999999999999999' }],
    ['a string', () => over, {}],
    ['bytes', () => Buffer.from(over), {}],
    ['counted in bytes, not characters', () => 'ü'.repeat(6), {}],
    [
      'an iterable',
      async function* () {
        yield Buffer.from('xxxxxx')
        yield Buffer.from('xxxxx')
      },
      {},
    ],
    [
      'a stream',
      () => Readable.from([Buffer.from('xxxxxx'), Buffer.from('xxxxx')]),
      { 'transfer-encoding': 'chunked' },
    ],
    ['longer than declared', () => Readable.from([Buffer.from(over)]), { 'content-length': '1' }],
  ]

  test.each(bodies)('%s is 413, and the action does not run', async (_, make, headers) => {
    const { app, ran } = echoApp({ bodyLimit: 10 })
    const answer = await send(app, 'text/plain', make(), { headers })
    expect(answer.status).toBe(413)
    expect(answer.headers['connection']).toBe('close')
    expect(answer.json.detail).toBe("The request's body is larger than 10 bytes.")
    expect(ran()).toBe(0)
  })

  test('is not read on: an iterable is left after the chunk that was too much', async () => {
    const { app } = echoApp({ bodyLimit: 10 })
    let chunks = 0
    let wasLeft = false
    async function* endless() {
      try {
        for (;;) {
          chunks += 1
          yield Buffer.from('xxxxxx')
        }
      } finally {
        wasLeft = true
      }
    }
    expect((await send(app, 'text/plain', endless())).status).toBe(413)
    expect({ chunks, wasLeft }).toEqual({ chunks: 2, wasLeft: true })
  })

  test('is one byte more than what passes', async () => {
    const { app } = echoApp({ bodyLimit: 10 })
    expect((await send(app, 'text/plain', 'x'.repeat(10))).status).toBe(200)
  })

  test('is 1 MiB unless configured', async () => {
    const { app } = echoApp()
    expect((await send(app, 'text/plain', 'x'.repeat(1_048_576))).status).toBe(200)
    expect((await send(app, 'text/plain', 'x'.repeat(1_048_577))).status).toBe(413)
  })

  test.each([
    ['declared', 'Content-Length: 5000\r\n\r\nabc'],
    ['chunked', `Transfer-Encoding: chunked\r\n\r\nb\r\n${over}\r\n0\r\n\r\n`],
  ])('%s, over a socket, is 413 and the connection ends', async (_, rest) => {
    const { app, ran } = echoApp({ bodyLimit: 10 })
    const url = await listen(app)
    const answer = await exchange(url, `POST /echo HTTP/1.1\r\nHost: a\r\n${rest}`)
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*\r\nconnection: close\r\n/s)
    expect(ran()).toBe(0)
  })
})

describe('over a socket', () => {
  test('a chunked body is read', async () => {
    const url = await listen(echoApp().app)
    const answer = await exchange(
      url,
      'POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*"body":\{"a":1\}/s)
  })

  test.each(['Content-Length: 10\r\n\r\n{"a"', 'Transfer-Encoding: chunked\r\n\r\n9\r\n{"a"'])(
    'R4: a body that is cut off runs no action and harms nobody: %j',
    async (rest) => {
      const { app, ran } = echoApp()
      const url = await listen(app)
      for (let attempt = 0; attempt < 5; attempt++) {
        const { socket, ended } = await open(url)
        socket.write(`POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n${rest}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
        if (attempt % 2 === 0) socket.destroy()
        else socket.end()
        await ended()
      }
      const answer = await exchange(url, 'GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      expect(answer).toMatch(/^HTTP\/1\.1 200 /)
      expect(ran()).toBe(1)
    },
  )

  test('a body that nobody asked for does not spoil the next request on the connection', async () => {
    const url = await listen(echoApp().app)
    const answer = await exchange(
      url,
      'POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 404 .*HTTP\/1\.1 200 /s)
  })
})
