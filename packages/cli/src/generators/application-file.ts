// Why: config/application.ts belongs to the app; what a generator adds to it goes where the parser finds the configuration.
import { CliError } from '../cli-error.js'
import { addItem, type ListItem, removeItem } from './list-items.js'
import {
  type ArrayExpression,
  addImport,
  exportedDefault,
  type File,
  importsOf,
  initialiser,
  type ObjectExpression,
  type ObjectProperty,
  parseTypeScript,
  removeImport,
  styleOf,
} from './typescript-file.js'

/** Where an app is configured. */
export const APPLICATION_FILE = 'config/application.ts'

/** A value that an app's own file exports. */
export interface AppExport {
  readonly name: string
  /** From config/application.ts: `../app/middleware/timing.js`. */
  readonly specifier: string
}

/** Adds a middleware at the end of the app's list, and makes the list where there is none. @throws CliError */
export function addMiddleware(text: string, { name, specifier }: AppExport): string {
  const file = parseTypeScript(text, APPLICATION_FILE)
  const list = middlewareOf(file)
  if (list?.elements.some((one) => one?.type === 'Identifier' && one.name === name)) return text
  const style = styleOf(text, file)
  const added =
    list === undefined
      ? addItem(text, listOf(configuration(file)), `middleware: [${name}]`, style)
      : addItem(text, listOf(list), name, style)
  return addImport(added, APPLICATION_FILE, name, specifier)
}

/** Takes a middleware out of the list, and the list away where it was the only one. */
export function removeMiddleware(text: string, { name, specifier }: AppExport): string {
  const file = parseTypeScript(text, APPLICATION_FILE)
  const list = middlewareOf(file)
  const index = list?.elements.findIndex((one) => one?.type === 'Identifier' && one.name === name) ?? -1
  if (list === undefined || index === -1) return text
  const object = configuration(file)
  const property = object.properties.findIndex((one) => one.type === 'ObjectProperty' && one.value === list)
  const without =
    list.elements.length === 1 && property !== -1
      ? removeItem(text, listOf(object), property)
      : removeItem(text, listOf(list), index)
  return removeImport(without, APPLICATION_FILE, name, specifier)
}

/** Where an app keeps its sessions. */
export interface StoreChoice {
  /** The class, as the file names it; undefined where it names none. */
  readonly name: string | undefined
  /** Where the class is imported from; undefined where it is not. */
  readonly specifier: string | undefined
  /** The names of the session's options. */
  readonly options: readonly string[]
}

/** What the app says of its session store. @throws CliError where that is no name of a class */
export function sessionStoreOf(text: string): StoreChoice {
  const file = parseTypeScript(text, APPLICATION_FILE)
  const object = configuration(file)
  const value = propertyOf(object, 'sessionStore')?.value
  const given = propertyOf(object, 'sessionOptions')?.value
  const options = given?.type === 'ObjectExpression' ? given.properties.flatMap((one) => keyOf(one) ?? []) : []
  if (value === undefined) return { name: undefined, specifier: undefined, options }
  if (value.type !== 'Identifier') {
    throw new CliError(
      `${APPLICATION_FILE} has a sessionStore that is not the name of a class.`,
      'name the new store there yourself, and give --skip-config.',
    )
  }
  const { name } = value
  const source = importsOf(file).find(({ specifiers }) => specifiers.some(({ local }) => local.name === name))
  return { name, specifier: source?.source.value, options }
}

/**
 * Makes an app keep its sessions elsewhere.
 * @param to the store from now on; undefined for none that is named
 * @throws CliError
 */
export function switchSessionStore(text: string, to: Pick<StoreChoice, 'name' | 'specifier'>): string {
  const before = sessionStoreOf(text)
  if (before.name === to.name) return text
  const file = parseTypeScript(text, APPLICATION_FILE)
  const object = configuration(file)
  const property = propertyOf(object, 'sessionStore')
  let result = text
  if (property === undefined) result = addItem(text, listOf(object), `sessionStore: ${to.name}`, styleOf(text, file), 0)
  else if (to.name === undefined) result = removeItem(text, listOf(object), object.properties.indexOf(property))
  else {
    const { start, end } = property.value
    result = text.slice(0, start as number) + to.name + text.slice(end as number)
  }
  if (to.name !== undefined && to.specifier !== undefined)
    result = addImport(result, APPLICATION_FILE, to.name, to.specifier)
  if (before.name !== undefined && before.specifier !== undefined)
    result = removeImport(result, APPLICATION_FILE, before.name, before.specifier)
  return result
}

/** The object that `export default defineApplication(…)` is given. */
function configuration(file: File): ObjectExpression {
  const exported = exportedDefault(file)
  const given = exported?.type === 'CallExpression' ? exported.arguments[0] : exported
  const value = given?.type === 'Identifier' ? initialiser(file.program.body, given.name) : given
  if (value?.type === 'ObjectExpression') return value
  throw new CliError(
    `${APPLICATION_FILE} has no export default defineApplication({ … }) to change.`,
    'write it so, or make the change by hand and give --skip-config.',
  )
}

function middlewareOf(file: File): ArrayExpression | undefined {
  const value = propertyOf(configuration(file), 'middleware')?.value
  const list = value?.type === 'Identifier' ? initialiser(file.program.body, value.name) : value
  if (list === undefined || list.type === 'ArrayExpression') return list
  throw new CliError(
    `${APPLICATION_FILE} has a middleware that is not written as a list.`,
    'write it as [ … ] there, or add the middleware by hand and give --skip-config.',
  )
}

function propertyOf(object: ObjectExpression, name: string): ObjectProperty | undefined {
  return object.properties.find((one): one is ObjectProperty => one.type === 'ObjectProperty' && keyOf(one) === name)
}

function keyOf(property: ObjectExpression['properties'][number]): string | undefined {
  if (property.type === 'SpreadElement' || property.computed) return undefined
  const { key } = property
  return key.type === 'Identifier' ? key.name : key.type === 'StringLiteral' ? key.value : undefined
}

function listOf(node: ObjectExpression | ArrayExpression) {
  const items = node.type === 'ObjectExpression' ? node.properties : node.elements
  return {
    start: node.start as number,
    end: node.end as number,
    items: items.filter((item) => item !== null) as readonly ListItem[],
    trailingComma: node.extra?.['trailingComma'] !== undefined,
    padding: node.type === 'ObjectExpression' ? ' ' : '',
  }
}
