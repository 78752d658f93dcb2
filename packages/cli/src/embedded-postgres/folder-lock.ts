// Why: PGlite does not notice a second process that opens its folder, and both would ruin it. Whoever opens one takes this lock.
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** A lock that this process holds. */
export class FolderLock {
  readonly #file: string
  readonly #content: string

  private constructor(file: string, content: string) {
    this.#file = file
    this.#content = content
    held.add(content)
    process.once('exit', this.release)
  }

  /**
   * Takes the lock, from a process that ended without giving it back too.
   * @returns undefined when a process that is running holds it
   */
  static take(file: string): FolderLock | undefined {
    const content = `${process.pid} ${randomUUID()}`
    for (;;) {
      if (create(file, content)) return new FolderLock(file, content)
      const theirs = read(file)
      if (theirs === undefined) continue
      if (isHeld(theirs)) return undefined
      remove(file, theirs)
    }
  }

  /** Gives the lock back. */
  readonly release = (): void => {
    process.off('exit', this.release)
    held.delete(this.#content)
    if (read(this.#file) === this.#content) rmSync(this.#file, { force: true })
  }
}

/** The process that holds a lock; undefined when none does. */
export function lockHolder(file: string): number | undefined {
  const content = read(file)
  return content !== undefined && isHeld(content) ? pidOf(content) : undefined
}

/** The locks of this process. */
const held = new Set<string>()

function pidOf(content: string): number {
  return Number(content.split(' ', 1)[0])
}

/** An own number that is not from here was that of a process before a restart: containers give the same ones again. */
function isHeld(content: string): boolean {
  const pid = pidOf(content)
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  if (pid === process.pid) return held.has(content)
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Makes the file with its content at once: a lock that is seen empty would be taken for one that nobody holds. */
function create(file: string, content: string): boolean {
  const aside = `${file}.${randomUUID()}`
  writeFileSync(aside, content)
  try {
    linkSync(aside, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Removes a lock that nobody holds; one that was taken meanwhile is put back. */
function remove(file: string, content: string): void {
  const aside = `${file}.${randomUUID()}`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  try {
    if (read(aside) !== content) linkSync(aside, file)
  } finally {
    rmSync(aside, { force: true })
  }
}
