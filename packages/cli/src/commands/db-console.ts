// Why: `contrail db:console`: the app's database, asked in SQL: by psql where it is installed and there is a server for it.
import { spawn, spawnSync } from 'node:child_process'
import { type Command, withEnvironment } from '../command-line.js'
import { environmentName, withDatabase } from '../database/app-database.js'
import { readStatements } from '../database/prompt.js'

/** `contrail db:console` */
export function define(command: Command): void {
  withEnvironment(command).action(async (options: { environment?: string }) => {
    process.exitCode = await console(process.cwd(), options)
  })
}

async function console(folder: string, options: { environment?: string }): Promise<number> {
  return await withDatabase(folder, options.environment, async (database) => {
    // Only now: it may stand in .env, which config/database.ts has read.
    const url = process.env['DATABASE_URL']
    if (url && spawnSync('psql', ['--version'], { stdio: 'ignore' }).status === 0) return await psql(url)
    if (process.stdin.isTTY) process.stdout.write('SQL, each statement with a semicolon at its end. \\q leaves.\n')
    return await readStatements(database, environmentName())
  })
}

/** By the environment: an argument is shown to everyone who lists processes. */
async function psql(url: string): Promise<number> {
  const { username, password, hostname, port, pathname, searchParams } = new URL(url)
  const variables = {
    PGHOST: decodeURIComponent(hostname),
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    PGSSLMODE: searchParams.get('sslmode') ?? searchParams.get('ssl') ?? '',
  }
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const child = spawn('psql', [], { stdio: 'inherit', env: { ...process.env, ...given } })
  // Ctrl+C is psql's, for the query under way.
  process.on('SIGINT', () => undefined)
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}
