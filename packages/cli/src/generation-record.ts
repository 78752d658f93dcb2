// Why: to take back exactly what was generated, it is remembered what that was; git ignores the record, as the rest of tmp/.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the record is, below the app's folder. */
export const RECORD = 'tmp/generated.json'

/** What was generated here. */
export interface GenerationRecord {
  /** The SHA-256 of each file's content as it was generated. */
  readonly files: Readonly<Record<string, string>>
  /** The arguments of each generator's call, by its name: `controller posts`. */
  readonly calls: Readonly<Record<string, readonly string[]>>
  /** Files of the app whose change cannot be taken back to the byte: what they were, by the call and the file. */
  readonly edits: Readonly<Record<string, RecordedEdit>>
}

/** A change of a file. */
export interface RecordedEdit {
  readonly before: string
  /** The SHA-256 of what it was changed to. */
  readonly after: string
}

/** The change of a file by a call, in `edits`. */
export function editKey(id: string, path: string): string {
  return `${id} ${path}`
}

/** How a change is recorded. */
export function recordedEdit(before: string, after: string): RecordedEdit {
  return { before, after: digest(after) }
}

/** What a file was before a call changed it, if it is still what it was changed to. */
export function textBefore(record: GenerationRecord, id: string, path: string, text: string): string | undefined {
  const edit = record.edits[editKey(id, path)]
  return edit?.after === digest(text) ? edit.before : undefined
}

/** Reads the record; an unreadable one is as none. */
export function readRecord(root: string): GenerationRecord {
  try {
    const text = readFileSync(join(root, RECORD), 'utf8')
    const { files = {}, calls = {}, edits = {} } = JSON.parse(text) as Partial<GenerationRecord>
    return { files, calls, edits }
  } catch {
    return { files: {}, calls: {}, edits: {} }
  }
}

/** The record as text, with some files and a call added. */
export function withCall(
  record: GenerationRecord,
  call: { readonly id: string; readonly args: readonly string[] },
  files: readonly { readonly path: string; readonly content: string }[],
  edits: GenerationRecord['edits'],
): string {
  const hashes = Object.fromEntries(files.map(({ path, content }) => [path, digest(content)]))
  return toText({
    files: { ...record.files, ...hashes },
    calls: { ...record.calls, [call.id]: call.args },
    edits: { ...record.edits, ...edits },
  })
}

/** The record as text, with some files and a call taken out. */
export function withoutCall(record: GenerationRecord, id: string, paths: readonly string[]): string {
  const files = Object.entries(record.files).filter(([path]) => !paths.includes(path))
  const calls = Object.entries(record.calls).filter(([name]) => name !== id)
  const edits = Object.entries(record.edits).filter(([key]) => !key.startsWith(editKey(id, '')))
  return toText({
    files: Object.fromEntries(files),
    calls: Object.fromEntries(calls),
    edits: Object.fromEntries(edits),
  })
}

/** Whether a file is, to the byte, as it was generated. */
export function isAsGenerated(record: GenerationRecord, path: string, content: string): boolean {
  return record.files[path] === digest(content)
}

/** Whether a call that is on record made a file, or none is and nothing is known of it. */
export function isOwn(record: GenerationRecord, id: string, path: string): boolean {
  return record.calls[id] === undefined || record.files[path] !== undefined
}

function toText(record: GenerationRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
