// Why: what a person at a terminal sees of a change: one aligned, coloured line a file, and the difference where there is a choice.
import { createInterface } from 'node:readline/promises'
import { styleText } from 'node:util'
import { createTwoFilesPatch } from 'diff'
import { CliError } from './cli-error.js'
import type { OnConflict, Status } from './files.js'

const COLOURS: Readonly<Record<Status, Parameters<typeof styleText>[0]>> = {
  create: 'green',
  insert: 'green',
  identical: 'blue',
  unchanged: 'blue',
  absent: 'blue',
  skip: 'yellow',
  overwrite: 'yellow',
  remove: 'red',
  revert: 'red',
}

/** Prints one line of the log of changes. */
export function logChange(status: Status, path: string, detail?: string): void {
  const word = status.padStart(10)
  process.stdout.write(`${coloured(COLOURS[status], word)}  ${path}${detail === undefined ? '' : `  (${detail})`}\n`)
}

/** What becomes of files that are there already: as the options say; else a person is asked, and a program refused. */
export function conflictResolver(options: { readonly force?: true; readonly skip?: true }): OnConflict {
  if (options.force === true) return () => Promise.resolve('overwrite')
  if (options.skip === true) return () => Promise.resolve('skip')
  if (process.stdin.isTTY && process.stdout.isTTY) return ask
  return (path) => {
    throw new CliError(
      `${path} is there already, with other content. Nothing was written.`,
      'give --force to overwrite it, --skip to keep it, or --dry-run to see what there is to do.',
    )
  }
}

const ask: OnConflict = async (path, theirs, ours) => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    for (;;) {
      const question = `${coloured('red', 'conflict'.padStart(10))}  ${path}: overwrite it? [y]es, [n]o, [d]iff, [q]uit: `
      const answer = (await terminal.question(question)).trim().toLowerCase()
      if (answer === 'y') return 'overwrite'
      if (answer === 'n') return 'skip'
      if (answer === 'q') return 'abort'
      if (answer === 'd') process.stdout.write(difference(path, theirs, ours))
    }
  } finally {
    terminal.close()
  }
}

function difference(path: string, theirs: string, ours: string): string {
  return createTwoFilesPatch(path, path, theirs, ours, 'there now', 'generated')
    .split('\n')
    .map((line) =>
      line.startsWith('+') ? coloured('green', line) : line.startsWith('-') ? coloured('red', line) : line,
    )
    .join('\n')
}

function coloured(colour: Parameters<typeof styleText>[0], text: string): string {
  return wantsColours(process.env, process.stdout.isTTY) ? styleText(colour, text, { validateStream: false }) : text
}

/** As Node has it: FORCE_COLOR before NO_COLOR (https://no-color.org), and neither for what is no terminal. */
export function wantsColours({ FORCE_COLOR: force, NO_COLOR: no }: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (force !== undefined) return force !== '0' && force !== 'false'
  return isTerminal && !no
}
