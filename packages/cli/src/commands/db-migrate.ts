// Why: `contrail db:migrate`: brings a database to where the app's code expects it.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.js'
import { type Command, withEnvironment } from '../command-line.js'
import { type AppDatabase, withDatabase } from '../database/app-database.js'
import { migrationsOf, skippedWarning } from '../database/migrations.js'

const SCRIPT = 'db/migrate.ts'

/** `contrail db:migrate` */
export function define(command: Command): void {
  withEnvironment(command).action((options: { environment?: string }) =>
    withDatabase(process.cwd(), options.environment, (database) => migrate(process.cwd(), database)),
  )
}

/** Applies the migrations that are pending: all of them, or none when one fails. */
export async function migrate(folder: string, database: AppDatabase): Promise<void> {
  if (!existsSync(join(folder, SCRIPT)))
    throw new CliError(`There is no ${SCRIPT}.`, 'take it from a new app: contrail new NAME --database postgres.')
  const migrations = await migrationsOf(folder, database)
  const warning = skippedWarning(migrations)
  if (warning !== undefined) process.stderr.write(`${warning}\n`)
  const pending = migrations.filter(({ state }) => state === 'pending')
  if (pending.length === 0) process.stdout.write('Nothing to migrate.\n')
  else await database.runScript(SCRIPT)
  for (const { name } of pending) process.stdout.write(`Applied ${name}\n`)
}
