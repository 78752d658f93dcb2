// Actions without a session: whatever touches it is told so, and nothing is read, sent or decided for it.
import { BootError, Controller, type SessionRecord } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, askSocket, boot, bootError, cookieOf, listen } from '../../harness/app.js'
import { NetworkStore } from '../../harness/network-store.js'

const KEY = '_test_app_session'

class PublicController extends Controller {
  static {
    this.disableSession({ except: ['login'] })
  }
  login() {
    Object.assign(this.session, { user: 1 })
    this.head(200)
  }
  plain() {
    this.render({ ok: true })
  }
  read() {
    this.render(this.session)
  }
  write() {
    Object.assign(this.session, { user: 2 })
    this.head(200)
  }
  readFlash() {
    this.render(this.flash)
  }
  token() {
    this.renderText(this.csrfToken())
  }
  field() {
    this.renderHtml(this.csrfField())
  }
  reset() {
    this.resetSession()
    this.head(200)
  }
  renew() {
    this.renewSession()
    this.head(200)
  }
  redirect() {
    this.redirectTo('/plain', { notice: 'Saved.' })
  }
}

const TOUCHES = ['read', 'write', 'readFlash', 'token', 'field', 'reset', 'renew', 'redirect'] as const

class CountingStore extends NetworkStore {
  static loads = 0
  override load(cookie: string): Promise<SessionRecord | { rejected: string }> {
    CountingStore.loads += 1
    return super.load(cookie)
  }
}

const publicApp = (sessionStore?: typeof NetworkStore) =>
  boot(
    (r) => {
      r.get('/login', PublicController, 'login')
      r.get('/plain', PublicController, 'plain')
      for (const action of TOUCHES) r.get(`/${action}`, PublicController, action)
    },
    { config: sessionStore === undefined ? {} : { sessionStore } },
  )

describe('in an action without a session', () => {
  test.each(TOUCHES)('%s throws SessionDisabledError, which says where and how to mend it', async (action) => {
    const { app, log } = publicApp()
    const cookie = cookieOf(await ask(app, '/login'))
    const answer = await ask(app, `/${action}`, { headers: { cookie } })
    expect([answer.status, answer.setCookies]).toEqual([500, []])
    expect(log.at(-1)).toMatchObject({ err: { type: 'SessionDisabledError' } })
    const { message } = (log.at(-1) as { err: Error }).err
    expect(message).toContain(`PublicController#${action} has no session`)
    expect(message).toContain('disableSession() in PublicController')
    expect(message).toContain(`enableSession({ only: ['${action}'] })`)
  })

  test('the cookie is left alone, and Cache-Control too, over a socket', async () => {
    const { app } = publicApp()
    const url = await listen(app)
    const login = await askSocket(`${url}/login`)
    expect(login.headers['cache-control']).toBe('private, no-store')
    const plain = await askSocket(`${url}/plain`, { headers: { cookie: cookieOf(login) } })
    expect([plain.status, plain.setCookies, plain.headers['cache-control']]).toEqual([200, [], undefined])
  })

  test('a store that is asked beforehand is not asked', async () => {
    const { app } = publicApp(CountingStore)
    const headers = { cookie: cookieOf(await ask(app, '/login')) }
    CountingStore.loads = 0
    expect((await ask(app, '/plain', { headers })).status).toBe(200)
    expect((await ask(app, '/read', { headers })).status).toBe(500)
    expect(CountingStore.loads).toBe(0)
    await ask(app, '/login', { headers })
    expect(CountingStore.loads).toBe(1)
  })

  test('nor is it waited for: an outage does not reach such a page', async () => {
    class Down extends NetworkStore {
      override load(): Promise<never> {
        return new Promise(() => {})
      }
    }
    const { app } = publicApp(Down)
    expect((await ask(app, '/plain', { headers: { cookie: `${KEY}=x` } })).status).toBe(200)
  })
})

