// Why: `contrail generate controller`: a class with its actions, a test of it, and the routes that lead there.
import { CliError } from '../../cli-error.js'
import type { Edit, NewFile, Plan } from '../../plan.js'
import { isReserved, type Name, parseName, pascalCase } from '../names.js'
import { addRoutes, type RouteAddition, removeRoutes } from '../routes-file.js'
import { renderTemplates } from '../template.js'

/** What a controller is generated from. */
interface ControllerChoices {
  /** As typed: `posts`, `admin/posts`. */
  readonly name: string
  readonly actions: readonly string[]
  readonly routes: boolean
  /** Whether it gets a test, or why it gets none. */
  readonly tests: true | { readonly why: string }
  /** Names that are the framework's own, of which an action can have none. */
  readonly taken: ReadonlySet<string>
}

const TEMPLATES = new URL('../../../src/generators/controller/templates/', import.meta.url)
const ACTION = /^[a-z][A-Za-z0-9]{0,59}$/

/** The seven actions of a resource, each with how it is asked for: the client's method, and the path below the resource's. */
const RESOURCE_ACTIONS: ReadonlyMap<string, readonly [method: string, path: string]> = new Map([
  ['index', ['get', '']],
  ['create', ['post', '']],
  ['new', ['get', '/new']],
  ['edit', ['get', '/1/edit']],
  ['show', ['get', '/1']],
  ['update', ['patch', '/1']],
  ['destroy', ['delete', '/1']],
])

/** Stands among a call's arguments in the record, so that what it left out is not taken for its own. */
const SKIP_ROUTES = '--skip-routes'

/** How the record of what was generated names the call. */
export function controllerCall(name: string): string {
  const { namespaces, plural } = controllerName(name)
  return `controller ${[...namespaces, plural].join('/')}`
}

function controllerName(text: string): Name {
  return parseName(text.replace(/[-_]?controller$/i, '') || text, 'controller')
}

/** The actions and options of a call that was recorded. */
export function recordedChoices(args: readonly string[]): Pick<ControllerChoices, 'actions' | 'routes'> {
  return { actions: args.filter((arg) => arg !== SKIP_ROUTES), routes: !args.includes(SKIP_ROUTES) }
}

/** Decides what files and routes a controller consists of. @throws CliError for names that it cannot have */
export function controllerPlan(choices: ControllerChoices): Plan {
  const name = controllerName(choices.name)
  for (const action of choices.actions) checkAction(action, choices.taken)
  const twice = choices.actions.find((action, index) => choices.actions.indexOf(action) !== index)
  if (twice !== undefined) throw new CliError(`The action ${twice} is named twice.`, 'name each action once.')
  const path = [...name.namespaces, name.plural].join('/')
  const className = `${[...name.namespaces, name.plural].map(pascalCase).join('')}Controller`
  const additions = choices.routes ? routesOf(name, className, path, choices.actions) : []
  const files = filesOf(name, className, path, choices.actions)
  const test = files.find((file) => file.path.startsWith('tests/'))
  const untested = whyUntested(choices)
  return {
    id: controllerCall(choices.name),
    args: choices.routes ? choices.actions : [...choices.actions, SKIP_ROUTES],
    files: untested === undefined ? files : files.filter((file) => file !== test),
    left: untested === undefined || test === undefined ? [] : [{ path: test.path, why: untested }],
    edits: additions.length === 0 ? [] : [routesEdit(additions)],
  }
}

function filesOf({ namespaces }: Name, className: string, path: string, actions: readonly string[]): NewFile[] {
  const up = '../'.repeat(namespaces.length)
  const requests = actions.map((action) => {
    const [method, below] = RESOURCE_ACTIONS.get(action) ?? ['get', `/${action}`]
    return { action, method, path: `/${path}${below}` }
  })
  return renderTemplates(TEMPLATES, { className, actions, requests, up }).map((file) => ({
    ...file,
    path: file.path.replace('NAME', path),
  }))
}

function whyUntested({ actions, routes, tests }: ControllerChoices): string | undefined {
  if (tests !== true) return tests.why
  if (actions.length === 0) return 'no actions to test'
  return routes ? undefined : 'no routes to test it by'
}

/** A controller of some of a resource's actions, without a namespace, and the change that draws its routes. */
export function resourceRoutes(plural: string, actions: readonly string[]): { className: string; edit: Edit } {
  const className = `${pascalCase(plural)}Controller`
  const name = { namespaces: [], given: plural, singular: plural, plural }
  return { className, edit: routesEdit(routesOf(name, className, plural, actions)) }
}

function routesEdit(additions: readonly RouteAddition[]) {
  return {
    path: 'config/routes.ts',
    what: additions.map(({ namespaces, call }) => [...namespaces, call].join(': ')).join(', '),
    apply: (text: string) => addRoutes(text, additions),
    revert: (text: string) => removeRoutes(text, additions),
  }
}

function routesOf(name: Name, controller: string, path: string, actions: readonly string[]): RouteAddition[] {
  const specifier = `../app/controllers/${path}-controller.js`
  const common = { namespaces: name.namespaces, controller, specifier }
  const resourceful = actions.filter((action) => RESOURCE_ACTIONS.has(action))
  const only = resourceful.map((action) => `'${action}'`).join(', ')
  const options = resourceful.length === RESOURCE_ACTIONS.size ? '' : `, { only: [${only}] }`
  const resources = { ...common, call: `resources('${name.plural}', ${controller}${options})` }
  const others = actions
    .filter((action) => !RESOURCE_ACTIONS.has(action))
    .map((action) => ({ ...common, call: `get('/${name.plural}/${action}', ${controller}, '${action}')` }))
  return resourceful.length === 0 ? others : [resources, ...others]
}

function checkAction(action: string, taken: ReadonlySet<string>): void {
  const shown = JSON.stringify(action.slice(0, 61))
  if (!ACTION.test(action)) {
    throw new CliError(
      `An action cannot be called ${shown}.`,
      'use letters and digits, a small letter first: archive, lastPosts.',
    )
  }
  if (isReserved(action) && !RESOURCE_ACTIONS.has(action))
    throw new CliError(`An action cannot be called ${shown}: the language has that word.`, 'choose another.')
  if (taken.has(action))
    throw new CliError(
      `An action cannot be called ${shown}: every controller has a method of that name.`,
      'choose another.',
    )
}
