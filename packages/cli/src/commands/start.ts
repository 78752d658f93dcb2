// Why: `contrail start`: production as it is elsewhere, tried here. There it is `node dist/server.js`, without this program.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CliError } from '../cli-error.js'
import { type Command, parsePort } from '../command-line.js'

/** What the command can be told. */
interface StartOptions {
  readonly workers?: string
  readonly port?: number
  readonly bind?: string
  readonly environment?: string
}

/** `contrail start` */
export function define(command: Command): void {
  command
    .option('-w, --workers <count>', 'processes that serve: a number, or max for one a core (default: WEB_CONCURRENCY)')
    .option('-p, --port <port>', 'the port to listen on (default: PORT, else 3000)', parsePort)
    .option('-b, --bind <address>', 'the address to bind (default: HOST, else every address)')
    .option('-e, --environment <name>', 'the environment (default: CONTRAIL_ENV, NODE_ENV, else production)')
    .action((options: StartOptions) => start(process.cwd(), options))
}

/** Runs the build of the app in a folder until the process is told to stop. */
async function start(root: string, { workers, port, bind, environment }: StartOptions): Promise<void> {
  const program = join(root, 'dist', 'server.js')
  if (!existsSync(program)) throw new CliError(`There is no dist/server.js in ${root}.`, 'run contrail build first.')
  const chosen = environment ?? (process.env['CONTRAIL_ENV'] || process.env['NODE_ENV'] || 'production')
  process.env['CONTRAIL_ENV'] = chosen
  if (workers !== undefined) process.env['WEB_CONCURRENCY'] = workers
  if (port !== undefined) process.env['PORT'] = String(port)
  if (bind !== undefined) process.env['HOST'] = bind
  // In this process, so that signals reach it as they do there. Workers are made from the program's name.
  process.argv.splice(1, process.argv.length - 1, program)
  process.setSourceMapsEnabled(true)
  await import(pathToFileURL(program).href)
}
