// Why: commands that need the app, not a server: load its code as the dev server does, and let go of all of it afterwards.
import type { Application } from 'contrail'
import { type Framework, importFramework } from './app-framework.js'
import { CliError } from './cli-error.js'
import { CodeLoader } from './dev-server/code-loader.js'
import { failureText } from './dev-server/failure-response.js'
import { describeFailure } from './dev-server/load-failure.js'

/** An app that has booted, and what loaded it. */
export interface LoadedApp {
  readonly app: Application
  readonly framework: Framework
  readonly loader: CodeLoader
}

/**
 * Boots the app in a folder, and closes it when the work is done.
 * @param fix what the command says of an app that does not load
 * @throws CliError when it does not load, and whatever the work throws
 */
export async function withApp<T>(folder: string, fix: string, work: (loaded: LoadedApp) => Promise<T> | T): Promise<T> {
  const framework = await importFramework(folder)
  const loader = await CodeLoader.start(folder)
  try {
    const app = await bootApp(framework, loader, folder, fix)
    try {
      return await work({ app, framework, loader })
    } catch (error) {
      // Read now: the loader, while it is open, knows which line of the source a place in its code is.
      if (error instanceof Error) void error.stack
      throw error
    } finally {
      await app.close()
    }
  } finally {
    await framework.disposeShared()
    await loader.close()
  }
}

/** Boots the app in a folder. @throws CliError when it does not load */
export async function bootApp(
  framework: Framework,
  loader: CodeLoader,
  folder: string,
  fix: string,
): Promise<Application> {
  try {
    return await framework.loadApplication(folder, { importFile: (path) => loader.import(path) })
  } catch (error) {
    throw new CliError(failureText(describeFailure(error, folder)).trimEnd(), fix)
  }
}
