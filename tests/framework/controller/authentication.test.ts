// HTTP Basic and token authentication: what is let in, what is asked for, and that no header is more than a 401.
import { Controller, HttpError, secureCompare } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, askSocket, boot, listen, type TestApp } from '../../harness/app.js'
import { exchange } from '../../harness/sockets.js'

const PASSWORD = 'geheim: schöner Abend'
const TOKEN = 'abc.DEF-123_~+/=='

class AdminController extends Controller {
  static {
    this.httpBasicAuthenticateWith({ name: 'ada', password: PASSWORD, realm: 'The "admin" area', except: 'open' })
  }
  index() {
    this.render('in')
  }
  open() {
    this.render('open')
  }
}

class ApiController extends Controller {
  basic() {
    const user = this.authenticateOrRequestWithHttpBasic((name, password) =>
      secureCompare(password, 'x') ? { name } : undefined,
    )
    this.render(user.name)
  }
  async basicLater() {
    const user = await this.authenticateOrRequestWithHttpBasic(async (name) => (name === 'ada' ? { name } : null), {
      realm: 'Later',
      message: 'Not you.',
    })
    this.render(user.name)
  }
  token() {
    const user = this.authenticateOrRequestWithHttpToken((token, options) =>
      secureCompare(token, TOKEN) ? { token, options } : false,
    )
    this.render(user)
  }
  async optional() {
    const byToken = await this.authenticateWithHttpToken(async (token) => (token === 'x' ? 'token' : undefined))
    const byBasic = this.authenticateWithHttpBasic((name) => (name === 'x' ? 'basic' : undefined))
    this.render(byToken ?? byBasic ?? 'nobody')
  }
}

function site(): TestApp {
  return boot((r) => {
    r.get('/admin', AdminController, 'index')
    r.post('/admin', AdminController, 'index')
    r.get('/open', AdminController, 'open')
    for (const action of ['basic', 'basicLater', 'token', 'optional'] as const)
      r.get(`/${action}`, ApiController, action)
  })
}

const basic = (text: string, encoding: BufferEncoding = 'utf8') =>
  `Basic ${Buffer.from(text, encoding).toString('base64')}`

async function answer(path: string, authorization?: string) {
  const { app } = site()
  const { status, headers, text } = await ask(app, path, { headers: { authorization } })
  return { status, text, challenge: headers['www-authenticate'] }
}

const REFUSED = { status: 401, challenge: 'Basic realm="The \\"admin\\" area", charset="UTF-8"' }

