// Why: rows as people at a terminal read them.
import { stripVTControlCharacters } from 'node:util'
import type { Rows } from './app-database.js'

/** Rows as a table; of a statement that returns none, what it did: `INSERT 1`. */
export function tableOf(rows: Rows): string {
  const { columns = [], command, count } = rows
  if (columns.length === 0) return [command ?? 'done', ...(command && count ? [count] : [])].join(' ')
  const names = columns.map(({ name }) => name)
  const cells = rows.map((row) => names.map((name) => textOf(row[name])))
  const widths = names.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)))
  const line = (texts: readonly string[]) =>
    texts
      .map((text, at) => ` ${text.padEnd(widths[at] as number)} `)
      .join('|')
      .trimEnd()
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+')
  return [line(names), rule, ...cells.map(line), `(${rows.length} row${rows.length === 1 ? '' : 's'})`].join('\n')
}

/** What came from others is data, and moves no cursor. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  const text =
    value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : String(value)
  return stripVTControlCharacters(text)
    .replaceAll('\n', '\\n')
    .replace(/\p{Cc}/gu, '�')
}
