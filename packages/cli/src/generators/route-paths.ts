// Why: what generators do to an app's routes shows in the file of their types, where the app has one.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Framework } from '../app-framework.js'
import type { Plan } from '../plan.js'
import { ROUTE_TYPES_FILE } from '../route-types.js'
import { drawnRoutes } from './drawn-routes.js'
import { ROUTES_FILE } from './routes-file.js'

/** The plan, and what follows from its routes. */
export function withRoutePaths(plan: Plan, framework: Framework, folder: string): Plan {
  const touched = plan.edits.some(({ path }) => path === ROUTES_FILE) && existsSync(join(folder, ROUTE_TYPES_FILE))
  if (!touched) return plan
  const declared = (text: string) => {
    const routes = drawnRoutes(framework, text)
    return routes === undefined ? undefined : framework.declarePaths(routes)
  }
  const follow = {
    path: ROUTE_TYPES_FILE,
    from: ROUTES_FILE,
    what: 'the names of routes',
    otherwise: 'run contrail routes --types, which boots the app',
    // What the file says shows whether reading the routes has told all about them.
    derive: (text: string, befores: readonly string[], after: string) =>
      [after, ...befores].some((routes) => declared(routes) === text) ? declared(after) : undefined,
  }
  return { ...plan, follow: [...(plan.follow ?? []), follow] }
}
