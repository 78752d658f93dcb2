// Why: argv becomes a command, and whatever goes wrong a message and an exit code. Commands are loaded when they are called.
import { createRequire } from 'node:module'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { CliError } from './cli-error.js'
import type { GenerateOptions } from './commands/generate.js'
import type { NewOptions } from './commands/new.js'
import type { RoutesOptions } from './commands/routes.js'
import type { ServerOptions } from './commands/server.js'

/** Runs `contrail` with these arguments. @returns the exit code: 0, or 1 for whatever the user has to mend */
export async function run(args: readonly string[]): Promise<number> {
  const program = commandLine()
  try {
    await program.parseAsync([...args], { from: 'user' })
    return typeof process.exitCode === 'number' ? process.exitCode : 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    process.stderr.write(`${messageFor(error)}\n`)
    return 1
  }
}

function commandLine(): Command {
  const program = new Command('contrail')
    .enablePositionalOptions()
    .description('Contrail: controllers, sessions and a dev server for TypeScript')
    .version(version(), '-v, --version')
    .exitOverride()
    .showHelpAfterError('(contrail --help lists the commands)')
  program
    .command('new')
    .argument('<name>', 'the app, and its folder')
    .description('make an app')
    .addOption(
      new Option('--session <store>', 'where sessions are kept').choices(['cookie', 'memcached']).default('cookie'),
    )
    .addOption(
      new Option(
        '--package-manager <program>',
        'what installs the packages (default: what ran this, else npm)',
      ).choices(['npm', 'pnpm', 'yarn', 'bun']),
    )
    .option('--minimal', 'only what it needs to run: no tests, linter, container or editor settings')
    .option('--skip-install', 'install no packages')
    .option('--skip-git', 'make no repository')
    .action(async (name: string, options: NewOptions) => {
      const { newApp } = await import('./commands/new.js')
      await newApp(name, options)
    })
  program
    .command('server')
    .alias('s')
    .description('run the app for development: changed code is served with the next request')
    .option('-p, --port <port>', 'the port to listen on (default: PORT, else 3000)', parsePort)
    .option('-b, --bind <address>', 'the address to bind (default: HOST, else 127.0.0.1, this machine alone)')
    .option('-e, --environment <name>', 'the environment (default: CONTRAIL_ENV, NODE_ENV, else development)')
    .option('--no-types', 'leave config/route-paths.d.ts as it is when routes change')
    .action(async (options: ServerOptions) => {
      const { server } = await import('./commands/server.js')
      await server(process.cwd(), options)
    })
  program
    .command('routes')
    .description("list the app's routes")
    .option('--json', 'as JSON')
    .option('-E, --expanded', 'one below the other')
    .option('-g, --grep <pattern>', 'only routes whose name, method, path or action match a regular expression')
    .option('-c, --controller <name>', 'only routes of one controller: posts, or PostsController')
    .option('--types', 'write config/route-paths.d.ts, from which the compiler knows what pathTo takes')
    .option('--check', 'with --types: write nothing, and fail if the file is not current')
    .action(async (options: RoutesOptions) => {
      const { routes } = await import('./commands/routes.js')
      await routes(process.cwd(), options)
    })
  const environment = new Option(
    '-e, --environment <name>',
    'the environment (default: CONTRAIL_ENV, NODE_ENV, else development)',
  )
  program
    .command('console')
    .alias('c')
    .description('the app in a REPL: app, container, load(file), reload()')
    .addOption(environment)
    .action(async (options: { environment?: string }) => {
      const { console } = await import('./commands/console.js')
      await console(process.cwd(), options)
    })
  program
    .command('runner')
    .alias('r')
    .argument('<file>', 'a file of the app; a function that it exports by default is called with the app')
    .argument('[args...]', 'what the script finds in process.argv')
    .description('run a script in the booted app')
    .addOption(environment)
    .passThroughOptions()
    .action(async (file: string, args: string[], options: { environment?: string }) => {
      const { runner } = await import('./commands/runner.js')
      await runner(process.cwd(), file, args, options)
    })
  program
    .command('test')
    .alias('t')
    .argument('[args...]', 'for Vitest: files, --coverage, …')
    .description("run the app's tests, in the test environment")
    .option('-w, --watch', 'run them again when a file changes')
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args: string[], options: { watch?: true }) => {
      const { test } = await import('./commands/test.js')
      process.exitCode = await test(process.cwd(), args, options.watch === true)
    })
  program
    .command('about')
    .description('versions, the environment, and what the app consists of')
    .addOption(environment)
    .option('--json', 'as JSON')
    .action(async (options: { environment?: string; json?: true }) => {
      const { about } = await import('./commands/about.js')
      await about(process.cwd(), options)
    })
  for (const direction of ['generate', 'destroy'] as const) addGenerators(program, direction)
  program
    .command('secret')
    .description('print a new secret for SECRET_KEY_BASE: 64 random bytes in hex')
    .action(async () => {
      const { secret } = await import('./commands/secret.js')
      secret()
    })
  settle(program, 'contrail')
  return program
}

/** What a command does not inherit: no exit of its own, and a hint at its help after a mistake. */
function settle(parent: Command, path: string): void {
  for (const command of parent.commands) {
    const name = `${path} ${command.name()}`
    command.exitOverride().showHelpAfterError(`(${name} --help)`)
    settle(command, name)
  }
}

function addGenerators(program: Command, direction: 'generate' | 'destroy'): void {
  const making = direction === 'generate'
  const group = program
    .command(direction)
    .alias(direction[0] as string)
    .description(making ? 'write code: a controller' : 'remove code that was generated, unless it was changed since')
  const controller = group
    .command('controller')
    .argument('<name>', 'posts, or admin/posts')
    .argument('[actions...]', 'its actions: index show archive')
    .description(making ? 'a controller, with routes for its actions' : 'a controller and its routes')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--force', making ? 'overwrite files that are there' : 'remove files that were changed too')
    .option('--skip-routes', 'leave config/routes.ts alone')
  if (making) controller.addOption(new Option('--skip', 'keep files that are there').conflicts('force'))
  controller.action(async (name: string, actions: string[], options: GenerateOptions) => {
    const generate = await import('./commands/generate.js')
    await generate.controller(direction, process.cwd(), name, actions, options)
  })
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a number from 0 to 65535.')
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
