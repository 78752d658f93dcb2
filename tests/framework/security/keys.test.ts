// One secret gives each purpose a key of its own.
import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
// Internal: an app never sees a key.
import { deriveKey, MINIMUM_SECRET_LENGTH } from '../../../packages/framework/dist/security/keys.js'

test('a key is HKDF-SHA256 of the secret, salted with the name of the framework, for one purpose', () => {
  const hmac = (key: string | Buffer, data: string | Buffer) => createHmac('sha256', key).update(data).digest()
  const extracted = hmac('contrail', 'a secret')
  const expanded = hmac(extracted, Buffer.concat([Buffer.from('a purpose'), Buffer.from([1])]))
  expect(deriveKey('a secret', 'a purpose').toString('hex')).toBe(expanded.toString('hex'))
})

test('another secret or another purpose gives another key', () => {
  const keys = ['a', 'b'].flatMap((secret) => ['a', 'b'].map((purpose) => deriveKey(secret, purpose).toString('hex')))
  expect(new Set(keys).size).toBe(4)
})

test('the fewest characters of a secret are 32 bytes in hex', () => {
  expect(MINIMUM_SECRET_LENGTH).toBe(64)
})
