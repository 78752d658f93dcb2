// Why: `contrail db:reset`: a database as a new developer gets it: emptied, migrated, seeded.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.js'
import { type Command, withEnvironment } from '../command-line.js'
import { type AppDatabase, environmentName, requireDatabase, withDatabase } from '../database/app-database.js'
import { schemasOf } from '../database/migrations.js'
import { chooseEnvironment } from '../environment.js'
import { migrate } from './db-migrate.js'
import { seed } from './db-seed.js'

interface ResetOptions {
  readonly environment?: string
  readonly force?: true
}

/** `contrail db:reset` */
export function define(command: Command): void {
  withEnvironment(command)
    .option('--force', 'also outside of development and test: everything in the database is lost')
    .action((options: ResetOptions) => reset(process.cwd(), options))
}

async function reset(folder: string, { environment, force }: ResetOptions): Promise<void> {
  requireDatabase(folder)
  chooseEnvironment(environment)
  const name = environmentName()
  if (name !== 'development' && name !== 'test' && force !== true) {
    throw new CliError(
      `db:reset in the environment ${name} loses everything in its database.`,
      'if that is what you want, give --force.',
    )
  }
  await withDatabase(folder, environment, async (database) => {
    await empty(folder, database)
    process.stdout.write(`Emptied the database of ${name}\n`)
    await migrate(folder, database)
    if (existsSync(join(folder, 'db/seeds.ts'))) await seed(folder, database)
  })
}

/** Other schemas may be there that are none of the app's, such as those of a hosting service. */
async function empty(folder: string, { execute }: AppDatabase): Promise<void> {
  const quoted = schemasOf(folder).map((schema) => `"${schema.replaceAll('"', '""')}"`)
  const drop = [...quoted, 'drizzle', 'public'].map((schema) => `drop schema if exists ${schema} cascade`)
  await execute([...drop, 'create schema public'].join('; '))
}
