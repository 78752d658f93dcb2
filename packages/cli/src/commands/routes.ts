// Why: `contrail routes`: what the app answers to, for people, for programs and for the compiler.
import type { Application } from 'contrail'
import type { Framework } from '../app-framework.js'
import { CliError } from '../cli-error.js'
import type { Command } from '../command-line.js'
import { chooseEnvironment } from '../environment.js'
import { type LoadedApp, withApp } from '../loaded-app.js'
import { expanded, mountRow, type Row, rowOf, table, target } from '../route-listing.js'
import { ROUTE_TYPES_FILE, routeTypesAreCurrent, writeRouteTypes } from '../route-types.js'
import { describeUnused, unusedActions } from './unused-actions.js'

/** What the command can be told. */
interface RoutesOptions {
  readonly json?: true
  readonly expanded?: true
  readonly grep?: string
  readonly controller?: string
  readonly unused?: true
  readonly types?: true
  readonly check?: true
}

/** `contrail routes` */
export function define(command: Command): void {
  command
    .option('--json', 'as JSON')
    .option('-E, --expanded', 'one below the other')
    .option('-g, --grep <pattern>', 'only routes whose name, method, path or action match a regular expression')
    .option('-c, --controller <name>', 'only routes of one controller: posts, or PostsController')
    .addOption(
      command
        .createOption('--unused', 'only actions of app/controllers that no route leads to')
        .conflicts(['types', 'expanded']),
    )
    .option('--types', 'write config/route-paths.d.ts, from which the compiler knows what pathTo takes')
    .option(
      '--check',
      'fail: with --types, which then writes nothing, if the file is not current; with --unused, if there are any',
    )
    .action((options: RoutesOptions) => routes(process.cwd(), options))
}

/** Prints the routes of the app in a folder, or writes their types. */
async function routes(folder: string, options: RoutesOptions): Promise<void> {
  chooseEnvironment(undefined)
  if (options.check === true && options.types !== true && options.unused !== true)
    throw new CliError(
      '--check is about the file of types, or about unused actions.',
      'write: contrail routes --types --check, or contrail routes --unused --check.',
    )
  const pattern = options.grep === undefined ? undefined : toPattern(options.grep)
  await withApp(folder, 'mend the app; its routes are known once it loads.', async (loaded) => {
    const { app, framework } = loaded
    if (options.unused === true) return process.stdout.write(await unused(loaded, folder, options, pattern))
    return process.stdout.write(
      options.types === true ? types(framework, app, folder, options) : list(app, options, pattern),
    )
  })
}

async function unused(
  loaded: LoadedApp,
  folder: string,
  { controller, json, check }: RoutesOptions,
  pattern: RegExp | undefined,
): Promise<string> {
  const actions = (await unusedActions(loaded, folder))
    .filter((one) => controller === undefined || isController(one.controller, controller))
    .filter((one) => pattern === undefined || pattern.test(`${one.controller}#${one.action}`))
  if (check === true && actions.length > 0) process.exitCode = 1
  return json === true ? `${JSON.stringify(actions, undefined, 2)}\n` : describeUnused(actions)
}

function list(app: Application, options: RoutesOptions, pattern: RegExp | undefined): string {
  const rows = [...app.routes.map(rowOf), ...app.mounts.map(mountRow)]
    .filter(({ controller }) => options.controller === undefined || isController(controller, options.controller))
    .filter((row) => pattern === undefined || texts(row).some((text) => pattern.test(text)))
  if (options.json === true) return `${JSON.stringify(rows, undefined, 2)}\n`
  return options.expanded === true ? expanded(rows) : table(rows)
}

/** What `--grep` looks through. */
function texts(row: Row): string[] {
  return [[row.name, row.method, row.path, row.controller, row.action].join(' '), target(row)]
}

function types(framework: Framework, app: Application, folder: string, { check }: RoutesOptions): string {
  if (check !== true)
    return `${ROUTE_TYPES_FILE} ${writeRouteTypes(framework, app, folder) ? 'written' : 'is current'}\n`
  if (routeTypesAreCurrent(framework, app, folder)) return `${ROUTE_TYPES_FILE} is current\n`
  throw new CliError(
    `${ROUTE_TYPES_FILE} does not say what config/routes.ts does.`,
    'run contrail routes --types, and commit the file.',
  )
}

function toPattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i')
  } catch (error) {
    throw new CliError(`--grep: ${(error as Error).message}.`, 'give a regular expression, such as posts or ^GET.')
  }
}

function isController(name: string | null, wanted: string): boolean {
  const plain = (text: string) =>
    text
      .replace(/[-_]/g, '')
      .replace(/controller$/i, '')
      .toLowerCase()
  return name !== null && plain(name) === plain(wanted)
}
