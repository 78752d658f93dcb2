// Why: `contrail server`: what it is told at the command line and in the environment; the rest is the dev server's.
import { CliError } from '../cli-error.js'
import { type Command, parsePort, withEnvironment } from '../command-line.js'
import { PendingMigrations } from '../database/pending-migrations.js'
import { runDevServer } from '../dev-server/dev-server.js'
import { choosePort } from '../dev-server/free-port.js'
import { chooseEnvironment } from '../environment.js'

/** Node's own. */
const INSPECTOR_PORT = 9229

/** What the command can be told. */
interface ServerOptions {
  readonly port?: number
  readonly bind?: string
  readonly environment?: string
  /** Whether the file of route types is kept current. */
  readonly types: boolean
  /** A port, or true for Node's own. */
  readonly inspect?: number | true
  readonly https?: true
  readonly cert?: string
  readonly key?: string
}

/** `contrail server` */
export function define(command: Command): void {
  withEnvironment(command)
    .option('-p, --port <port>', 'the port to listen on (default: PORT, else 3000)', parsePort)
    .option('-b, --bind <address>', 'the address to bind (default: HOST, else 127.0.0.1, this machine alone)')
    .option('--inspect [port]', `open the inspector for a debugger (default: ${INSPECTOR_PORT})`, parsePort)
    .option('--https', 'serve HTTPS, with a certificate made for this machine')
    .option('--cert <file>', 'serve HTTPS with this certificate, such as one of mkcert (PEM; with --key)')
    .option('--key <file>', 'the private key of --cert (PEM)')
    .option('--no-types', 'leave config/route-paths.d.ts as it is when routes change')
    .action((options: ServerOptions) => server(process.cwd(), options))
}

/** Runs the app in a folder until the process is told to stop. */
async function server(folder: string, options: ServerOptions): Promise<void> {
  const { environment, types, inspect, https = false } = options
  const certificate = certificateFiles(options)
  const variables = { ...process.env }
  chooseEnvironment(environment)
  let migrations: PendingMigrations | undefined
  await runDevServer({
    folder,
    whenLoaded(loader) {
      migrations ??= new PendingMigrations(loader, folder, (text) => process.stderr.write(`${text}\n`))
      void migrations.check()
    },
    types,
    https,
    certificate,
    variables,
    inspect: inspect === true ? INSPECTOR_PORT : inspect,
    chooseAddress: async () => {
      const host = options.bind ?? process.env['HOST'] ?? '127.0.0.1'
      return { host, port: await choosePort(options.port ?? portFromEnvironment(), host) }
    },
  })
}

function certificateFiles({ cert, key }: ServerOptions): { readonly cert: string; readonly key: string } | undefined {
  if (cert !== undefined && key !== undefined) return { cert, key }
  if (cert === undefined && key === undefined) return undefined
  throw new CliError(
    `--${cert === undefined ? 'key' : 'cert'} is given alone.`,
    'give both: --cert localhost.pem --key localhost-key.pem',
  )
}

function portFromEnvironment(): number {
  const text = process.env['PORT'] || '3000'
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new CliError(`PORT is ${JSON.stringify(text)}.`, 'set it to a number from 0 to 65535.')
}
