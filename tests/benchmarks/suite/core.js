// Why: figures taken while other programs had the server's core are worth little, and whoever reads them must be told.
import { readFileSync } from 'node:fs'
import { PINNED, SERVER_CORE } from './processes.js'

const TICK = 10_000 // microseconds: Linux counts in hundredths of a second

/** From this part of the core's time on, what others took is told. */
export const DISTURBED = 0.2

/** Microseconds of the server's core that programs have had, or another machine in its place; undefined where nothing is pinned. */
export function coreTime() {
  if (!PINNED) return undefined
  const line = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`cpu${SERVER_CORE} `))
  // Not counted: idle and iowait. Interrupts are: what they take of a process is counted as its own.
  const [, user, nice, system, , , irq, softirq, steal = '0'] = line.split(/\s+/)
  return [user, nice, system, irq, softirq, steal].reduce((sum, ticks) => sum + Number(ticks) * TICK, 0)
}
