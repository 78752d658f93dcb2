// Why: generators write tests, but not into an app that has none, nor for who asked for none.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Direction } from './generator.js'

/** The option of every generator that writes a test, as Commander takes it. */
export const SKIP_TESTS = ['--skip-tests', 'write no test'] as const

/** The app under test, which every generated test imports. */
const TESTED_APP = 'tests/app.ts'

/** Whether tests are written in an app, or why they are not. What was generated is taken back with its test, if it has one. */
export function testsWanted(
  folder: string,
  direction: Direction,
  options: Readonly<Record<string, unknown>>,
): true | { readonly why: string } {
  if (options['skipTests'] === true) return { why: '--skip-tests' }
  if (direction === 'destroy' || existsSync(join(folder, TESTED_APP))) return true
  return { why: `the app has no ${TESTED_APP}` }
}
