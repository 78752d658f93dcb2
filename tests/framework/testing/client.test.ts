// contrail/testing's client: what is asked, what comes back, where redirects lead, and which errors reach the test.
import { createHash } from 'node:crypto'
import { type Application, Controller, MemoryStore, NotFound, type RawRequest } from 'contrail'
import { createClient, type TestClient } from 'contrail/testing'
import { describe, expect, test } from 'vitest'
import { askSocket, boot, listen } from '../../harness/app.js'

class PaymentFailed extends Error {}

class EchoController extends Controller {
  static {
    this.rescueFrom(RangeError, (c) => c.head(507))
  }
  echo() {
    const { method, url, headers, ip, protocol, host, body, rawBody } = this.request
    const sha = rawBody && createHash('sha256').update(rawBody).digest('hex')
    this.render({ method, url, headers, ip, protocol, host, body, raw: rawBody?.toString(), sha })
  }
  moved() {
    this.redirectTo(this.params.string('to'), { status: this.params.int('status'), allowOtherHost: true })
  }
  hop() {
    const left = this.params.int('left')
    if (left === 0) this.renderText('there')
    else this.redirectTo(`/hops/${left - 1}`)
  }
  loop() {
    this.redirectTo('/loop')
  }
  page() {
    this.renderHtml('<h1>Hi</h1>')
  }
  file() {
    this.response.headers.set('content-type', 'image/png')
    this.response.body = new Uint8Array([137, 80, 0, 255])
    this.response.answeredBy = 'sendData'
  }
  fails() {
    throw new PaymentFailed('no money')
  }
  throwsText() {
    throw 'text'
  }
  missing() {
    throw new NotFound('no such thing')
  }
  rescued() {
    throw new RangeError('disk')
  }
}

const { app } = boot((r) => {
  for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
    r[method]('/echo', EchoController, 'echo')
    r[method]('/moved', EchoController, 'moved')
  }
  r.get('/hops/:left', EchoController, 'hop')
  r.get('/loop', EchoController, 'loop')
  r.get('/posts/:id', EchoController, 'echo')
  r.get('/page', EchoController, 'page')
  r.get('/file', EchoController, 'file')
  r.get('/fails', EchoController, 'fails')
  r.get('/throws-text', EchoController, 'throwsText')
  r.get('/missing', EchoController, 'missing')
  r.get('/rescued', EchoController, 'rescued')
})
const client = createClient(app)

/** What reaches the app of a client's request. */
async function sentBy(act: (watched: TestClient) => Promise<unknown>): Promise<RawRequest> {
  const seen: RawRequest[] = []
  const handle = (raw: RawRequest) => {
    seen.push(raw)
    return app.handle(raw)
  }
  await act(createClient(Object.create(app, { handle: { value: handle } }) as Application))
  return seen[0] as RawRequest
}

interface Echo {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly ip: string
  readonly protocol: string
  readonly host: string
  readonly body: unknown
  readonly raw: string
  readonly sha: string
}

