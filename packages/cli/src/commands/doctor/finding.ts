// Why: what a check found, in one form for people and for programs.
import { CliError } from '../../cli-error.js'

/** One row of `contrail doctor`. */
export interface Finding {
  /** What was looked at: `session store`. */
  readonly check: string
  /** `warn`: it works, and should be mended; `fail`: something does not work. */
  readonly status: 'ok' | 'warn' | 'fail'
  /** What was found. */
  readonly found: string
  /** How to mend it; null where there is nothing to mend. */
  readonly fix: string | null
}

/** All is well. */
export function ok(check: string, found: string): Finding {
  return { check, status: 'ok', found, fix: null }
}

/** It works, and should be mended. */
export function warn(check: string, found: string, fix: string): Finding {
  return { check, status: 'warn', found, fix }
}

/** Something does not work. */
export function fail(check: string, found: string, fix: string): Finding {
  return { check, status: 'fail', found, fix }
}

/** A check that was thrown out of: what the error says, and its own fix where it has one. */
export function failure(check: string, error: unknown, fix: string): Finding {
  const text = error instanceof Error ? error.message : String(error)
  const [problem = '', own] = text.split('\n  Fix: ')
  const isMistake = error instanceof CliError || (error instanceof Error && error.name === 'BootError')
  return fail(check, problem, isMistake && own !== undefined ? own : fix)
}
