// Why: a formatter and a migration tool look at files on disk, and find an app's packages and settings around them: so they are
// shown what is planned in a folder within the app, which is gone when they are done.
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Does something in an empty folder below an app's `tmp/`, and leaves nothing behind. */
export function inScratchFolder<T>(app: string, work: (folder: string) => T): T {
  const parent = join(app, 'tmp')
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'generate-'))
  try {
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
    if (readdirSync(parent).length === 0) rmdirSync(parent)
  }
}