describe('a request', () => {
  test.each(['get', 'post', 'put', 'patch', 'delete'] as const)('by %s has that method', async (method) => {
    expect((await client[method]('/echo')).json<Echo>().method).toBe(method.toUpperCase())
  })

  test('by head and options is answered as by a server', async () => {
    const head = await client.head('/echo')
    expect([head.status, head.text(), Number(head.headers.get('content-length')) > 0]).toEqual([200, '', true])
    const options = await client.options('/echo')
    expect([options.status, options.headers.get('allow')]).toEqual([
      204,
      'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT',
    ])
  })

  test('comes from localhost by http, from a page of the site, unless the test says otherwise', async () => {
    const { host, protocol, ip, headers } = (await client.get('/echo')).json<Echo>()
    expect({ host, protocol, ip, headers }).toEqual({
      host: 'localhost',
      protocol: 'http',
      ip: '127.0.0.1',
      headers: { host: 'localhost', 'sec-fetch-site': 'same-origin' },
    })
    const elsewhere = createClient(app, { host: 'shop.example:8443', protocol: 'https', ip: '203.0.113.9' })
    const seen = (await elsewhere.get('/echo')).json<Echo>()
    expect([seen.host, seen.protocol, seen.ip]).toEqual(['shop.example:8443', 'https', '203.0.113.9'])
  })

  test('takes headers in any case, over those of the client, and leaves out what is undefined', async () => {
    const own = createClient(app, { headers: { Accept: 'text/plain', 'X-Team': 'blue' } })
    const headers = { ACCEPT: 'application/json', 'x-team': undefined, 'Sec-Fetch-Site': undefined }
    expect((await own.get('/echo', { headers })).json<Echo>().headers).toEqual({
      accept: 'application/json',
      host: 'localhost',
    })
    own.setHeader('Authorization', 'Bearer 1')
    expect((await own.get('/echo')).json<Echo>().headers).toMatchObject({ authorization: 'Bearer 1', 'x-team': 'blue' })
    own.setHeader('authorization', undefined)
    expect((await own.get('/echo')).json<Echo>().headers).not.toHaveProperty('authorization')
  })

  test('of another origin does not claim to be of a page of this site', async () => {
    const headers = { origin: 'https://evil.example' }
    expect((await client.get('/echo', { headers })).json<Echo>().headers).toEqual({ host: 'localhost', ...headers })
    await expect(client.post('/echo', { headers, showExceptions: 'none' })).rejects.toThrow(/evil\.example/)
  })

  test('carries a query, nested or flat, beside that of its path', async () => {
    const query = { page: 2, q: 'a&b ü', post: { tags: ['x', 'y'], draft: true, at: null, gone: undefined } }
    const { url } = (await client.get('/echo?old=1#top', { query })).json<Echo>()
    expect(decodeURIComponent(url)).toBe(
      '/echo?old=1&page=2&q=a&b ü&post[tags][]=x&post[tags][]=y&post[draft]=true&post[at]=',
    )
    expect((await client.get('/echo', { query: { a: 1 } })).json<Echo>().url).toBe('/echo?a=1')
  })

  test('is sent as it is written, and what no URL holds is encoded', async () => {
    expect((await client.get('/posts/é ü')).json<Echo>().url).toBe('/posts/%C3%A9%20%C3%BC')
    expect((await client.get('/posts/%zz')).status).toBe(400)
    expect((await client.get('//evil')).status).toBe(404)
  })

  test('may be for another host of the app', async () => {
    const seen = (await client.get('https://admin.example:444/echo?x=1')).json<Echo>()
    expect([seen.host, seen.protocol, seen.url]).toEqual(['admin.example:444', 'https', '/echo?x=1'])
  })

  test('that cannot be made is refused, and says how to mend it', async () => {
    await expect(client.get('posts')).rejects.toThrow('begin with /')
    await expect(client.post('/echo', { jsn: 1 } as object)).rejects.toThrow('did you mean "json"?')
    await expect(client.post('/echo', { json: 1, form: {} } as object)).rejects.toThrow('one body')
    await expect(client.post('/echo', { json: () => 1 })).rejects.toThrow('has no JSON')
    await expect(client.get('/echo', { query: { file: new Blob(['x']) } })).rejects.toThrow('a query cannot carry')
    await expect(client.get('/echo', { showExceptions: 'some' } as object)).rejects.toThrow("give 'rescuable'")
    expect(() => createClient(app, { hots: 'x' } as object)).toThrow('did you mean "host"?')
    expect(() => createClient(app, { host: 'http://x' })).toThrow('give a host')
    expect(() => createClient(app, { protocol: 'ftp' } as object)).toThrow("give 'http' or 'https'")
    // A BootError has no stack, and the test's own line is what is looked for.
    await expect(client.post('/echo', { jsn: 1 } as object)).rejects.toHaveProperty(
      'stack',
      expect.stringMatching(/\n {4}at /),
    )
  })
})

