// What is sealed with libsodium opens as what is sealed with node:crypto does: with its key, for its purpose, and nothing else.
import { execFileSync } from 'node:child_process'
import { hkdfSync } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { describe, expect, test } from 'vitest'
import { Encryptor } from '../../../packages/framework/dist/security/encryptor.js'
// Internal: sessions show only whether an envelope opened, not how it is made.
import { SecretBox } from '../../../packages/framework/dist/security/secret-box.js'
import { bootError, cookieOf, SECRET } from '../../harness/app.js'
import { sessionApp } from '../../harness/sessions.js'

const key = Buffer.alloc(32, 7)
const box = new SecretBox(key, 'a purpose')

describe('what is sealed', () => {
  test.each(['', 'x', 'Zürich 🚋 \u0000', 'x'.repeat(8_160), 'x'.repeat(100_000)])('opens as it was (%#)', (text) => {
    expect(box.open(box.seal(text))).toBe(text)
  })

  test('is never twice the same, over more seals than nonces are drawn at once', () => {
    const nonces = new Set<string>()
    for (let count = 0; count < 2000; count++)
      nonces.add(Buffer.from(box.seal('x'), 'base64url').subarray(1, 25).toString('hex'))
    expect(nonces.size).toBe(2000)
  })

  test('is version, nonce and a secretbox, as documented', () => {
    const envelope = Buffer.from(box.seal('text'), 'base64url')
    expect([envelope.length, envelope[0]]).toEqual([1 + 24 + 16 + 4, 2])
    const ownKey = new Uint8Array(hkdfSync('sha256', key, 'contrail', '2 a purpose', 32))
    const message = xsalsa20poly1305(ownKey, envelope.subarray(1, 25)).decrypt(envelope.subarray(25))
    expect(Buffer.from(message).toString()).toBe('text')
  })

  test('opens when the memory has grown since, for a text that was larger than all of it', () => {
    const sealed = box.seal('before')
    expect(box.seal('x'.repeat(8_000_000))).toHaveLength(Math.ceil(((8_000_000 + 41) * 4) / 3))
    expect([box.open(sealed), box.open(box.seal('after'))]).toEqual(['before', 'after'])
  })

  test('is no longer than there is memory', () => {
    expect(() => box.seal('x'.repeat(500_000_000))).toThrow(
      new RangeError('A text of 500000000 characters is too long to be sealed.'),
    )
    expect(box.open(box.seal('after'))).toBe('after')
  })
})

describe('C1: nothing opens', () => {
  const sealed = box.seal('secret')
  const bytes = () => Buffer.from(sealed, 'base64url')

  test('with another key or for another purpose', () => {
    expect(new SecretBox(Buffer.alloc(32, 8), 'a purpose').open(sealed)).toBeUndefined()
    expect(new SecretBox(key, 'another purpose').open(sealed)).toBeUndefined()
  })

  test('with any bit of it changed, or its end cut off', () => {
    for (let bit = 0; bit < bytes().length * 8; bit++) {
      const changed = bytes()
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(box.open(changed.toString('base64url'))).toBeUndefined()
    }
    for (let length = 0; length < bytes().length; length++)
      expect(box.open(bytes().subarray(0, length).toString('base64url'))).toBeUndefined()
  })

  test('of one cipher by the other', () => {
    expect(new Encryptor(key, 'a purpose').open(sealed)).toBeUndefined()
    expect(box.open(new Encryptor(key, 'a purpose').seal('secret'))).toBeUndefined()
  })

  test('in another spelling', () => {
    const five = box.seal('12345')
    const unusedBits = `${five.slice(0, -1)}${String.fromCharCode(five.charCodeAt(five.length - 1) + 1)}`
    for (const one of [`${five}=`, `${five}\n`, `${five.slice(0, 5)}.${five.slice(5)}`, unusedBits, 'Ag', 'Ah%', '💥'])
      expect(box.open(one)).toBeUndefined()
  })
})

describe('the option cipher', () => {
  const secret = SECRET
  const aes = sessionApp({ sessionOptions: { secret, cipher: 'aes-256-gcm' } })
  const standard = sessionApp({ sessionOptions: { secret } })

  test("is libsodium's when none is given", async () => {
    const named = sessionApp({ sessionOptions: { secret, cipher: 'xsalsa20-poly1305' } })
    const cookie = cookieOf(await named.does((controller) => controller.put({ user: 1 })))
    const { seen, setCookies } = await standard.does(({ data }) => data['user'] as number, { cookie })
    expect([seen, setCookies]).toEqual([1, []])
  })

  test.each([
    ['to', aes, standard],
    ['from', standard, aes],
  ])('moves sessions %s libsodium when they are next touched, once', async (_, before, after) => {
    const cookie = cookieOf(await before.does((controller) => controller.put({ user: 1 })))
    const moved = await after.does(({ data }) => data['user'] as number, { cookie })
    expect([moved.seen, moved.setCookies.length]).toEqual([1, 1])
    const again = await after.does(({ data }) => data['user'] as number, { cookie: cookieOf(moved) })
    expect([again.seen, again.setCookies]).toEqual([1, []])
  })

  test('is refused when it is none', () => {
    const error = bootError(() => sessionApp({ sessionOptions: { secret, cipher: 'rot13' } }))
    expect(error.message).toContain('"rot13"')
  })

  test('where WebAssembly is switched off is to be AES, as boot says', () => {
    const program = fileURLToPath(new URL('fixtures/without-webassembly.mjs', import.meta.url))
    const printed = execFileSync(process.execPath, ['--jitless', program], { encoding: 'utf8', stdio: 'pipe' })
    expect(JSON.parse(printed)).toEqual({
      standard:
        'Session cookies are sealed by WebAssembly, which this Node has not.\n' +
        "  Fix: remove what switches WebAssembly off (node --jitless), or choose cipher: 'aes-256-gcm'.",
      aes: { payload: '{"user":1}', createdAt: expect.any(Number), stale: false },
      ofLibsodium: { rejected: expect.stringContaining('not sealed here') },
    })
  })
})
