// Why: making a database takes PGlite five seconds, starting from a copy of an empty one a fifth of that. The copy is kept in
// the user's cache, for all apps.
import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { constants, gunzipSync, gzipSync } from 'node:zlib'

const PREFIX = 'pglite-'

/** An empty database, as PGlite begins with it. */
export class Snapshot {
  readonly #file: string

  /** @param folder where it is kept. Default: the user's cache */
  constructor(folder: string = cacheFolder()) {
    this.#file = join(folder, `${PREFIX}${version()}.tar.gz`)
  }

  /** Undefined when there is none, or none that is whole. */
  read(): Blob | undefined {
    try {
      return new Blob([gunzipSync(readFileSync(this.#file))])
    } catch {
      return undefined
    }
  }

  /** Keeps a database for later starts, in the place of those of other versions. A cache that cannot be written to is no error. */
  write(tar: Uint8Array): void {
    const folder = dirname(this.#file)
    const aside = join(folder, `.${randomUUID()}`)
    try {
      mkdirSync(folder, { recursive: true })
      writeFileSync(aside, gzipSync(tar, { level: constants.Z_BEST_SPEED }))
      for (const name of readdirSync(folder)) if (name.startsWith(PREFIX)) rmSync(join(folder, name))
      renameSync(aside, this.#file)
    } catch {
      discard(aside)
    }
  }

  /** Forgets one that PGlite does not start from. */
  remove(): void {
    discard(this.#file)
  }
}

/** What cannot be removed stays: it is a cache. */
function discard(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // Its folder is none, or not this user's.
  }
}

function version(): string {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  return (JSON.parse(readFileSync(fileURLToPath(manifest), 'utf8')) as { version: string }).version
}

/** Where programs of this user keep what can be made again. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  const home = process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache')
  return join(XDG_CACHE_HOME || (process.platform === 'win32' && LOCALAPPDATA) || home, 'contrail')
}
