// Why: whether a file changed is asked at each request, of hundreds of files, and must neither miss an edit nor take long.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Whatever changes when a file does, even when an editor keeps its time of modification. */
export function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat === undefined ? 'missing' : `${stat.mtimeMs} ${stat.ctimeMs} ${stat.size} ${stat.ino}`
}

/** The `.env` files of a folder, by name, with their stamps. */
export function environmentFiles(root: string): Map<string, string> {
  const names = readdirSync(root).filter((name) => name === '.env' || name.startsWith('.env.'))
  return new Map(names.map((name) => [name, stampOf(join(root, name))]))
}
