// Why: PGlite, started so that it is ready soon and never found half made. The only file that knows it.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { CliError } from '../cli-error.js'
import type { SharedSession } from './connection.js'
import { Snapshot } from './snapshot.js'
import { Turns } from './turns.js'

/** A PostgreSQL that runs within this process. */
export interface Engine extends SharedSession {
  close(): Promise<void>
}

type Database = import('@electric-sql/pglite').PGlite

/**
 * Starts the database of a folder; makes it when there is none.
 * @param folder undefined for one in memory
 * @throws CliError when what is in the folder is no database that this PGlite can open
 */
export async function startEngine(folder: string | undefined): Promise<Engine> {
  const database = await (folder === undefined ? make(undefined) : openFolder(folder))
  const { rows } = await database.query<{ server_version: string }>('show server_version')
  return {
    turns: new Turns(),
    version: rows[0]?.server_version ?? '',
    execute: (messages) => database.execProtocolRaw(messages),
    close: () => database.close(),
  }
}

async function openFolder(folder: string): Promise<Database> {
  // It is there while the folder is being made: one that a crash left half made is made anew.
  const mark = `${folder}.new`
  if (existsSync(folder) && !existsSync(mark)) return await reopen(folder)
  mkdirSync(folder, { recursive: true })
  writeFileSync(mark, '')
  const database = await make(folder)
  rmSync(mark)
  return database
}

async function reopen(folder: string): Promise<Database> {
  try {
    return await start({ dataDir: folder })
  } catch (error) {
    throw new CliError(
      `The database in ${folder} cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      'if another version of @electric-sql/pglite made it, install that one; or remove the folder, and what is in it, and run contrail db:migrate.',
    )
  }
}

/** Makes a database from the snapshot; makes that first when there is none that is whole. */
async function make(folder: string | undefined): Promise<Database> {
  const snapshot = new Snapshot()
  const known = snapshot.read()
  if (known !== undefined) {
    const database = await startFrom(known, folder).catch(() => undefined)
    if (database !== undefined) return database
    snapshot.remove()
  }
  process.stderr.write('Preparing the embedded database, the first time on this machine: some seconds …\n')
  const first = await start({})
  const tar = await first.dumpDataDir('none')
  await first.close()
  snapshot.write(new Uint8Array(await tar.arrayBuffer()))
  return await startFrom(tar, folder)
}

async function startFrom(tar: Blob, folder: string | undefined): Promise<Database> {
  if (folder === undefined) return await start({ loadDataDir: tar })
  rmSync(folder, { recursive: true, force: true })
  return await start({ loadDataDir: tar, dataDir: folder })
}

async function start(options: import('@electric-sql/pglite').PGliteOptions): Promise<Database> {
  const { PGlite } = await import('@electric-sql/pglite')
  const database = new PGlite(options)
  await database.waitReady
  return database
}
