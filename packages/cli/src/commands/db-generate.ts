// Why: `contrail db:generate`: the models were changed; drizzle-kit writes the migration that does the same to a database.
import { spawn } from 'node:child_process'
import { CliError } from '../cli-error.js'
import type { Command } from '../command-line.js'
import { requireDatabase } from '../database/app-database.js'
import { drizzleKit } from '../database/drizzle-kit.js'

interface GenerateOptions {
  readonly name?: string
  readonly custom?: true
}

/** `contrail db:generate` */
export function define(command: Command): void {
  command
    .option('--name <name>', 'what the migration is called: add_title (default: words by chance)')
    .option('--custom', 'an empty one, for SQL of your own')
    .action(async (options: GenerateOptions) => {
      process.exitCode = await generate(process.cwd(), options)
    })
}

/** Runs the app's drizzle-kit, which may ask whether a column was renamed. @returns its exit code */
async function generate(folder: string, { name, custom }: GenerateOptions): Promise<number> {
  requireDatabase(folder)
  if (name !== undefined && !/^\w[\w-]*$/.test(name))
    throw new CliError(`A migration cannot be called ${JSON.stringify(name)}.`, 'use letters, digits, _ and -.')
  const args = [...(name === undefined ? [] : ['--name', name]), ...(custom === true ? ['--custom'] : [])]
  const child = spawn(process.execPath, [drizzleKit(folder), 'generate', ...args], { cwd: folder, stdio: 'inherit' })
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}
