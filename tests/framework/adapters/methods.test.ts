// H8: what each method comes to, on each kind of path, over real sockets.
import { Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { askSocket, boot, listen } from '../../harness/app.js'
import { exchange } from '../../harness/sockets.js'

class ThingsController extends Controller {
  static {
    this.skipForgeryProtection()
  }
  show() {
    this.renderText(`seen: ${this.request.method}`)
  }
}

const { app } = boot((r) => {
  r.get('/read', ThingsController, 'show')
  r.post('/write', ThingsController, 'show')
  r.match(['get', 'put', 'patch', 'delete'], '/thing/:id', ThingsController, 'show')
  r.match(['get', 'options'], '/own', ThingsController, 'show')
  r.mount('/mounted', (request: Request) => new Response(`seen: ${request.method}`))
})

const ALLOWED: Readonly<Record<string, string>> = {
  '/read': 'GET, HEAD, OPTIONS',
  '/write': 'OPTIONS, POST',
  '/thing/1': 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT',
  '/own': 'GET, HEAD, OPTIONS',
}
/** Of the methods that routes have. */
const MOUNTED = 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT'
const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'BREW',
  'get',
]

/** What an answer must be: status, `Allow`, and what the action says it saw. */
function expected(method: string, path: string): [status: number, allow: string | undefined, text: string | undefined] {
  // node:http parses them or does not; Node 20 knows no QUERY.
  if (['BREW', 'get'].includes(method)) return [method === 'BREW' ? 501 : 400, undefined, undefined]
  if (path === '/mounted')
    return method === 'TRACE' ? [405, MOUNTED, undefined] : [200, undefined, method === 'HEAD' ? '' : `seen: ${method}`]
  const allow = ALLOWED[path]
  if (allow === undefined) return [404, undefined, undefined]
  if (!allow.split(', ').includes(method)) return [405, allow, undefined]
  if (method === 'OPTIONS' && path !== '/own') return [204, allow, '']
  return [200, undefined, method === 'HEAD' ? '' : `seen: ${method}`]
}

const matrix = METHODS.flatMap((method) =>
  [...Object.keys(ALLOWED), '/mounted', '/nowhere'].map((path) => ({ method, path })),
)

describe('H8: the matrix of methods and paths', () => {
  test.each(matrix)('$method $path', async ({ method, path }) => {
    const url = await listen(app)
    const headers = 'Host: a\r\nConnection: close\r\nContent-Length: 0'
    const answer = await exchange(url, `${method} ${path} HTTP/1.1\r\n${headers}\r\n\r\n`)
    const [status, allow, text] = expected(method, path)
    // A method of HTTP that Node's parser does not know yet.
    if (method === 'QUERY' && answer.startsWith('HTTP/1.1 501 ')) return
    expect(answer).toContain(`HTTP/1.1 ${status} `)
    expect(/^allow: (.*)\r$/im.exec(answer)?.[1]).toBe(allow)
    if (text === undefined && method !== 'HEAD') expect(answer).toContain(`"status":${status}`)
    else if (method === 'HEAD' || text === '') expect(answer).toMatch(/\r\n\r\n$/)
    else expect(answer).toContain(text as string)
  })

  test('HEAD tells the length that GET has', async () => {
    const url = await listen(app)
    const [get, head] = [await askSocket(`${url}/read`), await askSocket(`${url}/read`, { method: 'HEAD' })]
    expect([head.status, head.text, head.headers['content-type']]).toEqual([200, '', get.headers['content-type']])
    expect(head.headers['content-length']).toBe(String('seen: HEAD'.length))
  })

  test('OPTIONS * is for the whole server', async () => {
    const answer = await exchange(await listen(app), 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 204 .*allow: DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT\r\n/s)
    const other = await exchange(await listen(app), 'GET * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(other).toMatch(/^HTTP\/1\.1 400 /)
  })

  test.each(['a.test:443', '/read'])('CONNECT %s is no tunnel: 501', async (target) => {
    const answer = await exchange(await listen(app), `CONNECT ${target} HTTP/1.1\r\nHost: a\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 501 .*connection: close\r\n/s)
  })

  test('TRACE does not show the request’s headers to anyone', async () => {
    const bytes = 'TRACE /mounted HTTP/1.1\r\nHost: a\r\nCookie: secret\r\nConnection: close\r\n\r\n'
    expect(await exchange(await listen(app), bytes)).not.toContain('secret')
  })
})
