// Why: a mistake that the user can mend is told in two lines, without a stack trace.

/** What is wrong, and what to do about it. */
export class CliError extends Error {
  override readonly name = 'CliError'
  constructor(problem: string, fix: string) {
    super(`${problem}\n  Fix: ${fix}`)
  }
}
