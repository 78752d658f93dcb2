// A misspelt key anywhere in the configuration ends the boot, with the nearest known key.
import type { ApplicationConfig } from 'contrail'
import { describe, expect, test } from 'vitest'
import { boot, bootError, SECRET } from '../../harness/app.js'
import { recordingStore } from '../../harness/recording-store.js'

const misspelt = (keys: Record<string, unknown>) => keys as ApplicationConfig
const noRoutes = () => undefined

describe('an unknown key in config/application.ts', () => {
  test.each(['sesion_store', 'session_store', 'session-store', 'sessionstore', 'sessionStroe'])(
    'such as %s is refused, and sessionStore proposed',
    (key) => {
      const { problem, fix } = bootError(() => boot(noRoutes, { config: misspelt({ [key]: undefined }) }))
      expect(problem).toBe(`Unknown key "${key}" in config/application.ts.`)
      expect(fix).toMatch(/^did you mean "sessionStore"\?/)
    },
  )

  test('is refused with all known keys', () => {
    const { fix } = bootError(() => boot(noRoutes, { config: misspelt({ loglevel: 'info' }) }))
    const [, known = ''] = /^did you mean "logLevel"\? Known keys: (.+)\.$/.exec(fix) ?? []
    const keys = known.split(', ')
    expect(keys).toEqual([...keys].sort())
    expect(keys).toEqual(expect.arrayContaining(['bodyLimit', 'hosts', 'logLevel', 'sessionStore', 'trustedOrigins']))
  })

  test('has a message of problem and fix', () => {
    const error = bootError(() => boot(noRoutes, { config: misspelt({ body_limit: 1 }) }))
    expect(error.name).toBe('BootError')
    expect(error.message).toBe(`${error.problem}\n  Fix: ${error.fix}`)
  })
})

describe('an unknown key in sessionOptions', () => {
  const refused = (options: Record<string, unknown>) =>
    bootError(() => boot(noRoutes, { config: misspelt({ sessionOptions: options }) }))

  test.each([
    ['expire_after', 'expireAfter'],
    ['same_site', 'sameSite'],
    ['old_secret', 'oldSecret'],
    ['kye', 'key'],
  ])('such as %s is refused, and %s proposed', (key, nearest) => {
    const { problem, fix } = refused({ [key]: 1 })
    expect(problem).toBe(`Unknown key "${key}" in sessionOptions in config/application.ts (CookieStore).`)
    expect(fix).toContain(`did you mean "${nearest}"?`)
  })

  test("is refused when it is another store's, naming the store in use", () => {
    const { problem, fix } = refused({ memcacheServer: 'localhost:11211' })
    expect(problem).toContain('"memcacheServer"')
    expect(problem).toContain('(CookieStore)')
    expect(fix).toContain(
      'Known keys: cipher, domain, expireAfter, httpOnly, indexBy, indexDetails, indexLimit, key, maxLifetime, oldSecret, partitioned, path, sameSite, secret, secure.',
    )
  })

  test("is none when it is the store's own", () => {
    const { RecordingStore, made } = recordingStore()
    boot(noRoutes, { config: { sessionStore: RecordingStore, sessionOptions: { first: 1 } } })
    expect(made[0]?.options).toEqual({ secret: SECRET, first: 1 })
  })
})

describe('an unknown key in config/environments', () => {
  const environment = { name: 'staging', explicit: true }

  test('is refused, naming that file', () => {
    const { problem, fix } = bootError(() => boot(noRoutes, { environment, override: misspelt({ trust_proxy: true }) }))
    expect(problem).toBe('Unknown key "trust_proxy" in config/environments/staging.ts.')
    expect(fix).toContain('"trustProxy"')
  })

  test('is refused in its sessionOptions, naming that file', () => {
    const override = misspelt({ sessionOptions: { expire_after: 1 } })
    const { problem, fix } = bootError(() => boot(noRoutes, { environment, override }))
    expect(problem).toBe(
      'Unknown key "expire_after" in sessionOptions in config/environments/staging.ts (CookieStore).',
    )
    expect(fix).toContain('"expireAfter"')
  })
})
