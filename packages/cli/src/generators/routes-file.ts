// Why: config/routes.ts belongs to the app; a generator adds to it by what the parser says is there, in the file's own style.
import { CliError } from '../cli-error.js'
import {
  type ArrowFunctionExpression,
  addImport,
  exportedDefault,
  type File,
  type FunctionExpression,
  indentAt,
  parseTypeScript,
  removeImport,
  removeLines,
  type Statement,
  type Style,
  styleOf,
} from './typescript-file.js'

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

/** Where an app draws its routes. */
export const ROUTES_FILE = 'config/routes.ts'

/** How long a line is at most, as new apps are formatted. */
const WIDTH = 120

type DrawFunction = ArrowFunctionExpression | FunctionExpression

/**
 * Adds routes to the text of config/routes.ts, and the import they need; what is there already stays as it is.
 * @throws CliError when there is no `defineRoutes((r) => { … })` to add to
 */
export function addRoutes(text: string, additions: readonly RouteAddition[]): string {
  return additions.reduce(
    (result, addition) => addImport(addRoute(result, addition), ROUTES_FILE, addition.controller, addition.specifier),
    text,
  )
}

/** Takes routes away again, and an import that nothing uses any more. The reverse of {@link addRoutes}. */
export function removeRoutes(text: string, additions: readonly RouteAddition[]): string {
  return additions.reduceRight(
    (result, addition) =>
      removeImport(removeRoute(result, addition), ROUTES_FILE, addition.controller, addition.specifier),
    text,
  )
}

function addRoute(text: string, addition: RouteAddition): string {
  const file = parseTypeScript(text, ROUTES_FILE)
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
    const block = folded(
      body.map((line) => outer + style.indent + line),
      style,
    )
      .map((line) => line + style.newline)
      .join('')
    return `${text.slice(0, start as number)}{${style.newline}${block}${outer}}${text.slice(end as number)}`
  }
  const { body, start, end } = draw.body
  const last = body.at(-1)
  const indent =
    last === undefined ? indentAt(text, start as number) + style.indent : indentAt(text, last.start as number)
  const added = folded(
    lines.map((line) => indent + line),
    style,
  ).join(style.newline)
  const closing = (end as number) - 1
  const onOneLine = !text.slice(start as number, end as number).includes('\n')
  if (onOneLine) {
    const inner = body.map(
      (one) => indentAt(text, start as number) + style.indent + text.slice(one.start as number, one.end as number),
    )
    const lead = indentAt(text, start as number)
    const own = folded(
      lines.map((line) => lead + style.indent + line),
      style,
    )
    const all = [...inner, ...own].join(style.newline)
    return `${text.slice(0, (start as number) + 1)}${style.newline}${all}${style.newline}${lead}${text.slice(closing)}`
  }
  const lineStart = text.lastIndexOf('\n', closing) + 1
  return `${text.slice(0, lineStart)}${added}${style.newline}${text.slice(lineStart)}`
}

/** Lines that are too long with their options below, as formatters put them. */
function folded(lines: readonly string[], { indent, newline }: Style): string[] {
  return lines.flatMap((line) => {
    const [, head, options, end] = /^(.* \{) (only: .*) (\}\);?)$/.exec(line) ?? []
    if (line.length <= WIDTH || head === undefined) return [line]
    const outer = /^\s*/.exec(line)?.[0] ?? ''
    return [[head, `${outer}${indent}${options},`, `${outer}${end}`].join(newline)]
  })
}

function removeRoute(text: string, addition: RouteAddition): string {
  const file = parseTypeScript(text, ROUTES_FILE)
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

/** The function that `export default defineRoutes(…)` is given, there or under a name. */
function drawFunction(file: File): DrawFunction {
  const call = exportedDefault(file)
  const draw = call?.type === 'CallExpression' ? call.arguments[0] : undefined
  if (draw?.type === 'ArrowFunctionExpression' || draw?.type === 'FunctionExpression') return draw
  throw new CliError(
    'config/routes.ts has no export default defineRoutes((r) => { … }) to add a route to.',
    'write it so, or add the route by hand and give --skip-routes.',
  )
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

function sameCall(text: string, { start, end }: Statement, call: string): boolean {
  const plain = (code: string) =>
    code
      .replace(/["'`]/g, "'")
      .replace(/[\s;]+/g, '')
      .replace(/,(?=[}\])])/g, '')
  return plain(text.slice(start as number, end as number)) === plain(call)
}
