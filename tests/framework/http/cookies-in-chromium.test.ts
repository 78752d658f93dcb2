// C7: what a real Chromium keeps of the cookies that this.cookies sets, and what it drops when they are deleted.
import { Controller } from 'contrail'
import { expect, test } from 'vitest'
import { boot, listen } from '../../harness/app.js'
import { useChromium } from '../../harness/chromium.js'

const browser = useChromium()
const LONGEST = 'x'.repeat(4096 - 'longest'.length)

class CookiesController extends Controller {
  set() {
    const { cookies } = this
    cookies.set('plain', 'a b;ü')
    cookies.set('script', 'seen', { httpOnly: false, sameSite: 'strict' })
    cookies.set('__Host-key', '1')
    cookies.set('partner', '1', { sameSite: 'none' })
    cookies.set('below', '1', { path: '/below' })
    cookies.set('hour', '1', { maxAge: 3600 })
    cookies.set('longest', LONGEST)
    cookies.permanent.signed.set('signed', { user: 1 })
    cookies.encrypted.set('encrypted', ['secret'])
    this.renderHtml('<!doctype html><title>set</title>')
  }
  read() {
    const { cookies } = this
    this.renderText(
      JSON.stringify([cookies.get('plain'), cookies.signed.get('signed'), cookies.encrypted.get('encrypted')]),
    )
  }
  delete() {
    for (const name of ['plain', 'script', '__Host-key', 'partner', 'hour', 'longest', 'signed', 'encrypted'])
      this.cookies.delete(name)
    this.cookies.delete('below', { path: '/below' })
    this.renderHtml('<!doctype html><title>deleted</title>')
  }
}

test('Chromium keeps every cookie as it was set, sends it back, and drops it when it is deleted', async () => {
  const { app } = boot((r) => {
    r.get('/set', CookiesController, 'set')
    r.get('/read', CookiesController, 'read')
    r.get('/delete', CookiesController, 'delete')
  })
  const url = (await listen(app)).replace('127.0.0.1', 'app.localhost')
  const visitor = await browser.visitor()
  const tab = await visitor.open(`${url}/set`)
  const kept = Object.fromEntries((await visitor.cookies()).map((cookie) => [cookie.name, cookie]))
  const common = { domain: 'app.localhost', path: '/', httpOnly: true, secure: false, sameSite: 'Lax', expires: -1 }
  expect(kept).toMatchObject({
    plain: { ...common, value: 'a%20b%3B%C3%BC' },
    script: { ...common, httpOnly: false, sameSite: 'Strict' },
    '__Host-key': { ...common, secure: true },
    partner: { ...common, secure: true, sameSite: 'None' },
    below: { ...common, path: '/below' },
    longest: { ...common, value: LONGEST },
    encrypted: common,
  })
  const secondsLeft = (name: string) => (kept[name]?.expires ?? 0) - Date.now() / 1000
  expect(secondsLeft('hour')).toBeGreaterThan(3000)
  expect(secondsLeft('hour')).toBeLessThan(3601)
  // Twenty years were asked for; Chromium gives 400 days.
  expect(secondsLeft('signed')).toBeGreaterThan(399 * 86_400)
  expect(secondsLeft('signed')).toBeLessThan(401 * 86_400)
  expect(await tab.scriptCookies()).toBe('script=seen')
  const read = await visitor.open(`${url}/read`)
  expect(await read.text()).toBe('["a b;ü",{"user":1},["secret"]]')
  await visitor.open(`${url}/delete`)
  expect(await visitor.cookies()).toEqual([])
  await visitor.end()
})
