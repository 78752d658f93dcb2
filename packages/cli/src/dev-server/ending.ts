// Why: a process that was told to stop ends, whether what it had open closes or not, and tells of what did not.

/** Ends the process when all is let go of: with 0, or with 1 if that failed. */
export function endWith(stop: () => Promise<void>): void {
  stop().then(
    () => process.exit(0),
    (error: unknown) => {
      complain('Stopping failed', error)
      process.exit(1)
    },
  )
}

/** Errors that nobody caught are told, and the server goes on: the next save may mend them. */
export function surviveErrors(): void {
  process.on('uncaughtException', (error) => complain('An error that nobody caught', error))
  process.on('unhandledRejection', (reason) => complain('A promise that nobody caught', reason))
}

/** Tells of an error at the terminal. */
export function complain(what: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error)
  process.stderr.write(`${what}: ${text}\n`)
}
