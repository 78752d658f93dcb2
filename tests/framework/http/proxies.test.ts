// X-Forwarded-*: believed only where a proxy is trusted, and only as far as it is.
import { BootError, Controller, type TrustProxy } from 'contrail'
import { describe, expect, test } from 'vitest'
import { type Ask, ask, boot } from '../../harness/app.js'

class WhoController extends Controller {
  show() {
    const { ip, protocol, secure, host, hostname } = this.request
    this.render({ ip, protocol, secure, host, hostname })
  }
}

async function who(trustProxy: TrustProxy | undefined, headers: Record<string, string>, options: Ask = {}) {
  const { app } = boot((r) => r.root(WhoController, 'show'), { config: { trustProxy } })
  return (await ask(app, '/', { remoteAddress: '10.0.0.9', ...options, headers })).json
}

const SPOOFED = {
  'x-forwarded-for': '6.6.6.6',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'evil.test',
  forwarded: 'for=6.6.6.6;proto=https;host=evil.test',
}
const DIRECT = { ip: '10.0.0.9', protocol: 'http', secure: false, host: 'example.test', hostname: 'example.test' }
const BELIEVED = { ip: '6.6.6.6', protocol: 'https', secure: true, host: 'evil.test', hostname: 'evil.test' }

describe('H4: X-Forwarded-*', () => {
  test.each<[string, TrustProxy | undefined]>([
    ['by default', undefined],
    ['with false', false],
    ['with 0', 0],
    ['from an address that is not listed', '10.0.0.8'],
    ['from outside the range', '10.1.0.0/16'],
    ['from outside every range', ['192.168.0.0/16', '::1']],
    ['from elsewhere than this machine', 'loopback'],
    ['with no address listed', []],
  ])('is ignored %s', async (_, trust) => {
    expect(await who(trust, SPOOFED)).toEqual(DIRECT)
  })

  test.each<[string, TrustProxy]>([
    ['with true', true],
    ['with a number', 1],
    ['from an address that is listed', '10.0.0.9'],
    ['from within a range', '10.0.0.0/8'],
    ['from within one of several', '192.168.0.0/16, 10.0.0.0/24'],
    ['from within one of a list', ['loopback', 'uniquelocal']],
  ])('is believed %s', async (_, trust) => {
    expect(await who(trust, SPOOFED)).toEqual(BELIEVED)
  })

  test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])('is believed from %s with loopback', async (remoteAddress) => {
    expect(await who('loopback', SPOOFED, { remoteAddress })).toEqual(BELIEVED)
  })

  test('is ignored where the peer is not known', async () => {
    const { app } = boot((r) => r.root(WhoController, 'show'), { config: { trustProxy: true } })
    const response = await app.handle({ method: 'GET', url: '/', headers: { host: 'example.test', ...SPOOFED } })
    const { ip, ...others } = DIRECT
    expect(ip).toBe('10.0.0.9')
    expect(JSON.parse(String(response.body))).toEqual(others)
  })
})

describe('H4: ip', () => {
  const chain = { 'x-forwarded-for': '6.6.6.6, 1.2.3.4, 10.0.0.2' }

  test.each<[TrustProxy, string]>([
    [1, '10.0.0.2'],
    [2, '1.2.3.4'],
    [3, '6.6.6.6'],
    [9, '6.6.6.6'],
    [true, '6.6.6.6'],
    ['10.0.0.0/8', '1.2.3.4'],
    ['10.0.0.9', '10.0.0.2'],
    [['10.0.0.9', '10.0.0.2', '1.2.3.0/24'], '6.6.6.6'],
  ])('behind proxies trusted as %j is %s', async (trust, ip) => {
    expect((await who(trust, chain)).ip).toBe(ip)
  })

  test('is the proxy’s where that says nothing', async () => {
    expect((await who(true, {})).ip).toBe('10.0.0.9')
  })
})

describe('H4: protocol and host', () => {
  test('are what the nearest proxy said last', async () => {
    const headers = { 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'evil.test, good.test' }
    expect(await who(1, headers)).toMatchObject({ protocol: 'http', host: 'good.test' })
  })

  test('are the connection’s where the proxy says nothing, or nonsense', async () => {
    for (const proto of ['', ' ', 'ftp', 'javascript', 'https,'])
      expect(await who(true, { 'x-forwarded-proto': proto, 'x-forwarded-host': '' })).toMatchObject({
        protocol: 'http',
        host: 'example.test',
      })
    expect(await who(true, {}, { encrypted: true })).toMatchObject({ protocol: 'https', secure: true })
  })

  test('a proxy may say that the client’s connection was not encrypted', async () => {
    expect(await who(true, { 'x-forwarded-proto': 'HTTP' }, { encrypted: true })).toMatchObject({ secure: false })
  })

  test('H3: a forwarded host has the same grammar: 400', async () => {
    const { app } = boot((r) => r.root(WhoController, 'show'), { config: { trustProxy: true } })
    expect((await ask(app, '/', { headers: { 'x-forwarded-host': 'evil:x@good' } })).status).toBe(400)
  })
})

test.each(['10.0.0.300', 'localhost', '10.0.0.0/33', ['nowhere']])('trustProxy %j is refused at boot', (trustProxy) => {
  const bootIt = () => boot((r) => r.root(WhoController, 'show'), { config: { trustProxy } })
  expect(bootIt).toThrow(BootError)
  expect(bootIt).toThrow(/^trustProxy: .*\n {2}Fix: give true, a number of proxies/)
})
