// Protections: what filters may depend on, and how headers and policies are spelt.
import { Controller, defineApplication, MemcachedRateLimitStore } from 'contrail'

class PagesController extends Controller {
  static {
    this.beforeAction((c) => c.index(), { only: 'index', except: ['show'], if: (c) => c.isOpen })
    this.afterAction(() => undefined, { unless: [(c) => c.isOpen, (c) => c.request.secure] })
    this.prependBeforeAction(() => undefined, { only: 'show' })
    this.prependAfterAction(() => undefined)
    this.prependAroundAction((_, proceed) => proceed())
    this.skipBeforeAction('login', { if: (c) => c.isOpen, only: 'index' })
    this.skipAfterAction('log')
    this.skipAroundAction('transaction', { unless: (c) => c.isOpen })

    // @ts-expect-error TS2820: no such action
    this.beforeAction(() => undefined, { only: 'idnex' })
    // @ts-expect-error TS2322: a promise says neither yes nor no
    this.beforeAction(() => undefined, { if: async () => true })
    // @ts-expect-error TS2551: no such property
    this.beforeAction(() => undefined, { if: (c) => c.isOpne })
    // @ts-expect-error TS2322: methods are not named by strings
    this.beforeAction(() => undefined, { unless: 'isOpen' })
    // @ts-expect-error TS2322: no such action
    this.skipAfterAction('log', { only: 'destroy' })

    this.contentSecurityPolicy({ scriptSrc: ["'self'", 'nonce', 'https://cdn.example.com', 'data:'], imgSrc: null })
    this.contentSecurityPolicy(false, { only: 'index' })
    // @ts-expect-error TS2322: a keyword is in quotes of its own
    this.contentSecurityPolicy({ scriptSrc: ['self'] })
    // @ts-expect-error TS2561: no such directive
    this.contentSecurityPolicy({ scriptsSrc: ["'self'"] })
    // @ts-expect-error TS2345: false is no policy, and true is none either
    this.contentSecurityPolicy(true)
  }
  get isOpen(): boolean {
    return true
  }
  index() {
    const nonce: string = this.cspNonce
    this.renderHtml(`<script nonce="${nonce}"></script>`)
  }
  show() {
    this.head(204)
  }
}

class User {
  constructor(readonly name: string) {}
}

class AccountsController extends Controller {
  static {
    this.httpBasicAuthenticateWith({ name: 'ada', password: process.env['PASSWORD'], realm: 'Admin', only: 'show' })
    // @ts-expect-error TS2741: there is no password
    this.httpBasicAuthenticateWith({ name: 'ada' })
    // @ts-expect-error TS2322: no such action
    this.httpBasicAuthenticateWith({ name: 'ada', password: 'x', only: 'destroy' })
  }
  static {
    this.allowCrossOrigin({ origins: ['https://app.example.com'], credentials: true, only: 'show' })
    this.allowCrossOrigin({ origins: '*', headers: '*', expose: ['x-total-count'], maxAge: 60 })
    // @ts-expect-error TS2741: it says not for whom
    this.allowCrossOrigin({ credentials: true })
    // @ts-expect-error TS2322: a single origin is written as a list
    this.allowCrossOrigin({ origins: 'https://app.example.com' })
    // @ts-expect-error TS2353: no such option
    this.allowCrossOrigin({ origins: '*', paths: '/api/*' })
    this.rateLimit({ to: 10, within: 60, only: ['show'], name: 'burst' })
    this.rateLimit({ to: 10, within: 60, by: (c) => c.userId, with: (c) => c.renderText('slow down', { status: 429 }) })
    this.rateLimit({ to: 10, within: 60, store: new MemcachedRateLimitStore({ poolSize: 2 }), onOutage: 'refuse' })
    // @ts-expect-error TS2741: it says not within what
    this.rateLimit({ to: 10 })
    // @ts-expect-error TS2322: no such action
    this.rateLimit({ to: 10, within: 60, only: 'index' })
    // @ts-expect-error TS2322: a promise is nobody's name
    this.rateLimit({ to: 10, within: 60, by: async () => 'ada' })
    // @ts-expect-error TS2353: no such option
    this.rateLimit({ to: 10, within: 60, per: 'minute' })
  }
  get userId(): number | undefined {
    return undefined
  }
  show() {
    const user: User = this.authenticateOrRequestWithHttpToken((token) => (token === 'x' ? new User('ada') : undefined))
    const maybe: User | undefined = this.authenticateWithHttpBasic((name) => name === 'x' && new User(name))
    // @ts-expect-error TS2322: nobody may have been found
    const surely: User = this.authenticateWithHttpToken((token) => (token === 'x' ? new User('ada') : null))
    this.render([user, maybe, surely])
  }
  async showLater() {
    const find = async (name: string): Promise<User | null> => (name === 'x' ? new User(name) : null)
    const user: User = await this.authenticateOrRequestWithHttpBasic(find)
    // @ts-expect-error TS2532: without credentials nothing is promised
    this.authenticateWithHttpBasic(find).then(() => undefined)
    // @ts-expect-error TS2741: it is promised
    const early: User = this.authenticateOrRequestWithHttpBasic(find)
    this.render([user, early])
  }
}

void [PagesController, AccountsController]

defineApplication({
  defaultHeaders: { 'x-frame-options': null, 'permissions-policy': 'camera=()' },
  forceSSL: { exclude: (request) => request.path === '/up', hsts: { preload: true } },
  contentSecurityPolicy: { defaultSrc: ["'self'"], sandbox: ['allow-scripts'], upgradeInsecureRequests: true },
})
defineApplication({ cors: { origins: '*', paths: ['/api/*'], methods: ['GET'] } })
defineApplication({ cors: [{ origins: ['https://app.example.com'], paths: '/api/*' }, { origins: '*' }] })
// @ts-expect-error TS2353: no such option
defineApplication({ cors: { origins: '*', path: '/api/*' } })
defineApplication({ forceSSL: true, rateLimitStore: new MemcachedRateLimitStore({ memcacheServer: 'localhost' }) })
// @ts-expect-error TS2322: a store is no name
defineApplication({ rateLimitStore: 'memcached' })
// @ts-expect-error TS2322: a header's value is text
defineApplication({ defaultHeaders: { 'x-a': 1 } })
// @ts-expect-error TS2353: no such option
defineApplication({ forceSSL: { redirect: true } })
// @ts-expect-error TS2322: it is on, or not there
defineApplication({ contentSecurityPolicy: { upgradeInsecureRequests: false } })
// @ts-expect-error TS2322: a directive takes a list
defineApplication({ contentSecurityPolicy: { defaultSrc: "'self'" } })
