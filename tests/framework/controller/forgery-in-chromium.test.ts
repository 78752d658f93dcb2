// Forms of this site and of others, sent by a real Chromium: what it says of itself, and what that leads to.
import { type Application, Controller, escapeHtml } from 'contrail'
import { beforeAll, describe, expect, test } from 'vitest'
import { boot } from '../../harness/app.js'
import { type Sent, type Tab, useChromium, type Visitor } from '../../harness/chromium.js'

const browser = useChromium()

/** A site with a form. `policy` is its Referrer-Policy: with no-referrer, Chromium sends `Origin: null`. */
class SiteController extends Controller {
  static {
    this.protectFromForgery({ except: ['change', 'open'] })
    this.skipForgeryProtection({ only: ['open'] })
  }
  form() {
    const { policy, path = '/save', token = 'yes' } = this.request.query as Record<string, string | undefined>
    if (policy !== undefined) this.response.headers.set('referrer-policy', policy)
    const field = token === 'yes' ? this.csrfField({ path }) : ''
    Object.assign(this.session, { visited: true })
    this.renderHtml(page(path, '', field))
  }
  save() {
    this.renderText(`saved ${String(this.params['text'])}`)
  }
  change() {
    this.renderText('changed')
  }
  open() {
    this.renderText('let in')
  }
  logIn() {
    this.renewSession()
    this.renderText('logged in')
  }
}

/** Somebody else's site, with a form that is sent to this one. */
class EvilController extends Controller {
  form() {
    const { target = '', enctype = '', policy, token = '' } = this.request.query as Record<string, string | undefined>
    if (policy !== undefined) this.response.headers.set('referrer-policy', policy)
    this.renderHtml(
      page(target, enctype, `<input type="hidden" name="authenticity_token" value="${escapeHtml(token)}">`),
    )
  }
}

const page = (action: string, enctype: string, field: string) => `<!doctype html>
<form method="post" action="${escapeHtml(action)}" enctype="${escapeHtml(enctype)}">${field}
<input name='{"text":"' value='"}'><input name="text" value="hello"><button>Send</button></form>`

let ports: { site: number; evil: number; trusting: number }

beforeAll(async () => {
  const site = (trustedOrigins: readonly string[]) =>
    boot(
      (r) => {
        r.get('/form', SiteController, 'form')
        r.post('/save', SiteController, 'save')
        r.post('/change', SiteController, 'change')
        r.post('/open', SiteController, 'open')
        r.post('/log-in', SiteController, 'logIn')
      },
      { config: { trustedOrigins } },
    ).app
  const apps: Application[] = []
  const serve = async (app: Application) => {
    apps.push(app)
    const { url } = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
    return Number(new URL(url).port)
  }
  const evil = await serve(boot((r) => r.get('/form', EvilController, 'form')).app)
  ports = { evil, site: await serve(site([])), trusting: await serve(site([`http://partner.test:${evil}`])) }
  return async () => {
    await Promise.all(apps.map((app) => app.close()))
  }
})

async function visiting(visit: (visitor: Visitor) => Promise<void>): Promise<void> {
  const visitor = await browser.visitor()
  await visit(visitor)
  await visitor.end()
}

/** Sends the form that another site, at the host `from`, has for a path of this site at the host `to`. */
async function sendFrom(visitor: Visitor, from: string, to: string, path: string, query: object = {}): Promise<Sent> {
  const port = path.startsWith(':') ? '' : `:${ports.site}`
  const fields = new URLSearchParams({ target: `http://${to}${port}${path}`, ...query }).toString()
  return await (await visitor.open(`http://${from}:${ports.evil}/form?${fields}`)).submit()
}

/** Opens this site's form. */
const own = (visitor: Visitor, host: string, query = ''): Promise<Tab> =>
  visitor.open(`http://${host}:${ports.site}/form?${query}`)

