// Why: `contrail generate controller`: a class with its actions, a test of it, and the routes that lead there.
import { CliError } from '../../cli-error.js'
import type { Plan } from '../../plan.js'
import { isReserved, type Name, parseName, pascalCase } from '../names.js'
import { addRoutes, type RouteAddition, removeRoutes } from '../routes-file.js'
import { renderTemplates } from '../template.js'

/** What a controller is generated from. */
export interface ControllerChoices {
  /** As typed: `posts`, `admin/posts`. */
  readonly name: string
  readonly actions: readonly string[]
  readonly routes: boolean
  /** Names that are the framework's own, of which an action can have none. */
  readonly taken: ReadonlySet<string>
}

const TEMPLATES = new URL('../../../src/generators/controller/templates/', import.meta.url)
const ACTION = /^[a-z][A-Za-z0-9]{0,59}$/

/** The seven actions of a resource, and whether each is about one member. */
const RESOURCE_ACTIONS: ReadonlyMap<string, boolean> = new Map([
  ['index', false],
  ['create', false],
  ['new', false],
  ['edit', true],
  ['show', true],
  ['update', true],
  ['destroy', true],
])

/** How the record of what was generated names the call. */
export function controllerCall(name: string): string {
  const { namespaces, plural } = controllerName(name)
  return `controller ${[...namespaces, plural].join('/')}`
}

function controllerName(text: string): Name {
  return parseName(text.replace(/[-_]?controller$/i, '') || text, 'controller')
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
  return {
    id: controllerCall(choices.name),
    args: choices.actions,
    files: renderTemplates(TEMPLATES, {
      className,
      actions: choices.actions,
      up: '../'.repeat(name.namespaces.length) || './',
    }).map((file) => ({ ...file, path: file.path.replace('NAME', path) })),
    edits: additions.length === 0 ? [] : [routesEdit(additions)],
  }
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
