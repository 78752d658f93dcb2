// Pages with forms, as apps have them, for tests of who may send what.
import { Controller, type ControllerClass, type CsrfTokenOptions } from 'contrail'
import { type Ask, ask, boot, cookieOf, type TestApp } from './app.js'

/** An origin that these apps trust. */
export const TRUSTED = 'https://pay.example.com'

/** A controller with a form, which the others guard in their ways. */
export abstract class PagesController extends Controller {
  /** The form's page: its token as the query asks for it. */
  show() {
    const { path, method } = this.request.query
    const options = path === undefined ? undefined : { path, ...(method === undefined ? {} : { method }) }
    this.renderText(this.csrfToken(options as CsrfTokenOptions))
  }
  field() {
    this.renderHtml(`<form method="post">${this.csrfField({ path: '/page' })}</form>`)
  }
  create() {
    this.renderText('done')
  }
  logIn() {
    this.renewSession()
    this.renderText('in')
  }
  logOut() {
    this.resetSession()
    this.renderText('out')
  }
}

export class TokenController extends PagesController {
  static {
    this.protectFromForgery()
  }
}

export class DefaultController extends PagesController {}

export class OpenController extends TokenController {
  static {
    this.skipForgeryProtection()
  }
}

/** Boots an app whose pages all have this controller. */
export function pagesApp(controller: ControllerClass<PagesController>, config: object = {}): TestApp {
  return boot(
    (r) => {
      r.get('/page', controller, 'show')
      r.get('/field', controller, 'field')
      for (const path of ['/page', '/page/other', '/'] as const) {
        r.post(path, controller, 'create')
        r.put(path, controller, 'create')
        r.patch(path, controller, 'create')
        r.delete(path, controller, 'create')
      }
      r.post('/log-in', controller, 'logIn')
      r.post('/log-out', controller, 'logOut')
    },
    { config: { trustedOrigins: [TRUSTED], ...config } },
  )
}

/** The Cookie header and a token, of a new session or of one that there is. */
export async function page({ app }: TestApp, query = '', cookie = '') {
  const answer = await ask(app, `/page${query}`, { headers: { cookie } })
  return { cookie: answer.setCookies.length === 0 ? cookie : cookieOf(answer), token: answer.text }
}

/** Sends an unsafe request. */
export const send = ({ app }: TestApp, headers: Ask['headers'], options: Ask & { path?: string } = {}) =>
  ask(app, options.path ?? '/page', { method: 'POST', ...options, headers: { ...headers } })
