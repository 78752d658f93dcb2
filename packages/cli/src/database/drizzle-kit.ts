// Why: drizzle-kit is the app's own; commands and generators run the one that the app installed.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { CliError } from '../cli-error.js'

/** The program that writes migrations. @throws CliError where the app has none */
export function drizzleKit(folder: string): string {
  try {
    return createRequire(join(folder, 'package.json'))
      .resolve('drizzle-kit')
      .replace(/[^/\\]+$/, 'bin.cjs')
  } catch {
    throw new CliError(`${folder} has no drizzle-kit.`, 'install it: npm install --save-dev drizzle-kit.')
  }
}
