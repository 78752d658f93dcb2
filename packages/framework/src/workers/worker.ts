// Why: a worker ends when it is told to, and loses no connection that was on its way to it.
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import type { WorkerMessage } from './messages.js'

/** This process, where it is a worker of `startServer`'s; undefined in any other, also in a worker of somebody else's. */
export function thisWorker(): Worker | undefined {
  return process.env[WORKER] === '1' ? cluster.worker : undefined
}

/** In the environment of a worker. */
export const WORKER = 'CONTRAIL_WORKER'

/** To be called first: a terminal that closes sends SIGHUP to all processes, and to a worker it means nothing. */
export function becomeWorker(worker: Worker): void {
  // Programs that the app starts are no workers.
  delete process.env[WORKER]
  // Without it Node ends a worker at once when the process that started it is gone, whatever is under way.
  worker.exitedAfterDisconnect = true
  process.on('SIGHUP', () => undefined)
}

/** Resolves when it is on its way. */
export function tell(worker: Worker, message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!worker.isConnected()) resolve()
    else worker.send(message, undefined, () => resolve())
  })
}

/**
 * Leaves the others, once the server is closed. The answer to this comes after every connection that was handed to this
 * worker before the other side knew: these have been handed back by then, and go to another.
 */
export async function leave(worker: Worker): Promise<void> {
  if (!worker.isConnected()) return
  const left = once(worker, 'disconnect')
  worker.disconnect()
  await left
}
