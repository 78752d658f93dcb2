// Why: the names of an app's routes, where the compiler looks; written only when they differ, and never by half.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Application } from 'contrail'
import type { Framework } from './app-framework.js'
import { CliError } from './cli-error.js'

/** Beside config/routes.ts, where every app's tsconfig.json looks; not routes.d.ts, which TypeScript would take for its output. */
export const ROUTE_TYPES_FILE = join('config', 'route-paths.d.ts')

/** Whether the file of an app in a folder says what its routes are. */
export function routeTypesAreCurrent(framework: Framework, app: Application, folder: string): boolean {
  return read(folder) === framework.declarePaths(app.routes)
}

/**
 * Writes the file if it is not current.
 * @returns whether it was written
 * @throws CliError when it cannot be
 */
export function writeRouteTypes(framework: Framework, app: Application, folder: string): boolean {
  if (routeTypesAreCurrent(framework, app, folder)) return false
  const path = join(folder, ROUTE_TYPES_FILE)
  const draft = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(draft, framework.declarePaths(app.routes))
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw new CliError(
      `${ROUTE_TYPES_FILE} cannot be written: ${(error as Error).message}`,
      'let this user write it, or start contrail server with --no-types.',
    )
  }
  return true
}

/** As {@link writeRouteTypes}, but for an app that has no file and no named route, which needs none. */
export function keepRouteTypes(framework: Framework, app: Application, folder: string): boolean {
  if (read(folder) === undefined && app.routes.every(({ name }) => name === undefined)) return false
  return writeRouteTypes(framework, app, folder)
}

function read(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, ROUTE_TYPES_FILE), 'utf8')
  } catch {
    return undefined
  }
}
