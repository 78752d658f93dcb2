// Why: `contrail about`: what runs here, for a person and for a bug report.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Command, withEnvironment } from '../command-line.js'
import { chooseEnvironment } from '../environment.js'
import { withApp } from '../loaded-app.js'

/** `contrail about` */
export function define(command: Command): void {
  withEnvironment(command)
    .option('--json', 'as JSON')
    .action((options: { environment?: string; json?: true }) => about(process.cwd(), options))
}

/** Prints versions, the environment, and what the app consists of. */
async function about(folder: string, options: { environment?: string; json?: true }): Promise<void> {
  chooseEnvironment(options.environment)
  await withApp(folder, 'mend the app; what it consists of is known once it loads.', ({ app }) => {
    const facts = {
      app: manifestOf(folder, './package.json')?.name ?? null,
      folder,
      environment: app.environment.name,
      routes: app.routes.length,
      controllers: new Set(app.routes.map(({ controller }) => controller)).size,
      contrail: versionOf(folder, 'contrail'),
      'contrail-cli': manifestOf(import.meta.dirname, '../../package.json')?.version ?? null,
      typescript: versionOf(folder, 'typescript'),
      node: process.version.slice(1),
      system: `${process.platform} ${process.arch}`,
    }
    process.stdout.write(options.json === true ? `${JSON.stringify(facts, undefined, 2)}\n` : table(facts))
  })
}

function versionOf(folder: string, name: string): string | null {
  return manifestOf(folder, `${name}/package.json`)?.version ?? null
}

function manifestOf(folder: string, file: string): { readonly name?: string; readonly version?: string } | undefined {
  try {
    return createRequire(join(folder, 'package.json'))(file) as { name?: string; version?: string }
  } catch {
    return undefined
  }
}

function table(facts: Readonly<Record<string, string | number | null>>): string {
  const rows = Object.entries(facts)
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value ?? '(not installed)'}\n`).join('')
}
