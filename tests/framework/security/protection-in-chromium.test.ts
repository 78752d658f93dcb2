// CORS and Content-Security-Policy where they take effect: in a real Chromium.
import { type Application, Controller } from 'contrail'
import { beforeAll, describe, expect, test } from 'vitest'
import { boot } from '../../harness/app.js'
import { useChromium } from '../../harness/chromium.js'

const browser = useChromium()

class ApiController extends Controller {
  show() {
    this.render(
      { cookie: this.request.header('cookie') ?? null },
      { headers: { 'x-total-count': '7', 'x-other': '8' } },
    )
  }
  update() {
    this.render(this.params['text'])
  }
  logIn() {
    this.cookies.set('user', 'ada')
    this.renderText('in')
  }
}

class PagesController extends Controller {
  static {
    this.contentSecurityPolicy(false, { only: 'bare' })
  }
  page() {
    const nonce = this.cspNonce
    this.renderHtml(`<!doctype html><title>start</title><body>
<script nonce="${nonce}">document.title += ' nonce'</script>
<script>document.title += ' inline'</script>
<script nonce="${'A'.repeat(22)}==">document.title += ' guessed'</script>
<img src="x:" onerror="document.title += ' handler'">`)
  }
  bare() {
    this.page()
  }
}

let ports: { api: number; page: number }

beforeAll(async () => {
  const apps: Application[] = []
  const serve = async (app: Application) => {
    apps.push(app)
    return Number(new URL((await app.listen({ port: 0, host: '127.0.0.1', signals: false })).url).port)
  }
  const page = await serve(
    boot(
      (r) => {
        r.get('/page', PagesController, 'page')
        r.get('/bare', PagesController, 'bare')
      },
      { config: { contentSecurityPolicy: { defaultSrc: ["'self'"], scriptSrc: ['nonce'], connectSrc: ['*'] } } },
    ).app,
  )
  class OpenController extends ApiController {
    static {
      this.allowCrossOrigin({ origins: '*' })
    }
  }
  class TrustingController extends ApiController {
    static {
      this.allowCrossOrigin({
        origins: [`http://app.localhost:${page}`],
        credentials: true,
        expose: ['x-total-count'],
        headers: ['content-type'],
      })
    }
  }
  const api = await serve(
    boot((r) => {
      for (const [path, controller] of [
        ['/closed', ApiController],
        ['/open', OpenController],
        ['/trusting', TrustingController],
      ] as const) {
        r.get(path, controller, 'show')
        r.put(path, controller, 'update')
        r.post(path, controller, 'update')
      }
      r.get('/log-in', ApiController, 'logIn')
    }).app,
  )
  ports = { api, page }
  return async () => {
    await Promise.all(apps.map((app) => app.close()))
  }
})

describe('in Chromium', () => {
  test('a page of another origin reads and changes what it may, and nothing else', async () => {
    const visitor = await browser.visitor()
    await visitor.open(`http://app.localhost:${ports.api}/log-in`)
    const call = async (from: string, path: string, init: object = {}) => {
      const page = await visitor.open(`http://${from}:${ports.page}/bare`)
      const url = JSON.stringify(`http://app.localhost:${ports.api}${path}`)
      return await page.run(
        `fetch(${url}, ${JSON.stringify(init)}).then(async (r) => [r.status, await r.json(), r.headers.get('x-total-count'), r.headers.get('x-other')], () => 'blocked')`,
      )
    }
    const json = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"text":"hi"}' }
    const include = { credentials: 'include' }
    expect(await call('app.localhost', '/trusting', include)).toEqual([200, { cookie: 'user=ada' }, '7', null])
    expect(await call('app.localhost', '/trusting', { ...json, ...include })).toEqual([200, 'hi', null, null])
    expect(await call('app.localhost', '/trusting', { ...json, headers: { ...json.headers, 'x-evil': '1' } })).toBe(
      'blocked',
    )
    expect(await call('evil.localhost', '/trusting', include)).toBe('blocked')
    expect(await call('evil.localhost', '/trusting', json)).toBe('blocked')
    expect(await call('app.localhost', '/closed')).toBe('blocked')
    expect(await call('evil.localhost', '/open')).toEqual([200, { cookie: null }, null, null])
    expect(await call('evil.localhost', '/open', json)).toEqual([200, 'hi', null, null])
    expect(await call('evil.localhost', '/open', include)).toBe('blocked')
    await visitor.end()
  })

  test('a script runs with the nonce, and none without it or with another', async () => {
    const visitor = await browser.visitor()
    const page = await visitor.open(`http://app.localhost:${ports.page}/page`)
    expect(await page.run('document.title')).toBe('start nonce')
    const bare = await visitor.open(`http://app.localhost:${ports.page}/bare`)
    expect(await bare.run('document.title')).toMatch(/^start nonce inline guessed/)
    await visitor.end()
  })
})
