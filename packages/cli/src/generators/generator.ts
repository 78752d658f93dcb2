// Why: what `contrail generate` and `contrail destroy` ask of a generator, so that a new one is a folder and a row.
import type { Command } from '../command-line.js'
import type { Plan } from '../plan.js'

/** Which way a plan goes. */
export type Direction = 'generate' | 'destroy'

/** What a generator was called with. */
export interface GeneratorCall {
  /** The app's folder. */
  readonly folder: string
  readonly direction: Direction
  /** The command's arguments: a string each, or a list for the last. */
  readonly args: readonly unknown[]
  /** The command's options, those that all generators have among them. */
  readonly options: Readonly<Record<string, unknown>>
}

/** Decides what is generated. */
export interface Generator {
  /** Gives its command arguments, and options beside those that all generators have. */
  define(command: Command, direction: Direction): void
  /** Decides, and writes nothing. @throws CliError for what cannot be generated */
  plan(call: GeneratorCall): Plan | Promise<Plan>
}
