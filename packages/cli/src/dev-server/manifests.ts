// Why: Node keeps the code of packages for as long as the process lives; one that was installed or updated needs a new process.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { stampOf } from './stamps.js'

const LOCKS = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb']

/** Milliseconds for which nothing must change until an installation counts as done. */
const QUIET = 200

/** What says which packages an app has: package.json, and the lock file, which in a workspace is above it. */
export class Manifests {
  readonly #folder: string
  readonly #files: readonly string[]
  #stamps: string
  readonly #contents: Map<string, string>

  constructor(folder: string) {
    this.#folder = folder
    this.#files = [folder, nearestWithLock(folder)].flatMap((place) =>
      ['package.json', ...LOCKS].map((name) => join(place, name)),
    )
    this.#stamps = this.#allStamps()
    this.#contents = new Map(this.#files.map((file) => [file, contentOf(file)]))
  }

  /** The one whose contents are not those that the process was started with; undefined when there is none. */
  changed(): string | undefined {
    const stamps = this.#allStamps()
    if (stamps === this.#stamps) return undefined
    this.#stamps = stamps
    const file = this.#files.find((path) => contentOf(path) !== this.#contents.get(path))
    return file && relative(this.#folder, file)
  }

  /** Resolves when nothing has changed for a moment: an installer writes one file after the other. */
  async settled(): Promise<void> {
    for (let stamps = ''; stamps !== this.#allStamps(); ) {
      stamps = this.#allStamps()
      await new Promise((resolve) => setTimeout(resolve, QUIET))
    }
  }

  #allStamps(): string {
    return this.#files.map(stampOf).join('\n')
  }
}

function nearestWithLock(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (LOCKS.some((name) => existsSync(join(at, name)))) return at
    if (dirname(at) === at) return folder
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
