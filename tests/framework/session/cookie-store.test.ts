// The cookie store: which secrets it reads and writes with, how large a session may be, and how long one lives.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { boot, bootError, cookieOf, OTHER_SECRET, SECRET } from '../../harness/app.js'
import { sessionApp } from '../../harness/sessions.js'

describe('C3: a session sealed with an old secret', () => {
  const THIRD = 'c'.repeat(64)
  const before = sessionApp({ sessionOptions: { secret: SECRET } })
  const oldCookie = async () => cookieOf(await before.does((controller) => controller.put({ user: 1 })))

  test.each([[SECRET], [[SECRET]], [[THIRD, SECRET]]])('is read with oldSecret %#', async (oldSecret) => {
    const rotated = sessionApp({ sessionOptions: { secret: OTHER_SECRET, oldSecret } })
    const { seen } = await rotated.does(({ data }) => ({ ...data }), { cookie: await oldCookie() })
    expect(seen).toEqual({ user: 1 })
  })

  test('is sealed with the new one when touched, even if it did not change', async () => {
    const rotated = sessionApp({ sessionOptions: { secret: OTHER_SECRET, oldSecret: SECRET } })
    const answer = await rotated.does(({ data }) => void data['user'], { cookie: await oldCookie() })
    const after = sessionApp({ sessionOptions: { secret: OTHER_SECRET } })
    const { seen, setCookies } = await after.does(({ data }) => ({ ...data }), { cookie: cookieOf(answer) })
    expect([seen, setCookies]).toEqual([{ user: 1 }, []])
    expect((await rotated.does(({ data }) => data['user'], { cookie: cookieOf(answer) })).setCookies).toEqual([])
  })

  test('is left alone when it is not touched', async () => {
    const rotated = sessionApp({ sessionOptions: { secret: OTHER_SECRET, oldSecret: SECRET } })
    expect((await rotated.does(() => {}, { cookie: await oldCookie() })).setCookies).toEqual([])
  })

  test('is empty once the old secret is no longer listed', async () => {
    const after = sessionApp({ sessionOptions: { secret: OTHER_SECRET, oldSecret: THIRD } })
    const { seen, status } = await after.does(({ data }) => ({ ...data }), { cookie: await oldCookie() })
    expect([seen, status]).toEqual([{}, 200])
  })
})

describe('C4: outside development and test an app without a good secret does not boot', () => {
  const production = { environment: { name: 'production', explicit: true } }
  const bootWith = (secret: string | undefined) =>
    boot(() => {}, { ...production, config: { sessionOptions: { secret } } })

  beforeEach(() => void vi.stubEnv('SECRET_KEY_BASE', undefined))
  afterEach(() => void vi.unstubAllEnvs())

  test.each([undefined, '', 'hunter2', 's3cret-'.repeat(9)])('%j', (secret) => {
    const error = bootError(() => bootWith(secret))
    expect(error.fix).toContain('contrail secret')
    if (secret) expect(error.message).not.toContain(secret)
  })

  test('64 characters are enough', () => {
    expect(() => bootWith('x'.repeat(64))).not.toThrow()
  })
})

describe('C5: name and value together', () => {
  /** A key and a text of which a cookie of exactly `size` bytes is made. */
  async function exactly(size: number) {
    for (const key of ['_session', '__session']) {
      const app = sessionApp({ sessionOptions: { key } })
      const small = cookieOf(await app.does((controller) => controller.put({ text: 'x' })))
      const fixed = Buffer.from(small.slice(key.length + 1), 'base64url').length - 1
      const characters = size - key.length
      const text = 'x'.repeat(Math.floor((characters * 3) / 4) - fixed)
      if (characters % 4 !== 1) return { app, key, text }
    }
    throw new Error(`No base64url text makes ${size}.`)
  }

  test('may be 4,096 bytes', async () => {
    const { app, key, text } = await exactly(4096)
    const answer = await app.does((controller) => controller.put({ text }))
    expect(cookieOf(answer).length - '='.length).toBe(4096)
    expect(cookieOf(answer)).toMatch(new RegExp(`^${key}=`))
    expect((await app.does(({ data }) => data['text'], { cookie: cookieOf(answer) })).seen).toBe(text)
  })

  test('are refused at 4,097: a clean 500, and what was there before stays', async () => {
    const { app, key, text } = await exactly(4097)
    const cookie = cookieOf(await app.does((controller) => controller.put({ text: 'before' })))
    const answer = await app.does(
      (controller) => {
        controller.put({ text })
        controller.render({ done: true }, { headers: { 'x-half': 'written' } })
      },
      { cookie },
    )
    expect([answer.status, answer.setCookies, answer.headers['x-half']]).toEqual([500, [], undefined])
    expect(answer.text).not.toContain('done')
    expect(app.log.at(-1)).toMatchObject({
      err: { type: 'CookieOverflowError' },
      msg: expect.stringMatching(`${key} .*4097 bytes.*4096`),
    })
    expect((await app.does(({ data }) => data['text'], { cookie })).seen).toBe('before')
  })
})

describe('C6: a copied cookie', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())

  const replayed = async (sessionOptions: object, ages: number[]) => {
    const app = sessionApp({ sessionOptions })
    let cookie = cookieOf(await app.does((controller) => controller.put({ user: 1 })))
    const seen: unknown[] = []
    for (const age of ages) {
      vi.advanceTimersByTime(0)
      vi.setSystemTime(Date.now() + age * 1000)
      const answer = await app.does(({ data }) => data['user'], { cookie })
      seen.push(answer.seen)
      if (answer.setCookies.length > 0) cookie = cookieOf(answer)
    }
    return seen
  }

  test('ends when nobody used it for expireAfter', async () => {
    expect(await replayed({ expireAfter: 100 }, [99, 99, 100])).toEqual([1, 1, undefined])
  })

  test('ends after maxLifetime although it is used', async () => {
    expect(await replayed({ expireAfter: 100, maxLifetime: 150 }, [50, 50, 49, 1])).toEqual([1, 1, 1, undefined])
  })

  test('does not live on for having been changed', async () => {
    const app = sessionApp({ sessionOptions: { expireAfter: 100 } })
    const old = cookieOf(await app.does((controller) => controller.put({ user: 1 })))
    await app.does((controller) => controller.put({ user: 2 }), { cookie: old })
    vi.setSystemTime(Date.now() + 100_000)
    expect((await app.does(({ data }) => data['user'], { cookie: old })).seen).toBeUndefined()
  })

  test('has no end on the server where neither is configured', async () => {
    expect(await replayed({}, [1e9])).toEqual([1])
  })
})
