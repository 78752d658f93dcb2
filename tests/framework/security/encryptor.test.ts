// What is sealed opens with its key for its purpose, as it was, and for nothing else.
import { createDecipheriv, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
// Internal: sessions show only whether an envelope opened, not how it is made.
import { Encryptor } from '../../../packages/framework/dist/security/encryptor.js'

const key = Buffer.alloc(32, 7)
const encryptor = new Encryptor(key, 'a purpose')

describe('what is sealed', () => {
  test.each(['', 'x', 'Zürich 🚋 \u0000', 'x'.repeat(100_000)])('opens as it was (%#)', (text) => {
    expect(encryptor.open(encryptor.seal(text))).toBe(text)
  })

  test('is of characters that need no encoding in a cookie', () => {
    for (let length = 0; length < 100; length++) expect(encryptor.seal('x'.repeat(length))).toMatch(/^[\w-]+$/)
  })

  test('is never twice the same, over more seals than nonces are drawn at once', () => {
    const nonces = new Set<string>()
    for (let count = 0; count < 2000; count++) {
      nonces.add(Buffer.from(encryptor.seal('x'), 'base64url').subarray(1, 13).toString('hex'))
    }
    expect(nonces.size).toBe(2000)
  })

  test('is version, nonce, tag and ciphertext, as documented', () => {
    const envelope = Buffer.from(encryptor.seal('text'), 'base64url')
    expect(envelope.length).toBe(1 + 12 + 16 + 4)
    expect(envelope[0]).toBe(1)
    const decipher = createDecipheriv('aes-256-gcm', key, envelope.subarray(1, 13))
    decipher.setAAD(Buffer.from('contrail 1 a purpose'))
    decipher.setAuthTag(envelope.subarray(13, 29))
    expect(decipher.update(envelope.subarray(29), undefined, 'utf8') + decipher.final('utf8')).toBe('text')
  })

  test('of one encryptor is not disturbed by another in between', () => {
    const other = new Encryptor(randomBytes(32), 'a purpose')
    const sealed = [encryptor.seal('one'), other.seal('two'), encryptor.seal('three')]
    expect([
      encryptor.open(sealed[0] as string),
      other.open(sealed[1] as string),
      encryptor.open(sealed[2] as string),
    ]).toEqual(['one', 'two', 'three'])
  })
})

describe('C1: nothing opens', () => {
  const sealed = encryptor.seal('secret')

  test('with another key or for another purpose', () => {
    expect(new Encryptor(Buffer.alloc(32, 8), 'a purpose').open(sealed)).toBeUndefined()
    expect(new Encryptor(key, 'another purpose').open(sealed)).toBeUndefined()
    expect(new Encryptor(key, 'a purpose ').open(sealed)).toBeUndefined()
  })

  test('of another version', () => {
    const envelope = Buffer.from(sealed, 'base64url')
    for (let version = 0; version < 256; version++) {
      envelope[0] = version
      expect(encryptor.open(envelope.toString('base64url'))).toBe(version === 1 ? 'secret' : undefined)
    }
  })

  test.each(['', 'A', 'AQ', 'AQ'.repeat(14), '%', '\0', '💥', 'A'.repeat(39)])(
    'that is no envelope (%j)',
    (garbage) => {
      expect(encryptor.open(garbage)).toBeUndefined()
    },
  )

  test('in another spelling', () => {
    const canonical = encryptor.seal('12345')
    const unusedBits = `${canonical.slice(0, -1)}${String.fromCharCode(canonical.charCodeAt(canonical.length - 1) + 1)}`
    for (const spelling of [
      `${canonical}=`,
      ` ${canonical}`,
      `${canonical}\n`,
      `${canonical.slice(0, 5)}.${canonical.slice(5)}`,
      unusedBits,
    ]) {
      expect(encryptor.open(spelling)).toBeUndefined()
    }
  })
})
