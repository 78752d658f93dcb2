// Why: a developer who meets an error wants to see the line that threw it, without looking for the file first.
import { readFileSync } from 'node:fs'

/** Lines of the app around the place where an error was thrown. */
export interface CodeFrame {
  /** `/home/ada/blog/app/controllers/posts-controller.ts:12:5` */
  readonly place: string
  readonly lines: readonly { readonly number: number; readonly text: string; readonly isHit: boolean }[]
}

const PLACE = /\(?(?:file:\/\/)?(\/[^():]+):(\d+):(\d+)\)?$/
const NOT_OWN = /node_modules|node:|packages\/framework/
const CONTEXT = 3

/** Whether a line of a stack is the app's own. */
export function isOwnLine(line: string): boolean {
  return line.trimStart().startsWith('at ') && !NOT_OWN.test(line)
}

/** The file, line and column at the end of a line of a stack, and how they stand there. */
export function placeIn(
  line: string,
): { readonly file: string; readonly line: number; readonly column: number; readonly text: string } | undefined {
  const [, file, number, column] = PLACE.exec(line) ?? []
  if (file === undefined) return undefined
  return { file, line: Number(number), column: Number(column), text: `${file}:${number}:${column}` }
}

/** The lines around the first place in a stack that is the app's own; undefined when its file cannot be read. For development. */
export function codeFrame(stack: readonly string[]): CodeFrame | undefined {
  const [, file, line, column] = PLACE.exec(stack.find(isOwnLine) ?? '') ?? []
  if (file === undefined) return undefined
  const hit = Number(line)
  const source = readLines(file)
  const first = Math.max(1, hit - CONTEXT)
  const lines = source.slice(first - 1, hit + CONTEXT).map((text, index) => {
    const number = first + index
    return { number, text, isHit: number === hit }
  })
  return lines.some(({ isHit }) => isHit) ? { place: `${file}:${line}:${column}`, lines } : undefined
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)
  } catch {
    return []
  }
}