describe('httpBasicAuthenticateWith', () => {
  test('lets in who has name and password', async () => {
    expect(await answer('/admin', basic(`ada:${PASSWORD}`))).toEqual({
      status: 200,
      text: '"in"',
      challenge: undefined,
    })
    expect((await answer('/open')).status).toBe(200)
  })

  test.each([
    ['nothing', undefined],
    ['a wrong password', basic('ada:wrong')],
    ['a wrong name', basic(`bob:${PASSWORD}`)],
    ['both wrong', basic('bob:wrong')],
    ['no password', basic('ada:')],
    ['a password that begins right', basic(`ada:${PASSWORD}x`)],
    ['a password cut short', basic(`ada:${PASSWORD.slice(0, -1)}`)],
    ['another scheme', `Bearer ${PASSWORD}`],
  ])('answers 401 and asks, given %s', async (_, authorization) => {
    expect(await answer('/admin', authorization)).toMatchObject(REFUSED)
  })

  test('takes a scheme in any case, and base64 without its padding', async () => {
    const [, encoded = ''] = basic(`ada:${PASSWORD}`).split(' ')
    expect(encoded).toMatch(/=$/)
    for (const header of [`basic ${encoded}`, `BASIC  ${encoded}`, `Basic ${encoded.replace(/=+$/, '')}`])
      expect((await answer('/admin', header)).status).toBe(200)
  })

  test('is in UTF-8, whichever way an ö is spelt; Latin-1 is not believed', async () => {
    expect((await answer('/admin', basic(`ada:${PASSWORD.normalize('NFD')}`))).status).toBe(200)
    expect((await answer('/admin', basic(`ada:${PASSWORD}`, 'latin1'))).status).toBe(401)
  })

  test('answers everyone over a real socket, a page where a browser asks', async () => {
    const url = await listen(site().app)
    const page = await askSocket(`${url}/admin`, { headers: { accept: 'text/html' } })
    expect(page).toMatchObject({ status: 401, headers: { 'www-authenticate': REFUSED.challenge } })
    expect(page.text).toContain('HTTP Basic: Access denied.')
    const twice = await exchange(
      url,
      `GET /admin HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic('bob:x')}\r\nAuthorization: ${basic(`ada:${PASSWORD}`)}\r\nConnection: close\r\n\r\n`,
    )
    expect(twice).toMatch(/^HTTP\/1\.1 401 /)
  })

  test('is no reason to leave out the forgery check: a browser sends the password by itself', async () => {
    const { app } = site()
    const headers = { authorization: basic(`ada:${PASSWORD}`), 'sec-fetch-site': 'cross-site' }
    expect((await ask(app, '/admin', { method: 'POST', headers })).status).toBe(422)
  })

  test.each([
    [{ name: 'ada', password: '' }, 'the password is empty'],
    [{ name: 'ada', password: undefined }, 'the password is no text, but undefined'],
    [{ name: '', password: 'x' }, 'the name is empty'],
    [{ name: 'a:b', password: 'x' }, 'the name has a colon'],
    [{ name: 'ada', password: 'x', realm: 'a\nb' }, 'The realm "a\\nb" cannot be sent'],
    [{ name: 'ada', password: 'x', user: 'y' }, 'Unknown key "user" in the options of .httpBasicAuthenticateWith'],
    [{ name: 'ada', password: 'x', relam: 'y' }, 'did you mean "realm"?'],
  ])('with %j is refused at boot, without telling a password', (options, problem) => {
    const declare = () =>
      class extends Controller {
        static {
          this.httpBasicAuthenticateWith(options)
        }
      }
    expect(declare).toThrow(problem)
  })
})

describe('authenticateOrRequestWithHttpBasic', () => {
  test('gives what the check gives, at once or later', async () => {
    expect(await answer('/basic', basic('ada:x'))).toMatchObject({ status: 200, text: '"ada"' })
    expect(await answer('/basicLater', basic('ada:'))).toMatchObject({ status: 200, text: '"ada"' })
  })

  test('answers 401 where it gives nothing, with realm and message', async () => {
    expect(await answer('/basic', basic('ada:y'))).toMatchObject({
      status: 401,
      challenge: 'Basic realm="Application", charset="UTF-8"',
    })
    const later = await answer('/basicLater', basic('bob:x'))
    expect(later).toMatchObject({ status: 401, challenge: 'Basic realm="Later", charset="UTF-8"' })
    expect(later.text).toContain('"detail":"Not you."')
  })

  test('is an error that rescueFrom may answer', async () => {
    class RescuingController extends ApiController {
      static {
        this.rescueFrom(HttpError, (c, error) => c.render(error.headers, { status: error.status }))
      }
    }
    const { app } = boot((r) => r.root(RescuingController, 'basic'))
    const { status, json } = await ask(app, '/')
    expect([status, json]).toEqual([401, { 'www-authenticate': 'Basic realm="Application", charset="UTF-8"' }])
  })
})

describe('authenticateOrRequestWithHttpToken', () => {
  test.each([
    [`Bearer ${TOKEN}`, {}],
    [`bearer   ${TOKEN}  `, {}],
    [`Token ${TOKEN}`, {}],
    [`Token token="${TOKEN}"`, {}],
    [`Token token=${TOKEN}`, {}],
    [`Bearer token="${TOKEN}", nonce="a, \\"b\\"; c", Plain=d`, { nonce: 'a, "b"; c', Plain: 'd' }],
    [`Token ${TOKEN}; a=1;b="2"\tc=3, a=4`, { a: '1', b: '2', c: '3' }],
    [`Token token="${TOKEN}", __proto__="x"`, { ['__proto__']: 'x' }],
  ])('takes %s', async (authorization, options) => {
    const { status, text } = await answer('/token', authorization)
    expect(status).toBe(200)
    expect(JSON.parse(text)).toEqual({ token: TOKEN, options })
  })

  test('asks for a token, and says when one was refused', async () => {
    expect(await answer('/token')).toMatchObject({ status: 401, challenge: 'Bearer realm="Application"' })
    expect(await answer('/token', 'Bearer wrong')).toMatchObject({
      status: 401,
      challenge: 'Bearer realm="Application", error="invalid_token"',
    })
  })
})

