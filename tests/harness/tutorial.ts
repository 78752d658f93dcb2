// Walks through a tutorial as a reader would: in one folder, in the order of the page, with a terminal for what keeps running.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { applyPatch } from 'diff'
import { execute, freePort, type Running, start } from './processes.js'

/** Where and how a page is followed. */
export interface Walk {
  /** The folder in which the reader begins. */
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  /** What is typed in place of what the page says: what is not published yet comes from a tarball. */
  readonly replace?: (command: string) => string
}

/** How long a command of the page took. */
export interface Step {
  readonly command: string
  /** Milliseconds. */
  readonly took: number
}

const BLOCK = /^```(\w+)(?: file=(\S+))?\n([\s\S]*?)^```$/gm
/** What keeps running, and prints this when it is ready. */
const SERVER = /\bcontrail (?:server|start)\b|\bnode (?:\S+ )*dist\/server\.js/
const READY = /ready in|listening on/

/**
 * Does what a page says: ```ts file=…``` is written, ```diff file=…``` applied, and each `$ command` of ```console``` run in
 * a shell. `cd` lasts. A server runs on until `^C`. Every line below a command must be in what it prints, in this order; `…`
 * stands for anything, in a line and between lines.
 * @throws Error naming the command and what it printed, where page and program differ
 */
export async function walk(page: string, { folder, env, replace = (command) => command }: Walk): Promise<Step[]> {
  const steps: Step[] = []
  const port = await freePort()
  let here = folder
  let server: Running | undefined
  const environment = { ...env, PORT: String(port) }
  const run = async (typed: string): Promise<string> => {
    const command = replace(typed)
      .replaceAll('localhost:3000', `localhost:${port}`)
      .replace(/\bcurl\b/, 'curl -sS')
    const into = /^cd (\S+)$/.exec(command)
    if (into !== null) {
      here = resolve(here, into[1] as string)
      return ''
    }
    if (SERVER.test(command)) {
      server = start('bash', ['-c', command], { cwd: here, env: environment })
      await server.waitFor(READY)
      return server.output()
    }
    const { code, output } = await execute('bash', ['-c', command], { cwd: here, env: environment })
    if (code !== 0) throw new Error(`$ ${typed}\nended with ${code}:\n${output}`)
    return output
  }
  try {
    for (const [, language, file, text = ''] of readFileSync(page, 'utf8').matchAll(BLOCK)) {
      if (file !== undefined) write(join(here, file), language === 'diff', text)
      else if (language === 'console') {
        for (const [whole, command, shown = ''] of text.matchAll(/^(?:\$ (.*)|\^C)\n((?:(?!\$ |\^C).*\n)*)/gm)) {
          const startedAt = performance.now()
          if (command === undefined) await server?.stop('SIGINT')
          else compare(command, await run(command), shown, port)
          steps.push({ command: command ?? whole.trim(), took: performance.now() - startedAt })
        }
      }
    }
  } finally {
    server?.kill('SIGKILL')
  }
  return steps
}

function write(path: string, isPatch: boolean, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, isPatch ? patched(path, text) : text)
}

function patched(path: string, change: string): string {
  const before = readFileSync(path, 'utf8')
  const after = applyPatch(before, numbered(change))
  if (after === false) throw new Error(`The change does not fit ${path}:\n${change}\nIt is:\n${before}`)
  return after
}

/** A page shows hunks without line numbers, `@@` between them: where they belong is told by the lines around. */
function numbered(text: string): string {
  const hunks = text.split(/^@@.*\n/m).filter((hunk) => hunk.trim() !== '')
  const parts = hunks.map((hunk) => {
    const lines = hunk.replace(/\n$/, '').split('\n')
    const count = (sign: string) => lines.filter((line) => !line.startsWith(sign)).length
    return `@@ -1,${count('+')} +1,${count('-')} @@\n${lines.map((line) => line || ' ').join('\n')}\n`
  })
  return `--- a\n+++ b\n${parts.join('')}`
}

function compare(command: string, output: string, shown: string, port: number): void {
  const printed = stripVTControlCharacters(output)
    .replaceAll('\r', '')
    .replace(/[^\S\n]+/g, ' ')
    .replaceAll(`localhost:${port}`, 'localhost:3000')
    .replaceAll(`127.0.0.1:${port}`, 'localhost:3000')
  const expected = shown.replaceAll('127.0.0.1:3000', 'localhost:3000').split('\n')
  const lines = expected.filter((line) => line.trim() !== '' && line.trim() !== '…')
  let from = 0
  for (const line of lines) {
    const pattern = new RegExp(line.trim().replace(/\s+/g, ' ').split('…').map(literal).join('.*'), 'g')
    pattern.lastIndex = from
    const found = pattern.exec(printed)
    if (found === null) throw new Error(`$ ${command}\nshould print: ${line}\nbut printed:\n${printed}`)
    from = found.index + found[0].length
  }
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
