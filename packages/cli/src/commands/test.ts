// Why: `contrail test`: the app's own tests, in the test environment, whatever the shell was set to.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { CliError } from '../cli-error.js'
import type { Command } from '../command-line.js'

/** `contrail test` */
export function define(command: Command): void {
  command
    .argument('[args...]', 'for Vitest: files, --coverage, …')
    .option('-w, --watch', 'run them again when a file changes')
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args: string[], options: { watch?: true }) => {
      process.exitCode = await test(process.cwd(), args, options.watch === true)
    })
}

/** Runs Vitest as the app installed it, with these arguments. @returns its exit code */
async function test(folder: string, args: readonly string[], watch: boolean): Promise<number> {
  const program = vitest(folder)
  const env = { ...process.env, CONTRAIL_ENV: 'test', NODE_ENV: 'test' }
  const child = spawn(process.execPath, [program, watch ? 'watch' : 'run', ...args], {
    cwd: folder,
    env,
    stdio: 'inherit',
  })
  // A signal at the terminal reaches both; one that is sent to this program alone is passed on.
  const pass = (signal: NodeJS.Signals) => child.kill(signal)
  process.on('SIGTERM', pass).on('SIGINT', () => undefined)
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

function vitest(folder: string): string {
  try {
    const manifest = createRequire(join(folder, 'package.json')).resolve('vitest/package.json')
    return join(dirname(manifest), 'vitest.mjs')
  } catch {
    throw new CliError(
      `${folder} has no Vitest, which runs an app's tests.`,
      'run this in the folder of an app, or install it: npm install --save-dev vitest.',
    )
  }
}
