// Why: the commands db:* reach the database as the app does, through its config/database.ts, without booting the app: they
// must work while its code does not.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { importFramework } from '../app-framework.js'
import { CliError } from '../cli-error.js'
import { CodeLoader } from '../dev-server/code-loader.js'
import { failureText } from '../dev-server/failure-response.js'
import { describeFailure } from '../dev-server/load-failure.js'
import { chooseEnvironment } from '../environment.js'

/** Where an app says how its database is reached. */
export const DATABASE_FILE = 'config/database.ts'

/** What a statement came to, as postgres.js tells it: rows, and the names of their columns. */
export type Rows = readonly Readonly<Record<string, unknown>>[] & {
  readonly command?: string | null
  readonly count?: number | null
  readonly columns?: readonly { readonly name: string }[]
}

/** The database of an app. */
export interface AppDatabase {
  /** Runs SQL; of several statements, the results of each. @throws CliError with what the database says */
  execute(sql: string): Promise<Rows | readonly Rows[]>
  /** Runs a script of the app, such as `db/seeds.ts`. @throws CliError */
  runScript(path: string): Promise<void>
}

/** @throws CliError when the app in a folder has no database */
export function requireDatabase(folder: string): void {
  if (existsSync(join(folder, DATABASE_FILE))) return
  throw new CliError(
    `There is no database here: ${join(folder, DATABASE_FILE)} is missing.`,
    'run this in the folder of an app with one. To add one to an app, take config/database.ts, db/, drizzle.config.ts and the packages from a new one: contrail new NAME --database postgres.',
  )
}

/**
 * Connects to the database of the app in a folder, and closes the connection when the work is done.
 * @param environment the one to work in, as `-e` gives it
 * @throws CliError when there is none or it cannot be reached, and whatever the work throws
 */
export async function withDatabase<T>(
  folder: string,
  environment: string | undefined,
  work: (database: AppDatabase) => Promise<T>,
): Promise<T> {
  requireDatabase(folder)
  chooseEnvironment(environment)
  const framework = await importFramework(folder)
  const loader = await CodeLoader.start(folder)
  try {
    const { execute } = databaseOf(loader, folder)
    // Read first: it decides whether there is a database to connect to.
    await load(loader, folder, DATABASE_FILE)
    return await work({
      execute,
      async runScript(path) {
        await load(loader, folder, path)
        // A script may have closed what the app shares; whatever comes next connects anew.
        loader.startAnew()
      },
    })
  } finally {
    await framework.disposeShared()
    await loader.close()
  }
}

/** The database of an app that a loader is at hand for. */
export function databaseOf(loader: CodeLoader, folder: string): Pick<AppDatabase, 'execute'> {
  return {
    async execute(sql) {
      const { db } = (await load(loader, folder, DATABASE_FILE)) as { db: AppDatabase }
      try {
        return await db.execute(sql)
      } catch (error) {
        throw new CliError(...told(causeOf(error)))
      }
    },
  }
}

/** The environment that a command works in, once it was chosen. */
export function environmentName(): string {
  return process.env['CONTRAIL_ENV'] || process.env['NODE_ENV'] || 'development'
}

async function load(loader: CodeLoader, folder: string, path: string): Promise<object> {
  try {
    return await loader.import(join(folder, path))
  } catch (error) {
    const cause = causeOf(error)
    if (cause !== error) throw new CliError(...told(cause))
    throw new CliError(failureText(describeFailure(error, folder)).trimEnd(), 'mend it, then run this again.')
  }
}

/** What the database said: Drizzle wraps it in an error that names the query. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? causeOf(error.cause) : error
}

/** Problem and fix. */
function told(error: unknown): [problem: string, fix: string] {
  if (!(error instanceof Error)) return [String(error), 'mend it, then run this again.']
  const { code, detail, hint } = error as { code?: string; detail?: string; hint?: string }
  const [problem = '', fix] = error.message.split('\n  Fix: ')
  if (fix !== undefined) return [problem, fix]
  const message = [problem || code, detail, code && `(${code})`].filter(Boolean).join(' ')
  const isUnreachable = code === undefined || /^(?:E[A-Z]+|CONN\w+|CONNECT_TIMEOUT|28\w{3}|3D000)$/.test(code)
  if (isUnreachable) return [`The database: ${message}`, 'see that DATABASE_URL is right, and that its server runs.']
  return [`The database: ${message}`, hint ?? 'mend the SQL, then run this again.']
}
