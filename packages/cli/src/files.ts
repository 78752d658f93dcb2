// Why: the only code that changes an app's files: everything is decided first, what would be lost is asked about, and each
// file is then written whole.
import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { CliError } from './cli-error.js'
import { isAsGenerated, RECORD, readRecord, withCall, withoutCall } from './generation-record.js'
import type { NewFile, Plan } from './plan.js'

/** What becomes of a file that is there already and differs. */
export type OnConflict = (path: string, theirs: string, ours: string) => Promise<'overwrite' | 'skip' | 'abort'>

/** How changes are carried out. */
export interface ChangeOptions {
  readonly root: string
  /** Say what would be done, and do nothing. */
  readonly dryRun: boolean
  /** Told of each file: `create app/controllers/posts-controller.ts`. */
  readonly log: (status: Status, path: string, detail?: string) => void
}

export type Status =
  | 'create'
  | 'identical'
  | 'overwrite'
  | 'skip'
  | 'insert'
  | 'unchanged'
  | 'remove'
  | 'revert'
  | 'absent'

/** Carries a plan out: all of it, or, when something stands in its way, none. @throws CliError */
export async function apply(plan: Plan, options: ChangeOptions, onConflict: OnConflict): Promise<void> {
  const { root, dryRun, log } = options
  const writes: (NewFile & { readonly status: Status; readonly detail?: string })[] = []
  for (const file of plan.files) {
    const theirs = read(root, file.path)
    if (theirs === undefined) writes.push({ ...file, status: 'create' })
    else if (theirs === file.content) writes.push({ ...file, status: 'identical' })
    else {
      const answer = await onConflict(file.path, theirs, file.content)
      if (answer === 'abort') throw new CliError('Stopped.', 'nothing was written.')
      writes.push({ ...file, status: answer })
    }
  }
  for (const { path, what, apply: change } of plan.edits) {
    const text = read(root, path)
    if (text === undefined) throw new CliError(`There is no ${path} to change.`, 'run this in the folder of an app.')
    const content = change(text)
    writes.push({ path, content, status: content === text ? 'unchanged' : 'insert', detail: what })
  }
  for (const { path } of writes) checkInside(root, path)
  for (const { path, content, mode, status, detail } of writes) {
    log(status, path, detail)
    if (!dryRun && ['create', 'overwrite', 'insert'].includes(status)) writeWhole(join(root, path), content, mode)
  }
  if (!dryRun) remember(root, plan)
}

/**
 * Takes a plan back: removes what it made and reverts what it changed.
 * @throws CliError when a file was edited since, unless `force`; nothing is removed then
 */
export function revert(plan: Plan, { force, ...options }: ChangeOptions & { readonly force: boolean }): void {
  const { root, dryRun, log } = options
  const record = readRecord(root)
  const there = plan.files.flatMap((file) => {
    const theirs = read(root, file.path)
    return theirs === undefined ? [] : [{ ...file, theirs }]
  })
  const edited = there.filter(({ path, theirs, content }) => theirs !== content && !isAsGenerated(record, path, theirs))
  if (edited.length > 0 && !force) {
    throw new CliError(
      `${edited.map(({ path }) => path).join(', ')}: changed since generated, so nothing was removed.`,
      'remove by hand what you do not need, or give --force to lose the changes.',
    )
  }
  const reverted = plan.edits.map((edit) => {
    const text = read(root, edit.path) ?? ''
    return { ...edit, text, without: edit.revert(text) }
  })
  for (const { path } of plan.files) {
    const isThere = there.some((file) => file.path === path)
    log(isThere ? 'remove' : 'absent', path)
    if (!isThere || dryRun) continue
    checkInside(root, path)
    rmSync(join(root, path))
    removeEmptyFolders(root, dirname(path))
  }
  for (const { path, what, text, without } of reverted) {
    log(text === without ? 'unchanged' : 'revert', path, what)
    if (text !== without && !dryRun) writeWhole(join(root, path), without)
  }
  if (!dryRun) forget(root, plan)
}

function read(root: string, path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new CliError(`${path} cannot be read: ${(error as Error).message}.`, 'mend that first. Nothing was written.')
  }
}

/** A folder of the app may be a link to another place; nothing is written there. */
function checkInside(root: string, path: string): void {
  let folder = dirname(join(root, path))
  while (!existsSync(folder)) folder = dirname(folder)
  const [real, home] = [realpathSync(folder), realpathSync(root)]
  if (real === home || real.startsWith(home + sep)) return
  throw new CliError(
    `${path} would be written to ${real}, outside the app.`,
    'replace the link by a folder of the app. Nothing was written.',
  )
}

/** By way of a temporary file: whoever reads at the same time, or a crash, never meets half of it. */
function writeWhole(file: string, content: string, mode?: number): void {
  mkdirSync(dirname(file), { recursive: true })
  const temporary = join(dirname(file), `.${randomBytes(6).toString('hex')}`)
  const existing = existsSync(file) ? statSync(file).mode & 0o777 : undefined
  try {
    writeFileSync(temporary, content, { mode: mode ?? existing ?? 0o666 })
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw new CliError(`${file} cannot be written: ${(error as Error).message}.`, 'mend that, then run this again.')
  }
}

function removeEmptyFolders(root: string, folder: string): void {
  for (let at = folder; at !== '.' && readdirSync(join(root, at)).length === 0; at = dirname(at))
    rmdirSync(join(root, at))
}

function remember(root: string, { id, args, files }: Plan): void {
  const generated = files.filter(({ path, content }) => read(root, path) === content)
  writeWhole(join(root, RECORD), withCall(readRecord(root), { id, args }, generated))
}

function forget(root: string, { id, files }: Plan): void {
  const paths = files.map(({ path }) => path)
  if (existsSync(join(root, RECORD))) writeWhole(join(root, RECORD), withoutCall(readRecord(root), id, paths))
}
