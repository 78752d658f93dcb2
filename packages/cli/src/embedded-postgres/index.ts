// Why: contrail-cli/embedded-postgres: the database of an app in development and in tests, where DATABASE_URL names none.
// An app imports it when it connects, so that production, which has no contrail-cli, never does.
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { dirname, relative, resolve } from 'node:path'
import type { Duplex } from 'node:stream'
import { CliError } from '../cli-error.js'
import { FolderLock, lockHolder } from './folder-lock.js'
import { Host } from './host.js'

/** Options of {@link connectEmbedded}. */
export interface EmbeddedOptions {
  /** Milliseconds that another process may hold the folder without serving it: it is starting, or about to end. Default: 30,000 */
  readonly patience?: number
}

const PATIENCE = 30_000
const INTERVAL = 50

const IN_MEMORY = ''

/** The databases that this process runs, or is about to. */
const hosts = new Map<string, Promise<Host>>()

/**
 * Connects to the embedded PostgreSQL of a folder, as a driver's `socket` option wants it. The first process to do so runs
 * it, and serves it to the others until its own connections are closed.
 * @param folder where the database is kept, such as `storage/development`; undefined for one in memory
 * @throws CliError when the folder cannot be opened
 */
export async function connectEmbedded(folder?: string, { patience = PATIENCE }: EmbeddedOptions = {}): Promise<Duplex> {
  const path = folder === undefined ? IN_MEMORY : resolve(folder)
  const giveUpAt = performance.now() + patience
  for (;;) {
    const host = await (hosts.get(path) ?? begin(path))
    if (host !== undefined && host.closing === undefined) return asSocket(await host.connect())
    if (host !== undefined) {
      await host.closing
      hosts.delete(path)
      continue
    }
    const socket = await reach(addressOf(path))
    if (socket !== undefined) return socket
    if (performance.now() > giveUpAt) throw unreachable(path)
    await new Promise((done) => setTimeout(done, INTERVAL))
  }
}

/** Begins to run a database. Undefined when another process runs it. */
async function begin(path: string): Promise<Host | undefined> {
  if (path === IN_MEMORY) return await remember(path, Promise.resolve(Host.inMemory()))
  mkdirSync(dirname(path), { recursive: true })
  const lock = FolderLock.take(lockOf(path))
  return lock && (await remember(path, Host.inFolder(path, addressOf(path), lock)))
}

async function remember(path: string, starting: Promise<Host>): Promise<Host> {
  hosts.set(path, starting)
  try {
    return await starting
  } catch (error) {
    hosts.delete(path)
    throw error
  }
}

const lockOf = (path: string) => `${path}.lock`

/** A socket beside the folder; the shorter of its names, as the system takes only about a hundred characters. */
function addressOf(path: string): string {
  if (process.platform === 'win32') {
    return `\\\\.\\pipe\\contrail-${createHash('sha256').update(path).digest('hex').slice(0, 32)}`
  }
  const whole = `${path}.sock`
  const short = relative(process.cwd(), whole)
  return short.length < whole.length ? short : whole
}

/** Undefined when nobody listens. */
function reach(address: string): Promise<Socket | undefined> {
  return new Promise((done) => {
    const socket = connect(address)
    socket.once('connect', () => done(socket.removeAllListeners('error')))
    socket.once('error', () => done(undefined))
  })
}

function unreachable(path: string): CliError {
  const pid = lockHolder(lockOf(path))
  return new CliError(
    `Process ${pid ?? 'unknown'} has the database in ${path} open, and does not answer.`,
    `stop it, or set DATABASE_URL to a PostgreSQL. If it is none of this app's, remove ${lockOf(path)}.`,
  )
}

/** The driver asks a socket whether it is open before it takes leave. */
function asSocket(stream: Duplex): Duplex {
  return Object.defineProperty(stream, 'readyState', { get: () => (stream.destroyed ? 'closed' : 'open') })
}
