// Why: a page of another site can send a form here, but it cannot read the token that ours have. As in Rails, a token is
// masked anew at each render, so that compression of the page does not give it away (BREACH).
import { createHmac, randomBytes } from 'node:crypto'
import { equalInConstantTime } from './compare.js'

const LENGTH = 32

/** Which form a token is for. */
export interface FormTarget {
  readonly method: string
  readonly path: string
}

/** A new secret, from which the tokens of one session are made. */
export function newCsrfSecret(): string {
  return randomBytes(LENGTH).toString('base64url')
}

/** A token for any form of a session, or for one form: a random pad, and the token proper XORed with it, in base64url. */
export function maskedToken(secret: string, target: FormTarget | undefined): string {
  const pad = randomBytes(LENGTH)
  return Buffer.concat([pad, xor(pad, tokenOf(secret, target))]).toString('base64url')
}

/** Whether a token was made from this secret, for any form or for this one. */
export function isValidToken(masked: string, secret: string, target: FormTarget): boolean {
  const bytes = Buffer.from(masked, 'base64url')
  if (bytes.length !== 2 * LENGTH || bytes.toString('base64url') !== masked) return false
  const token = xor(bytes.subarray(0, LENGTH), bytes.subarray(LENGTH))
  return equalInConstantTime(token, tokenOf(secret, undefined)) || equalInConstantTime(token, tokenOf(secret, target))
}

/** The query and a last slash do not count; they are no part of which action answers. */
function tokenOf(secret: string, target: FormTarget | undefined): Buffer {
  const path = target?.path.replace(/[?#].*$/s, '').replace(/(?<=.)\/$/, '')
  const purpose = target === undefined ? 'any form' : `form ${target.method.toUpperCase()} ${path}`
  return createHmac('sha256', secret).update(`contrail ${purpose}`).digest()
}

function xor(one: Uint8Array, other: Uint8Array): Buffer {
  return Buffer.from(one.map((byte, index) => byte ^ (other[index] as number)))
}