describe('a body', () => {
  test('of JSON', async () => {
    const { headers, body } = (await client.post('/echo', { json: { title: 'Hü', tags: [1, null] } })).json<Echo>()
    expect(body).toEqual({ title: 'Hü', tags: [1, null] })
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '31' })
    expect((await client.post('/echo', { json: null })).json<Echo>().raw).toBe('null')
  })

  test('of a form, nested in the names that forms have', async () => {
    const at = new Date(0)
    const form = { post: { title: 'A & B', tags: ['x', 'y'], lines: [{ sku: 1n }], at }, ok: true, none: null }
    const { headers, raw } = (await client.post('/echo', { form })).json<Echo>()
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect([...new URLSearchParams(raw)]).toEqual([
      ['post[title]', 'A & B'],
      ['post[tags][]', 'x'],
      ['post[tags][]', 'y'],
      ['post[lines][][sku]', '1'],
      ['post[at]', '1970-01-01T00:00:00.000Z'],
      ['ok', 'true'],
      ['none', ''],
    ])
  })

  test('with a file is multipart, as a browser sends it', async () => {
    const photo = () => new File([new Uint8Array([1, 2])], 'ü.png', { type: 'image/png' })
    const data = new FormData()
    data.append('post[title]', 'Hi')
    data.append('post[photo]', photo())
    for (const form of [{ post: { title: 'Hi', photo: photo() } }, data]) {
      const sent = await sentBy((watched) => watched.post('/echo', { form }))
      const { 'content-type': type = '', 'content-length': length } = sent.headers as Record<string, string>
      expect(type).toMatch(/^multipart\/form-data; boundary=/)
      expect(length).toBe(String((sent.body as Uint8Array).length))
      const read = await new Response(sent.body as Uint8Array<ArrayBuffer>, {
        headers: { 'content-type': type },
      }).formData()
      const file = read.get('post[photo]') as File
      expect([read.get('post[title]'), file.name, file.type, file.size]).toEqual(['Hi', 'ü.png', 'image/png', 2])
    }
  })

  test('as it is, with the type that the test gives', async () => {
    const csv = await client.post('/echo', { body: 'a;b', headers: { 'content-type': 'text/csv' } })
    expect(csv.json<Echo>()).toMatchObject({
      raw: 'a;b',
      headers: { 'content-type': 'text/csv', 'content-length': '3' },
    })
    const bytes = new Uint8Array([0, 255, 128])
    const sha = createHash('sha256').update(bytes).digest('hex')
    expect((await client.post('/echo', { body: bytes })).json<Echo>().sha).toBe(sha)
    const blob = await client.post('/echo', { body: new Blob([bytes], { type: 'image/png' }) })
    expect(blob.json<Echo>()).toMatchObject({ sha, headers: { 'content-type': 'image/png' } })
  })

  test('in pieces, without a length', async () => {
    async function* pieces() {
      yield Buffer.from('{"a":')
      yield Buffer.from('1}')
    }
    const headers = { 'content-type': 'application/json' }
    const seen = (await client.post('/echo', { body: pieces(), headers })).json<Echo>()
    expect(seen).toMatchObject({ body: { a: 1 }, headers: { 'transfer-encoding': 'chunked' } })
    expect(seen.headers).not.toHaveProperty('content-length')
  })
})

describe('an answer', () => {
  test('has the names of the Web, and its body at once', async () => {
    const answer = await client.get('/page')
    expect([answer.status, answer.ok, answer.type, answer.isRedirect]).toEqual([200, true, 'text/html', false])
    expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect([answer.text(), answer.text(), answer.location, answer.error]).toEqual([
      '<h1>Hi</h1>',
      '<h1>Hi</h1>',
      undefined,
      undefined,
    ])
    expect(answer.request.url.href).toBe('http://localhost/page')
    expect([...(await client.get('/file')).bytes()]).toEqual([137, 80, 0, 255])
  })

  test('that is no JSON says what it is', async () => {
    const answer = await client.get('/page')
    expect(() => answer.json()).toThrow('GET /page answered 200 with what is no JSON: "<h1>Hi</h1>"')
  })
})

describe('what the client gets', () => {
  test('is what a server sends', async () => {
    const url = await listen(app)
    const { host } = new URL(url)
    const browser = createClient(app, { host, showExceptions: 'all' })
    const json = { 'content-type': 'application/json' }
    const requests: [method: string, path: string, body?: string | undefined, headers?: Record<string, string>][] = [
      ['GET', '/page'],
      ['HEAD', '/page'],
      ['GET', '/file'],
      ['POST', '/echo?a=1', '{"a":', json],
      ['PUT', '/moved', '{"to":"/page","status":303}', json],
      ['DELETE', '/page'],
      ['OPTIONS', '/echo'],
      ['GET', '/fails'],
      ['GET', '/missing', undefined, { accept: 'text/html' }],
      ['GET', '/nowhere'],
      ['GET', '/page', undefined, { host: 'evil/host' }],
    ]
    for (const [method, path, body, headers] of requests) {
      // Named, so that the answers are alike.
      const sent = { 'x-request-id': 'one', ...headers }
      const served = await askSocket(`${url}${path}`, {
        method,
        headers: sent,
        ...(body === undefined ? {} : { body }),
      })
      const { date: _, connection: __, 'keep-alive': ___, ...expected } = served.headers
      const answer = await browser.request(method, path, { headers: sent, ...(body === undefined ? {} : { body }) })
      expect([answer.status, Object.fromEntries(answer.headers), answer.text()], `${method} ${path}`).toEqual([
        served.status,
        expected,
        served.text,
      ])
    }
  })
})

