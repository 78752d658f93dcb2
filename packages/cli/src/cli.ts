// Why: argv becomes a command, and whatever goes wrong a message and an exit code.
import { createRequire } from 'node:module'
import { CliError } from './cli-error.js'
import type { CommandRow, CommandShape } from './command-line.js'

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
    name: 'doctor',
    summary: 'what is wrong with the app and its surroundings, and how to mend it',
    load: async () => (await import('./commands/doctor.js')).define,
  },
  {
    name: 'secret',
    summary: 'print a new secret for SECRET_KEY_BASE: 64 random bytes in hex',
    load: async () => (await import('./commands/secret.js')).define,
  },
  {
    name: 'completion',
    summary: 'print what makes a shell complete commands, options and their values',
    load: async () => (await import('./commands/completion.js')).define(wholeShape),
  },
]

/** Everything that `contrail` understands. */
export async function wholeShape(): Promise<CommandShape> {
  const { addCommands, EVERY_COMMAND, newProgram, shapeOf } = await import('./command-line.js')
  const program = newProgram(version())
  await addCommands(program, COMMANDS, EVERY_COMMAND)
  return shapeOf(program)
}

/**
 * Runs `contrail` with these arguments.
 * @returns the exit code: 0; 1 for whatever the user has to mend; or that of the program it was to run, such as Vitest
 */
export async function run(args: readonly string[]): Promise<number> {
  // Asked by scripts, again and again: what reads arguments takes longer to load than this takes to answer.
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
    process.stdout.write(`${version()}\n`)
    return 0
  }
  const { addCommands, exitCodeOf, newProgram } = await import('./command-line.js')
  try {
    const program = newProgram(version())
    const given = withHelp(args)
    await addCommands(program, COMMANDS, given)
    await program.parseAsync([...given], { from: 'user' })
    return typeof process.exitCode === 'number' ? process.exitCode : 0
  } catch (error) {
    const told = exitCodeOf(error)
    if (told !== undefined) return told
    process.stderr.write(`${messageFor(error)}\n`)
    return 1
  }
}

/** `contrail help generate scaffold` is `contrail generate scaffold --help`, and nothing at all asks for help too. */
function withHelp(args: readonly string[]): readonly string[] {
  if (args[0] === 'help') return [...args.slice(1), '--help']
  return args.length === 0 ? ['--help'] : args
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
