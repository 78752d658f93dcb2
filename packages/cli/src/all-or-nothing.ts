// Why: a change of several files is made as a whole. What can fail is done in drafts first; a failure after that is undone;
// and a process that is killed leaves files that are each the old or the new one, and its drafts where git ignores them.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { CliError } from './cli-error.js'

/** What becomes of a file. */
export interface FileChange {
  /** Below the app's folder, with slashes. */
  readonly path: string
  /** Its new content; undefined to remove it. */
  readonly content: string | undefined
  /** Permissions, where they are not those that it had, or the usual ones. */
  readonly mode?: number
}

/** Below the app's folder: where drafts are, which the new app's .gitignore names. */
const DRAFTS = 'tmp'
const DRAFT = /^\.draft-(\d+)-\d+$/

/** Makes all changes, in their order. @throws CliError when one cannot be made; the files are as before then */
export function changeAll(root: string, changes: readonly FileChange[]): void {
  const undo: (() => void)[] = []
  try {
    const drafts = changes.map((change, index) => draft(root, change, index, undo))
    changes.forEach((change, index) => {
      make(root, change, drafts[index], undo)
    })
  } catch (error) {
    for (const step of undo.reverse()) attempt(step)
    const { message } = error as Error
    throw new CliError(
      `The files could not be written: ${message}.`,
      'mend that, then run this again. Nothing was changed.',
    )
  }
  for (const { path, content } of changes) if (content === undefined) removeEmptyFolders(root, dirname(path))
  removeForsakenDrafts(root)
}

/** Writes a change's new content to a file that no one looks at. */
function draft(
  root: string,
  { path, content, mode }: FileChange,
  index: number,
  undo: (() => void)[],
): string | undefined {
  if (content === undefined) return undefined
  makeFolder(join(root, DRAFTS), undo)
  const file = join(root, DRAFTS, `.draft-${process.pid}-${index}`)
  undo.push(() => rmSync(file, { force: true }))
  writeFileSync(file, content, { flush: true })
  chmodSync(file, mode ?? modeOf(join(root, path)) ?? 0o666 & ~process.umask())
  return file
}

function make(root: string, { path }: FileChange, draft: string | undefined, undo: (() => void)[]): void {
  const file = join(root, path)
  const before = contentOf(file)
  const mode = modeOf(file)
  if (draft === undefined) rmSync(file, { force: true })
  else {
    makeFolder(dirname(file), undo)
    rename(draft, file)
  }
  undo.push(() => {
    if (before === undefined) return rmSync(file, { force: true })
    writeFileSync(file, before)
    chmodSync(file, mode as number)
  })
}

/** What can be undone is, whatever else cannot: the error that counts is the first. */
function attempt(step: () => void): void {
  try {
    step()
  } catch {
    // It is as it became.
  }
}

function rename(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    // tmp/ is a file system of its own.
    const beside = join(dirname(to), `.draft-${process.pid}-0`)
    try {
      writeFileSync(beside, readFileSync(from), { mode: statSync(from).mode, flush: true })
      renameSync(beside, to)
    } finally {
      rmSync(beside, { force: true })
      rmSync(from, { force: true })
    }
  }
}

function makeFolder(folder: string, undo: (() => void)[]): void {
  const first = mkdirSync(folder, { recursive: true })
  if (first !== undefined) undo.push(() => rmSync(first, { recursive: true, force: true }))
}

function contentOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function modeOf(file: string): number | undefined {
  const found = statSync(file, { throwIfNoEntry: false })
  return found === undefined ? undefined : found.mode & 0o777
}

function removeEmptyFolders(root: string, folder: string): void {
  for (let at = folder; at !== '.' && isEmpty(join(root, at)); at = dirname(at)) rmdirSync(join(root, at))
}

function isEmpty(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length === 0
}

/** Drafts of processes that were killed. */
function removeForsakenDrafts(root: string): void {
  const folder = join(root, DRAFTS)
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const pid = Number(DRAFT.exec(name)?.[1])
    if (pid === process.pid || (pid > 0 && !isRunning(pid))) rmSync(join(folder, name), { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
