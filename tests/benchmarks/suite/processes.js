// Why: whatever this started ends with it, however it ends: no server is left behind.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'

const running = new Set()
const killAll = () => {
  for (const child of running) child.kill('SIGKILL')
}

process.on('exit', killAll)
// Exiting is what kills them: the listener above.
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }))
  process.once(signal, () => process.exit(code))

/** Whether there are two cores to pin to. */
export const PINNED = process.platform === 'linux' && availableParallelism() > 1

/** The cores of the server, and of what loads it or serves it. */
export const SERVER_CORE = '0'
export const OTHER_CORES = `1-${Math.max(1, availableParallelism() - 1)}`

/** Starts a program; pinned to cores when some are named. */
export function start(program, args, { cores, ...options } = {}) {
  const child =
    cores !== undefined && PINNED
      ? spawn('taskset', ['-c', cores, program, ...args], options)
      : spawn(program, args, options)
  running.add(child)
  child.once('exit', () => running.delete(child))
  child.once('error', () => running.delete(child))
  return child
}

/** Ends a process and resolves when it has ended. */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/**
 * Runs a program and resolves with what it printed. With `interruptAfter` it is interrupted so many seconds after it has begun to
 * print: on a busy machine starting it may take longer than that.
 * @throws what it complained of
 */
export async function output(program, args, { input, interruptAfter, ...options } = {}) {
  const child = start(program, args, options)
  let printed = ''
  let complaint = ''
  child.stdout.on('data', (chunk) => (printed += chunk))
  child.stderr.on('data', (chunk) => (complaint += chunk))
  child.stdin.end(input)
  let timer
  if (interruptAfter !== undefined)
    child.stdout.once('data', () => {
      timer = setTimeout(() => child.kill('SIGINT'), interruptAfter * 1000)
    })
  const [code] = await once(child, 'close')
  clearTimeout(timer)
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${complaint || printed}`)
  return printed
}
