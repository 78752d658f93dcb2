// Why: how many processes serve is said by hand or by a platform, and a mistake in it must not start a hundred.
import { availableParallelism } from 'node:os'
import { BootError } from '../errors.js'

const MAXIMUM = 512

/**
 * How many workers are asked for; 0, as when nothing is said, for this process alone.
 * @throws BootError for what is no such number
 */
export function workerCount(said: string | number | undefined): number {
  if (said === undefined || said === '') return 0
  if (said === 'max') return availableParallelism()
  const count = Number(said)
  if (/^\d+$/.test(String(said)) && count <= MAXIMUM) return count
  throw new BootError(
    `The number of workers (WEB_CONCURRENCY, --workers) is ${JSON.stringify(said)}.`,
    `give a number from 0 to ${MAXIMUM}, or max for one a core.`,
  )
}
