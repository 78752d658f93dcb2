// Why: `contrail server`: one socket for as long as it runs, and behind it the code as it is on disk.
import type { Application } from 'contrail'
import { type Framework, importFramework } from '../app-framework.js'
import { CliError } from '../cli-error.js'
import { type Command, parsePort, withEnvironment } from '../command-line.js'
import { PendingMigrations } from '../database/pending-migrations.js'
import { CodeLoader } from '../dev-server/code-loader.js'
import { choosePort } from '../dev-server/free-port.js'
import { ReloadingApp } from '../dev-server/reloading-app.js'
import { chooseEnvironment } from '../environment.js'
import { keepRouteTypes, ROUTE_TYPES_FILE } from '../route-types.js'

/** Milliseconds that requests under way are given after Ctrl+C: a developer does not wait long. */
const SHUTDOWN_TIMEOUT = 3_000

/** How many addresses the banner proposes. */
const PROPOSALS = 4

/** What the command can be told. */
interface ServerOptions {
  readonly port?: number
  readonly bind?: string
  readonly environment?: string
  /** Whether the file of route types is kept current. */
  readonly types: boolean
}

/** `contrail server` */
export function define(command: Command): void {
  withEnvironment(command)
    .option('-p, --port <port>', 'the port to listen on (default: PORT, else 3000)', parsePort)
    .option('-b, --bind <address>', 'the address to bind (default: HOST, else 127.0.0.1, this machine alone)')
    .option('--no-types', 'leave config/route-paths.d.ts as it is when routes change')
    .action((options: ServerOptions) => server(process.cwd(), options))
}

/** Runs the app in a folder until the process is told to stop. */
async function server(folder: string, options: ServerOptions): Promise<void> {
  chooseEnvironment(options.environment)
  const framework = await importFramework(folder)
  const startedAt = performance.now()
  const loader = await CodeLoader.start(folder)
  let booted: Application | undefined
  const migrations = new PendingMigrations(loader, folder, (text) => process.stderr.write(`${text}\n`))
  const app = new ReloadingApp(framework, loader, folder, {
    loaded(application, milliseconds) {
      if (booted !== undefined) process.stdout.write(`Reloaded in ${Math.round(milliseconds)} ms\n`)
      booted = application
      if (options.types) keepTypes(framework, application, folder)
      void migrations.check()
    },
    failed: (text) => process.stderr.write(`${text}\n`),
  })
  await app.refresh()
  const milliseconds = Math.round(performance.now() - startedAt)
  // Only now: PORT and HOST may stand in .env, which the app has read.
  const host = options.bind ?? process.env['HOST'] ?? '127.0.0.1'
  const port = await choosePort(options.port ?? portFromEnvironment(), host).catch(async (error: unknown) => {
    await app.close()
    throw error
  })
  const logger = { fatal: ({ err }: { err?: unknown }) => complain('A request could not be answered', err) }
  const running = await framework.serve((raw) => app.handle(raw), {
    port,
    host,
    logger,
    shutdownTimeout: SHUTDOWN_TIMEOUT,
  })
  stopWhenTold(async () => {
    await running.close()
    await app.close()
    await framework.disposeShared()
  })
  process.stdout.write(banner(running.url, milliseconds, booted))
}

/** A file that cannot be written is told of, and is no reason not to serve. */
function keepTypes(framework: Framework, app: Application, folder: string): void {
  try {
    if (keepRouteTypes(framework, app, folder)) process.stdout.write(`${ROUTE_TYPES_FILE} written\n`)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  }
}

function portFromEnvironment(): number {
  const text = process.env['PORT'] || '3000'
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new CliError(`PORT is ${JSON.stringify(text)}.`, 'set it to a number from 0 to 65535.')
}

function banner(url: string, milliseconds: number, app: Application | undefined): string {
  const environment = process.env['CONTRAIL_ENV'] || process.env['NODE_ENV']
  const lines = [`Contrail, ${environment}: ${url} (ready in ${milliseconds} ms; Ctrl+C stops it)`]
  const paths = (app?.routes ?? [])
    .filter(({ method, path }) => method === 'GET' && !/[:*(]/.test(path))
    .map(({ path }) => path)
  if (paths.length > 0)
    lines.push('Try:', ...paths.slice(0, PROPOSALS).map((path) => `  curl -b jar -c jar ${url}${path}`))
  return `${lines.join('\n')}\n\n`
}

/** Ctrl+C twice stops at once. An error that nobody caught is told, and the server goes on: the next save may mend it. */
function stopWhenTold(stop: () => Promise<void>): void {
  let stopping = false
  const onSignal = () => {
    if (stopping) process.exit(1)
    stopping = true
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        complain('Stopping failed', error)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  process.on('uncaughtException', (error) => complain('An error that nobody caught', error))
  process.on('unhandledRejection', (reason) => complain('A promise that nobody caught', reason))
}

function complain(what: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error)
  process.stderr.write(`${what}: ${text}\n`)
}