describe('F1: in Chromium, the form of another site', () => {
  test.each([
    ['evil.test', 'app.localhost', 'cross-site', false],
    ['127.0.0.1', 'localhost', 'cross-site', false],
    // Another port is another origin of the same site: SameSite cookies come along.
    ['app.localhost', 'app.localhost', 'same-site', true],
    // Without TLS or localhost, Chromium says nothing but the origin.
    ['evil.test', 'app.test', undefined, false],
    ['app.test', 'app.test', undefined, true],
  ])('at %s to %s says Sec-Fetch-Site %s, and is refused', (from, to, site, hasCookie) =>
    visiting(async (visitor) => {
      await own(visitor, to)
      const said = { site, hasCookie, origin: `http://${from}:${ports.evil}` }
      expect(await sendFrom(visitor, from, to, '/change')).toMatchObject({ ...said, status: 422 })
      expect(await sendFrom(visitor, from, to, '/save')).toMatchObject({ ...said, status: 422 })
      // The same form gets through where nothing guards: it is the guard that stopped it.
      expect(await sendFrom(visitor, from, to, '/open')).toMatchObject({ ...said, status: 200, text: 'let in' })
    }),
  )

  test('of the type text/plain, with JSON in it, is refused', () =>
    visiting(async (visitor) => {
      for (const to of ['app.localhost', 'app.test'])
        expect((await sendFrom(visitor, 'evil.test', to, '/change', { enctype: 'text/plain' })).status).toBe(422)
    }))

  test('that hides its origin is refused, with a token of its own session too', () =>
    visiting(async (visitor) => {
      let token = ''
      await visiting(async (attacker) => {
        token = await (await own(attacker, 'app.test')).field('authenticity_token')
      })
      await own(visitor, 'app.test')
      for (const query of [{}, { token }]) {
        const sent = await sendFrom(visitor, 'app.test', 'app.test', '/save', { policy: 'no-referrer', ...query })
        expect(sent).toMatchObject({ site: undefined, origin: 'null', hasCookie: true, status: 422 })
      }
    }))

  test('that is trusted is let in, and no other', () =>
    visiting(async (visitor) => {
      const to = `:${ports.trusting}/save`
      expect((await sendFrom(visitor, 'partner.test', 'app.localhost', to)).status).toBe(200)
      expect((await sendFrom(visitor, 'partner.test', 'app.test', to)).status).toBe(200)
      expect((await sendFrom(visitor, 'evil.test', 'app.localhost', to)).status).toBe(422)
    }))
})

describe("F1: in Chromium, this site's own form", () => {
  test.each([
    ['app.localhost', 'same-origin'],
    ['app.test', undefined],
  ])('at %s is accepted (Sec-Fetch-Site %s), with a token and without', (host, site) =>
    visiting(async (visitor) => {
      for (const token of ['yes', 'no']) {
        const sent = await (await own(visitor, host, `token=${token}`)).submit()
        expect(sent).toMatchObject({ status: 200, site, origin: `http://${host}:${ports.site}`, text: 'saved hello' })
      }
    }),
  )

  test('where Chromium says nothing of the origin is accepted with its token, and refused without', () =>
    visiting(async (visitor) => {
      const status = async (query: string) => {
        const sent = await (await own(visitor, 'app.test', `policy=no-referrer&${query}`)).submit()
        expect([sent.site, sent.origin]).toEqual([undefined, 'null'])
        return sent.status
      }
      expect(await status('token=yes')).toBe(200)
      expect(await status('token=no')).toBe(422)
    }))

  test('with a token from before the log-in is refused there; loaded again, it is accepted', () =>
    visiting(async (visitor) => {
      const form = 'policy=no-referrer'
      const stale = await own(visitor, 'app.test', form)
      const logIn = await visitor.openAnother(`http://app.test:${ports.site}/form?${form}&path=/log-in`)
      expect((await logIn.submit()).text).toBe('logged in')
      expect((await stale.submit()).status).toBe(422)
      expect((await (await own(visitor, 'app.test', form)).submit()).status).toBe(200)
    }))
})
