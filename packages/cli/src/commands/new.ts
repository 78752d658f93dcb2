// Why: `contrail new`: from a name to an app that runs, whole or not at all.
import { createRequire } from 'node:module'
import { basename, relative, resolve } from 'node:path'
import { CliError } from '../cli-error.js'
import type { Command } from '../command-line.js'
import {
  type AppChoices,
  appFiles,
  DATABASES,
  type DatabaseName,
  SESSION_STORES,
  type SessionStoreName,
} from '../generators/app/app.js'
import { checkAppName } from '../generators/app/name.js'
import { initialiseRepository } from '../git.js'
import { installPackages, invokingPackageManager, PACKAGE_MANAGERS, type PackageManager } from '../package-manager.js'
import { ask, askChoice, canAsk } from '../questions.js'
import { Staging } from '../staging.js'

/** Options of `contrail new`. */
interface NewOptions {
  readonly session: SessionStoreName
  readonly database?: DatabaseName
  readonly packageManager?: PackageManager
  readonly minimal?: true
  readonly skipInstall?: true
  readonly skipGit?: true
  readonly yes?: true
}

/** `contrail new` */
export function define(command: Command): void {
  command
    .argument('[name]', 'the app, and its folder; asked for at a terminal')
    .addOption(
      command.createOption('--session <store>', 'where sessions are kept').choices(SESSION_STORES).default('cookie'),
    )
    .addOption(
      command
        .createOption('--database <name>', 'what records are kept in (default: postgres; none with --minimal)')
        .choices(DATABASES),
    )
    .addOption(
      command
        .createOption('--package-manager <program>', 'what installs the packages (default: what ran this, else npm)')
        .choices(PACKAGE_MANAGERS),
    )
    .option('--minimal', 'only what it needs to run: no tests, linter, container or editor settings')
    .option('--skip-install', 'install no packages')
    .option('--skip-git', 'make no repository')
    .option('-y, --yes', 'ask nothing: take the defaults')
    .action(async (given: string | undefined, options: NewOptions) => {
      const isAsking = options.yes !== true && canAsk()
      const path = given ?? (isAsking ? await askForName() : undefined)
      if (path === undefined) return command.error("error: missing required argument 'name'")
      checkAppName(basename(resolve(path)))
      await newApp(path, options, options.database ?? (await databaseFor(options, isAsking)))
    })
}

function askForName(): Promise<string> {
  return ask('The name of the app, and of its folder: ', (answer) => {
    checkAppName(basename(resolve(answer)))
    return answer
  })
}

async function databaseFor({ minimal }: NewOptions, isAsking: boolean): Promise<DatabaseName> {
  if (minimal === true) return 'none'
  return isAsking ? await askChoice('What records are kept in', DATABASES) : DATABASES[0]
}

/** Makes an app in a folder of this name; its last part is the app's. */
async function newApp(path: string, options: NewOptions, database: DatabaseName): Promise<void> {
  const target = resolve(path)
  const name = basename(target)
  const choices: AppChoices = {
    name,
    session: options.session,
    database,
    packageManager: options.packageManager ?? invokingPackageManager(),
    minimal: options.minimal === true,
    packages: packageSpecifiers(),
  }
  const staging = new Staging(target)
  const files = appFiles(choices)
  const discard = (signal: NodeJS.Signals) => {
    staging.discard()
    process.kill(process.pid, signal)
  }
  process.once('SIGINT', discard).once('SIGTERM', discard)
  try {
    staging.write(files)
    if (options.skipInstall !== true) await installPackages(choices.packageManager, staging.folder)
    const note = options.skipGit === true ? undefined : initialiseRepository(staging.folder)
    staging.finish()
    process.stdout.write(report(target, files.length, choices, options, note))
  } catch (error) {
    staging.discard()
    throw error
  } finally {
    process.off('SIGINT', discard).off('SIGTERM', discard)
  }
}

/** The release that this command line belongs to, unless a test or a mirror says otherwise. */
function packageSpecifiers(): AppChoices['packages'] {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }
  const given = process.env['CONTRAIL_PACKAGES']
  if (given === undefined || given === '') return { contrail: `^${version}`, 'contrail-cli': `^${version}` }
  try {
    const { contrail, 'contrail-cli': cli } = JSON.parse(given) as Record<string, unknown>
    if (typeof contrail === 'string' && typeof cli === 'string') return { contrail, 'contrail-cli': cli }
  } catch {
    // It is told below, as any other value that is none.
  }
  throw new CliError(
    `CONTRAIL_PACKAGES is ${given}.`,
    'set it to JSON such as {"contrail":"file:/a.tgz","contrail-cli":"file:/b.tgz"}, or unset it.',
  )
}

function report(
  target: string,
  count: number,
  { name, packageManager, minimal }: AppChoices,
  { skipInstall }: NewOptions,
  note: string | undefined,
): string {
  const folder = relative(process.cwd(), target)
  const run = packageManager === 'npm' ? 'npm run' : packageManager
  const steps = [
    ...(folder === '' ? [] : [`cd ${folder}`]),
    ...(skipInstall === true ? [`${packageManager} install`] : []),
    `${run} dev${' '.repeat(12)}# http://localhost:3000`,
    ...(minimal ? [] : [`${packageManager} test`]),
  ]
  const lines = [`Made ${name}: ${count} files in ${target}`, ...(note === undefined ? [] : [note]), '', 'Next:']
  return `${[...lines, ...steps.map((step) => `  ${step}`)].join('\n')}\n`
}
