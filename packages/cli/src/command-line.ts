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
 */
export type DefineCommand = (command: Command, args: Called) => void | Promise<void>

/** What is typed after a command's name; `all`, where every command is to be loaded, to tell of them. */
export type Called = readonly string[] | 'all'

/** The program itself, without its commands. It throws where Commander would end the process. */
export function newProgram(name: string, description: string, version: string): Command {
  return new Command(name)
    .enablePositionalOptions()
    .description(description)
    .version(version, '-v, --version')
    .exitOverride()
    .showHelpAfterError(`(${name} --help lists the commands)`)
}

/** Adds commands to the program or to a group of it; only the one that is called is loaded. */
export async function addCommands(parent: Command, rows: readonly CommandRow[], args: Called): Promise<void> {
  const at = args === 'all' ? -1 : args.findIndex((arg) => !arg.startsWith('-') && arg !== 'help')
  for (const row of rows) {
    const command = parent.command(row.name).description(row.summary)
    if (row.alias !== undefined) command.alias(row.alias)
    command.exitOverride().showHelpAfterError(`(${pathOf(command)} --help)`)
    const isCalled = at !== -1 && (args[at] === row.name || args[at] === row.alias)
    if (args === 'all') await (await row.load())(command, args)
    else if (isCalled) await (await row.load())(command, args.slice(at + 1))
  }
}

/** A command, for those who tell of it. */
export interface CommandInfo {
  readonly names: readonly string[]
  readonly summary: string
  readonly options: readonly OptionInfo[]
  readonly commands: readonly CommandInfo[]
}

/** An option of a command. */
export interface OptionInfo {
  /** `--session`, and `-s` if it has that. */
  readonly names: readonly string[]
  readonly summary: string
  readonly takesValue: boolean
  /** The values that it takes, where these are few. */
  readonly choices: readonly string[]
}

/** A command and all below it, which must be loaded. */
export function infoOf(command: Command): CommandInfo {
  return {
    names: [command.name(), ...command.aliases()],
    summary: command.description(),
    options: command.options.map(({ short, long, description, required, optional, argChoices }) => ({
      names: [short, long].filter((name) => name !== undefined && name !== null),
      summary: description,
      takesValue: required || optional,
      choices: argChoices ?? [],
    })),
    commands: command.commands.map(infoOf),
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
