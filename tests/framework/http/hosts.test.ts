// Which hosts a request may name: the app's list, in development this machine's names.
import { Controller, type Environment } from 'contrail'
import { describe, expect, test } from 'vitest'
import { ask, boot } from '../../harness/app.js'

class PagesController extends Controller {
  show() {
    this.head(204)
  }
}

const TEST = { name: 'test', explicit: true }

async function statusFor(host: string | undefined, hosts: string[] | undefined, environment: Environment = TEST) {
  const { app } = boot((r) => r.root(PagesController, 'show'), { environment, config: { hosts } })
  return (await ask(app, '/', { headers: { host } })).status
}

describe('H3: hosts', () => {
  const HOSTS = ['example.com', '.Example.org', 'localhost']

  test.each(['example.com', 'EXAMPLE.com:8080', 'example.org', 'a.example.org', 'a.b.example.org:1', 'localhost:3000'])(
    '%s is listed',
    async (host) => {
      expect(await statusFor(host, HOSTS)).toBe(204)
    },
  )

  test.each([
    'evil.test',
    'a.example.com',
    'evilexample.org',
    'example.org.evil.test',
    'example.com.',
    '127.0.0.1',
    undefined,
  ])('%s is not listed: 403', async (host) => {
    expect(await statusFor(host, HOSTS)).toBe(403)
  })

  test.each(['', 'evil:x@example.com', 'example.com,evil.test', 'example.com/'])('%j is no host: 400', async (host) => {
    expect(await statusFor(host, HOSTS)).toBe(400)
  })

  test('say which host was refused and what to do, before a route is looked for', async () => {
    const { app } = boot((r) => r.root(PagesController, 'show'), { config: { hosts: HOSTS } })
    const answer = await ask(app, '/nowhere', { headers: { host: 'evil.test' } })
    expect(answer.status).toBe(403)
    expect(answer.json.detail).toBe(
      'The host "evil.test" is not one of this app\'s. If it should be, add it to hosts in config/application.ts.',
    )
  })

  test('H4: are held to the forwarded host only where the proxy is trusted', async () => {
    const headers = { host: 'evil.test', 'x-forwarded-host': 'example.com' }
    for (const [trustProxy, status] of [
      [false, 403],
      [true, 204],
    ] as const) {
      const { app } = boot((r) => r.root(PagesController, 'show'), { config: { hosts: HOSTS, trustProxy } })
      expect((await ask(app, '/', { headers })).status).toBe(status)
    }
  })

  test('an empty list welcomes none', async () => {
    expect(await statusFor('example.com', [])).toBe(403)
  })
})

describe('D1: without a list', () => {
  const DEVELOPMENT = { name: 'development', explicit: true }

  test.each([
    'localhost',
    'localhost:3000',
    'app.localhost',
    'app.test:3000',
    '127.0.0.1:3000',
    '192.168.1.7',
    '[::1]:3000',
  ])('%s is welcome in development', async (host) => {
    expect(await statusFor(host, undefined, DEVELOPMENT)).toBe(204)
  })

  test.each(['rebound.example.com', 'localhost.example.com', 'notlocalhost', 'test', '127.0.0.1.nip.io', undefined])(
    '%s is refused in development: 403',
    async (host) => {
      expect(await statusFor(host, undefined, DEVELOPMENT)).toBe(403)
    },
  )

  test('every host is welcome elsewhere', async () => {
    for (const name of ['test', 'production'])
      expect(await statusFor('rebound.example.com', undefined, { name, explicit: true })).toBe(204)
  })

  test('a list of the app’s own takes the place of development’s', async () => {
    expect(await statusFor('dev.example.com', ['dev.example.com'], DEVELOPMENT)).toBe(204)
    expect(await statusFor('localhost', ['dev.example.com'], DEVELOPMENT)).toBe(403)
  })
})
