// Why: the static file that all peers serve; made, so that it has the same bytes on every machine.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const STATIC_FILE = 'notes.txt'
export const STATIC_TEXT = 'A bine climbs by its stiff hairs; a vine by its tendrils. '.repeat(71).slice(0, 4096)

/** Writes the file below a folder and returns the folder for files that peers serve. */
export function publicFolder(folder) {
  const path = join(folder, 'public')
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, STATIC_FILE), STATIC_TEXT)
  return path
}
