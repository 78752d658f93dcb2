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
}

/** Reads the record; an unreadable one is as none. */
export function readRecord(root: string): GenerationRecord {
  try {
    const { files = {}, calls = {} } = JSON.parse(readFileSync(join(root, RECORD), 'utf8')) as Partial<GenerationRecord>
    return { files, calls }
  } catch {
    return { files: {}, calls: {} }
  }
}

/** The record as text, with some files and a call added. */
export function withCall(
  record: GenerationRecord,
  call: { readonly id: string; readonly args: readonly string[] },
  files: readonly { readonly path: string; readonly content: string }[],
): string {
  const hashes = Object.fromEntries(files.map(({ path, content }) => [path, digest(content)]))
  return toText({ files: { ...record.files, ...hashes }, calls: { ...record.calls, [call.id]: call.args } })
}

/** The record as text, with some files and a call taken out. */
export function withoutCall(record: GenerationRecord, id: string, paths: readonly string[]): string {
  const files = Object.entries(record.files).filter(([path]) => !paths.includes(path))
  const calls = Object.entries(record.calls).filter(([name]) => name !== id)
  return toText({ files: Object.fromEntries(files), calls: Object.fromEntries(calls) })
}

/** Whether a file is, to the byte, as it was generated. */
export function isAsGenerated(record: GenerationRecord, path: string, content: string): boolean {
  return record.files[path] === digest(content)
}

function toText(record: GenerationRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
