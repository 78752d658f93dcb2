// Why: which migrations a database has had: what drizzle-kit wrote in db/migrations, compared with the table that Drizzle keeps.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.js'
import type { AppDatabase, Rows } from './app-database.js'

/** The list of migrations, below an app's folder. */
export const JOURNAL = 'db/migrations/meta/_journal.json'

/** A migration, and what became of it. */
export interface Migration {
  /** As its file is called: `0000_create_posts`. */
  readonly name: string
  /** Milliseconds since 1970 when it was written, by which Drizzle knows it. */
  readonly when: number
  /**
   * `skipped`: it is older than the last one that was applied, so Drizzle takes no notice of it.
   * `no file`: it was applied, and is in another version of the app.
   */
  readonly state: 'applied' | 'pending' | 'skipped' | 'no file'
}

/** The migrations of the app in a folder, the oldest first. Where it has none, its database is not asked, nor started. */
export async function migrationsOf(folder: string, database: Pick<AppDatabase, 'execute'>): Promise<Migration[]> {
  const files = readJournal(folder)
  if (files.length === 0) return []
  const applied = await appliedAt(database)
  const last = Math.max(...applied)
  const known = files.map(({ tag, when }): Migration => {
    if (applied.has(when)) return { name: tag, when, state: 'applied' }
    return { name: tag, when, state: when > last ? 'pending' : 'skipped' }
  })
  const lost = [...applied].filter((when) => !files.some((file) => file.when === when))
  const others = lost.map((when): Migration => ({ name: 'no file', when, state: 'no file' }))
  return [...known, ...others].sort((one, other) => one.when - other.when)
}

/** Told of a migration that Drizzle passes over. Undefined when there is none. */
export function skippedWarning(migrations: readonly Migration[]): string | undefined {
  const names = migrations.filter(({ state }) => state === 'skipped').map(({ name }) => name)
  if (names.length === 0) return undefined
  return (
    `${names.join(', ')}: older than the last migration of this database, so never applied to it.\n` +
    '  Fix: remove its file, its snapshot and its entry in meta/_journal.json, and run contrail db:generate; or contrail db:reset.'
  )
}

/** The schemas that the app's tables are in, besides `public`: as its newest migration has them. */
export function schemasOf(folder: string): string[] {
  const newest = readJournal(folder).at(-1)?.tag.split('_', 1)[0]
  const path = join(folder, 'db/migrations/meta', `${newest}_snapshot.json`)
  if (newest === undefined || !existsSync(path)) return []
  return Object.values((JSON.parse(readFileSync(path, 'utf8')) as { schemas?: Record<string, string> }).schemas ?? {})
}

async function appliedAt({ execute }: Pick<AppDatabase, 'execute'>): Promise<Set<number>> {
  const [table] = (await execute("select to_regclass('drizzle.__drizzle_migrations') as name")) as Rows
  if (table?.['name'] === null) return new Set()
  const rows = (await execute('select created_at from drizzle.__drizzle_migrations')) as Rows
  return new Set(rows.map((row) => Number(row['created_at'])))
}

function readJournal(folder: string): readonly { readonly tag: string; readonly when: number }[] {
  const path = join(folder, JOURNAL)
  if (!existsSync(path)) return []
  try {
    const { entries } = JSON.parse(readFileSync(path, 'utf8')) as { entries: { tag: string; when: number }[] }
    return entries.map(({ tag, when }) => ({ tag, when }))
  } catch (error) {
    throw new CliError(`${JOURNAL} cannot be read: ${(error as Error).message}.`, 'restore it from version control.')
  }
}
