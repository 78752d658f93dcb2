// Which environment it is, and how config/environments/NAME.ts is laid over config/application.ts.
import { type ApplicationConfig, CookieStore, createApplication, defineApplication, defineEnvironment } from 'contrail'
import { describe, expect, test } from 'vitest'
import { boot, SECRET } from '../../harness/app.js'
import { withEnvironment } from '../../harness/environment.js'
import { recordingStore } from '../../harness/recording-store.js'

const noRoutes = () => undefined

describe('the environment', () => {
  const named = (variables: Record<string, string | undefined>) => {
    withEnvironment({ CONTRAIL_ENV: undefined, NODE_ENV: undefined, SECRET_KEY_BASE: SECRET, ...variables })
    return createApplication({ config: {}, routes: { routes: [] }, logDestination: { write: () => undefined } })
      .environment
  }

  test('is CONTRAIL_ENV before NODE_ENV', () => {
    expect(named({ CONTRAIL_ENV: 'staging', NODE_ENV: 'production' })).toEqual({ name: 'staging', explicit: true })
  })

  test('is NODE_ENV when CONTRAIL_ENV is not set, or empty', () => {
    expect(named({ NODE_ENV: 'production' })).toEqual({ name: 'production', explicit: true })
    expect(named({ NODE_ENV: 'production', CONTRAIL_ENV: '' })).toEqual({ name: 'production', explicit: true })
  })

  test('is development when nobody named one, and known not to be chosen', () => {
    expect(named({})).toEqual({ name: 'development', explicit: false })
    expect(named({ NODE_ENV: '' })).toEqual({ name: 'development', explicit: false })
  })
})

describe('config/environments', () => {
  /** What a store is made with under a configuration and an override. */
  const merged = (config: ApplicationConfig, override: ApplicationConfig) => {
    const { RecordingStore, made } = recordingStore()
    boot(noRoutes, { config: { sessionStore: RecordingStore, ...config } as unknown as ApplicationConfig, override })
    return made.map(({ options, context }) => ({ options, key: context.key, expireAfter: context.expireAfter }))
  }

  test('merges sessionOptions key by key', () => {
    const [made] = merged(
      { sessionOptions: { key: '_blog', expireAfter: 60, path: '/' } },
      { sessionOptions: { expireAfter: 120, domain: 'example.com' } },
    )
    expect(made).toEqual({
      options: { secret: SECRET, key: '_blog', expireAfter: 120, path: '/', domain: 'example.com' },
      key: '_blog',
      expireAfter: 120,
    })
  })

  test('leaves what it does not name', () => {
    expect(merged({ sessionOptions: { key: '_blog' } }, { logLevel: 'silent' })[0]?.key).toBe('_blog')
  })

  test('replaces every other key whole', () => {
    const { app } = boot(noRoutes, { config: { logLevel: 'info' }, override: { logLevel: 'error' } })
    expect(app.logger.level).toBe('error')
  })

  test("with another store replaces sessionOptions: one store's options are not the other's", () => {
    const { RecordingStore, made } = recordingStore()
    boot(noRoutes, {
      config: { sessionStore: CookieStore, sessionOptions: { key: '_blog', expireAfter: 60 } },
      override: {
        sessionStore: RecordingStore,
        sessionOptions: { first: 1, secret: SECRET },
      } as unknown as ApplicationConfig,
    })
    expect(made).toHaveLength(1)
    expect(made[0]?.options).toEqual({ first: 1, secret: SECRET })
    expect(made[0]?.context.expireAfter).toBeUndefined()
  })

  test('with the same store merges sessionOptions all the same', () => {
    const { RecordingStore, made } = recordingStore()
    boot(noRoutes, {
      config: { sessionStore: RecordingStore, sessionOptions: { first: 1, second: 2 } } as unknown as ApplicationConfig,
      override: { sessionStore: RecordingStore, sessionOptions: { second: 3 } } as unknown as ApplicationConfig,
    })
    expect(made[0]?.options).toMatchObject({ first: 1, second: 3 })
  })
})

describe('defineApplication and defineEnvironment', () => {
  test('give back what they are given', () => {
    const config = { logLevel: 'info' } as const
    expect(defineApplication(config)).toBe(config)
    expect(defineEnvironment(config)).toBe(config)
  })
})
