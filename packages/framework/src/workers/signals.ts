// Why: how the process that has workers is told what to do with them.
import type { Logger } from '../logging/logger.js'
import type { Workers } from './workers.js'

/** SIGHUP replaces the workers; SIGTERM and SIGINT let them finish and end the process, and once more ends all at once. */
export function obeySignals(workers: Workers, logger: Logger): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) {
      workers.kill()
      process.exit(1)
    }
    stopping = true
    logger.info({ signal }, 'stopping: the workers finish what is under way')
    void workers.stop().then(() => process.exit(0))
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  process.on('SIGHUP', () => {
    logger.info({ signal: 'SIGHUP' }, 'restarting: each worker is replaced by a new one')
    void workers.restart()
  })
}
