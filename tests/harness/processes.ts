// Runs programs as a person at a terminal would: starts them, reads what they print, stops them.
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'

/** A program under way, and all it has printed. */
export interface Running {
  readonly process: ChildProcess
  readonly output: () => string
  /** Resolves with the match once the output has one; rejects when the program ends without. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>
  /** Sends a signal to the program and to all that it started. */
  kill(signal: NodeJS.Signals): void
  /** Sends a signal and resolves with the exit code once the program has ended. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Options of {@link start} and {@link execute}. */
export interface ProgramOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
}

/** The process's own variables without what the test run added: a child must find its own environment. */
export function cleanEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NODE_ENV, CONTRAIL_ENV, VITEST, VITEST_MODE, TEST, PORT, HOST, NODE_OPTIONS, ...rest } = process.env
  const own = Object.fromEntries(Object.entries(rest).filter(([name]) => !/^(VITEST_|npm_)/.test(name)))
  return { ...own, ...extra }
}

/** Starts a program. */
export function start(program: string, args: readonly string[], { cwd, env = {} }: ProgramOptions): Running {
  // In a group of its own: as at a terminal, a signal reaches npm and what npm started alike.
  const child = spawn(program, [...args], {
    cwd,
    env: cleanEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const kill = (signal: NodeJS.Signals) => signalGroup(child, signal)
  const killAtExit = () => kill('SIGKILL')
  process.once('exit', killAtExit)
  let output = ''
  let ended: number | null | undefined
  const listeners = new Set<() => void>()
  const notify = () => {
    for (const listener of [...listeners]) listener()
  }
  const read = (chunk: Buffer) => {
    output += chunk.toString()
    notify()
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  child.on('close', (code) => {
    process.off('exit', killAtExit)
    ended = code
    notify()
  })
  const until = <T>(look: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const check = () => {
        const found = look()
        if (found === undefined && ended === undefined) return
        listeners.delete(check)
        if (found === undefined) reject(new Error(`${program} ended with ${ended} and printed:\n${output}`))
        else resolve(found)
      }
      listeners.add(check)
      check()
    })
  return {
    process: child,
    output: () => output,
    kill,
    waitFor: (pattern) => until(() => pattern.exec(output) ?? undefined),
    async stop(signal = 'SIGTERM') {
      kill(signal)
      return await until<{ code: number | null }>(() => (ended === undefined ? undefined : { code: ended })).then(
        ({ code }) => code,
      )
    },
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // It has ended already.
  }
}

/** Runs a program to its end. */
export async function execute(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<{ code: number | null; output: string }> {
  const running = start(program, args, options)
  const code = await new Promise<number | null>((resolve) => running.process.on('close', resolve))
  return { code, output: running.output() }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
