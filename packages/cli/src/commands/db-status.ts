// Why: `contrail db:status`: which migrations a database has had, and which it waits for.
import { type Command, withEnvironment } from '../command-line.js'
import { withDatabase } from '../database/app-database.js'
import { type Migration, migrationsOf, skippedWarning } from '../database/migrations.js'

const WIDTH = 'applied '.length

/** `contrail db:status` */
export function define(command: Command): void {
  withEnvironment(command).action((options: { environment?: string }) =>
    withDatabase(process.cwd(), options.environment, async (database) => {
      const migrations = await migrationsOf(process.cwd(), database)
      const lines = migrations.length === 0 ? ['No migrations. contrail db:generate writes the first.'] : []
      process.stdout.write(`${[...lines, ...migrations.map(line)].join('\n')}\n`)
      const warning = skippedWarning(migrations)
      if (warning !== undefined) process.stderr.write(`${warning}\n`)
    }),
  )
}

function line({ state, when, name }: Migration): string {
  const written = new Date(when).toISOString().slice(0, 16).replace('T', ' ')
  const isLost = state === 'no file'
  return `${(isLost ? 'applied' : state).padEnd(WIDTH)} ${written}  ${isLost ? '(its file is not here)' : name}`
}
