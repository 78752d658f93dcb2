// Why: argv becomes a command, and whatever goes wrong a message and an exit code.
import { createRequire } from 'node:module'
import { CliError } from './cli-error.js'
import { addCommands, type Command, type CommandRow, exitCodeOf, infoOf, newProgram } from './command-line.js'

const COMMANDS: readonly CommandRow[] = [
  { name: 'new', summary: 'make an app', load: async () => (await import('./commands/new.js')).define },
  {
    name: 'server',
    alias: 's',
    summary: 'run the app for development: changed code is served with the next request',
    load: async () => (await import('./commands/server.js')).define,
  },
  {
    name: 'generate',
    alias: 'g',
    summary: 'write code, such as a controller with its routes',
    load: async () => (await import('./commands/generate.js')).define('generate'),
  },
  {
    name: 'destroy',
    alias: 'd',
    summary: 'remove code that was generated, unless it was changed since',
    load: async () => (await import('./commands/generate.js')).define('destroy'),
  },
  { name: 'routes', summary: "list the app's routes", load: async () => (await import('./commands/routes.js')).define },
  {
    name: 'console',
    alias: 'c',
    summary: 'the app in a REPL: app, container, load(file), reload()',
    load: async () => (await import('./commands/console.js')).define,
  },
  {
    name: 'runner',
    alias: 'r',
    summary: 'run a script in the booted app',
    load: async () => (await import('./commands/runner.js')).define,
  },
  {
    name: 'test',
    alias: 't',
    summary: "run the app's tests, in the test environment",
    load: async () => (await import('./commands/test.js')).define,
  },
  {
    name: 'build',
    summary: 'check the types and bundle the app for production into dist/',
    load: async () => (await import('./commands/build.js')).define,
  },
  {
    name: 'start',
    summary: 'run what contrail build made, in one process or in workers',
    load: async () => (await import('./commands/start.js')).define,
  },
  {
    name: 'db:migrate',
    summary: 'apply the migrations that the database has not had',
    load: async () => (await import('./commands/db-migrate.js')).define,
  },
  {
    name: 'db:generate',
    summary: 'write the migration for what changed in the models',
    load: async () => (await import('./commands/db-generate.js')).define,
  },
  {
    name: 'db:status',
    summary: 'which migrations the database has had',
    load: async () => (await import('./commands/db-status.js')).define,
  },
  {
    name: 'db:seed',
    summary: 'run db/seeds.ts, which writes the first rows',
    load: async () => (await import('./commands/db-seed.js')).define,
  },
  {
    name: 'db:reset',
    summary: 'empty the database, then migrate and seed it',
    load: async () => (await import('./commands/db-reset.js')).define,
  },
  {
    name: 'db:console',
    summary: 'ask the database in SQL',
    load: async () => (await import('./commands/db-console.js')).define,
  },
  {
    name: 'about',
    summary: 'versions, the environment, and what the app consists of',
    load: async () => (await import('./commands/about.js')).define,
  },
  {
    name: 'completion',
    summary: 'print a script that completes commands and options, for bash, zsh or fish',
    load: async () => (await import('./commands/completion.js')).define(async () => infoOf(await wholeProgram())),
  },
  {
    name: 'doctor',
    summary: 'what is wrong with the app and its surroundings, and how to mend it',
    load: async () => (await import('./commands/doctor.js')).define,
  },
  {
    name: 'secret',
    summary: 'print a new secret for SECRET_KEY_BASE: 64 random bytes in hex',
    load: async () => (await import('./commands/secret.js')).define,
  },
]

/** Runs `contrail` with these arguments. @returns the exit code: 0, or 1 for whatever the user has to mend */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const wanted = toHelp(args)
    const program = newContrail()
    await addCommands(program, COMMANDS, wanted)
    await program.parseAsync(wanted, { from: 'user' })
    return typeof process.exitCode === 'number' ? process.exitCode : 0
  } catch (error) {
    const told = exitCodeOf(error)
    if (told !== undefined) return told
    process.stderr.write(`${messageFor(error)}\n`)
    return 1
  }
}

/** `help generate model` is `generate model --help`; nothing at all asks for help too. */
function toHelp(args: readonly string[]): string[] {
  if (args.length === 0) return ['--help']
  if (args[0] !== 'help') return [...args]
  const [, name, ...rest] = args
  const isKnown = name === undefined || COMMANDS.some((row) => row.name === name || row.alias === name)
  return isKnown ? [...args.slice(1), '--help'] : [name, ...rest]
}

function newContrail(): Command {
  return newProgram('contrail', 'Contrail: controllers, sessions and a dev server for TypeScript', version())
}

async function wholeProgram(): Promise<Command> {
  const program = newContrail()
  await addCommands(program, COMMANDS, 'all')
  return program
}

function version(): string {
  return (createRequire(import.meta.url)('../package.json') as { version: string }).version
}

/** A mistake of the user's, or of the app's configuration, says what to do; anything else comes with its stack. */
function messageFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isMistake = error instanceof CliError || error.name === 'BootError'
  return isMistake ? error.message : (error.stack ?? error.message)
}