class ParentController extends Controller {
  static {
    this.beforeAction((c) => c.visit(), { as: 'visit' })
    this.disableSession()
    this.rescueFrom(RangeError, (c) => c.render({ ...c.session }))
  }
  show() {
    this.head(200)
  }
  edit() {
    this.head(200)
  }
  protected visit() {
    Object.assign(this.session, { visits: 1 })
  }
}

class ChildController extends ParentController {
  static {
    this.enableSession({ only: ['edit'] })
  }
}

class GrandchildController extends ChildController {
  static {
    this.disableSession({ only: ['edit'] })
    this.enableSession({ except: ['edit'] })
  }
}

class MendedController extends ParentController {
  static {
    this.disableSession()
    this.enableSession({ only: ['edit'] })
  }
}

class CaughtController extends ParentController {
  static {
    this.skipBeforeAction('visit')
  }
  override show() {
    throw new RangeError('rescued by a handler that reads the session')
  }
}

describe('disableSession is inherited', () => {
  const { app, log } = boot((r) => {
    r.get('/parent/show', ParentController, 'show')
    r.get('/child/show', ChildController, 'show')
    r.get('/child/edit', ChildController, 'edit')
    r.get('/grandchild/show', GrandchildController, 'show')
    r.get('/grandchild/edit', GrandchildController, 'edit')
    r.get('/mended/edit', MendedController, 'edit')
    r.get('/caught', CaughtController, 'show')
  })

  test.each([
    ['/parent/show', 'ParentController#show', 'ParentController'],
    ['/child/show', 'ChildController#show', 'ParentController'],
    ['/grandchild/edit', 'GrandchildController#edit', 'GrandchildController'],
    ['/caught', 'CaughtController#show', 'ParentController'],
  ])('%s: a filter or a rescue that touches the session meets the error too', async (path, where, declaredIn) => {
    expect((await ask(app, path)).status).toBe(500)
    const { message } = (log.at(-1) as { err: Error }).err
    expect(message).toContain(`${where} has no session`)
    expect(message).toContain(`disableSession() in ${declaredIn} says so`)
  })

  test.each(['/child/edit', '/grandchild/show', '/mended/edit'])('%s is enabled again', async (path) => {
    const answer = await ask(app, path)
    expect([answer.status, answer.setCookies.length]).toEqual([200, 1])
  })
})

class FormsController extends Controller {
  static {
    this.protectFromForgery()
    this.disableSession()
  }
  page() {
    this.head(200)
  }
  send() {
    this.head(200)
  }
}

class HooksController extends FormsController {
  static {
    this.skipForgeryProtection({ only: ['send'] })
  }
}

describe('an action that asks for a token and has no session', () => {
  test('is refused at boot, with both ways out', () => {
    const error = bootError(() => boot((r) => r.post('/send', FormsController, 'send')))
    expect(error.problem).toContain('POST FormsController#send has protectFromForgery')
    expect(error.fix).toContain("enableSession({ only: ['send'] }) in FormsController")
    expect(error.fix).toContain("skipForgeryProtection({ only: ['send'] })")
  })

  test('is not refused where no token is ever asked for: by GET, and where it is skipped', async () => {
    const { app } = boot((r) => {
      r.get('/page', FormsController, 'page')
      r.post('/send', HooksController, 'send')
    })
    expect((await ask(app, '/page')).status).toBe(200)
    expect((await ask(app, '/send', { method: 'POST' })).status).toBe(200)
  })
})

describe('a mistake in the options', () => {
  test.each(['disableSession', 'enableSession'] as const)('of %s is refused', (macro) => {
    expect(() => PublicController[macro]({ onyl: ['read'] } as never)).toThrow(BootError)
    expect(() => PublicController[macro]({ onyl: ['read'] } as never)).toThrow(`PublicController.${macro}`)
    expect(() => PublicController[macro]({ only: ['raed'] } as never)).toThrow(/names "raed", which is no action/)
  })
})
