// Why: routes for people and for programs: as a table, one by one, or as JSON.
import type { Mount, Route } from 'contrail'

/** What a route looks like in `--json`. */
export interface Row {
  readonly name: string | null
  readonly method: string
  /** With its formats: `/posts(.:format)`, `/posts(.json|.csv)`. */
  readonly path: string
  /** Null for a redirect; that of a mounted handler is its guard. */
  readonly controller: string | null
  /** Null for a redirect and for a mounted handler. */
  readonly action: string | null
  readonly redirect: { readonly status: number; readonly to: string } | null
  /** Regular expressions and functions by their text and name. */
  readonly constraints: Readonly<Record<string, string>>
  readonly defaults: Readonly<Record<string, string>>
}

/** A route for listing. */
export function rowOf(route: Route): Row {
  const { name, method, controller, action, redirect, defaults } = route
  return {
    name: name ?? null,
    method,
    path: route.path + formats(route),
    controller: redirect === undefined ? controller.name : null,
    action: redirect === undefined ? action : null,
    redirect:
      redirect === undefined
        ? null
        : {
            status: redirect.status,
            to: typeof redirect.target === 'string' ? redirect.target : nameOf(redirect.target),
          },
    constraints: constraints(route),
    defaults: defaults ?? {},
  }
}

/** A mounted handler for listing: it takes all methods, and all paths below its own. */
export function mountRow({ path, guard }: Mount): Row {
  return {
    name: null,
    method: 'ANY',
    path: path === '/' ? '/*' : `${path}/*`,
    controller: guard?.name ?? null,
    action: null,
    redirect: null,
    constraints: {},
    defaults: {},
  }
}

function formats({ formats: taken }: Route): string {
  if (taken === undefined) return ''
  return taken === true ? '(.:format)' : `(${taken.map((one) => `.${one}`).join('|')})`
}

function constraints({ constraints: all }: Route): Record<string, string> {
  if (all === undefined) return {}
  const { host, parameters, requests } = all
  return {
    ...Object.fromEntries(Object.entries(parameters).map(([name, pattern]) => [name, String(pattern)])),
    ...(host === undefined ? {} : { host: String(host) }),
    ...(requests.length === 0 ? {} : { request: requests.map(nameOf).join(', ') }),
  }
}

// biome-ignore lint/complexity/noBannedTypes: of a function only its name is wanted
function nameOf({ name }: Function): string {
  return name === '' || name === 'constraints' || name === 'request' ? 'a function' : name
}

/** Who answers at a route: `PostsController#show`, `redirect(301, /new)`, or `mounted behind AdminController`. */
export function target({ controller, action, redirect }: Row): string {
  if (redirect !== null) return `redirect(${redirect.status}, ${redirect.to})`
  if (action !== null) return `${controller}#${action}`
  return controller === null ? 'mounted' : `mounted behind ${controller}`
}

/** Routes in columns. */
export function table(rows: readonly Row[]): string {
  if (rows.length === 0) return 'No routes match.\n'
  const cells = rows.map((row) => [row.name ?? '', row.method, row.path, `${target(row)}${braces(row)}`])
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

/** Routes one below the other, for a narrow terminal. */
export function expanded(rows: readonly Row[]): string {
  if (rows.length === 0) return 'No routes match.\n'
  return rows
    .map((row, index) => {
      const lines = [
        ['Name', row.name ?? ''],
        ['Method', row.method],
        ['Path', row.path],
        ['Controller#Action', target(row)],
        ...(braces(row) === '' ? [] : [['Conditions', braces(row).trim()]]),
      ]
      const text = lines.map(([title, value]) => `${(title as string).padEnd(17)} | ${value}`.trimEnd())
      return `${`--[ Route ${index + 1} ]`.padEnd(50, '-')}\n${text.join('\n')}\n`
    })
    .join('')
}

/** Constraints and defaults: ` { id: /\d+/, format = json }`. */
function braces(row: Row): string {
  const all = [
    ...Object.entries(row.constraints).map(([name, value]) => `${name}: ${value}`),
    ...Object.entries(row.defaults).map(([name, value]) => `${name} = ${value}`),
  ]
  return all.length === 0 ? '' : ` { ${all.join(', ')} }`
}
