// Why: a new app appears whole or not at all: it is made in a folder beside its own, which takes its name at the end.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CliError } from './cli-error.js'
import type { NewFile } from './plan.js'

/** A folder in the making. */
export class Staging {
  /** Where it is made. */
  readonly folder: string
  readonly #target: string

  /** @throws CliError when there is something at the target already, or nothing can be written beside it */
  constructor(target: string) {
    this.#target = target
    const parent = existsSync(target) ? target : dirname(target)
    if (existsSync(target) && !isEmptyFolder(target)) {
      throw new CliError(
        `${target} exists and is not empty.`,
        'choose another name, or empty it first. Nothing was written.',
      )
    }
    try {
      mkdirSync(parent, { recursive: true })
      this.folder = mkdtempSync(join(parent, `.${basename(target)}-`))
    } catch (error) {
      throw new CliError(`${parent} cannot be written to: ${(error as Error).message}.`, 'choose another folder.')
    }
    process.once('exit', this.#discard)
  }

  write(files: readonly NewFile[]): void {
    for (const { path, content, mode } of files) {
      const file = join(this.folder, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content, { mode: mode ?? 0o666 })
    }
  }

  /** Gives the folder its name. */
  finish(): void {
    process.off('exit', this.#discard)
    if (!existsSync(this.#target)) {
      renameSync(this.folder, this.#target)
      // mkdtemp makes folders for their owner alone; an app's folder is as any other.
      chmodSync(this.#target, 0o777 & ~process.umask())
      return
    }
    for (const entry of readdirSync(this.folder)) renameSync(join(this.folder, entry), join(this.#target, entry))
    rmSync(this.folder, { recursive: true })
  }

  discard(): void {
    process.off('exit', this.#discard)
    this.#discard()
  }

  readonly #discard = () => rmSync(this.folder, { recursive: true, force: true })
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0
  } catch {
    return false
  }
}
