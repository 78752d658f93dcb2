// A page with a message is not the page that the client has: freshness does not keep a flash from being seen, nor show it twice.
import { Controller } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot, cookieOf } from '../../harness/app.js'

class Pages extends Controller {
  show() {
    const state = this.params['modified'] === undefined ? { etag: 'v1' } : { lastModified: new Date(0) }
    if (this.stale(state)) this.renderText(`page ${this.flash.get('notice') ?? '-'}`)
  }
  update() {
    this.redirectTo('/page', { notice: 'Saved.' })
  }
  now() {
    this.flash.now.set('notice', 'Now.')
    if (this.stale({ etag: 'v1' })) this.renderText(`page ${this.flash.get('notice')}`)
  }
}

class Plain extends Controller {
  static {
    this.disableSession()
  }
  show() {
    if (this.stale({ etag: 'v1' })) this.renderText('plain')
  }
}

const app = () =>
  boot((r) => {
    r.get('/page', Pages, 'show')
    r.get('/now', Pages, 'now')
    r.post('/page', Pages, 'update')
    r.get('/plain', Plain, 'show')
  }).app

describe.each([
  [
    'etag',
    '/page',
    (answer: { headers: Readonly<Record<string, string>> }) => ({ 'if-none-match': answer.headers['etag'] }),
  ],
  ['lastModified', '/page?modified', () => ({ 'if-modified-since': new Date(0).toUTCString() })],
])('a page with %s', (_what, path, known) => {
  test('that is fresh is sent anew when there is a message to show, and as before when there is none', async () => {
    const served = app()
    const first = await ask(served, path)
    const has = known(first) as Record<string, string>
    expect((await ask(served, path, { headers: has })).status).toBe(304)
    const saved = await ask(served, '/page', { method: 'POST' })
    const shown = await ask(served, path, { headers: { ...has, cookie: cookieOf(saved) } })
    expect([shown.status, shown.text]).toEqual([200, 'page Saved.'])
    expect([shown.headers['etag'], shown.headers['last-modified']]).toEqual([undefined, undefined])
    const cookie = shown.setCookies.length === 0 ? '' : cookieOf(shown)
    expect((await ask(served, path, { headers: { ...has, cookie } })).status).toBe(304)
  })
})

test('a message for this very answer counts, too', async () => {
  const served = app()
  const { headers } = await ask(served, '/page')
  const shown = await ask(served, '/now', { headers: { 'if-none-match': headers['etag'] as string } })
  expect([shown.status, shown.text, shown.headers['etag']]).toEqual([200, 'page Now.', undefined])
})

test('C11: a 304 without a message leaves the session alone, and so does an action without one', async () => {
  const served = app()
  const saved = await ask(served, '/page', { method: 'POST' })
  const { headers } = await ask(served, '/plain', { headers: { cookie: cookieOf(saved) } })
  const again = await ask(served, '/plain', {
    headers: { cookie: cookieOf(saved), 'if-none-match': headers['etag'] as string },
  })
  expect([again.status, again.setCookies]).toEqual([304, []])
})
