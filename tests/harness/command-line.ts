// The command line without a process of its own: what `contrail` does, prints and ends with, in a few milliseconds.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { REPOSITORY } from './folders.js'
import { cleanEnvironment } from './processes.js'

/** What the command line takes, as bin/contrail.js calls it. */
type Run = (args: readonly string[]) => Promise<number>

/** What a command did, as {@link import('./processes.js').execute} tells of a program. */
export interface Outcome {
  readonly code: number
  /** What went to both streams, in order. */
  readonly output: string
}

/** How a command is called. */
export interface CallOptions {
  readonly cwd: string
  /** Beside what the process has without the test run's own. */
  readonly env?: NodeJS.ProcessEnv
}

/** As npm packs it: built, beside its templates. */
const PROGRAM = pathToFileURL(join(REPOSITORY, 'packages', 'cli', 'dist', 'cli.js')).href

let last: Promise<unknown> = Promise.resolve()

/**
 * Calls the command line in this process, in a folder, without the test run's environment. Calls take turns: folder,
 * environment and streams are the process's, and are put back before the next one begins.
 */
export function callContrail(args: readonly string[], options: CallOptions): Promise<Outcome> {
  const call = last.then(() => callAlone(args, options))
  last = call.catch(() => undefined)
  return call
}

async function callAlone(args: readonly string[], { cwd, env }: CallOptions): Promise<Outcome> {
  const { run } = (await import(PROGRAM)) as { run: Run }
  const { stdout, stderr } = process
  const before = { cwd: process.cwd(), env: process.env, exitCode: process.exitCode }
  const writes = [stdout.write, stderr.write] as const
  let output = ''
  const capture = ((chunk: string | Uint8Array) => {
    output += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    return true
  }) as typeof stdout.write
  process.chdir(cwd)
  process.env = { ...cleanEnvironment(env) }
  process.exitCode = undefined
  stdout.write = capture
  stderr.write = capture
  try {
    return { code: await run(args), output }
  } finally {
    ;[stdout.write, stderr.write] = writes
    process.exitCode = before.exitCode
    process.env = before.env
    process.chdir(before.cwd)
  }
}
