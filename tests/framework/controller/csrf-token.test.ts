// F2: tokens of a session and of one form: masked, bound, and taken from the right places alone.
import { describe, expect, test } from 'vitest'
import { ask, boot, cookieOf } from '../../harness/app.js'
import { withEnvironment } from '../../harness/environment.js'
import { page, pagesApp, send, TokenController } from '../../harness/forgery.js'

describe('F2: a token', () => {
  test('differs at each render, and all are valid', async () => {
    const booted = pagesApp(TokenController)
    const { cookie, token } = await page(booted)
    const others = await Promise.all(Array.from({ length: 20 }, () => page(booted, '', cookie)))
    const all = [token, ...others.map((other) => other.token)]
    expect(new Set(all).size).toBe(21)
    // No byte is at the same place in all of them.
    const bytes = all.map((one) => Buffer.from(one, 'base64url'))
    expect(
      [...(bytes[0] as Buffer).keys()].filter((at) => bytes.every((other) => other[at] === bytes[0]?.[at])),
    ).toEqual([])
    for (const one of all) expect((await send(booted, { cookie, 'x-csrf-token': one })).status).toBe(200)
  })

  test('of another session, or of none, is refused', async () => {
    const booted = pagesApp(TokenController)
    const [mine, other] = [await page(booted), await page(booted)]
    expect((await send(booted, { cookie: mine.cookie, 'x-csrf-token': other.token })).status).toBe(422)
    expect((await send(booted, { 'x-csrf-token': mine.token })).status).toBe(422)
    expect((await send(booted, { cookie: mine.cookie, 'x-csrf-token': mine.token })).status).toBe(200)
  })

  test('of one form is for its path and its method alone', async () => {
    const booted = pagesApp(TokenController)
    const { cookie, token } = await page(booted, '?path=/page&method=PATCH')
    const status = async (path: string, method: string) =>
      (await send(booted, { cookie, 'x-csrf-token': token }, { path, method })).status
    expect(await status('/page', 'PATCH')).toBe(200)
    expect(await status('/page?x=1', 'PATCH')).toBe(200)
    expect(await status('/page', 'POST')).toBe(422)
    expect(await status('/page/other', 'PATCH')).toBe(422)
    expect(await status('/', 'PATCH')).toBe(422)
  })

  test("of one form takes its path as the router does: without query and last slash, the root's apart", async () => {
    const booted = pagesApp(TokenController)
    for (const [path, target] of [
      ['/page/?x=1', '/page'],
      ['/page', '/page/'],
      ['/', '/'],
    ]) {
      const { cookie, token } = await page(booted, `?path=${encodeURIComponent(path as string)}`)
      expect((await send(booted, { cookie, 'x-csrf-token': token }, { path: target as string })).status).toBe(200)
    }
  })

  test('is taken from a form, from JSON and from the header, not from the query', async () => {
    const booted = pagesApp(TokenController)
    const { cookie, token } = await page(booted)
    const form = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
    expect((await send(booted, form, { body: `a=1&authenticity_token=${token}` })).status).toBe(200)
    expect((await send(booted, form, { body: 'a=1&authenticity_token=x' })).status).toBe(422)
    expect((await send(booted, { cookie }, { body: { authenticity_token: token } })).status).toBe(200)
    expect((await send(booted, { cookie }, { body: { authenticity_token: [token] } })).status).toBe(422)
    expect((await send(booted, { cookie }, { path: `/page?authenticity_token=${token}` })).status).toBe(422)
    expect(
      (await send(booted, { ...form, 'content-type': 'text/plain' }, { body: `authenticity_token=${token}` })).status,
    ).toBe(422)
  })

  test('is in the field of a form, for that form', async () => {
    const booted = pagesApp(TokenController)
    const answer = await ask(booted.app, '/field')
    const field = /^<form method="post"><input type="hidden" name="authenticity_token" value="([\w-]{86})"><\/form>$/
    const token = field.exec(answer.text)?.[1] as string
    expect((await send(booted, { cookie: cookieOf(answer), 'x-csrf-token': token })).status).toBe(200)
    expect((await send(booted, { cookie: cookieOf(answer), 'x-csrf-token': token }, { path: '/' })).status).toBe(422)
  })

  test('of any other length, spelling or content is refused, and is no error', async () => {
    const booted = pagesApp(TokenController)
    const { cookie, token } = await page(booted)
    const bytes = Buffer.from(token, 'base64url')
    const flipped = Array.from(bytes.keys(), (at) => Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))))
    const cut = Array.from(bytes.keys(), (at) => bytes.subarray(0, at))
    const values = [...flipped, ...cut, Buffer.concat([bytes, Buffer.of(0)]), Buffer.alloc(64)].map((b) =>
      b.toString('base64url'),
    )
    for (const value of [...values, `${token}=`, ` ${token}.`, '%', 'é'.repeat(86)]) {
      expect((await send(booted, { cookie, 'x-csrf-token': value })).status, value).toBe(422)
    }
  })

  test('S2: is void after renewSession and after resetSession', async () => {
    withEnvironment({ SECRET_KEY_BASE: 'a'.repeat(64) })
    for (const path of ['/log-in', '/log-out']) {
      const booted = pagesApp(TokenController)
      const { cookie, token } = await page(booted)
      const answer = await send(booted, { cookie, 'x-csrf-token': token }, { path })
      expect(answer.status).toBe(200)
      const after = answer.setCookies[0]?.includes('Max-Age=0') ? '' : cookieOf(answer)
      expect((await send(booted, { cookie: after, 'x-csrf-token': token })).status).toBe(422)
      const fresh = await page(booted, '', after)
      expect((await send(booted, { cookie: fresh.cookie, 'x-csrf-token': fresh.token })).status).toBe(200)
      expect((await send(booted, { cookie: fresh.cookie, 'x-csrf-token': token })).status).toBe(422)
    }
  })

  test('is not in what the app sees of its session, nor in the log', async () => {
    const { app: booted, log } = boot(
      (r) => {
        class SeenController extends TokenController {
          override show() {
            this.csrfToken()
            this.render(this.session)
          }
        }
        r.get('/page', SeenController, 'show')
        r.post('/page', SeenController, 'create')
      },
      { config: { logLevel: 'info' } },
    )
    const first = await ask(booted, '/page')
    expect((await ask(booted, '/page', { headers: { cookie: cookieOf(first) } })).text).toBe('{}')
    await ask(booted, '/page', { body: { authenticity_token: 'planted' } })
    expect(log.at(-1)).toMatchObject({ params: { authenticity_token: '[FILTERED]' } })
  })

  test('makes a session once: a second page sends no cookie', async () => {
    const booted = pagesApp(TokenController)
    const { cookie } = await page(booted)
    expect((await ask(booted.app, '/page', { headers: { cookie } })).setCookies).toEqual([])
  })
})
