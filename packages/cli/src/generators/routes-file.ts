// Why: config/routes.ts belongs to the app; a generator adds to it by what the parser says is there, in the file's own style.
import { parse } from '@babel/parser'
import type {
  ArrowFunctionExpression,
  Expression,
  File,
  FunctionExpression,
  ImportDeclaration,
  Statement,
} from '@babel/types'
import { CliError } from '../cli-error.js'

/** A route to add, and the controller it needs. */
export interface RouteAddition {
  /** Namespaces around it, outermost first, as `r.namespace` takes them. */
  readonly namespaces: readonly string[]
  /** The call, without the mapper: `resources('posts', PostsController)`. */
  readonly call: string
  readonly controller: string
  /** From config/routes.ts: `../app/controllers/posts-controller.js`. */
  readonly specifier: string
}

type DrawFunction = ArrowFunctionExpression | FunctionExpression

/** How a file is written. */
interface Style {
  readonly quote: string
  readonly semicolon: string
  readonly newline: string
  readonly indent: string
}

/**
 * Adds routes to the text of config/routes.ts, and the import they need; what is there already stays as it is.
 * @throws CliError when there is no `defineRoutes((r) => { … })` to add to
 */
export function addRoutes(text: string, additions: readonly RouteAddition[]): string {
  return additions.reduce((result, addition) => addImport(addRoute(result, addition), addition), text)
}

/** Takes routes away again, and an import that nothing uses any more. The reverse of {@link addRoutes}. */
export function removeRoutes(text: string, additions: readonly RouteAddition[]): string {
  return additions.reduceRight((result, addition) => removeImport(removeRoute(result, addition), addition), text)
}

function addRoute(text: string, addition: RouteAddition): string {
  const file = parseRoutes(text)
  const style = styleOf(text, file)
  let draw = drawFunction(file)
  let depth = 0
  for (; depth < addition.namespaces.length; depth++) {
    const inner = findNamespace(draw, addition.namespaces[depth] as string)
    if (inner === undefined) break
    draw = inner
  }
  const mapper = mapperOf(draw)
  const call = addition.call.replaceAll("'", style.quote)
  const missing = addition.namespaces.slice(depth)
  if (missing.length === 0 && statementsOf(draw).some((one) => sameCall(text, one, `${mapper}.${call}`))) return text
  return insertStatement(text, draw, nest(missing, mapper, call, style), style)
}

/** The statement's lines, in as many namespaces as are not there yet. */
function nest(namespaces: readonly string[], mapper: string, call: string, style: Style): string[] {
  const [name, ...inner] = namespaces
  if (name === undefined) return [`${mapper}.${call}${style.semicolon}`]
  const { quote, semicolon, indent } = style
  return [
    `${mapper}.namespace(${quote}${name}${quote}, (${mapper}) => {`,
    ...nest(inner, mapper, call, style).map((line) => indent + line),
    `})${semicolon}`,
  ]
}

function insertStatement(text: string, draw: DrawFunction, lines: readonly string[], style: Style): string {
  if (draw.body.type !== 'BlockStatement') {
    // r => r.root(…): the one expression becomes the first statement of a block.
    const { start, end } = draw.body
    const outer = indentAt(text, draw.start as number)
    const body = [text.slice(start as number, end as number) + style.semicolon, ...lines]
    const block = body.map((line) => `${outer}${style.indent}${line}${style.newline}`).join('')
    return `${text.slice(0, start as number)}{${style.newline}${block}${outer}}${text.slice(end as number)}`
  }
  const { body, start, end } = draw.body
  const last = body.at(-1)
  const indent =
    last === undefined ? indentAt(text, start as number) + style.indent : indentAt(text, last.start as number)
  const added = lines.map((line) => indent + line).join(style.newline)
  const closing = (end as number) - 1
  const onOneLine = !text.slice(start as number, end as number).includes('\n')
  if (onOneLine) {
    const inner = body.map(
      (one) => indentAt(text, start as number) + style.indent + text.slice(one.start as number, one.end as number),
    )
    const lead = indentAt(text, start as number)
    const all = [...inner, ...lines.map((line) => lead + style.indent + line)].join(style.newline)
    return `${text.slice(0, (start as number) + 1)}${style.newline}${all}${style.newline}${lead}${text.slice(closing)}`
  }
  const lineStart = text.lastIndexOf('\n', closing) + 1
  return `${text.slice(0, lineStart)}${added}${style.newline}${text.slice(lineStart)}`
}

