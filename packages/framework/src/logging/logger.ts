// Why: one logger for the app and the framework: JSON lines in production, readable lines in development. The only file
// that knows pino.
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'
import { DevelopmentFormat } from './development-format.js'

/** The app's logger: pino's, with `trace`, `debug`, `info`, `warn`, `error` and `fatal`. */
export type Logger = PinoLogger

/** How much is logged, from everything to nothing. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

/** The levels by name, most talkative first. */
export const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** Where log lines go: anything with `write(text)`. */
export type LogDestination = DestinationStream

/** How a logger is made. */
export interface LoggerOptions {
  readonly level: LogLevel
  /** Readable lines in place of JSON. */
  readonly readable: boolean
  /** Default: standard output. */
  readonly destination?: LogDestination | undefined
}

/** How deep the causes of an error are logged. */
const MAXIMUM_CAUSES = 5

/**
 * An error as it is logged: its type, message and stack, with the stacks of its causes. Not its other properties, which
 * pino would add: libraries hang whole requests there, credentials included.
 */
function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const stacks: string[] = []
  for (let at: unknown = error; at instanceof Error && stacks.length <= MAXIMUM_CAUSES; at = at.cause) {
    stacks.push(String(at.stack ?? at.message))
  }
  return { type: error.name, message: error.message, stack: stacks.join('\ncaused by: ') }
}

export function createLogger({ level, readable, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: loggedError },
  }
  const target = destination ?? pino.destination({ fd: 1, sync: true })
  return readable ? pino(options, new DevelopmentFormat(target)) : pino(options, target)
}
