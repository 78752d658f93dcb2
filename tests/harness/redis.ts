// A real Redis for tests: started, stopped, killed and started again on the same port with what it had, and removed at the end.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'redis'
import { freePort, type Running, start } from './processes.js'

/** A Redis under test. It keeps what it is told on the disk, so that a restart loses nothing. */
export interface Redis {
  readonly url: string
  /** Sends a signal to its process, which goes on: SIGSTOP for silence, SIGCONT for the end of it. */
  signal(signal: NodeJS.Signals): void
  /** Kills it, and resolves when the process has ended. */
  stop(): Promise<void>
  /** Starts it again, and resolves when it accepts connections. */
  restart(): Promise<void>
  /** Stops it, and forgets what it had. */
  remove(): Promise<void>
}

/** Starts a Redis on a free port. Whoever starts one removes it. */
export async function startRedis(): Promise<Redis> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'contrail-redis-'))
  let running: Running | undefined
  const redis: Redis = {
    url: `redis://127.0.0.1:${port}`,
    signal: (signal) => running?.kill(signal),
    async stop() {
      await running?.stop('SIGKILL')
      running = undefined
    },
    async restart() {
      running = start(
        'redis-server',
        ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes'],
        { cwd: folder },
      )
      await running.waitFor(/Ready to accept connections/)
    },
    async remove() {
      await redis.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await redis.restart()
  return redis
}

/** A client of a Redis, connected, as an app would have it. Whoever connects one destroys it. */
export async function connectRedis({ url }: Redis) {
  // Without a queue for the time when it is not connected: what waits there would be done when nobody asks for it any more.
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { reconnectStrategy: () => 20 },
  })
  // It connects again by itself, and every command that suffered has said so.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** A client of {@link connectRedis}. */
export type RedisClient = Awaited<ReturnType<typeof connectRedis>>
