// app.fetch: the Fetch API around the app, without a socket.
import { Controller } from 'contrail'
import { expect, test } from 'vitest'
import { boot } from '../../harness/app.js'

class EchoController extends Controller {
  show() {
    const { method, url, host, protocol, body, cookies } = this.request
    this.response.headers.append('set-cookie', 'a=1').append('set-cookie', 'b=2')
    this.render({ method, url, host, protocol, body, cookies, params: this.params })
  }
  status() {
    this.renderText('text', { status: this.params.int('status') })
  }
}

const { app } = boot((r) => {
  r.match(['get', 'post', 'put'], '/echo/:id', EchoController, 'show')
  r.get('/status/:status', EchoController, 'status')
})

test('a Request reaches its action with path, query, headers, host and protocol', async () => {
  const response = await app.fetch(
    new Request('https://app.test:8443/echo/a%2Fb?q=1#top', { headers: { Cookie: 'c=3' } }),
  )
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({
    method: 'GET',
    url: '/echo/a%2Fb?q=1',
    host: 'app.test:8443',
    protocol: 'https',
    cookies: { c: '3' },
    params: { id: 'a/b', q: '1' },
  })
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
})

test('a body is read: JSON, a form, a stream', async () => {
  const json = new Request('http://a/echo/1', {
    method: 'PUT',
    body: '{"a":"ü"}',
    headers: { 'content-type': 'application/json' },
  })
  expect(await (await app.fetch(json)).json()).toMatchObject({ method: 'PUT', protocol: 'http', body: { a: 'ü' } })
  const form = new Request('http://a/echo/1', { method: 'POST', body: new URLSearchParams({ a: 'b c' }) })
  expect(await (await app.fetch(form)).json()).toMatchObject({ body: { a: 'b c' } })
})

test('B1: a body over the limit is 413', async () => {
  const { app: small } = boot((r) => r.post('/echo/:id', EchoController, 'show'), { config: { bodyLimit: 3 } })
  expect((await small.fetch(new Request('http://a/echo/1', { method: 'POST', body: 'four' }))).status).toBe(413)
})

test('HEAD has headers and no body', async () => {
  const response = await app.fetch(new Request('http://a/status/200', { method: 'HEAD' }))
  expect([response.headers.get('content-length'), await response.text()]).toEqual(['4', ''])
})

test.each([204, 205, 304])('a %i has no body, whatever the action gave it', async (status) => {
  const response = await app.fetch(new Request(`http://a/status/${status}`))
  expect([response.status, await response.text()]).toEqual([status, ''])
})

test('what goes wrong is a response: 404, 405, a method that JavaScript knows', async () => {
  expect((await app.fetch(new Request('http://a/nowhere'))).status).toBe(404)
  expect((await app.fetch(new Request('http://a//evil/echo/1'))).status).toBe(404)
  for (const method of ['DELETE', 'constructor', '__proto__']) {
    const response = await app.fetch(new Request('http://a/echo/1', { method }))
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS, POST, PUT'])
  }
})
