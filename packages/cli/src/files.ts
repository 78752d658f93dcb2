// Why: the only code that decides what becomes of an app's files: all of it is decided first, and what would be lost is asked
// about; then everything is written, or nothing.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { changeAll, type FileChange } from './all-or-nothing.js'
import { CliError } from './cli-error.js'
import {
  editKey,
  isAsGenerated,
  isOwn,
  RECORD,
  type RecordedEdit,
  readRecord,
  recordedEdit,
  textBefore,
  withCall,
  withoutCall,
} from './generation-record.js'
import type { NewFile, Plan } from './plan.js'

/** What becomes of a file that is there already and differs. */
export type OnConflict = (path: string, theirs: string, ours: string) => Promise<'overwrite' | 'skip' | 'abort'>

/** How changes are carried out. */
interface ChangeOptions {
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

/** What becomes of a file, decided. */
interface Decision extends NewFile {
  readonly status: Status
  readonly detail?: string
}

/** Carries a plan out: all of it, or, when something stands in its way, none. @throws CliError */
export async function apply(plan: Plan, options: ChangeOptions, onConflict: OnConflict): Promise<void> {
  const { root, log } = options
  const writes: Decision[] = []
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
  const texts = new Texts(root)
  const inexact: Record<string, RecordedEdit> = {}
  for (const edit of plan.edits) {
    const { path, what } = edit
    const text = texts.present(path)
    if (text === undefined) throw new CliError(`There is no ${path} to change.`, 'run this in the folder of an app.')
    const content = edit.apply(text)
    texts.change(path, content)
    if (content !== text && edit.revert(content) !== text) inexact[editKey(plan.id, path)] = recordedEdit(text, content)
    writes.push({ path, content, status: content === text ? 'unchanged' : 'insert', detail: what })
  }
  writes.push(...followers(plan, texts, 'insert'))
  // The record comes first: whatever is made after it can be taken back.
  const kept = new Set(writes.filter(({ status }) => status === 'skip').map(({ path }) => path))
  const generated = plan.files.filter(({ path }) => !kept.has(path))
  carryOut(options, [
    { path: RECORD, content: withCall(readRecord(root), plan, generated, inexact) },
    ...writes.filter(({ status }) => ['create', 'overwrite', 'insert'].includes(status)),
  ])
  for (const { path, status, detail } of writes) log(status, path, detail)
  for (const { path, why } of plan.left ?? []) log('skip', path, why)
}

/**
 * Takes a plan back: removes what it made and reverts what it changed.
 * @throws CliError when a file was edited since, unless `force`; nothing is removed then
 */
export function revert(plan: Plan, { force, ...options }: ChangeOptions & { readonly force: boolean }): void {
  const { root, log } = options
  const record = readRecord(root)
  const found = plan.files.flatMap((file) => {
    const theirs = read(root, file.path)
    return theirs === undefined ? [] : [{ ...file, theirs }]
  })
  const there = found.filter(({ path, theirs, content }) => theirs === content || isOwn(record, plan.id, path))
  const edited = there.filter(({ path, theirs, content }) => theirs !== content && !isAsGenerated(record, path, theirs))
  if (edited.length > 0 && !force) {
    throw new CliError(
      `${edited.map(({ path }) => path).join(', ')}: changed since generated, so nothing was removed.`,
      'remove by hand what you do not need, or give --force to lose the changes.',
    )
  }
  const texts = new Texts(root)
  const reverted = [...plan.edits].reverse().map((edit): Decision => {
    const { path, what } = edit
    const text = texts.present(path) ?? ''
    const content = text === '' ? '' : (textBefore(record, plan.id, path, text) ?? edit.revert(text))
    texts.change(path, content)
    return { path, content, status: content === text ? 'unchanged' : 'revert', detail: what }
  })
  const all = [...reverted, ...followers(plan, texts, 'revert')]
  const paths = plan.files.map(({ path }) => path)
  const isKept = (path: string) => found.some((file) => file.path === path) && !there.some((file) => file.path === path)
  const forgotten = { path: RECORD, content: withoutCall(record, plan.id, paths) }
  // The record comes last: until all is done, the same command can take up where it was stopped.
  carryOut(options, [
    ...all.filter(({ status }) => status === 'revert'),
    // Those that are gone leave empty folders, where a process was killed.
    ...paths.filter((path) => !isKept(path)).map((path) => ({ path, content: undefined })),
    ...(existsSync(join(root, RECORD)) ? [forgotten] : []),
  ])
  for (const { path, status, detail } of all) log(status, path, detail)
  for (const { path } of plan.files) {
    if (isKept(path)) log('skip', path, 'was not generated')
    else log(found.some((file) => file.path === path) ? 'remove' : 'absent', path)
  }
}

/** The app's texts while a plan is decided on: each as the changes so far leave it. */
class Texts {
  readonly #root: string
  readonly #changed = new Map<string, string>()

  constructor(root: string) {
    this.#root = root
  }

  before(path: string): string | undefined {
    return read(this.#root, path)
  }

  present(path: string): string | undefined {
    return this.#changed.get(path) ?? this.before(path)
  }

  change(path: string, text: string): void {
    this.#changed.set(path, text)
  }
}

/** What follows from the edits that were decided on. */
function followers({ follow = [], edits }: Plan, texts: Texts, status: 'insert' | 'revert'): Decision[] {
  return follow.flatMap(({ path, from, what, otherwise, derive }): Decision[] => {
    const [text, before, after] = [texts.present(path), texts.before(from), texts.present(from)]
    if (text === undefined || before === undefined || after === undefined) return []
    // Where a process was killed between the two, the other file has its change already.
    const own = edits.filter((edit) => edit.path === from)
    const undone = own.reduce((so, edit) => (status === 'insert' ? edit.revert(so) : edit.apply(so)), after)
    const content = derive(text, [before, undone], after)
    if (content === text || (content === undefined && before === after)) return []
    if (content === undefined) return [{ path, content: text, status: 'skip', detail: otherwise }]
    return [{ path, content, status, detail: what }]
  })
}

function carryOut({ root, dryRun }: ChangeOptions, changes: readonly FileChange[]): void {
  for (const { path } of changes) checkInside(root, path)
  if (!dryRun) changeAll(root, changes)
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
