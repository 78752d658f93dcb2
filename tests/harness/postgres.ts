// A real PostgreSQL for tests, in a folder of its own: started, killed and started again on the same port, and removed at
// the end.
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execute, freePort, type Running, start } from './processes.js'

/** A PostgreSQL under test. */
export interface Postgres {
  readonly url: string
  /** Ends its process at once, as a crash would, and resolves when it has ended. */
  stop(): Promise<void>
  /** Starts it again, and resolves when it accepts connections. */
  restart(): Promise<void>
  /** Stops it, and forgets what it had. */
  remove(): Promise<void>
}

/** Debian keeps the server's programs beside the path, by version. */
const VERSIONS = '/usr/lib/postgresql'
/** The user nobody: PostgreSQL refuses to run as root. */
const NOBODY = 65_534

/** Starts a PostgreSQL on a free port. Whoever starts one removes it. */
export async function startPostgres(): Promise<Postgres> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'contrail-postgres-'))
  const data = join(folder, 'data')
  const isRoot = process.getuid?.() === 0
  if (isRoot) chownSync(folder, NOBODY, NOBODY)
  const version = readdirSync(VERSIONS).sort((one, other) => Number(other) - Number(one))[0] ?? 'none'
  const command = (program: string, ...args: string[]): [program: string, args: string[]] => {
    const path = join(VERSIONS, version, 'bin', program)
    const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
    return isRoot ? ['setpriv', [...user, path, ...args]] : [path, args]
  }
  const made = await execute(
    ...command('initdb', '-D', data, '-U', 'contrail', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'),
    { cwd: folder },
  )
  if (made.code !== 0) throw new Error(`initdb ended with ${made.code} and printed:\n${made.output}`)
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    'shared_buffers=16MB',
  ].flatMap((setting) => ['-c', setting])
  let running: Running | undefined
  const postgres: Postgres = {
    url: `postgres://contrail@127.0.0.1:${port}/postgres`,
    async stop() {
      await running?.stop('SIGQUIT')
      running = undefined
    },
    async restart() {
      running = start(...command('postgres', '-D', data, ...settings), { cwd: folder })
      await running.waitFor(/database system is ready to accept connections/)
    },
    async remove() {
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await postgres.restart()
  return postgres
}
