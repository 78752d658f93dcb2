// Why: code that expects a table which is not there yet fails with riddles; the dev server says beforehand what is to be done.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { CodeLoader } from '../dev-server/code-loader.js'
import { databaseOf } from './app-database.js'
import { JOURNAL, migrationsOf, skippedWarning } from './migrations.js'

/** Looks, when an app was loaded, for migrations that its database has not had; again only when there are new ones. */
export class PendingMigrations {
  readonly #loader: CodeLoader
  readonly #folder: string
  readonly #tell: (text: string) => void
  #seen: number | undefined

  constructor(loader: CodeLoader, folder: string, tell: (text: string) => void) {
    this.#loader = loader
    this.#folder = folder
    this.#tell = tell
  }

  /** Tells of migrations that are pending, or of why that cannot be said. */
  async check(): Promise<void> {
    const written = statSync(join(this.#folder, JOURNAL), { throwIfNoEntry: false })?.mtimeMs
    if (written === undefined || written === this.#seen) return
    this.#seen = written
    try {
      const migrations = await migrationsOf(this.#folder, databaseOf(this.#loader, this.#folder))
      const pending = migrations.filter(({ state }) => state === 'pending').map(({ name }) => name)
      if (pending.length > 0) this.#tell(`Migrations are pending: ${pending.join(', ')}\n  Fix: contrail db:migrate`)
      const warning = skippedWarning(migrations)
      if (warning !== undefined) this.#tell(warning)
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : String(error))
    }
  }
}
