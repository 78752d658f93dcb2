// One action in several formats: by Accept, by the format in the address, and 406 with what there is.
import { Controller, type FormatHandlers } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot } from '../../harness/app.js'

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'

/** What one request to an action with these handlers gets. */
async function answer(handlers: (c: Controller) => FormatHandlers, accept?: string, path = '/') {
  class PostsController extends Controller {
    index() {
      return this.respondTo(handlers(this))
    }
  }
  const { app } = boot((r) => {
    r.root(PostsController, 'index')
    r.get('/posts/:format', PostsController, 'index')
  })
  return await ask(app, path, { headers: accept === undefined ? {} : { accept } })
}

const both = (c: Controller) => ({ json: () => c.render({ a: 1 }), html: () => c.renderHtml('<p>a</p>') })

describe('respondTo', () => {
  test.each([
    [undefined, 'application/json; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
    ['text/html', 'text/html; charset=utf-8'],
    ['text/*', 'text/html; charset=utf-8'],
    [BROWSER, 'text/html; charset=utf-8'],
    ['text/html;q=0.5, application/json', 'application/json; charset=utf-8'],
    ['application/json;q=0, */*', 'text/html; charset=utf-8'],
  ])('answers Accept: %s with %s', async (accept, type) => {
    const { status, headers } = await answer(both, accept)
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'content-type': type, vary: 'Accept' })
  })

  test.each([
    ['image/png', '/'],
    ['text/html;q=0', '/'],
    ['garbage;;;,', '/'],
  ])('answers Accept: %s with 406 and what there is', async (accept, path) => {
    const response = await answer(
      (c) => ({ html: () => c.renderHtml('a'), csv: () => c.renderText('a') }),
      accept,
      path,
    )
    expect(response.status).toBe(406)
    expect(response.headers['vary']).toBe('Accept')
    expect(response.json.detail).toContain('There is: text/html, text/csv.')
  })

  test('prefers the format of the address to Accept, which then plays no part', async () => {
    const response = await answer(both, 'text/html', '/posts/json')
    expect(response).toMatchObject({ status: 200, text: '{"a":1}' })
    expect(response.headers).not.toHaveProperty('vary')
    const unknown = await answer(both, 'text/html', '/posts/csv')
    expect(unknown.status).toBe(406)
    expect(unknown.headers).not.toHaveProperty('vary')
  })

  test('gives what a handler answers the type it was chosen for', async () => {
    const handlers = (c: Controller) => ({
      csv: () => c.renderText('a,b'),
      'application/vnd.api+json': () => c.render({ data: null }),
      rss: () => c.redirectTo('/feed'),
    })
    const type = async (accept: string) => (await answer(handlers, accept)).headers['content-type']
    expect(await type('text/csv')).toBe('text/csv; charset=utf-8')
    expect(await type('application/vnd.api+json')).toBe('application/vnd.api+json; charset=utf-8')
    expect(await type('application/rss+xml')).toBeUndefined()
  })

  test('takes any for what nothing else is for', async () => {
    const handlers = (c: Controller) => ({ json: () => c.render(1), any: () => c.renderText('any') })
    expect((await answer(handlers, 'image/png')).text).toBe('any')
    expect((await answer(handlers, undefined, '/posts/xml')).text).toBe('any')
  })

  test('waits for a handler that takes its time, and passes on what it throws', async () => {
    const slow = (c: Controller) => ({
      json: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        c.render('slow')
      },
      html: async () => {
        throw new TypeError('broken')
      },
    })
    expect((await answer(slow)).text).toBe('"slow"')
    expect((await answer(slow, 'text/html')).status).toBe(500)
  })

  test('with a format that it does not know is an error', async () => {
    for (const handlers of [{ jsno: () => {} }, {}, { 'text/csv\r\nx: y': () => {} }])
      expect((await answer(() => handlers as never)).status).toBe(500)
  })

  test('is quick with a hostile Accept', async () => {
    const begun = performance.now()
    await answer(both, `${'a/b;q=0.'.repeat(900)}${';'.repeat(4_000)}${'"'.repeat(3_000)}`)
    expect(performance.now() - begun).toBeLessThan(1_000)
  })
})
