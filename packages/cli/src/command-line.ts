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
export function newProgram(version: string): Command {
  return new Command('contrail')
    .enablePositionalOptions()
    .description('Contrail: controllers, sessions and a dev server for TypeScript')
    .version(version, '-v, --version')
    .exitOverride()
    .addHelpText(
      'after',
      '\nA command ends with 0 when it did what it was told, with 1 when there is something to mend, and\ncontrail test with what Vitest ends with.',
    )
    .showHelpAfterError('(contrail --help lists the commands)')
}

/** Stands for arguments that call every command there is: then all are loaded, for what tells of all. */
export const EVERY_COMMAND: readonly string[] = ['<every command>']

/** Adds commands to the program or to a group of it; only the one that `args` calls is loaded. */
export async function addCommands(
  parent: Command,
  rows: readonly CommandRow[],
  args: readonly string[],
): Promise<void> {
  const at = args.findIndex((arg) => !arg.startsWith('-') && arg !== 'help')
  const word = args[at]
  if (word !== undefined && args !== EVERY_COMMAND && !rows.some((row) => isNamed(row, word)))
    refuseHelp(parent, rows, word)
  for (const row of rows) {
    const command = parent.command(row.name).description(row.summary)
    if (row.alias !== undefined) command.alias(row.alias)
    command.exitOverride().showHelpAfterError(`(${pathOf(command)} --help)`)
    if (args === EVERY_COMMAND) await (await row.load())(command, EVERY_COMMAND)
    else if (word !== undefined && isNamed(row, word)) await (await row.load())(command, args.slice(at + 1))
  }
}

function isNamed({ name, alias }: CommandRow, word: string): boolean {
  return word === name || word === alias
}

/** Who asks for help with a command that there is not is told so, and not of something else. */
function refuseHelp(parent: Command, rows: readonly CommandRow[], word: string): void {
  parent.helpOption(false)
  const below = rows.filter(({ name }) => name.startsWith(`${word}:`)).map(({ name }) => name)
  if (below.length > 0) parent.showHelpAfterError(`(Did you mean ${below.join(', ')}?)`)
}

/** A command, as far as it can be told of: what completes it, and what documents it, is made from this. */
export interface CommandShape {
  readonly name: string
  readonly alias: string | undefined
  readonly summary: string
  readonly options: readonly OptionShape[]
  readonly arguments: readonly ArgumentShape[]
  readonly commands: readonly CommandShape[]
}

/** An option that a command has, `--help` among them. */
export interface OptionShape {
  /** `--port` */
  readonly long: string
  /** `-p` */
  readonly short: string | undefined
  readonly summary: string
  /** What must follow it; undefined for a switch, and for what may have a value and need not. */
  readonly value: ArgumentShape | undefined
}

/** A value that someone types. */
export interface ArgumentShape {
  /** `name` */
  readonly name: string
  /** What it can be; undefined for anything. */
  readonly choices: readonly string[] | undefined
}

/** Reads the shape of a command whose subcommands are loaded. */
export function shapeOf(command: Command): CommandShape {
  const help = command.createHelp()
  return {
    name: command.name(),
    alias: command.alias(),
    summary: command.description(),
    options: help.visibleOptions(command).map(({ long, short, flags, description, argChoices }) => {
      const value = /<([\w-]+)/.exec(flags)?.[1]
      return {
        long: long ?? '',
        short,
        summary: description,
        value: value === undefined ? undefined : { name: value, choices: argChoices },
      }
    }),
    arguments: command.registeredArguments.map((one) => ({ name: one.name(), choices: one.argChoices })),
    commands: command.commands.map(shapeOf),
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
