// Why: an app is a folder with files in known places; here they are found, in the order in which they may depend on each other.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Application } from './application.js'
import { loadDotenv } from './config/dotenv.js'
import { currentEnvironment } from './config/environment.js'
import type { AnyConfig } from './config/settings.js'
import { type ApplicationParts, createApplication } from './create-application.js'
import { BootError } from './errors.js'
import type { LogDestination } from './logging/logger.js'
import type { Routes } from './routing/routes.js'

/** How {@link loadApplication} finds and imports an app's files. */
export interface LoadOptions {
  /** Imports a file by its absolute path. Default: `import()`. A dev server gives its own, which knows TypeScript. */
  readonly importFile?: (path: string) => Promise<object>
  /** Where the log goes. Default: standard output. */
  readonly logDestination?: LogDestination | undefined
}

const EXTENSIONS = ['.js', '.ts', '.mjs', '.mts']

/**
 * Loads the `.env` files and boots the app whose config/ is in a folder: the app's own, or `dist` below it once it is built.
 * @param place the folder where config/ is; the app's root is it or the nearest folder above with a package.json
 * @throws BootError naming what is wrong, where, and how to mend it; or whatever the app's own files throw
 */
export async function loadApplication(place: string, options: LoadOptions = {}): Promise<Application> {
  return createApplication(await loadParts(place, options))
}

/** Loads the `.env` files and what {@link loadApplication} boots. @throws as it does. Internal. */
export async function loadParts(place: string, options: LoadOptions = {}): Promise<ApplicationParts> {
  const folder = resolve(place)
  const importFile = options.importFile ?? ((path: string) => import(pathToFileURL(path).href) as Promise<object>)
  const root = findRoot(folder)
  const environment = currentEnvironment()
  loadDotenv(root, environment.name)
  const load = async (name: string, content: string, isOptional = false): Promise<unknown> => {
    const path = findFile(join(folder, name))
    if (path === undefined && isOptional) return undefined
    const value = path === undefined ? undefined : ((await importFile(path)) as { default?: unknown }).default
    if (value === undefined) throw missing(folder, name, content)
    return value
  }
  const config = await load('config/application', 'export default defineApplication({ … })')
  const override = await load(
    `config/environments/${environment.name}`,
    'export default defineEnvironment({ … })',
    true,
  )
  const routes = await load('config/routes', 'export default defineRoutes((r) => { … })')
  const { logDestination } = options
  return {
    config: config as AnyConfig,
    override: override as AnyConfig | undefined,
    routes: routes as Routes,
    environment,
    root,
    name: nameOf(root),
    logDestination,
  }
}

/** The nearest folder, from this one upward, that has a package.json; this one if none has. */
export function findRoot(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at
    if (dirname(at) === at) return folder
  }
}

function nameOf(root: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name?: unknown }
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}

function findFile(path: string): string | undefined {
  const found = EXTENSIONS.map((extension) => path + extension).filter((candidate) => existsSync(candidate))
  if (found.length < 2) return found[0]
  throw new BootError(
    `${found.join(' and ')} are both there.`,
    'keep one of them: it would be a matter of luck which is loaded.',
  )
}

function missing(folder: string, place: string, content: string): BootError {
  return new BootError(
    `There is no default export of ${place}.ts in ${folder}.`,
    existsSync(join(folder, 'config'))
      ? `write it: ${content}`
      : 'run this in the folder of a Contrail app, where config/ is.',
  )
}
