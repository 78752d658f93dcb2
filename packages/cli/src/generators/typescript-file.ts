// Why: files of the app's own are added to by what the parser says is there, in each file's own style. The only file that knows
// the parser.
import { parse } from '@babel/parser'
import type { Expression, File, ImportDeclaration, Node, Statement } from '@babel/types'
import { CliError } from '../cli-error.js'

export type {
  ArrayExpression,
  ArrowFunctionExpression,
  Expression,
  File,
  FunctionExpression,
  ImportDeclaration,
  Node,
  ObjectExpression,
  ObjectProperty,
  Statement,
} from '@babel/types'

/** How a file is written. */
export interface Style {
  readonly quote: string
  readonly semicolon: string
  readonly newline: string
  readonly indent: string
}

/** Reads TypeScript. @param path names the file, for the message @throws CliError where it cannot be read */
export function parseTypeScript(text: string, path: string): File {
  try {
    return parse(text, { sourceType: 'module', plugins: ['typescript', 'decorators-legacy'] })
  } catch (error) {
    throw new CliError(`${path} cannot be read: ${(error as Error).message}.`, 'mend it, then run this again.')
  }
}

/** What a file exports by default, there or under a name, without what only says its type. */
export function exportedDefault(file: File): Expression | undefined {
  const { body } = file.program
  for (const statement of body) {
    if (statement.type !== 'ExportDefaultDeclaration') continue
    const { declaration } = statement
    return declaration.type === 'Identifier'
      ? initialiser(body, declaration.name)
      : withoutType(declaration as Expression)
  }
  return undefined
}

/** What a name in a file stands for, where the file says so itself. */
export function initialiser(body: readonly Statement[], name: string): Expression | undefined {
  for (const statement of body) {
    if (statement.type !== 'VariableDeclaration') continue
    for (const { id, init } of statement.declarations)
      if (id.type === 'Identifier' && id.name === name && init) return withoutType(init)
  }
  return undefined
}

function withoutType(expression: Expression): Expression {
  return expression.type === 'TSSatisfiesExpression' || expression.type === 'TSAsExpression'
    ? withoutType(expression.expression)
    : expression
}

/**
 * Adds the import of a name; nothing where there is one.
 * @throws CliError where the name stands for something else
 */
export function addImport(text: string, path: string, name: string, specifier: string): string {
  const file = parseTypeScript(text, path)
  const imports = importsOf(file)
  const found = imports.find(({ specifiers }) => specifiers.some(({ local }) => local.name === name))
  if (found?.source.value === specifier) return text
  if (found !== undefined || isDeclared(file, name)) {
    throw new CliError(`In ${path}, ${name} is the name of something else.`, 'choose another name, or rename that.')
  }
  const beside = specifier.startsWith('.') ? undefined : imports.find(({ source }) => source.value === specifier)
  if (beside !== undefined && hasNames(beside)) return addSpecifier(text, beside, name)
  const { quote, semicolon, newline } = styleOf(text, file)
  const line = `import { ${name} } from ${quote}${specifier}${quote}${semicolon}${newline}`
  // Among the relative imports, in the order of their paths, as formatters sort them.
  const next = imports.find(({ source }) => source.value.startsWith('.') && source.value > specifier)
  const last = imports.at(-1)
  const at =
    next === undefined
      ? last === undefined
        ? 0
        : lineAfter(text, last.end as number)
      : lineOf(text, next.start as number)
  return text.slice(0, at) + line + text.slice(at)
}

/** Whether an import has names in braces, as values. */
function hasNames({ importKind, specifiers }: ImportDeclaration): boolean {
  return importKind !== 'type' && specifiers.at(-1)?.type === 'ImportSpecifier'
}

/** Among the names that an import has, in the order of the alphabet, as formatters sort them. */
function addSpecifier(text: string, { specifiers }: ImportDeclaration, name: string): string {
  const named = specifiers.filter(({ type }) => type === 'ImportSpecifier')
  const next = named.find(({ local }) => local.name.toLowerCase() > name.toLowerCase())
  const last = named.at(-1) as (typeof named)[number]
  const beside = next ?? last
  const start = beside.start as number
  const isAlone = text.slice(lineOf(text, start), start).trim() === ''
  const gap = isAlone ? `${text.includes('\r\n') ? '\r\n' : '\n'}${indentAt(text, start)}` : ' '
  if (next !== undefined) return `${text.slice(0, start)}${name},${gap}${text.slice(start)}`
  const end = last.end as number
  return `${text.slice(0, end)},${gap}${name}${text.slice(end)}`
}

function isDeclared(file: File, name: string): boolean {
  return file.program.body.some((statement) => {
    const declaration =
      statement.type === 'ExportNamedDeclaration' && statement.declaration ? statement.declaration : statement
    if (declaration.type === 'VariableDeclaration')
      return declaration.declarations.some(({ id }) => id.type === 'Identifier' && id.name === name)
    return (
      (declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') &&
      declaration.id?.name === name
    )
  })
}

/** Takes the import of a name away, if nothing uses it any more. */
export function removeImport(text: string, path: string, name: string, specifier: string): string {
  const file = parseTypeScript(text, path)
  const declaration = importsOf(file).find(
    ({ source, specifiers }) => source.value === specifier && specifiers.some(({ local }) => local.name === name),
  )
  if (declaration === undefined || file.program.body.some((one) => one.type !== 'ImportDeclaration' && uses(one, name)))
    return text
  const { specifiers } = declaration
  if (specifiers.length === 1) return removeLines(text, declaration)
  const at = specifiers.findIndex(({ local }) => local.name === name)
  const [one, next, previous] = [specifiers[at], specifiers[at + 1], specifiers[at - 1]]
  const from = next === undefined ? previous?.end : one?.start
  const to = next === undefined ? one?.end : next.start
  return text.slice(0, from as number) + text.slice(to as number)
}

/** Whether a name occurs in code: not in comments or strings. */
function uses(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((one) => uses(one, name))
  if (typeof node !== 'object' || node === null) return false
  const { type, name: own, ...rest } = node as { readonly type?: unknown; readonly name?: unknown }
  if (type === 'Identifier' && own === name) return true
  return Object.entries(rest).some(([key, value]) => !/Comments$|^(?:loc|extra)$/.test(key) && uses(value, name))
}

/** The imports of a file, in their order. */
export function importsOf(file: File): ImportDeclaration[] {
  return file.program.body.filter((statement) => statement.type === 'ImportDeclaration')
}

/** How a file is written, judged by its first import. */
export function styleOf(text: string, file: File): Style {
  const [first] = importsOf(file)
  const source = first === undefined ? "''" : text.slice(first.source.start as number, first.source.end as number)
  return {
    quote: source[0] === '"' ? '"' : "'",
    semicolon: first !== undefined && text[(first.end as number) - 1] === ';' ? ';' : '',
    newline: text.includes('\r\n') ? '\r\n' : '\n',
    indent: /^(\t| {2,8})\S/m.exec(text)?.[1] ?? '  ',
  }
}

/** Where the line begins that a position is in. */
export function lineOf(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1
}

/** Where the line after a position begins. */
export function lineAfter(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end + 1
}

/** The white space at the beginning of the line that a position is in. */
export function indentAt(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(lineOf(text, at)))?.[0] ?? ''
}

/** A text without the lines that a node stands in. */
export function removeLines(text: string, { start, end }: Pick<Node, 'start' | 'end'>): string {
  return text.slice(0, lineOf(text, start as number)) + text.slice(lineAfter(text, end as number))
}
