// Why: a line at a prompt may be half a statement: it ends with a semicolon that is in no string, name or comment.

const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//g

/** What a mark begins that does not end: the statement goes on. */
const OPEN = /['"]|\$\w*\$|\/\*/

/** Whether a text is statements that are whole, with the semicolon of the last. */
export function isWhole(text: string): boolean {
  const bare = text.replace(QUOTED, (match) => (/^(?:--|\/\*)/.test(match) ? '' : 'x'))
  return !OPEN.test(bare) && bare.trimEnd().endsWith(';')
}

/** Whether there is nothing in a text for a database to do. */
export function isBlank(text: string): boolean {
  return text.replace(QUOTED, (match) => (/^(?:--|\/\*)/.test(match) ? '' : 'x')).trim() === ''
}
