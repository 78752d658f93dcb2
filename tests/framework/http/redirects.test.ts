// Redirects stay on this site unless the app says otherwise.
import { Controller, type RedirectOptions } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Ask, ask, boot } from '../../harness/app.js'

async function redirect(target: string, options: RedirectOptions = {}, asked: Ask = {}) {
  class RedirectController extends Controller {
    go() {
      this.redirectTo(target, options)
    }
  }
  const { app, log } = boot((r) => r.match(['get', 'post', 'put', 'patch', 'delete'], '/', RedirectController, 'go'))
  const { status, headers, text } = await ask(app, '/', asked)
  return { status, location: headers['location'], text, logged: log.map(({ msg }) => msg).join() }
}

describe('a redirect', () => {
  test.each(['/', '/posts', '/posts?q=//e#x', '/a/../b', '/%2F/e', '/:80', '?page=2', '/a//b', '/javascript:x'])(
    'to %s is followed as it is',
    async (target) => {
      expect(await redirect(target)).toEqual({ status: 302, location: target, text: '', logged: '' })
    },
  )

  test.each([
    ['/ü', '/%C3%BC'],
    ['/你/😀?q=é', '/%E4%BD%A0/%F0%9F%98%80?q=%C3%A9'],
    ['/\u010d\u010a', '/%C4%8D%C4%8A'],
    ['/\ud800', '/%EF%BF%BD'],
    ['/%C3%BC', '/%C3%BC'],
  ])('H9: to %s is sent as ASCII: %s', async (target, location) => {
    expect(await redirect(target)).toMatchObject({ status: 302, location })
  })

  test.each([
    ['GET', 302],
    ['HEAD', 302],
    ['POST', 303],
    ['PUT', 303],
    ['PATCH', 303],
    ['DELETE', 303],
  ])('after %s is %i', async (method, status) => {
    expect(await redirect('/posts', {}, { method })).toMatchObject({ status, location: '/posts' })
  })

  test('may have another status that redirects', async () => {
    for (const status of [301, 302, 303, 307, 308]) expect((await redirect('/', { status })).status).toBe(status)
    for (const status of [200, 299, 304, 309, 404]) expect((await redirect('/', { status })).status).toBe(500)
  })

  test.each(['http://example.test/posts', 'HTTPS://EXAMPLE.test/posts'])(
    'to the full address %s of this host is followed',
    async (target) => {
      expect(await redirect(target)).toMatchObject({ status: 302, location: target })
    },
  )
})

describe('H10: a redirect', () => {
  const ELSEWHERE = [
    'http://e.test/',
    'https://e.test',
    'http://example.test.e.test/',
    'http://example.test@e.test/',
    'http://example.test:81/',
    'http://e.test#@example.test',
    'http://e.test?example.test',
  ]
  const NEVER = [
    '//e',
    '///e',
    '//e@example.test',
    '/\\e',
    '\\\\e',
    '\\/e',
    '/\te',
    '/\t/e',
    '\t//e',
    ' //e',
    '\n//e',
    '/\n/e',
    '/\r/e',
    '/a b',
    '/\0',
    '/\u007f',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,x',
    'http:e',
    'http:/e',
    'http:///e',
    'https:e.test',
    'ftp://example.test/',
    'http://',
    'http://[',
    'http://e.test:x/',
    'e',
    'e.test/',
    './e',
    '../e',
    '',
    '#top',
    ':',
    'mailto:a@b',
  ]

  test.each(ELSEWHERE)('to %j leaves this site: refused, with what to do', async (target) => {
    const { status, location, logged } = await redirect(target)
    expect([status, location]).toEqual([500, undefined])
    expect(logged).toContain('leaves this site (example.test)')
    expect(logged).toContain('{ allowOtherHost: true }')
  })

  test.each(ELSEWHERE)('to %j is followed with allowOtherHost', async (target) => {
    expect(await redirect(target, { allowOtherHost: true })).toMatchObject({ status: 302, location: target })
  })

  test.each(NEVER)('to %j is refused, with allowOtherHost too', async (target) => {
    for (const allowOtherHost of [false, true]) {
      const { status, location, logged } = await redirect(target, { allowOtherHost })
      expect([status, location]).toEqual([500, undefined])
      expect(logged).toContain('redirectTo(')
    }
  })

  test('does not take the Host of a stranger’s choice for this site’s when there is none', async () => {
    expect((await redirect('http://example.test/', {}, { headers: { host: undefined } })).status).toBe(500)
    expect((await redirect('http://good/', {}, { headers: { host: 'evil:x@good' } })).status).toBe(400)
  })

  test('cannot have its location changed by another header', async () => {
    expect(await redirect('/posts', { headers: { Location: '//e', 'x-a': '1' } })).toMatchObject({ location: '/posts' })
  })
})
