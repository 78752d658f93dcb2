// What config/application.ts and config/environments may hold: the session's options follow from its store.
import {
  CookieStore,
  createApplication,
  defineApplication,
  defineEnvironment,
  defineRoutes,
  MemcachedStore,
  RackCookieStore,
  RailsCookieStore,
  type SessionStore,
  type SessionStoreContext,
} from 'contrail'

interface ShelfOptions {
  readonly shelf: string
  readonly size?: number
}

class ShelfStore implements SessionStore {
  static readonly optionNames = { shelf: true, size: true } as const
  readonly preload = true
  constructor(
    readonly options: ShelfOptions,
    readonly context: SessionStoreContext,
  ) {}
  load(cookie: string) {
    return { rejected: cookie }
  }
  create(payload: string) {
    return payload
  }
  save() {
    return undefined
  }
  destroy() {}
}

class ForgetfulStore extends ShelfStore {
  static override readonly optionNames = { shelf: true } as never
}

const sessionOptions = {
  key: '_blog_session',
  domain: 'example.com',
  path: '/',
  httpOnly: true,
  secure: 'auto',
  sameSite: 'lax',
  expireAfter: 2_592_000,
  maxLifetime: 31_536_000,
  secret: process.env['SECRET_KEY_BASE'],
  oldSecret: process.env['SECRET_KEY_BASE_OLD'],
} as const

defineApplication({})
defineApplication({ sessionOptions })
defineApplication({ sessionStore: CookieStore, sessionOptions })
defineApplication({ sessionOptions: { oldSecret: ['older', 'oldest'], secure: true, sameSite: 'none' } })
defineApplication({ sessionStore: ShelfStore, sessionOptions: { shelf: 'top', size: 3, key: '_blog_session' } })
defineApplication({ sessionStore: ShelfStore, sessionOptions: { shelf: 'top', secret: 'x', oldSecret: ['y'] } })
defineApplication({
  sessionStore: RailsCookieStore,
  sessionOptions: { ...sessionOptions, digest: 'SHA1', oldDigest: 'SHA256' },
})
defineApplication({ sessionStore: RackCookieStore, sessionOptions: { ...sessionOptions, purpose: false } })
defineApplication({ sessionStore: ForgetfulStore, sessionOptions: { shelf: 'top' } })
defineApplication({ trustProxy: ['10.0.0.0/8', 'loopback'], hosts: ['.example.com'], bodyLimit: 1, logLevel: 'info' })
defineEnvironment({ logLevel: 'debug', sessionOptions: { secure: true } })
defineApplication({
  sessionStore: MemcachedStore,
  sessionOptions: { memcacheServer: 'localhost:11211', poolSize: 10, key: '_blog_session' },
})
defineApplication({
  sessionStore: MemcachedStore,
  sessionOptions: { memcacheServer: ['a:1', 'b:2'], onOutage: 'empty' },
})
defineEnvironment({ sessionStore: ShelfStore, sessionOptions: { shelf: 'top' } })

// @ts-expect-error TS2820: no digest of Rails
defineApplication({ sessionStore: RailsCookieStore, sessionOptions: { digest: 'SHA512' } })
// @ts-expect-error TS2322: a purpose is a text, or false
defineApplication({ sessionStore: RackCookieStore, sessionOptions: { purpose: true } })
// @ts-expect-error TS2561: it is written sessionStore
defineApplication({ session_store: CookieStore })
// @ts-expect-error TS2561: it is written expireAfter
defineApplication({ sessionOptions: { expire_after: 60 } })
// @ts-expect-error TS2353: it is another store's
defineApplication({ sessionStore: CookieStore, sessionOptions: { memcacheServer: 'localhost:11211' } })
// @ts-expect-error TS2353: it is written size
defineApplication({ sessionStore: ShelfStore, sessionOptions: { shelf: 'top', sise: 3 } })
// @ts-expect-error TS2322: it is a string
defineApplication({ sessionStore: ShelfStore, sessionOptions: { shelf: 1 } })
// @ts-expect-error TS2561: it is written poolSize
defineApplication({ sessionStore: MemcachedStore, sessionOptions: { poolsize: 10 } })
// @ts-expect-error TS2322: no such word
defineApplication({ sessionStore: MemcachedStore, sessionOptions: { onOutage: 'ignore' } })
// @ts-expect-error TS2322: it lacks shelf
defineApplication({ sessionStore: ShelfStore, sessionOptions: { size: 1 } })
// @ts-expect-error TS2353: without a store it is the cookie store
defineApplication({ sessionOptions: { shelf: 'top' } })
// @ts-expect-error TS2322: it is a number of seconds
defineApplication({ sessionOptions: { expireAfter: '30 days' } })
// @ts-expect-error TS2322: no such value
defineApplication({ sessionOptions: { sameSite: 'sometimes' } })
// @ts-expect-error TS2322: a number is no secret
defineApplication({ sessionOptions: { oldSecret: 1 } })
// @ts-expect-error TS2322: it is no class of stores
defineApplication({ sessionStore: 'cookie' })
// @ts-expect-error TS2322: no such level
defineApplication({ logLevel: 'verbose' })
// @ts-expect-error TS2322: it is a list
defineApplication({ hosts: 'example.com' })
// @ts-expect-error TS2322: it is a number of bytes
defineApplication({ bodyLimit: '1mb' })
// @ts-expect-error TS2561: it is written logLevel
defineEnvironment({ loglevel: 'debug' })
// @ts-expect-error TS2353: it is another store's
defineEnvironment({ sessionOptions: { memcacheServer: 'localhost:11211' } })

const routes = defineRoutes(() => undefined)
createApplication({ config: defineApplication({ sessionStore: ShelfStore }), override: defineEnvironment({}), routes })
createApplication({ config: {}, override: undefined, routes })
// @ts-expect-error TS2741: it lacks routes
createApplication({ config: {} })
