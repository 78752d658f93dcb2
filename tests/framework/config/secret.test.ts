// The secret: where it comes from, what is refused, and that no error ever shows one.
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { boot, bootError, OTHER_SECRET, SECRET } from '../../harness/app.js'
import { withEnvironment } from '../../harness/environment.js'
import { temporaryFolder } from '../../harness/folders.js'
import { recordingStore } from '../../harness/recording-store.js'

interface Given {
  readonly environment?: string
  readonly secret?: unknown
  readonly oldSecret?: unknown
  readonly root?: string
}

/** Boots with a secret configured as given, and returns the one in use and those of the past. */
function secretOf({ environment = 'production', secret, oldSecret, root = temporaryFolder() }: Given) {
  const { RecordingStore, made } = recordingStore()
  boot(() => undefined, {
    root,
    environment: { name: environment, explicit: true },
    config: {
      sessionStore: RecordingStore,
      // Always there, for boot() would put a secret in.
      sessionOptions: { secret: secret as string | undefined, oldSecret: oldSecret as string },
    },
  })
  const [{ context } = { context: undefined }] = made
  return { secret: context?.secret, oldSecrets: context?.oldSecrets }
}

describe('in production', () => {
  test('the configured secret is used, before SECRET_KEY_BASE', () => {
    withEnvironment({ SECRET_KEY_BASE: OTHER_SECRET })
    expect(secretOf({ secret: SECRET }).secret).toBe(SECRET)
  })

  test('SECRET_KEY_BASE is used when the configured one is undefined', () => {
    withEnvironment({ SECRET_KEY_BASE: OTHER_SECRET })
    expect(secretOf({ secret: undefined }).secret).toBe(OTHER_SECRET)
  })

  test.each(['production', 'staging'])('no secret ends the boot in %s and names contrail secret', (environment) => {
    withEnvironment({ SECRET_KEY_BASE: undefined })
    const root = temporaryFolder()
    const { problem, fix } = bootError(() => secretOf({ environment, root }))
    expect(problem).toBe(`There is no secret, and ${environment} needs one to seal sessions with.`)
    expect(fix).toContain('"contrail secret"')
    expect(() => statSync(join(root, 'tmp'))).toThrow('ENOENT')
  })

  test('an empty secret is none', () => {
    withEnvironment({ SECRET_KEY_BASE: '' })
    expect(bootError(() => secretOf({})).problem).toMatch(/^There is no secret/)
    expect(bootError(() => secretOf({ secret: '' })).problem).toMatch(/^There is no secret/)
  })

  test('a secret under 64 characters ends the boot, and is not shown', () => {
    withEnvironment({ SECRET_KEY_BASE: undefined })
    const short = 'tr0ub4dor&3'.repeat(5).padEnd(63, 'x')
    const error = bootError(() => secretOf({ secret: short }))
    expect(error.problem).toBe('The secret is 63 characters long; in production it must have at least 64.')
    expect(error.fix).toContain('"contrail secret"')
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('tr0ub4dor')
    expect(secretOf({ secret: `${short}x` }).secret).toHaveLength(64)
  })

  test('a secret that is no string ends the boot, and is not shown', () => {
    const error = bootError(() => secretOf({ secret: Buffer.from('tr0ub4dor') }))
    expect(error.problem).toBe('sessionOptions.secret is no string.')
    expect(error.stack).not.toContain('tr0ub4dor')
  })
})

describe.each(['development', 'test'])('in %s', (environment) => {
  const path = join('tmp', 'local_secret.txt')

  test('a short secret will do', () => {
    expect(secretOf({ environment, secret: 'short' }).secret).toBe('short')
  })

  test('without one, a secret is made once, kept for this user alone, and used again', () => {
    withEnvironment({ SECRET_KEY_BASE: undefined })
    const root = temporaryFolder()
    const { secret } = secretOf({ environment, root })
    expect(secret).toMatch(/^[0-9a-f]{128}$/)
    expect(readFileSync(join(root, path), 'utf8')).toBe(secret)
    expect(statSync(join(root, path)).mode & 0o777).toBe(0o600)
    expect(secretOf({ environment, root }).secret).toBe(secret)
    expect(secretOf({ environment }).secret).not.toBe(secret)
  })

  test('a kept secret that is too short is replaced', () => {
    withEnvironment({ SECRET_KEY_BASE: undefined })
    const root = temporaryFolder()
    secretOf({ environment, root })
    writeFileSync(join(root, path), 'short')
    expect(secretOf({ environment, root }).secret).toMatch(/^[0-9a-f]{128}$/)
  })

  test('a folder that cannot be written to boots with a secret of its own', () => {
    withEnvironment({ SECRET_KEY_BASE: undefined })
    const root = temporaryFolder()
    // A file where the folder should be: it stops root too, which permissions do not.
    writeFileSync(join(root, 'tmp'), '')
    expect(secretOf({ environment, root }).secret).toMatch(/^[0-9a-f]{128}$/)
  })

  test('nothing is written when there is a secret', () => {
    withEnvironment({ SECRET_KEY_BASE: SECRET })
    const root = temporaryFolder()
    expect(secretOf({ environment, root }).secret).toBe(SECRET)
    expect(() => statSync(join(root, 'tmp'))).toThrow('ENOENT')
  })
})

describe('oldSecret', () => {
  test.each([
    [undefined, []],
    ['', []],
    ['old', ['old']],
    [
      ['older', 'oldest'],
      ['older', 'oldest'],
    ],
    [['old', undefined, ''], ['old']],
  ])('%j stands for the secrets %j', (oldSecret, expected) => {
    expect(secretOf({ secret: SECRET, oldSecret }).oldSecrets).toEqual(expected)
  })

  test.each([[1], [['old', 1]], [{ old: 'old' }], [true]])('%j is refused', (oldSecret) => {
    const { problem, fix } = bootError(() => secretOf({ secret: SECRET, oldSecret }))
    expect(problem).toBe('sessionOptions.oldSecret is neither a string nor a list of strings.')
    expect(fix).toBe('give the secrets of the past as strings.')
  })
})