function removeRoute(text: string, addition: RouteAddition): string {
  const file = parseRoutes(text)
  const style = styleOf(text, file)
  const call = addition.call.replaceAll("'", style.quote)
  const draws = [drawFunction(file)]
  for (const name of addition.namespaces) {
    const inner = findNamespace(draws.at(-1) as DrawFunction, name)
    if (inner === undefined) return text
    draws.push(inner)
  }
  const innermost = draws.at(-1) as DrawFunction
  let victim = statementsOf(innermost).find((one) => sameCall(text, one, `${mapperOf(innermost)}.${call}`))
  if (victim === undefined) return text
  // A namespace that this leaves empty goes too.
  for (let depth = draws.length - 1; depth > 0 && statementsOf(draws[depth] as DrawFunction).length === 1; depth--) {
    const inside = draws[depth] as DrawFunction
    const holder = statementsOf(draws[depth - 1] as DrawFunction).find(
      ({ start, end }) => (start as number) <= (inside.start as number) && (inside.end as number) <= (end as number),
    )
    if (holder !== undefined) victim = holder
  }
  return removeLines(text, victim)
}

function addImport(text: string, { controller, specifier }: RouteAddition): string {
  const file = parseRoutes(text)
  const { quote, semicolon, newline } = styleOf(text, file)
  const imports = importsOf(file)
  const isThere = imports.some(({ specifiers }) => specifiers.some(({ local }) => local.name === controller))
  if (isThere) return text
  const line = `import { ${controller} } from ${quote}${specifier}${quote}${semicolon}${newline}`
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

function removeImport(text: string, { controller, specifier }: RouteAddition): string {
  const file = parseRoutes(text)
  const declaration = importsOf(file).find(
    ({ source, specifiers }) =>
      source.value === specifier && specifiers.length === 1 && specifiers[0]?.local.name === controller,
  )
  if (declaration === undefined) return text
  const without = removeLines(text, declaration)
  return new RegExp(`\\b${controller}\\b`).test(without) ? text : without
}

function parseRoutes(text: string): File {
  try {
    return parse(text, { sourceType: 'module', plugins: ['typescript', 'decorators-legacy'] })
  } catch (error) {
    throw new CliError(`config/routes.ts cannot be read: ${(error as Error).message}.`, 'mend it, then run this again.')
  }
}

/** The function that `export default defineRoutes(…)` is given, there or under a name. */
function drawFunction(file: File): DrawFunction {
  const { body } = file.program
  for (const statement of body) {
    if (statement.type !== 'ExportDefaultDeclaration') continue
    const { declaration } = statement
    const call = declaration.type === 'Identifier' ? initialiser(body, declaration.name) : (declaration as Expression)
    const draw = call?.type === 'CallExpression' ? call.arguments[0] : undefined
    if (draw?.type === 'ArrowFunctionExpression' || draw?.type === 'FunctionExpression') return draw
  }
  throw new CliError(
    'config/routes.ts has no export default defineRoutes((r) => { … }) to add a route to.',
    'write it so, or add the route by hand and give --skip-routes.',
  )
}

function initialiser(body: readonly Statement[], name: string): Expression | undefined {
  for (const statement of body) {
    if (statement.type !== 'VariableDeclaration') continue
    for (const { id, init } of statement.declarations)
      if (id.type === 'Identifier' && id.name === name && init) return init
  }
  return undefined
}

function statementsOf(draw: DrawFunction): readonly Statement[] {
  return draw.body.type === 'BlockStatement' ? draw.body.body : []
}

function mapperOf(draw: DrawFunction): string {
  const parameter = draw.params[0]
  return parameter?.type === 'Identifier' ? parameter.name : 'r'
}

function findNamespace(draw: DrawFunction, name: string): DrawFunction | undefined {
  for (const statement of statementsOf(draw)) {
    if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'CallExpression') continue
    const { callee, arguments: given } = statement.expression
    if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') continue
    const [first, ...rest] = given
    const inner = rest.at(-1)
    if (callee.property.name !== 'namespace' || first?.type !== 'StringLiteral' || first.value !== name) continue
    if (inner?.type === 'ArrowFunctionExpression' || inner?.type === 'FunctionExpression') return inner
  }
  return undefined
}

function importsOf(file: File): ImportDeclaration[] {
  return file.program.body.filter((statement) => statement.type === 'ImportDeclaration')
}

function sameCall(text: string, { start, end }: Statement, call: string): boolean {
  const plain = (code: string) => code.replace(/["'`]/g, "'").replace(/[\s;]+/g, '')
  return plain(text.slice(start as number, end as number)) === plain(call)
}

function styleOf(text: string, file: File): Style {
  const [first] = importsOf(file)
  const source = first === undefined ? "''" : text.slice(first.source.start as number, first.source.end as number)
  return {
    quote: source[0] === '"' ? '"' : "'",
    semicolon: first !== undefined && text[(first.end as number) - 1] === ';' ? ';' : '',
    newline: text.includes('\r\n') ? '\r\n' : '\n',
    indent: /^(\t| {2,8})\S/m.exec(text)?.[1] ?? '  ',
  }
}

function lineOf(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1
}

function lineAfter(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end + 1
}

function indentAt(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(lineOf(text, at)))?.[0] ?? ''
}

function removeLines(text: string, { start, end }: Statement): string {
  return text.slice(0, lineOf(text, start as number)) + text.slice(lineAfter(text, end as number))
}
