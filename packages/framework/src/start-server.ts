// Why: what a built app's server.ts does: boot and serve, in this process or in several that share the port.
import { stopOnSignals } from './adapters/signals.js'
import { keptInMemory } from './application.js'
import { readDotenv } from './config/dotenv.js'
import { currentEnvironment } from './config/environment.js'
import { findRoot, loadApplication } from './load-application.js'
import { createLogger } from './logging/logger.js'
import { disposeShared } from './shared.js'
import { workerCount } from './workers/count.js'
import { obeySignals } from './workers/signals.js'
import { becomeWorker, leave, tell, thisWorker } from './workers/worker.js'
import { Workers } from './workers/workers.js'

/** Options of {@link startServer}. */
export interface StartOptions {
  /** 0 takes any free port. Default: `PORT`, else 3000. */
  readonly port?: number
  /** The address to bind. Default: `HOST`, else this machine only in development and every address elsewhere. */
  readonly host?: string
  /**
   * How many processes serve; `max` for one a core, 0 for this process alone. Default: `WEB_CONCURRENCY`, else 0.
   */
  readonly workers?: number | 'max'
}

/**
 * Boots the app whose config/ is in a folder and serves it until the process is told to stop. With workers, this process
 * starts them and boots nothing itself: SIGHUP replaces them one by one, each by one that serves already; one that dies is
 * started again.
 * @param place the folder where config/ is: `import.meta.dirname` in the app's server.ts
 * @throws BootError naming what is wrong, where, and how to mend it; or whatever the app's own files throw
 */
export async function startServer(place: string, options: StartOptions = {}): Promise<void> {
  const { workers, ...listen } = options
  const worker = thisWorker()
  if (worker !== undefined) return await serveAsWorker(worker, place, listen)
  const environment = currentEnvironment()
  const count = workerCount(workers ?? settingOf(place, environment.name))
  if (count === 0) {
    await (await loadApplication(place)).listen(listen)
    return
  }
  const logger = createLogger({ level: 'info', readable: environment.name === 'development' })
  const all = new Workers(count, logger)
  obeySignals(all, logger)
  if (!(await all.start())) await all.stop().then(() => process.exit(1))
}

/** The files are read, not loaded: each worker reads them when it boots, as they are then. */
function settingOf(place: string, environment: string): string | undefined {
  return process.env['WEB_CONCURRENCY'] ?? readDotenv(findRoot(place), environment).get('WEB_CONCURRENCY')
}

async function serveAsWorker(
  worker: NonNullable<ReturnType<typeof thisWorker>>,
  place: string,
  listen: Omit<StartOptions, 'workers'>,
): Promise<void> {
  becomeWorker(worker)
  try {
    const app = await loadApplication(place)
    const stop = async () => {
      await app.close()
      await disposeShared()
      await leave(worker)
    }
    // Before it listens: from then on there may be something to finish.
    stopOnSignals(stop, app.logger, worker)
    const { url } = await app.listen({ ...listen, signals: false })
    await tell(worker, { contrail: 'serving', url, keptInMemory: keptInMemory(app) })
  } catch (error) {
    await tell(worker, { contrail: 'failed', why: error instanceof Error ? error.message : String(error) })
    throw error
  }
}
