// H2: request targets that are none, or that mean something else to a browser, a proxy or a URL parser than to a router.
import { connect } from 'node:net'
import { Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { boot, listen } from '../../harness/app.js'

class EchoController extends Controller {
  index() {
    this.renderText('root')
  }
  echo() {
    this.renderText('echo')
  }
  show() {
    this.render(this.params)
  }
  glob() {
    this.render(this.params)
  }
}

const draw = (constrained: boolean) => () =>
  boot((r) => {
    r.root(EchoController, 'index')
    r.get('/echo', EchoController, 'echo')
    r.get('/posts/:id', EchoController, 'show', constrained ? { constraints: { id: /.*/s } } : {})
    r.get('/posts/:id/raw', EchoController, 'show', constrained ? { constraints: { id: /.*/s } } : {})
    r.get('/files/*path', EchoController, 'glob', constrained ? { format: ['json'] } : {})
    r.redirect('/old/*path', '/*path')
  }).app

/** The status and body of what a raw request target gets over a socket. */
async function get(url: string, target: string): Promise<{ status: number; text: string; head: string }> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.end(Buffer.from(`GET ${target} HTTP/1.1\r\nHost: example.test\r\nConnection: close\r\n\r\n`, 'latin1'))
  await new Promise((resolve) => socket.on('close', resolve))
  const [head = '', text = ''] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n')
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), text, head }
}

describe.each([
  ['an app without constraints', draw(false)],
  ['an app with constraints and formats', draw(true)],
])('in %s', (_, make) => {
  test.each([
    ['//', 404],
    ['///', 404],
    ['//evil.example', 404],
    ['//evil.example/echo', 404],
    ['//echo', 404],
    ['/\\x', 400],
    ['/\\evil.example', 400],
    ['\\\\evil.example', 400],
    ['/%', 400],
    ['/%z', 400],
    ['/%zz', 400],
    ['/echo%', 400],
    ['/%c0%af', 400],
    ['/posts/%c0%af', 400],
    ['/posts/%ed%a0%80', 400],
    ['/posts/%ff', 400],
    ['/%00', 400],
    ['/posts/a%00b', 400],
    ['/posts/\xfc', 400],
    ['/posts/\xc3\xbc', 400],
    ['http://example.test/echo', 400],
    ['http://evil.example/echo', 400],
    ['HTTP://evil.example', 400],
    ['*', 400],
    ['echo', 400],
    ['?a=1', 400],
    ['/echo#top', 400],
    ['/posts/a\tb', 400],
    ['/./echo', 404],
    ['/../echo', 404],
    ['/x/../echo', 404],
    ['/x/%2e%2e/echo', 404],
    ['/%2Fecho', 404],
    ['/ech%6f%2f', 404],
    ['/echo/', 200],
    ['/echo//', 404],
    ['/echo///', 404],
    ['/echo/?', 200],
    ['/echo//?a', 404],
    ['/posts/1/', 200],
    ['/posts/1//', 404],
    ['/posts/', 404],
    ['/posts', 404],
    ['/posts//', 404],
    ['/posts//raw', 404],
    ['/posts/%20/raw', 200],
    ['/files/a//b', 200],
    ['/files/a//', 404],
    ['/files/', 404],
    ['/files//', 404],
    ['/old//evil.example', 404],
    ['/old/%2Fevil.example', 404],
    ['/echo;a=b', 404],
    ['/echo%3Fa', 404],
    ['/ECHO', 404],
  ])('%j is %i', async (target, status) => {
    const answer = await get(await listen(make()), target)
    expect(answer.status, answer.head).toBe(status)
    expect(answer.head).not.toMatch(/^location: (?:\/\/|http)/im)
  })

  test('R9: one of 15 KB that is all traps is answered at once', async () => {
    const url = await listen(make())
    await get(url, '/echo')
    for (const part of ['/', '/a', '%2F', '/%2e%2e', '.json', '/.', '(', ';', '%25', 'a.']) {
      const target = `/files/${part.repeat(15_000 / part.length)}`
      const begun = performance.now()
      const { status } = await get(url, target)
      expect(status, part).toBeLessThan(500)
      expect(performance.now() - begun, part).toBeLessThan(2_000)
    }
  })
})
