// Why: without a good secret, sessions are anyone's to write; the app then does not start, except on the developer's machine.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BootError } from '../errors.js'
import { MINIMUM_SECRET_LENGTH } from '../security/keys.js'
import { type Environment, isLocal } from './environment.js'

/** Where the secret of a developer's machine is kept, as in Rails: below the app's root, never in git. */
export const LOCAL_SECRET_FILE = join('tmp', 'local_secret.txt')

/**
 * Decides the app's secret: the one that is configured, else `SECRET_KEY_BASE`; in development and test, where neither
 * is set, one made once and kept in tmp/local_secret.txt.
 * @throws BootError when there is none, or it is shorter than 64 characters, outside development and test
 */
export function resolveSecret(configured: unknown, environment: Environment, root: string): string {
  const secret = configured ?? process.env['SECRET_KEY_BASE']
  if (typeof secret === 'string' && secret !== '') {
    if (secret.length >= MINIMUM_SECRET_LENGTH || isLocal(environment)) return secret
    throw new BootError(
      `The secret is ${secret.length} characters long; in ${environment.name} it must have at least ${MINIMUM_SECRET_LENGTH}.`,
      'make one with "contrail secret" and put it into SECRET_KEY_BASE, in .env or the process\'s environment.',
    )
  }
  if (secret !== undefined && secret !== '')
    throw new BootError('sessionOptions.secret is no string.', 'give a string, such as process.env.SECRET_KEY_BASE.')
  if (isLocal(environment)) return localSecret(join(root, LOCAL_SECRET_FILE))
  throw new BootError(
    `There is no secret, and ${environment.name} needs one to seal sessions with.`,
    'make one with "contrail secret" and put it into SECRET_KEY_BASE, in .env or the process\'s environment.',
  )
}

/**
 * The secrets of the past: those that are configured, else `SECRET_KEY_BASE_OLD`.
 * @throws BootError when one is no string
 */
export function resolveOldSecrets(configured: unknown): string[] {
  const secrets = [configured ?? process.env['SECRET_KEY_BASE_OLD']].flat() as unknown[]
  return secrets.filter((secret): secret is string => {
    if (secret === undefined || secret === null || secret === '') return false
    if (typeof secret === 'string') return true
    throw new BootError(
      'sessionOptions.oldSecret is neither a string nor a list of strings.',
      'give the secrets of the past as strings.',
    )
  })
}

function localSecret(path: string): string {
  const known = readIfPresent(path)
  if (known !== undefined && known.length >= MINIMUM_SECRET_LENGTH) return known
  const made = randomBytes(64).toString('hex')
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, made, { mode: 0o600 })
  } catch {
    // A read-only folder: sessions of this machine then end with the process, which is all that is lost.
  }
  return made
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}
