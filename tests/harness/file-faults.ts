// Watches or breaks what a program under test does to files. Node's own functions are replaced until the returned function is called.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** The functions with which the command line changes an app, and which of their arguments is the file that comes to be. */
const WRITERS = { writeFileSync: 0, renameSync: 1, mkdirSync: 0, rmSync: 0, rmdirSync: 0, chmodSync: 0 } as const

type Writer = keyof typeof WRITERS
type Call = (...args: unknown[]) => unknown

/** Calls `around` in the place of each function that writes, with the path, and a function that does what was asked for. */
export function aroundWrites(around: (name: Writer, path: string, args: unknown[], call: Call) => unknown): () => void {
  const table = fs as unknown as Record<Writer, Call>
  const originals = (Object.keys(WRITERS) as Writer[]).map((name) => [name, table[name]] as const)
  let inside = false
  for (const [name, original] of originals) {
    table[name] = (...args) => {
      // What a function of Node's or of the watcher does itself is not the program's.
      if (inside) return original(...args)
      inside = true
      try {
        return around(name, String(args[WRITERS[name]]), args, original)
      } finally {
        inside = false
      }
    }
  }
  syncBuiltinESMExports()
  return () => {
    for (const [name, original] of originals) table[name] = original
    syncBuiltinESMExports()
  }
}

/** Makes writing to some paths fail as it does for who may not. */
export function failOnWrite(isForbidden: (path: string) => boolean): () => void {
  return aroundWrites((name, path, args, call) => {
    if (!isForbidden(path) || name === 'rmSync') return call(...args)
    throw Object.assign(new Error(`EACCES: permission denied, ${name} '${path}'`), { code: 'EACCES' })
  })
}
