// Reads what source files import, for the tests that hold the architecture.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'

/** One import or re-export, types included. */
export interface Import {
  /** As it is written: `./errors.js`, `pino`. */
  readonly specifier: string
  /** The imported file below the folder of the sources, without its ending; undefined for a package. */
  readonly file: string | undefined
  /** Erased when compiled. */
  readonly isType: boolean
  readonly isExport: boolean
}

/** A source file. */
export interface Source {
  /** Below the folder of the sources, without its ending: `http/request`. */
  readonly file: string
  readonly text: string
  readonly imports: readonly Import[]
}

const NAMES = String.raw`(?:type\s+)?(?:[\w$]+\s*,?\s*)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})?\s*`
const STATEMENT = new RegExp(String.raw`^[ \t]*(import|export)\s*(?:(${NAMES})\bfrom\s*)?['"]([^'"\n]+)['"]`, 'gm')
const CALL = /\b(?:import|require|createRequire\([^)]*\))\(\s*['"]([^'"\n]+)['"]/g

/** All TypeScript files of a folder; none when there is no such folder. */
export function readSources(folder: string): Source[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(folder, path), 'utf8')
      return { file: withoutEnding(path), text, imports: importsOf(text, dirname(path)) }
    })
}

/** What a text, of a file in a folder below that of the sources, imports. */
export function importsOf(text: string, folder: string): Import[] {
  const code = text.replace(/^[ \t]*(?:\/\/|\/?\*).*$/gm, '')
  const statements = [...code.matchAll(STATEMENT)].map(([, word, clause = '', specifier = '']) =>
    made(specifier, folder, isTypeClause(clause), word === 'export'),
  )
  const calls = [...code.matchAll(CALL)].map(([, specifier = '']) => made(specifier, folder, false, false))
  return [...statements, ...calls]
}

function made(specifier: string, folder: string, isType: boolean, isExport: boolean): Import {
  const file = specifier.startsWith('.') ? withoutEnding(relative('.', normalize(join(folder, specifier)))) : undefined
  return { specifier, file, isType, isExport }
}

/** `type { A }`, or `{ type A, type B }`. */
function isTypeClause(clause: string): boolean {
  const names = /^\s*\{([^}]*)\}\s*$/.exec(clause)?.[1]
  if (names === undefined) return /^\s*type\b/.test(clause)
  const all = names.split(',').filter((name) => name.trim() !== '')
  return all.length > 0 && all.every((name) => /^\s*type\s/.test(name))
}

function withoutEnding(path: string): string {
  return path.replace(/\.[cm]?[jt]s$/, '')
}
