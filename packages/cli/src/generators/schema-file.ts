// Why: db/schema.ts names every table of an app, a line for each model; that line comes and goes with the model.
import type { Edit } from '../plan.js'
import { lineAfter, parseTypeScript, removeLines, type Statement, styleOf } from './typescript-file.js'

/** Where an app names its tables. */
export const SCHEMA_FILE = 'db/schema.ts'

/** `export * from '../app/models/post.js'`, in the order of the alphabet. */
export function schemaEdit(model: string): Edit {
  const specifier = `../app/models/${model}.js`
  return {
    path: SCHEMA_FILE,
    what: specifier,
    apply: (text) => addExport(text, specifier),
    revert: (text) => removeExport(text, specifier),
  }
}

/** The models that db/schema.ts names: their specifiers, and where they stand. */
function exportsOf(text: string): { readonly source: string; readonly statement: Statement }[] {
  return parseTypeScript(text, SCHEMA_FILE).program.body.flatMap((statement) =>
    statement.type === 'ExportAllDeclaration' ? [{ source: statement.source.value, statement }] : [],
  )
}

function addExport(text: string, specifier: string): string {
  const exports = exportsOf(text)
  if (exports.some(({ source }) => source === specifier)) return text
  const file = parseTypeScript(text, SCHEMA_FILE)
  const { newline } = styleOf(text, file)
  const quote = exports.length > 0 && !text.includes("'") ? '"' : "'"
  const line = `export * from ${quote}${specifier}${quote}${newline}`
  const empty = emptyExport(text)
  const next = exports.find(({ source }) => source > specifier)
  const last = exports.at(-1)
  if (next !== undefined) return insert(text, next.statement.start as number, line)
  if (last !== undefined) return insert(text, lineAfter(text, last.statement.end as number), line)
  // A module without exports says so: `export {}`.
  if (empty !== undefined) return insert(removeLines(text, empty), empty.start as number, line)
  return `${text}${text === '' || text.endsWith('\n') ? '' : newline}${line}`
}

function removeExport(text: string, specifier: string): string {
  const exports = exportsOf(text)
  const found = exports.find(({ source }) => source === specifier)
  if (found === undefined) return text
  const { newline } = styleOf(text, parseTypeScript(text, SCHEMA_FILE))
  const without = removeLines(text, found.statement)
  if (parseTypeScript(without, SCHEMA_FILE).program.body.length > 0) return without
  return insert(without, Math.min(found.statement.start as number, without.length), `export {}${newline}`)
}

function emptyExport(text: string): Statement | undefined {
  return parseTypeScript(text, SCHEMA_FILE).program.body.find(
    (one) => one.type === 'ExportNamedDeclaration' && one.declaration == null && one.specifiers.length === 0,
  )
}

function insert(text: string, at: number, line: string): string {
  return text.slice(0, at) + line + text.slice(at)
}
