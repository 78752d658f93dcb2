// Why: code that does not load is the commonest error of all; it is told with file, line and the lines around it.
import { readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { inspect, stripVTControlCharacters } from 'node:util'

/** What kept the app from loading, ready to be shown. */
export interface LoadFailure {
  readonly title: string
  readonly message: string
  /** `app/controllers/posts-controller.ts:12:5` */
  readonly place: string | undefined
  /** The same, for an editor to open. */
  readonly location: Location | undefined
  readonly frame: string | undefined
  readonly stack: string | undefined
  /** Whether a file that is imported is not there: its coming is no change to any file that was loaded. */
  readonly isMissingFile: boolean
  /** Where that file may come to be. */
  readonly missingFiles: readonly string[]
}

/** A place in a file, by its absolute path. */
export interface Location {
  readonly file: string
  readonly line: number
  readonly column: number
}

const NOTHING_KNOWN = {
  place: undefined,
  location: undefined,
  frame: undefined,
  stack: undefined,
  isMissingFile: false,
  missingFiles: [],
}

/** Reads an error from the loader, from a boot check, or from the app's own modules. */
export function describeFailure(error: unknown, root: string): LoadFailure {
  if (!(error instanceof Error)) {
    const message = `something that is no Error was thrown: ${inspect(error, { depth: 2 })}`
    return { ...NOTHING_KNOWN, title: 'Error', message }
  }
  const stack = stripVTControlCharacters(error.stack ?? '')
  const message = stripVTControlCharacters(error.message)
  const missing = MISSING_IMPORT.exec(message)
  if (missing !== null) return missingImport(missing[1] as string, missing[2] as string, root)
  const syntax = syntaxLocation(error)
  const location = syntax ?? ownLocation(stack, root)
  return {
    ...NOTHING_KNOWN,
    title: syntax === undefined ? error.name : 'SyntaxError',
    message: syntax === undefined ? withHint(message) : syntaxMessage(error, message),
    place: location && placeOf(location, root),
    location,
    frame: location && codeFrame(location),
    stack: syntax === undefined && error.name !== 'BootError' ? stack : undefined,
    isMissingFile: /Cannot find (?:module|package)/.test(message),
  }
}

/** What a person cannot see from the message alone. */
function withHint(message: string): string {
  if (!message.startsWith('Class extends value undefined')) return message
  return `${message}. The file it comes from does not export it, or two files import each other in a circle.`
}

const MISSING_IMPORT = /^Failed to load url (\S+) \(resolved id: .*?\) in (.+?)\. Does the file exist\?$/

function missingImport(specifier: string, importer: string, root: string): LoadFailure {
  const index = readLines(importer).findIndex(
    (line) => line.includes(`'${specifier}'`) || line.includes(`"${specifier}"`),
  )
  const column = (readLines(importer)[index]?.indexOf(specifier) ?? 0) + 1
  const location = { file: importer, line: index + 1, column }
  const path = resolve(dirname(importer), specifier)
  return {
    ...NOTHING_KNOWN,
    title: 'ImportError',
    message: `${specifier} cannot be found. Is the file there, and is the name spelt as on disk?`,
    place: index === -1 ? relative(root, importer) : placeOf(location, root),
    location: index === -1 ? undefined : location,
    frame: index === -1 ? undefined : codeFrame(location),
    isMissingFile: true,
    missingFiles: specifier.startsWith('.') ? [path, path.replace(/\.js$/, '.ts')] : [],
  }
}

function placeOf({ file, line, column }: Location, root: string): string {
  return `${relative(root, file) || file}:${line}:${column}`
}

interface ParseError {
  readonly message?: string
  readonly id?: string
  readonly loc?: { readonly file?: string; readonly line: number; readonly column: number }
}

function parseErrors(error: Error): ParseError[] {
  const { errors } = error as { errors?: unknown }
  return Array.isArray(errors) ? (errors as ParseError[]) : [error as ParseError]
}

function syntaxLocation(error: Error): Location | undefined {
  for (const { loc, id } of parseErrors(error)) {
    const file = loc?.file ?? id ?? (error as ParseError).id
    if (loc !== undefined && file !== undefined)
      return { file: file.split('?')[0] as string, line: loc.line, column: loc.column + 1 }
  }
  return undefined
}

function syntaxMessage(error: Error, whole: string): string {
  const first = parseErrors(error)[0]?.message
  const text = stripVTControlCharacters(first ?? whole)
  const lines = text.split('\n').map((line) => line.trim())
  return (
    lines
      .find((line) => line !== '' && !/^(?:Transform failed|Build failed|Parse failed)/.test(line))
      ?.replace(/^\[?PARSE_ERROR\]?:?\s*/, '') ?? text
  )
}

/** The first place in a stack that is in the app itself. */
function ownLocation(stack: string, root: string): Location | undefined {
  for (const line of stack.split('\n')) {
    const match = /\(?((?:file:\/\/)?\/[^():]+):(\d+):(\d+)\)?$/.exec(line)
    const file = match?.[1]?.replace(/^file:\/\//, '')
    if (match === null || file === undefined || !file.startsWith(`${root}/`) || file.includes('/node_modules/'))
      continue
    return { file, line: Number(match[2]), column: Number(match[3]) }
  }
  return undefined
}

const CONTEXT = 3

function codeFrame({ file, line, column }: Location): string | undefined {
  const lines = readLines(file)
  if (lines.length === 0) return undefined
  const first = Math.max(1, line - CONTEXT)
  const last = Math.min(lines.length, line + CONTEXT)
  const width = String(last).length
  const frame: string[] = []
  for (let number = first; number <= last; number++) {
    frame.push(
      `${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${lines[number - 1] ?? ''}`.trimEnd(),
    )
    if (number === line) frame.push(`  ${' '.repeat(width)} | ${' '.repeat(Math.max(0, column - 1))}^`)
  }
  return frame.join('\n')
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}
