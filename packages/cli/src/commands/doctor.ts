// Why: `contrail doctor`: what is wrong with an app and its surroundings, with how to mend each, before it shows in a riddle.
import { join } from 'node:path'
import { importFramework } from '../app-framework.js'
import { type Command, withEnvironment } from '../command-line.js'
import { chooseEnvironment } from '../environment.js'
import { type Finding, failure } from './doctor/finding.js'
import { folderFindings } from './doctor/folder.js'
import { packageFindings } from './doctor/packages.js'
import { environmentFinding, secretFinding } from './doctor/settings.js'

const OWN = join(import.meta.dirname, '../..')

/** `contrail doctor` */
export function define(command: Command): void {
  withEnvironment(command)
    .option('--json', 'as JSON')
    .action(async (options: { environment?: string; json?: true }) => {
      chooseEnvironment(options.environment)
      const findings = await examine(process.cwd())
      process.stdout.write(options.json === true ? `${JSON.stringify(findings, undefined, 2)}\n` : report(findings))
      if (findings.some(({ status }) => status === 'fail')) process.exitCode = 1
    })
}

async function examine(folder: string): Promise<Finding[]> {
  const name = process.env['CONTRAIL_ENV'] || process.env['NODE_ENV'] || 'development'
  const first = [...packageFindings(folder, OWN), environmentFinding(folder, name), ...folderFindings(folder)]
  let running: Finding[]
  try {
    const framework = await importFramework(folder)
    framework.loadEnvironment(folder)
    const { runningFindings } = await import('./doctor/running.js')
    running = await runningFindings(framework, folder)
  } catch (error) {
    running = [failure('boot', error, 'mend that first')]
  }
  const boots = running[0]?.status === 'ok'
  return [...first, secretFinding(name, boots), ...running]
}

function report(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const indent = ' '.repeat(width + 8)
  const lines = findings.map(({ status, check, found, fix }) => {
    const text = found.trimEnd().replaceAll('\n', `\n${indent}`)
    return `${status.padEnd(4)}  ${check.padEnd(width)}  ${text}\n${fix === null ? '' : `${indent}Fix: ${fix}\n`}`
  })
  return lines.join('')
}