describe('authenticateWith…', () => {
  test('gives undefined, and goes on', async () => {
    expect((await answer('/optional')).text).toBe('"nobody"')
    expect((await answer('/optional', 'Bearer x')).text).toBe('"token"')
    expect((await answer('/optional', basic('x:'))).text).toBe('"basic"')
    expect((await answer('/optional', basic('y:'))).text).toBe('"nobody"')
  })
})

describe('what is malformed is a 401, in no time', () => {
  const long = 'x'.repeat(15_000)
  const headers = [
    '',
    'Basic',
    'Basic ',
    'Basic =',
    'Basic ====',
    'Basic a',
    'Basic YWRh',
    'Basic YQ==YQ==',
    'Basic !!!!',
    'Basic YWRhOngK\u00e9',
    basic('ada'),
    basic('ada\0:x'),
    basic('ada:x\r\n'),
    `Basic ${Buffer.from([0xff, 0x3a, 0x78]).toString('base64')}`,
    `Basic ${Buffer.from([0xed, 0xa0, 0x80, 0x3a]).toString('base64')}`,
    `Basic ${long}`,
    `Basic ${' '.repeat(15_000)}`,
    `Basic ${'='.repeat(15_000)}`,
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a, b',
    'Bearer "a"',
    'Token token=',
    'Token token=""',
    'Token token="a',
    'Token token="a" b="c"',
    'Token nonce="a"',
    'Token ,',
    `Token token="${'\\"'.repeat(7_000)}`,
    `Token a${','.repeat(15_000)}`,
    `Token a,${'b=c,'.repeat(3_000)}`,
    `Token token=${'"a'.repeat(7_000)}`,
    `Token ${' \t'.repeat(7_000)}`,
    `Bearer ${'a='.repeat(7_000)}`,
    `Digest username="ada"`,
    long,
  ]

  test.each(['/admin', '/basic', '/token'])('at %s', async (path) => {
    const { app, log } = site()
    const slow: string[] = []
    for (const authorization of headers) {
      const startedAt = performance.now()
      const { status, headers } = await ask(app, path, { headers: { authorization } })
      if (performance.now() - startedAt > 1_000) slow.push(authorization.slice(0, 30))
      expect([status, authorization.slice(0, 40)]).toEqual([401, authorization.slice(0, 40)])
      expect(headers['www-authenticate']).toMatch(/^(?:Basic|Bearer) realm=/)
    }
    expect(slow).toEqual([])
    expect(log).toEqual([])
  })
})

test('secureCompare says whether two texts are equal', () => {
  expect(secureCompare('a', 'a')).toBe(true)
  expect(secureCompare('', '')).toBe(true)
  for (const other of ['', 'b', 'aa', 'A', 'a\0']) expect(secureCompare('a', other)).toBe(false)
})

describe('a rescue that answers 401', () => {
  const challenged = async (answer: (c: Controller, error: HttpError) => unknown) => {
    class SecretController extends Controller {
      static {
        this.rescueFrom(HttpError, answer)
        this.httpBasicAuthenticateWith({ name: 'ada', password: 'engine' })
      }
      index() {
        this.renderText('secret')
      }
    }
    const { status, headers } = await ask(boot((r) => r.root(SecretController, 'index')).app, '/')
    return [status, headers['www-authenticate']]
  }
  const own = (c: Controller, { message, status }: HttpError) => c.render({ message }, { status })

  test('in its own words still says how to log in', async () => {
    expect(await challenged(own)).toEqual([401, expect.stringMatching(/^Basic realm=/)])
    expect(await challenged(async (c, error) => own(c, error))).toEqual([401, expect.stringMatching(/^Basic realm=/)])
  })

  test('with a challenge of its own keeps that, and another status has none', async () => {
    const bearer = { 'www-authenticate': 'Bearer' }
    expect(await challenged((c) => c.head(401, { headers: bearer }))).toEqual([401, 'Bearer'])
    expect(await challenged((c) => c.redirectTo('/login'))).toEqual([302, undefined])
  })
})
