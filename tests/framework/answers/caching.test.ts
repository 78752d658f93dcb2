// What an answer says of how long it may be kept, and 304 for a client that has it already.
import { type ApplicationConfig, Controller, type ExpiryOptions, type FreshnessOptions } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Ask, ask, boot } from '../../harness/app.js'

const DATE = new Date('2026-01-02T03:04:05.678Z')

async function answer(action: (c: Controller) => unknown, options: Ask = {}, config: ApplicationConfig = {}) {
  class PagesController extends Controller {
    index() {
      return action(this)
    }
  }
  const { app } = boot((r) => r.match(['get', 'post'], '/', PagesController, 'index'), { config })
  return await ask(app, '/', options)
}

const page = (options: FreshnessOptions) => (c: Controller) => {
  if (c.stale(options)) c.render({ page: 1 })
}

describe('freshWhen and stale', () => {
  test('say what state the answer is of', async () => {
    const { headers } = await answer(page({ etag: { id: 1 }, lastModified: DATE }))
    expect(headers).toMatchObject({
      etag: expect.stringMatching(/^W\/"[\w-]{20,}"$/),
      'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT',
      'cache-control': 'private, max-age=0, must-revalidate',
    })
    expect((await answer(page({ strongEtag: 'a' }))).headers['etag']).toMatch(/^"[\w-]{20,}"$/)
    expect((await answer(page({ etag: 1, public: true }))).headers['cache-control']).toBe('public')
  })

  test('answer 304 to a client that has it, and the page to one that has another', async () => {
    const options = { etag: [1, 'a'], lastModified: DATE }
    const { headers } = await answer(page(options))
    const get = (asked: Record<string, string>, method = 'GET') => answer(page(options), { method, headers: asked })
    for (const condition of [
      { 'if-none-match': headers['etag'] as string },
      { 'if-none-match': `"other", ${headers['etag']?.slice(2)}` },
      { 'if-modified-since': headers['last-modified'] as string },
    ]) {
      const fresh = await get(condition)
      expect(fresh).toMatchObject({ status: 304, text: '', headers: { etag: headers['etag'] } })
      expect(fresh.headers).not.toHaveProperty('content-type')
      expect(await get(condition, 'HEAD')).toMatchObject({ status: 304 })
      expect(await get(condition, 'POST')).toMatchObject({ status: 200 })
    }
    for (const condition of [
      { 'if-none-match': '"other"' },
      { 'if-none-match': '"other"', 'if-modified-since': headers['last-modified'] as string },
      { 'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' },
      { 'if-none-match': headers['etag'] as string, 'cache-control': 'no-cache' },
    ])
      expect(await get(condition)).toMatchObject({ status: 200, text: '{"page":1}' })
  })

  test('return whether they answered', async () => {
    const seen: boolean[] = []
    await answer((c) => {
      seen.push(c.freshWhen({ etag: 1 }))
      c.head(204)
    })
    await answer((c) => seen.push(c.freshWhen({ etag: 1 })), { method: 'GET', headers: { 'if-none-match': '*' } })
    expect(seen).toEqual([false, true])
  })

  test.each([
    ['an option that is none', { etags: 1 }],
    ['no date', { lastModified: new Date('x') }],
    ['an etag without a JSON', { etag: () => 1 }],
  ])('refuse %s', async (_, options) => {
    expect((await answer(page(options as never))).status).toBe(500)
  })

  test('after an answer are a DoubleRenderError', async () => {
    const twice = (c: Controller) => {
      c.render({})
      c.freshWhen({ etag: 1 })
    }
    expect((await answer(twice)).status).toBe(500)
  })
})

describe('Cache-Control', () => {
  test.each<[number, ExpiryOptions, string]>([
    [60, {}, 'private, max-age=60'],
    [0, { public: true, mustRevalidate: true }, 'public, max-age=0, must-revalidate'],
    [
      60,
      { staleWhileRevalidate: 30, staleIfError: 90, immutable: true },
      'private, max-age=60, immutable, stale-while-revalidate=30, stale-if-error=90',
    ],
  ])('expiresIn(%j, %j) is %s', async (seconds, options, expected) => {
    const { headers } = await answer((c) => {
      c.expiresIn(seconds, options)
      c.render({})
    })
    expect(headers['cache-control']).toBe(expected)
  })

  test.each([
    [-1, {}],
    [1.5, {}],
    [Number.NaN, {}],
    [1, { staleIfError: -1 }],
    [1, { publik: true }],
  ])('expiresIn(%j, %j) is refused', async (seconds, options) => {
    expect((await answer((c) => c.expiresIn(seconds, options as never))).status).toBe(500)
  })

  test('noStore and expiresNow', async () => {
    const control = async (say: (c: Controller) => void) =>
      (
        await answer((c) => {
          say(c)
          c.render({})
        })
      ).headers['cache-control']
    expect(await control((c) => c.noStore())).toBe('no-store')
    expect(await control((c) => c.expiresNow())).toBe('no-cache')
  })

  test('C10: public is taken back where a cookie is set, on a 304 too', async () => {
    const action = (c: Controller) => {
      c.cookies.set('a', 'b')
      if (c.stale({ etag: 1, public: true })) c.render({})
    }
    for (const headers of [{}, { 'if-none-match': '*' }]) {
      const { setCookies, headers: sent } = await answer(action, { method: 'GET', headers })
      expect(setCookies).toHaveLength(1)
      expect(sent['cache-control']).not.toContain('public')
    }
  })
})

describe('etag: true', () => {
  const whole = (c: Controller) => c.render({ page: 1 })
  const config = { etag: true }

  test('tags whole answers, and answers 304 to a client that has one', async () => {
    const { headers } = await answer(whole, {}, config)
    expect(headers).toMatchObject({
      etag: expect.stringMatching(/^W\/"/),
      'cache-control': 'private, max-age=0, must-revalidate',
    })
    const fresh = await answer(whole, { headers: { 'if-none-match': headers['etag'] as string } }, config)
    expect(fresh).toMatchObject({ status: 304, text: '', headers: { etag: headers['etag'] } })
    expect(fresh.headers).not.toHaveProperty('content-type')
    expect((await answer(whole)).headers).not.toHaveProperty('etag')
  })

  test.each<[string, (c: Controller) => unknown, Ask]>([
    ['what has a tag', (c) => c.render({}, { headers: { etag: '"own"' } }), {}],
    ['what nobody may keep', (c) => c.render({}, { headers: { 'cache-control': 'no-store' } }), {}],
    ['errors', (c) => c.render({}, { status: 'not_found' }), {}],
    ['what is no GET', whole, { method: 'POST' }],
    ['what has no body', (c) => c.head(204), {}],
  ])('leaves %s alone', async (_, action, options) => {
    expect((await answer(action, options, config)).headers['etag'] ?? '"own"').toBe('"own"')
  })
})
