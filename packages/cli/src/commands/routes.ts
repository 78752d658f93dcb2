// Why: `contrail routes`: what the app answers to, as a table or as JSON.
import type { Mount } from 'contrail'
import { CliError } from '../cli-error.js'
import { chooseEnvironment } from '../environment.js'
import { withApp } from '../loaded-app.js'

/** What a route looks like in `--json`. */
interface Row {
  readonly name: string | null
  readonly method: string
  readonly path: string
  /** That of a mounted handler: its guard. */
  readonly controller: string | null
  /** Null for a mounted handler. */
  readonly action: string | null
}

/** Prints the routes of the app in a folder. */
export async function routes(
  folder: string,
  options: { json?: true; grep?: string; controller?: string },
): Promise<void> {
  chooseEnvironment(undefined)
  const pattern = options.grep === undefined ? undefined : toPattern(options.grep)
  await withApp(folder, 'mend the app; its routes are known once it loads.', ({ app }) => {
    const routes = app.routes.map(
      ({ name, method, path, controller, action }): Row => ({
        name: name ?? null,
        method,
        path,
        controller: controller.name,
        action,
      }),
    )
    const rows = [...routes, ...app.mounts.map(mountRow)]
      .filter((row) => options.controller === undefined || isController(row.controller ?? '', options.controller))
      .filter((row) => pattern === undefined || pattern.test(Object.values(row).join(' ')) || pattern.test(target(row)))
    process.stdout.write(options.json === true ? `${JSON.stringify(rows, undefined, 2)}\n` : table(rows))
  })
}

function toPattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i')
  } catch (error) {
    throw new CliError(`--grep: ${(error as Error).message}.`, 'give a regular expression, such as posts or ^GET.')
  }
}

function isController(name: string, wanted: string): boolean {
  const plain = (text: string) =>
    text
      .replace(/[-_]/g, '')
      .replace(/controller$/i, '')
      .toLowerCase()
  return plain(name) === plain(wanted)
}

/** A mounted handler takes all methods, and all paths below its own. */
function mountRow({ path, guard }: Mount): Row {
  return {
    name: null,
    method: 'ANY',
    path: path === '/' ? '/*' : `${path}/*`,
    controller: guard?.name ?? null,
    action: null,
  }
}

function target({ controller, action }: Row): string {
  if (action !== null) return `${controller}#${action}`
  return controller === null ? 'mounted' : `mounted behind ${controller}`
}

function table(rows: readonly Row[]): string {
  if (rows.length === 0) return 'No routes match.\n'
  const cells = rows.map((row) => [row.name ?? '', row.method, row.path, target(row)])
  const all = [['Name', 'Method', 'Path', 'Controller#Action'], ...cells]
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => (row[column] as string).length)))
  return `${all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`
}
