// Why: what can follow at each place of a command line is the same for every shell; only how it is written differs.
import type { ArgumentShape, CommandShape, OptionShape } from '../../command-line.js'

/** A word that can stand at a place. */
export interface Word {
  readonly text: string
  readonly summary: string
}

/** Somewhere in a command line: after `contrail generate`, say. */
export interface Place {
  /** `/generate`; empty for what follows the program's name. */
  readonly path: string
  /** What leads here, aliases too: `/generate`, `/g`. */
  readonly ways: readonly string[]
  readonly commands: readonly Word[]
  readonly options: readonly OptionShape[]
  /** What the arguments can be. */
  readonly choices: readonly string[]
  /** Whether an argument is a file. */
  readonly takesFiles: boolean
}

/** Every place, the outermost first. */
export function placesOf(shape: CommandShape, path = '', ways: readonly string[] = []): Place[] {
  const place: Place = {
    path,
    ways,
    commands: shape.commands.map(({ name, summary }) => ({ text: name, summary })),
    options: shape.options,
    choices: shape.arguments.flatMap(({ choices }) => choices ?? []),
    takesFiles: shape.arguments.some(isFile),
  }
  const below = shape.commands.flatMap((command) => {
    const names = command.alias === undefined ? [command.name] : [command.name, command.alias]
    return placesOf(
      command,
      `${path}/${command.name}`,
      names.map((name) => `${path}/${name}`),
    )
  })
  return [place, ...below]
}

/** Whether a value is a file's name: `<file>`, or `[args...]` that another program is given. */
export function isFile({ name }: ArgumentShape): boolean {
  return name === 'file' || name === 'args'
}

/** The ways to write an option. */
export function namesOf({ long, short }: OptionShape): string[] {
  return short === undefined ? [long] : [long, short]
}
