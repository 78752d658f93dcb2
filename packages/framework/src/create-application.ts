// Why: an app from its parts, wherever they came from: the files of a folder, a bundle, or a test.
import { Application } from './application.js'
import { currentEnvironment, type Environment } from './config/environment.js'
import { type AnyConfig, resolveSettings } from './config/settings.js'
import { BootError } from './errors.js'
import { createLogger, type LogDestination } from './logging/logger.js'
import type { Routes } from './routing/routes.js'

/** The parts of an app. */
export interface ApplicationParts {
  /** The default export of config/application.ts. */
  readonly config: AnyConfig
  /** The default export of config/environments/NAME.ts, if there is one. */
  readonly override?: AnyConfig | undefined
  /** The default export of config/routes.ts. */
  readonly routes: Routes
  /** Default: that of the process. */
  readonly environment?: Environment | undefined
  /** The app's folder. Default: the current one. */
  readonly root?: string | undefined
  /** The app's name; the session cookie's default name is made from it. Default: `contrail`. */
  readonly name?: string | undefined
  /** Where the log goes. Default: standard output. */
  readonly logDestination?: LogDestination | undefined
}

/**
 * Boots an app from its parts.
 * @throws BootError naming what is wrong, where, and how to mend it
 */
export function createApplication(parts: ApplicationParts): Application {
  const {
    config,
    override,
    routes,
    environment = currentEnvironment(),
    root = process.cwd(),
    name = 'contrail',
  } = parts
  if (!Array.isArray((routes as Routes | undefined)?.routes)) {
    throw new BootError(
      'config/routes.ts exports no routes by default.',
      'write: export default defineRoutes((r) => { … })',
    )
  }
  const settings = resolveSettings({ config, override, environment, root, name })
  const readable = environment.name === 'development'
  const logger = createLogger({ level: settings.logLevel, readable, destination: parts.logDestination })
  return new Application(settings, routes.routes, logger, routes.mounts)
}
