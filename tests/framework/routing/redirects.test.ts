// Redirects drawn as routes: where they lead, and that no stranger can make them lead elsewhere.
import { Controller, defineRoutes, type RouteMapper } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot, bootError } from '../../harness/app.js'

class PagesController extends Controller {
  show() {
    this.renderText('shown')
  }
}

const { app, log } = boot(
  (r) => {
    r.get('/new/:id', PagesController, 'show')
    r.redirect('/old', '/new/1')
    r.redirect('/old/:id', '/new/:id', { as: 'old' })
    r.redirect('/files/*path', '/*path')
    r.redirect('/tail/*path', '/assets/*path')
    r.redirect('/temporary', '/new/1', { status: 302 })
    r.redirect('/away/:page', 'https://docs.example.com/:page?from=app#top', { allowOtherHost: true })
    r.redirect('/archive(/:year)', '/posts(/:year)')
    r.redirect('/start', '/new/:id', { defaults: { id: 'first' } })
    r.redirect('/function/:id', (params, request) => `/new/${params['id'] ?? ''}?via=${request.method}`)
    r.redirect('/numbers/:id', '/new/:id', { constraints: { id: /\d+/ } })
    r.redirect('/formats/:id', '/new/:id', { format: ['json'] })
    r.scope('/admin', (r) => r.redirect('old', '/new/admin'))
    r.redirect('/wrong', () => 'https://evil.example/')
    r.redirect('/grüße', '/straße')
  },
  { config: { logLevel: 'info' } },
)
const leads = async (path: string) => {
  const { status, headers } = await ask(app, path)
  return `${status} ${headers['location'] ?? ''}`
}

describe('a redirect', () => {
  test.each([
    ['/old', '301 /new/1'],
    ['/old/?a=1', '301 /new/1'],
    ['/old/7', '301 /new/7'],
    ['/temporary', '302 /new/1'],
    ['/away/intro', '301 https://docs.example.com/intro?from=app#top'],
    ['/archive', '301 /posts'],
    ['/archive/2026', '301 /posts/2026'],
    ['/start', '301 /new/first'],
    ['/start?id=x', '301 /new/first'],
    ['/old/7?id=8', '301 /new/7'],
    ['/archive?year=2026', '301 /posts'],
    ['/function/7', '301 /new/7?via=GET'],
    ['/numbers/7', '301 /new/7'],
    ['/numbers/x', '404 '],
    ['/formats/7.json', '301 /new/7'],
    ['/admin/old', '301 /new/admin'],
    ['/files/a/b', '301 /a/b'],
    ['/gr%C3%BC%C3%9Fe', '301 /stra%C3%9Fe'],
  ])('from %s is %s', async (path, expected) => {
    expect(await leads(path)).toBe(expected)
  })

  test('answers HEAD, has no body, is 405 for other methods, and is logged as what it is', async () => {
    const answer = await ask(app, '/old', { method: 'HEAD' })
    expect(answer).toMatchObject({ status: 301, text: '' })
    expect((await ask(app, '/old', { method: 'POST' })).headers['allow']).toBe('GET, HEAD, OPTIONS')
    expect(log.at(-2)).toMatchObject({ controller: 'RedirectController', action: 'redirect', status: 301 })
  })

  test('has a name like any other route', () => {
    expect(app.pathTo('old', { id: 1 })).toBe('/old/1')
  })
})

describe('H10: what a stranger sends stays on this site', () => {
  test.each([
    ['/old/%2F%2Fevil.example', '301 /new/%2F%2Fevil.example'],
    ['/old/a%0D%0Ab', '301 /new/a%0D%0Ab'],
    ['/old/%3Fa%23b', '301 /new/%3Fa%23b'],
    ['/old/%22%3E%3Cscript%3E', '301 /new/%22%3E%3Cscript%3E'],
    ['/old/%5Cevil.example', '301 /new/%5Cevil.example'],
    ['/files/%5Cevil.example', '301 /%5Cevil.example'],
    ['/tail//evil.example', '301 /assets//evil.example'],
    ['/old/%2e%2e', '404 '],
    ['/files//evil.example', '404 '],
    ['/files/%2Fevil.example', '404 '],
    ['/files/a/%2E%2e/b', '404 '],
    ['/away/%2F..', '301 https://docs.example.com/%2F..?from=app#top'],
  ])('%s: %s', async (path, expected) => {
    expect(await leads(path)).toBe(expected)
  })

  test('a function that leads to another host without leave is an error, not a redirect', async () => {
    expect(await leads('/wrong')).toBe('500 ')
  })
})

describe('a mistake is refused at boot', () => {
  const refusal = (draw: (r: RouteMapper) => void) => bootError(() => defineRoutes(draw)).message

  test.each([
    ['new', 'redirect(\'/old/:id\') leads to "new".'],
    ['//evil.example', 'leads to "//evil.example"'],
    ['javascript:alert(1)', 'leads to "javascript:alert(1)"'],
    ['https://docs.example.com', 'leads to "https://docs.example.com"'],
    ['https://docs.example.com/', 'on another host.'],
    ['/new/:slug', 'but the route has no parameter slug.'],
    ['/new/:id.json', 'has the segment ":id.json"'],
    ['/new path', 'has the segment "new path"'],
  ])('%s', (target, message) => {
    expect(refusal((r) => r.redirect('/old/:id', target))).toContain(message)
  })

  test('a status that is none, a target that is none', () => {
    expect(refusal((r) => r.redirect('/old', '/new', { status: 200 as never }))).toContain('has the status 200')
    expect(refusal((r) => r.redirect('/old', undefined as never))).toContain('leads to undefined')
  })
})
