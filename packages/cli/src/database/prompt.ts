// Why: SQL by hand where there is no psql, or no server that it could reach: the database may be embedded in this process.
import { createInterface } from 'node:readline'
import type { AppDatabase, Rows } from './app-database.js'
import { isBlank, isWhole } from './statements.js'
import { tableOf } from './table.js'

const LEAVE = /^\s*(?:\\q|exit|quit)\s*;?\s*$/i

/**
 * Reads statements from standard input until it ends, or `\q`, and prints what they come to.
 * @param prompt shown at a terminal only
 * @returns the exit code: 1 when a statement failed that did not come from a person
 */
export async function readStatements({ execute }: Pick<AppDatabase, 'execute'>, prompt: string): Promise<number> {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY
  const lines = createInterface({ input: process.stdin, ...(isTerminal ? { output: process.stdout } : {}) })
  let failed = false
  let text = ''
  const run = async () => {
    const statements = text
    text = ''
    if (!isBlank(statements)) failed = !(await print(execute, statements)) || failed
  }
  const ask = () => {
    if (!isTerminal) return
    lines.setPrompt(text === '' ? `${prompt}> ` : `${' '.repeat(prompt.length - 1)}-> `)
    lines.prompt()
  }
  lines.on('SIGINT', () => {
    if (text === '') lines.close()
    else {
      text = ''
      process.stdout.write('\n')
      ask()
    }
  })
  ask()
  for await (const line of lines) {
    if (text === '' && LEAVE.test(line)) break
    text += `${line}\n`
    if (isBlank(text)) text = ''
    else if (isWhole(text)) await run()
    ask()
  }
  await run()
  lines.close()
  return failed && !isTerminal ? 1 : 0
}

async function print(execute: AppDatabase['execute'], statements: string): Promise<boolean> {
  try {
    const result = await execute(statements)
    const results = isOne(result) ? [result] : result
    for (const rows of results) process.stdout.write(`${tableOf(rows)}\n`)
    return true
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return false
  }
}

/** Of several statements there is a list, without a command of its own. */
function isOne(result: Rows | readonly Rows[]): result is Rows {
  return 'command' in result
}
