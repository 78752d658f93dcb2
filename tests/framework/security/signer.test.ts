// What is signed opens under its key and purpose alone, and lengths make no comparison throw.
import { createSecretKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
// Internal: cookies show only whether a value was taken, not how it is made.
import { equalInConstantTime } from '../../../packages/framework/dist/security/compare.js'
import { Signer } from '../../../packages/framework/dist/security/signer.js'

const key = (letter: string) => createSecretKey(Buffer.from(letter.repeat(32)))

describe('a signer', () => {
  test.each(['', 'x', 'ü€🎈', 'a\0b', 'x'.repeat(10_000)])('opens what it sealed (%#)', (text) => {
    expect(new Signer(key('k'), 'p').open(new Signer(key('k'), 'p').seal(text))).toBe(text)
  })

  test('opens nothing of another key or purpose', () => {
    const sealed = new Signer(key('k'), 'p').seal('text')
    expect(new Signer(key('l'), 'p').open(sealed)).toBeUndefined()
    expect(new Signer(key('k'), 'q').open(sealed)).toBeUndefined()
  })

  test('tells purpose and text apart, wherever one ends and the other begins', () => {
    const moved = Buffer.from(new Signer(key('k'), 'a').seal('bc'), 'base64url')
    const body = Buffer.concat([moved.subarray(0, 33), Buffer.from('c')]).toString('base64url')
    expect(new Signer(key('k'), 'ab').open(body)).toBeUndefined()
  })

  test('opens nothing of another version, and nothing short', () => {
    const signer = new Signer(key('k'), 'p')
    const bytes = Buffer.from(signer.seal(''), 'base64url')
    for (const version of [0, 2, 255]) {
      expect(signer.open(Buffer.concat([Buffer.of(version), bytes.subarray(1)]).toString('base64url'))).toBeUndefined()
    }
    for (let length = 0; length < bytes.length; length++)
      expect(signer.open(bytes.subarray(0, length).toString('base64url'))).toBeUndefined()
  })
})

test('S5: texts of unequal lengths are unequal, and that is no error', () => {
  expect(equalInConstantTime(Buffer.from('ab'), Buffer.from('abc'))).toBe(false)
  expect(equalInConstantTime(Buffer.from(''), Buffer.from('a'))).toBe(false)
  expect(equalInConstantTime(Buffer.from('ab'), Buffer.from('ax'))).toBe(false)
  expect(equalInConstantTime(Buffer.from('ab'), Buffer.from('ab'))).toBe(true)
})
