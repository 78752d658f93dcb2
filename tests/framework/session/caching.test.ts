// C10: what a session had a part in is not for shared caches.
import { NotFound } from 'contrail'
import { describe, expect, test } from 'vitest'
import { cookieOf } from '../../harness/app.js'
import { type SessionController, sessionApp } from '../../harness/sessions.js'

async function cacheControl(touch: (controller: SessionController) => void, ...said: string[]) {
  const app = sessionApp()
  const cookie = cookieOf(await app.does((controller) => controller.put({ user: 1 })))
  const { headers } = await app.does(
    (controller) => {
      for (const value of said) controller.response.headers.append('cache-control', value)
      touch(controller)
    },
    { cookie },
  )
  return headers['cache-control']
}

const write = (controller: SessionController) => controller.put({ user: 2 })
const end = (controller: SessionController) => controller.resetSession()
const read = (controller: SessionController) => void controller.data['user']
const nothing = () => {}

describe('C10: Cache-Control', () => {
  test.each([
    ['public', 'private'],
    ['Public, max-age=60', 'private, max-age=60'],
    ['max-age=60,public', 'max-age=60,private'],
    ['max-age=60', 'max-age=60, private'],
    ['s-maxage=600, max-age=60', 'private, max-age=60'],
    ['no-cache', 'no-cache, private'],
    ['no-store', 'no-store'],
    ['private, max-age=60', 'private, max-age=60'],
    ['x-public-x=1', 'x-public-x=1, private'],
  ])('with a Set-Cookie turns %s into %s', async (said, sent) => {
    expect(await cacheControl(write, said)).toBe(sent)
    expect(await cacheControl(end, said)).toBe(sent)
  })

  test('with a Set-Cookie counts every line of it', async () => {
    expect(await cacheControl(write, 'max-age=60', 'public, no-transform')).toBe('max-age=60, private, no-transform')
  })

  test('with a Set-Cookie, and none of its own, is private, no-store', async () => {
    expect(await cacheControl(write)).toBe('private, no-store')
  })

  test('of an answer that only read its session is private, whatever the app says', async () => {
    expect(await cacheControl(read)).toBe('private')
    expect(await cacheControl(read, 'max-age=60')).toBe('max-age=60, private')
    expect(await cacheControl(read, 'public, max-age=60')).toBe('private, max-age=60')
  })

  test('with a Set-Cookie tells the caches that go by a header of their own, and so does a read', async () => {
    const app = sessionApp()
    const answer = async (touch: (controller: SessionController) => void, cookie?: string) => {
      const { headers } = await app.does(
        (controller) => {
          controller.response.headers.set('cdn-cache-control', 'max-age=600')
          controller.response.headers.set('surrogate-control', 'max-age=600')
          touch(controller)
        },
        cookie === undefined ? {} : { cookie },
      )
      return [headers['cdn-cache-control'], headers['surrogate-control']]
    }
    const cookie = cookieOf(await app.does((controller) => controller.put({ user: 1 })))
    expect(await answer(write)).toEqual(['no-store', 'no-store'])
    expect(await answer(end, cookie)).toEqual(['no-store', 'no-store'])
    expect(await answer(read, cookie)).toEqual(['no-store', 'no-store'])
    expect(await answer(nothing, cookie)).toEqual(['max-age=600', 'max-age=600'])
  })

  test('of an error that followed a read of the session is no-store', async () => {
    const app = sessionApp()
    const cookie = cookieOf(await app.does((controller) => controller.put({ user: 1 })))
    const { status, headers } = await app.does(
      (controller) => {
        read(controller)
        throw new NotFound()
      },
      { cookie },
    )
    expect([status, headers['cache-control']]).toEqual([404, 'no-store'])
  })

  test('of an answer that did not touch its session is as it was', async () => {
    expect(await cacheControl(nothing)).toBeUndefined()
    expect(await cacheControl(nothing, 'max-age=60')).toBe('max-age=60')
  })
})
