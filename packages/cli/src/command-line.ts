// Why: what commands, options and arguments are. The only file that knows Commander; a command's file is loaded when it is called.
import { Command, CommanderError, InvalidArgumentError } from 'commander'

export type { Command } from 'commander'

/** A row in a table of commands: what its parent's help shows, and where the rest is. */
export interface CommandRow {
  readonly name: string
  readonly alias?: string
  /** What it does, as `--help` says it. */
  readonly summary: string
  /** Loads what gives the command its arguments, its options and its action. */
  load(): Promise<DefineCommand>
}

/**
 * Gives a command its arguments, its options and its action.
 * @param args what follows its name at the command line
 */
export type DefineCommand = (command: Command, args: readonly string[]) => void | Promise<void>

/** The program itself, without its commands. It throws where Commander would end the process. */
export function newProgram(name: string, description: string, version: string): Command {
  return new Command(name)
    .enablePositionalOptions()
    .description(description)
    .version(version, '-v, --version')
    .exitOverride()
    .showHelpAfterError(`(${name} --help lists the commands)`)
}

/** Adds commands to the program or to a group of it; only the one that `args` calls is loaded. */
export async function addCommands(
  parent: Command,
  rows: readonly CommandRow[],
  args: readonly string[],
): Promise<void> {
  const at = args.findIndex((arg) => !arg.startsWith('-') && arg !== 'help')
  for (const row of rows) {
    const command = parent.command(row.name).description(row.summary)
    if (row.alias !== undefined) command.alias(row.alias)
    command.exitOverride().showHelpAfterError(`(${pathOf(command)} --help)`)
    const isCalled = at !== -1 && (args[at] === row.name || args[at] === row.alias)
    if (isCalled) await (await row.load())(command, args.slice(at + 1))
  }
}

/** `contrail generate controller` */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}

/** The exit code of an error that Commander has told already; undefined for any other. */
export function exitCodeOf(error: unknown): number | undefined {
  return error instanceof CommanderError ? error.exitCode : undefined
}

/** Reads an option's value as a port. @throws InvalidArgumentError, of which Commander tells */
export function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a number from 0 to 65535.')
}

/** Adds `-e`, as every command has it that boots the app. */
export function withEnvironment(command: Command): Command {
  return command.option(
    '-e, --environment <name>',
    'the environment (default: CONTRAIL_ENV, NODE_ENV, else development)',
  )
}
