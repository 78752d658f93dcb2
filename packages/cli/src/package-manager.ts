// Why: installing is another program's work; this starts it, shows that it goes on, and says what it said when it failed.
import { spawn } from 'node:child_process'
import { CliError } from './cli-error.js'

/** Programs that install packages. */
export const PACKAGE_MANAGERS = ['npm', 'pnpm', 'yarn', 'bun'] as const

export type PackageManager = (typeof PACKAGE_MANAGERS)[number]

/** How many of the program's last lines a failure shows. */
const LINES = 12

/** The package manager that started us, as `npm create` and its like say in the environment; else npm. */
export function invokingPackageManager(): PackageManager {
  const agent = process.env['npm_config_user_agent']?.split('/')[0]
  return PACKAGE_MANAGERS.find((name) => name === agent) ?? 'npm'
}

/**
 * Installs an app's packages, and shows for how long it has been at it.
 * @throws CliError with the program's last lines when it fails or is not there
 */
export async function installPackages(manager: PackageManager, folder: string): Promise<void> {
  const startedAt = performance.now()
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
  const doing = `Installing packages with ${manager}`
  const progress = process.stderr.isTTY
    ? setInterval(() => process.stderr.write(`\r${doing} … ${seconds()} `), 100)
    : undefined
  if (progress === undefined) process.stderr.write(`${doing} …\n`)
  const { code, output } = await run(manager, folder).finally(() => clearInterval(progress))
  if (progress !== undefined) process.stderr.write('\r\u001b[K')
  if (code !== 0) {
    const last = output
      .trim()
      .split('\n')
      .slice(-LINES)
      .map((line) => `  ${line}`)
    throw new CliError(
      `${manager} could not install the packages${code === null ? '' : ` (exit code ${code})`}:\n${last.join('\n')}`,
      `check the network and the registry, or make the app with --skip-install and run ${manager} install in it later. Nothing was written.`,
    )
  }
  process.stderr.write(`Installed packages with ${manager} in ${seconds()}\n`)
}

function run(manager: PackageManager, cwd: string): Promise<{ code: number | null; output: string }> {
  const quiet = manager === 'npm' ? ['--no-audit', '--no-fund', '--loglevel=error'] : []
  return new Promise((resolve) => {
    let output = ''
    // On Windows package managers are scripts, which only a shell starts; the arguments are all our own.
    const child = spawn(manager, ['install', ...quiet], { cwd, shell: process.platform === 'win32' })
    const read = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('error', (error) => resolve({ code: null, output: error.message }))
    child.on('close', (code) => resolve({ code, output }))
  })
}
