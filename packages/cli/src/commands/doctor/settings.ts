// Why: an environment that was misspelt, and a secret that is none, show only when it matters.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Finding, fail, ok, warn } from './finding.js'

/** The least length of a secret outside development and test, in characters; the framework's own. */
const LEAST = 64

/** The environment, and whether someone chose it. */
export function environmentFinding(folder: string, name: string): Finding {
  const below = join(folder, 'config/environments')
  const known = existsSync(below) ? readdirSync(below).map((file) => file.replace(/\.\w+$/, '')) : []
  if (known.length === 0 || known.includes(name)) return ok('environment', name)
  const fix = `set CONTRAIL_ENV to ${known.sort().join(', ')}; or write config/environments/${name}.ts`
  return warn('environment', `${name}, of which config/environments says nothing`, fix)
}

/**
 * The secret that sessions are sealed with.
 * @param environment its name
 * @param boots whether the app booted: then its configuration may hold a secret of its own
 */
export function secretFinding(environment: string, boots: boolean): Finding {
  const secret = process.env['SECRET_KEY_BASE'] ?? ''
  const isLocal = environment === 'development' || environment === 'test'
  const fix = 'make one with contrail secret, and put it into SECRET_KEY_BASE'
  if (secret === '') {
    if (isLocal) return ok('secret', `none is set; ${environment} makes its own, in tmp/local_secret.txt`)
    return boots
      ? ok('secret', 'from the configuration')
      : fail('secret', `SECRET_KEY_BASE is not set, and ${environment} needs one`, fix)
  }
  if (secret.length < LEAST) {
    const found = `SECRET_KEY_BASE has ${secret.length} characters, of at least ${LEAST}`
    return isLocal ? warn('secret', `${found} that production needs`, fix) : fail('secret', found, fix)
  }
  if (new Set(secret).size < 10) return warn('secret', 'SECRET_KEY_BASE is long, and easy to guess', fix)
  return ok('secret', `${secret.length} characters`)
}
