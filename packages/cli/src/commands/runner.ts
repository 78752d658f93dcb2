// Why: `contrail runner`: a script that runs inside the booted app, as `rails runner`: for a task by hand or from cron.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { CliError } from '../cli-error.js'
import { type Command, withEnvironment } from '../command-line.js'
import { chooseEnvironment } from '../environment.js'
import { withApp } from '../loaded-app.js'

/** `contrail runner` */
export function define(command: Command): void {
  withEnvironment(command)
    .argument('<file>', 'a file of the app; a function that it exports by default is called with the app')
    .argument('[args...]', 'what the script finds in process.argv')
    .passThroughOptions()
    .action((file: string, args: string[], options: { environment?: string }) =>
      runner(process.cwd(), file, args, options),
    )
}

/** Boots the app in a folder, then runs a file of it; a function that it exports by default is called with the app. */
async function runner(
  folder: string,
  file: string,
  args: readonly string[],
  options: { environment?: string },
): Promise<void> {
  chooseEnvironment(options.environment)
  const path = resolve(folder, file)
  if (!existsSync(path))
    throw new CliError(`There is no ${path}.`, 'name a file of the app, such as scripts/clean-up.ts.')
  await withApp(folder, 'mend the app; scripts run once it loads.', async ({ app, loader }) => {
    process.argv = [process.argv[0] as string, path, ...args]
    const { default: main } = (await loader.import(path)) as { default?: unknown }
    if (typeof main === 'function') await (main as (app: unknown) => unknown)(app)
  })
}