describe('redirects', () => {
  const moved = (status: number, to = '/echo') => ({ query: { status, to } })

  test('are answers, until they are followed', async () => {
    const browser = createClient(app)
    const answer = await browser.get('/moved', moved(302, '/echo?a=1'))
    expect([answer.status, answer.isRedirect, answer.location]).toEqual([302, true, '/echo?a=1'])
    expect((await browser.followRedirect()).json<Echo>().url).toBe('/echo?a=1')
    await expect(browser.followRedirect()).rejects.toThrow('the last answer was 200')
    await expect(createClient(app).followRedirect()).rejects.toThrow('nothing was asked yet')
  })

  test.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [302, 'PUT', 'PUT'],
    [307, 'POST', 'POST'],
    [308, 'PATCH', 'PATCH'],
    [303, 'GET', 'GET'],
  ])('of status %i after %s are followed by %s', async (status, method, next) => {
    const options = { ...moved(status), json: { a: 1 }, followRedirects: true, headers: { 'x-mine': '1' } }
    const { headers, ...seen } = (await client.request(method, '/moved', options)).json<Echo>()
    expect(seen.method).toBe(next)
    expect(headers['x-mine']).toBe('1')
    const keepsBody = next === method
    expect([seen.body, headers['content-type'], headers['content-length']]).toEqual(
      keepsBody ? [{ a: 1 }, 'application/json', '7'] : [undefined, undefined, undefined],
    )
  })

  test('within the host are followed for a client that always does; to another host when it is told', async () => {
    const browser = createClient(app, { followRedirects: true })
    expect((await browser.get('/moved', moved(302))).status).toBe(200)
    const away = await browser.get('/moved', {
      ...moved(302, 'https://pay.example/echo'),
      headers: { authorization: 'x' },
    })
    expect([away.status, away.location]).toEqual([302, 'https://pay.example/echo'])
    const seen = (await browser.followRedirect()).json<Echo>()
    expect([seen.host, seen.protocol, seen.headers['authorization']]).toEqual(['pay.example', 'https', undefined])
    expect((await browser.get('/moved', { ...moved(302), followRedirects: false })).status).toBe(302)
  })

  test('without an end are given up', async () => {
    expect((await client.get('/hops/20', { followRedirects: true })).text()).toBe('there')
    await expect(client.get('/hops/21', { followRedirects: true })).rejects.toThrow('and once more')
    await expect(client.get('/loop', { followRedirects: true })).rejects.toThrow('GET /loop was redirected 20 times')
  })

  test('that nobody can follow say so', async () => {
    await client.post('/moved', {
      ...moved(307),
      body: (async function* () {
        yield Buffer.from('x')
      })(),
    })
    await expect(client.followRedirect()).rejects.toThrow('cannot be sent again')
  })
})

describe('an error that nobody rescued', () => {
  test('is thrown to the test, as it is', async () => {
    await expect(client.get('/fails')).rejects.toBeInstanceOf(PaymentFailed)
    await expect(client.get('/throws-text')).rejects.toMatchObject({
      message: 'GET /throws-text answered 500: something that is no Error was thrown.',
      cause: 'text',
    })
  })

  test('that has a status is an answer', async () => {
    const answer = await client.get('/missing')
    expect([answer.status, answer.error]).toEqual([404, expect.any(NotFound)])
    expect((await client.get('/nowhere')).status).toBe(404)
    expect((await client.get('/rescued')).status).toBe(507)
  })

  test('is an answer, or thrown, as showExceptions says', async () => {
    const shown = await client.get('/fails', { showExceptions: 'all' })
    expect([shown.status, shown.error]).toEqual([500, expect.any(PaymentFailed)])
    expect(shown.json()).not.toHaveProperty('stack')
    await expect(client.get('/missing', { showExceptions: 'none' })).rejects.toBeInstanceOf(NotFound)
    expect((await createClient(app, { showExceptions: 'all' }).get('/fails')).status).toBe(500)
    expect((await client.get('/rescued', { showExceptions: 'none' })).status).toBe(507)
  })

  test('does not lose what was asked and answered', async () => {
    const store = boot((r) => r.get('/fails', EchoController, 'fails'), { config: { sessionStore: MemoryStore } })
    const browser = createClient(store.app)
    await expect(browser.get('/fails')).rejects.toThrow('no money')
    await expect(browser.followRedirect()).rejects.toThrow('the last answer was 500')
  })
})
