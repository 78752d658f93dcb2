// Why: an item goes into a list, or out of it, as the list is written: on one line or on one each, with or without a last comma.
import { indentAt, lineAfter, lineOf, type Style } from './typescript-file.js'

/** Where an item is in the text. The parser's nodes are such. */
export interface ListItem {
  readonly start?: number | null | undefined
  readonly end?: number | null | undefined
}

/** An array, or an object, in a text. */
interface List {
  /** Where its opening bracket is. */
  readonly start: number
  /** After its closing bracket. */
  readonly end: number
  readonly items: readonly ListItem[]
  /** Whether a comma follows its last item. */
  readonly trailingComma: boolean
  /** What stands inside the brackets when it is on one line. */
  readonly padding: string
}

/** How long a line is at most, as new apps are formatted. */
const WIDTH = 120

/** Adds an item. @param index the place that it takes; at the end without it */
export function addItem(text: string, list: List, item: string, style: Style, index = list.items.length): string {
  const { start, end, items, padding } = list
  const inside = text.slice(start + 1, end - 1)
  if (items.length > 0 && !inside.includes('\n')) {
    const texts = items.map((one) => text.slice(one.start as number, one.end as number))
    texts.splice(index, 0, item)
    const line = `${text[start]}${padding}${texts.join(', ')}${padding}${text[end - 1]}`
    if (start - lineOf(text, start) + line.length + 1 <= WIDTH) return text.slice(0, start) + line + text.slice(end)
    return text.slice(0, start) + onLines(text, list, texts, style) + text.slice(end)
  }
  if (items.length === 0 && inside.trim() === '')
    return text.slice(0, start) + emptyWith(text, list, item, style) + text.slice(end)
  const next = items[index]
  if (next !== undefined) {
    const at = next.start as number
    return `${text.slice(0, at)}${item},${style.newline}${indentAt(text, at)}${text.slice(at)}`
  }
  return append(text, list, item, style)
}

function emptyWith(text: string, list: List, item: string, style: Style): string {
  return list.padding === '' ? `[${item}]` : onLines(text, list, [item], style)
}

function onLines(text: string, { start, end }: List, items: readonly string[], { newline, indent }: Style): string {
  const outer = indentAt(text, start)
  const lines = items.map((item) => `${outer}${indent}${item},${newline}`).join('')
  return `${text[start]}${newline}${lines}${outer}${text[end - 1]}`
}

/** Behind the last item of a list that takes several lines, on a line of its own. */
function append(text: string, { start, end, items, trailingComma }: List, item: string, style: Style): string {
  const last = items.at(-1)
  const closing = end - 1
  const indent = last === undefined ? indentAt(text, start) + style.indent : indentAt(text, last.start as number)
  const line = `${indent}${item}${trailingComma || last === undefined ? ',' : ''}${style.newline}`
  if (last === undefined) return text.slice(0, lineOf(text, closing)) + line + text.slice(lineOf(text, closing))
  const after = last.end as number
  const comma = trailingComma ? '' : ','
  if (lineOf(text, after) === lineOf(text, closing))
    return `${text.slice(0, after)},${style.newline}${indent}${item}${text.slice(after)}`
  const at = lineOf(text, closing)
  return `${text.slice(0, after)}${comma}${text.slice(after, at)}${line}${text.slice(at)}`
}

/** Takes an item out. */
export function removeItem(text: string, { items, trailingComma }: List, index: number): string {
  const [item, next, previous] = [items[index], items[index + 1], items[index - 1]]
  const [from, to] = [item?.start as number, item?.end as number]
  const isAlone =
    text.slice(lineOf(text, from), from).trim() === '' && /^,?\s*$/.test(text.slice(to, lineAfter(text, to)))
  if (isAlone) {
    const before = text.slice(0, lineOf(text, from))
    // The comma before goes with it, where the list has none at its end.
    const end = previous?.end as number
    const kept =
      next === undefined && previous !== undefined && !trailingComma
        ? before.slice(0, end) + before.slice(end).replace(',', '')
        : before
    return kept + text.slice(lineAfter(text, to))
  }
  if (next !== undefined) return text.slice(0, from) + text.slice(next.start as number)
  return previous === undefined
    ? text.slice(0, from) + text.slice(to)
    : text.slice(0, previous.end as number) + text.slice(to)
}
