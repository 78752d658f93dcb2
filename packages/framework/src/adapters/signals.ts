// Why: how a process that serves comes to its end: told to stop, or by an error that nobody caught.
import type { EventEmitter } from 'node:events'
import type { Logger } from '../logging/logger.js'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * On SIGTERM and SIGINT stops and exits with 0; a second signal exits at once with 1. On an error that nobody caught logs
 * it, stops and exits with 1: the process may be in any state, but requests under way are still answered.
 * @param worker given for a worker of others: a signal that it gets again, as all processes at a terminal do, is nothing new,
 * and it ends when the process is gone that started it
 * @returns takes the listeners away again, unless the process is ending
 */
export function stopOnSignals(stop: () => Promise<void>, logger: Logger, worker?: EventEmitter): () => void {
  let stopping = false
  const end = (code: number) => {
    if (stopping) process.exit(1)
    stopping = true
    stop().then(
      () => process.exit(code),
      (error: unknown) => {
        logger.fatal({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  const onSignal = (signal: NodeJS.Signals | 'disconnect') => {
    if (stopping && worker !== undefined) return
    logger.info({ signal }, 'stopping: no new connections, requests under way are finished')
    end(0)
  }
  const onError = (error: unknown) => {
    logger.fatal({ err: error }, 'an error that nobody caught; stopping')
    if (!stopping) end(1)
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  worker?.once('disconnect', () => onSignal('disconnect'))
  process.on('uncaughtException', onError).on('unhandledRejection', onError)
  return () => {
    // The process is on its way out, and what stops it may well call this: a second signal must still be heard.
    if (stopping) return
    for (const signal of SIGNALS) process.off(signal, onSignal)
    process.off('uncaughtException', onError).off('unhandledRejection', onError)
  }
}
