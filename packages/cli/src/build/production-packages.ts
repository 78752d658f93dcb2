// Why: a package that is installed for development alone is missing where the app is to run; better told here than there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.js'

/** @throws CliError when one of the packages is not installed in production */
export function checkPackages(root: string, packages: ReadonlySet<string>): void {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Partial<
    Record<string, Readonly<Record<string, string>>>
  >
  const { dependencies, optionalDependencies, peerDependencies, devDependencies = {} } = manifest
  const installed = { ...dependencies, ...optionalDependencies, ...peerDependencies }
  const missing = [...packages].filter((name) => name in devDependencies && !(name in installed))
  if (missing.length === 0) return
  throw new CliError(
    `The app imports ${missing.join(', ')}, which package.json has for development only.`,
    `npm install --save-prod ${missing.join(' ')}; or load it where it is needed, by await import(…).`,
  )
}
