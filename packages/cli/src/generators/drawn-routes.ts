// Why: after a route was added, config/route-paths.d.ts must say so, and to boot the app for that would take a second and open
// its database. Most route files say all that is needed in literals: these are read, and the framework draws the routes.
import type { Routes } from 'contrail'
import type { Framework } from '../app-framework.js'
import { ROUTES_FILE } from './routes-file.js'
import {
  type ArrowFunctionExpression,
  exportedDefault,
  type File,
  type FunctionExpression,
  initialiser,
  type Node,
  parseTypeScript,
} from './typescript-file.js'

type Mapper = Readonly<Record<string, unknown>>

/** What a name stands for inside of functions. */
type Scope = ReadonlyMap<string, unknown>

/** Something that only running the file would tell. */
class NotLiteral extends Error {}

/** The routes in the text of config/routes.ts; undefined where only running it would tell. */
export function drawnRoutes(framework: Framework, text: string): Routes['routes'] | undefined {
  try {
    return new Reader(framework, parseTypeScript(text, ROUTES_FILE)).routes()
  } catch {
    // What is wrong with the file, if anything is, the app says when it boots.
    return undefined
  }
}

class Reader {
  readonly #framework: Framework
  readonly #file: File
  readonly #controller: unknown

  constructor(framework: Framework, file: File) {
    this.#framework = framework
    this.#file = file
    this.#controller = anyController(framework, file)
  }

  routes(): Routes['routes'] {
    const call = exportedDefault(this.#file)
    if (call?.type !== 'CallExpression') throw new NotLiteral()
    const values = call.arguments.map((one) => this.#value(one, new Map()))
    return this.#framework.defineRoutes(...(values as Parameters<Framework['defineRoutes']>)).routes
  }

  #value(node: Node, scope: Scope): unknown {
    switch (node.type) {
      case 'StringLiteral':
      case 'NumericLiteral':
      case 'BooleanLiteral':
        return node.value
      case 'NullLiteral':
        return null
      case 'RegExpLiteral':
        return new RegExp(node.pattern, node.flags)
      case 'TemplateLiteral':
        if (node.quasis.length !== 1) throw new NotLiteral()
        return node.quasis[0]?.value.cooked
      case 'ArrayExpression':
        return node.elements.map((one) => this.#value(one as Node, scope))
      case 'ObjectExpression':
        return Object.fromEntries(node.properties.map((one) => this.#entry(one, scope)))
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
        return (mapper: Mapper) => this.#draw(node, mapper, scope)
      case 'Identifier':
        return this.#named(node.name, scope)
      default:
        throw new NotLiteral()
    }
  }

  #entry(node: Node, scope: Scope): [string, unknown] {
    if (node.type !== 'ObjectProperty' || node.computed) throw new NotLiteral()
    const { key, value } = node
    if (key.type === 'Identifier') return [key.name, this.#value(value, scope)]
    if (key.type === 'StringLiteral') return [key.value, this.#value(value, scope)]
    throw new NotLiteral()
  }

  /** What is imported is taken for a controller: as such it can also stand for a handler, or for a function that is not called. */
  #named(name: string, scope: Scope): unknown {
    if (scope.has(name)) return scope.get(name)
    const own = initialiser(this.#file.program.body, name)
    return own === undefined ? this.#controller : this.#value(own, scope)
  }

  #draw({ params, body }: ArrowFunctionExpression | FunctionExpression, mapper: Mapper, scope: Scope): void {
    const [parameter] = params
    if (parameter?.type !== 'Identifier') throw new NotLiteral()
    const inner = new Map(scope).set(parameter.name, mapper)
    const statements =
      body.type === 'BlockStatement' ? body.body : [{ type: 'ExpressionStatement', expression: body } as const]
    for (const statement of statements) {
      if (statement.type !== 'ExpressionStatement') throw new NotLiteral()
      this.#call(statement.expression, inner)
    }
  }

  #call(node: Node, scope: Scope): void {
    if (node.type !== 'CallExpression') throw new NotLiteral()
    const { callee, arguments: given } = node
    if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier')
      throw new NotLiteral()
    const mapper = this.#value(callee.object, scope)
    if (!(mapper instanceof this.#framework.RouteMapper)) throw new NotLiteral()
    const verb = (mapper as unknown as Mapper)[callee.property.name]
    if (typeof verb !== 'function') throw new NotLiteral()
    const values = given.map((one) => this.#value(one, scope))
    verb.apply(mapper, values)
  }
}

/** A controller that has every action which the file can mean: one for each of its strings, and those of resources. */
function anyController({ Controller }: Framework, file: File): unknown {
  class AnyController extends Controller {}
  const actions = new Set(['index', 'new', 'create', 'show', 'edit', 'update', 'destroy', ...stringsIn(file.program)])
  for (const name of actions)
    if (!(name in Controller.prototype))
      Object.defineProperty(AnyController.prototype, name, { value: () => undefined })
  return AnyController
}

function stringsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(stringsIn)
  if (typeof node !== 'object' || node === null) return []
  const { type, value } = node as { readonly type?: unknown; readonly value?: unknown }
  if (type === 'StringLiteral') return [String(value)]
  return Object.entries(node).flatMap(([key, inner]) => (/Comments$|^(?:loc|extra)$/.test(key) ? [] : stringsIn(inner)))
}
