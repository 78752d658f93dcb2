// Why: `contrail db:seed`: the first rows of a database, by a script of the app's.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.js'
import { type Command, withEnvironment } from '../command-line.js'
import { type AppDatabase, withDatabase } from '../database/app-database.js'

const SCRIPT = 'db/seeds.ts'

/** `contrail db:seed` */
export function define(command: Command): void {
  withEnvironment(command).action((options: { environment?: string }) =>
    withDatabase(process.cwd(), options.environment, (database) => seed(process.cwd(), database)),
  )
}

/** Runs the script. */
export async function seed(folder: string, database: AppDatabase): Promise<void> {
  if (!existsSync(join(folder, SCRIPT)))
    throw new CliError(`There is no ${SCRIPT}.`, 'write it: a script that imports db of config/database.ts.')
  await database.runScript(SCRIPT)
  process.stdout.write(`Ran ${SCRIPT}\n`)
}
