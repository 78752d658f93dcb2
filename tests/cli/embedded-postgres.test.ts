// The embedded PostgreSQL of apps: what connections to it see of each other, and what its folder is guarded against.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { connectEmbedded } from 'contrail-cli/embedded-postgres'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { Snapshot } from '../../packages/cli/dist/embedded-postgres/snapshot.js'
import { temporaryFolder } from '../harness/folders.js'
import { start } from '../harness/processes.js'

/** A client as config/database.ts makes it, and the streams it was given. */
function client(folder?: string, options: { patience?: number } = {}) {
  const streams: Duplex[] = []
  const socket = async () => {
    const stream = await connectEmbedded(folder, options)
    streams.push(stream)
    return stream
  }
  const settings = { max: 1, max_lifetime: null, onnotice: () => {}, socket }
  return { sql: postgres(settings), streams }
}

describe('connections', () => {
  const one = client()
  const other = client()

  beforeAll(async () => {
    await one.sql`create table notes (text text)`
  })

  afterAll(async () => {
    await other.sql.end()
    await one.sql.end()
  })

  test('take turns: nothing of another ends up in a transaction', async () => {
    let late: Promise<unknown> = Promise.resolve()
    await expect(
      one.sql.begin(async (transaction) => {
        await transaction`insert into notes values ('taken back')`
        late = other.sql`insert into notes values ('kept')`.execute()
        await new Promise((resolve) => setTimeout(resolve, 50))
        await transaction`select 1`
        throw new Error('back')
      }),
    ).rejects.toThrow('back')
    await late
    expect(await one.sql`select text from notes`).toEqual([{ text: 'kept' }])
  })

  test('go on after errors, before and while a statement runs', async () => {
    await expect(one.sql`select nope from notes where text = ${'x'}`).rejects.toMatchObject({ code: '42703' })
    await expect(one.sql`select 1 / (${0}::int)`).rejects.toMatchObject({ code: '22012' })
    expect(await one.sql`select ${3}::int as n`).toEqual([{ n: 3 }])
  })

  test('that break off within a transaction leave nothing of it, and nobody waiting', async () => {
    await other.sql`begin`
    await other.sql`delete from notes`
    other.streams.at(-1)?.destroy()
    expect(await one.sql`select count(*)::int as n from notes`).toEqual([{ n: 1 }])
    expect(await other.sql`select count(*)::int as n from notes`).toEqual([{ n: 1 }])
  })
})

describe('the folder', () => {
  test('that a crash left half made is made anew; a program that closed its database has let go of it', async () => {
    const folder = join(temporaryFolder(), 'development')
    mkdirSync(folder)
    writeFileSync(join(folder, 'PG_VERSION'), 'half')
    writeFileSync(`${folder}.new`, '')
    const first = client(folder)
    await first.sql`create table notes (text text)`
    await first.sql.end()
    expect(readdirSync(join(folder, '..'))).toEqual(['development'])
    const second = client(folder)
    expect(await second.sql`select * from notes`).toEqual([])
    await second.sql.end()
  })

  test('that a process holds and does not serve is refused; so is one that an ended process held not', async () => {
    const folder = join(temporaryFolder(), 'development')
    const holder = start('sleep', ['60'], { cwd: temporaryFolder() })
    onTestFinished(() => holder.kill('SIGKILL'))
    writeFileSync(`${folder}.lock`, `${holder.process.pid} a`)
    const { sql } = client(folder, { patience: 100 })
    await expect(sql`select 1`).rejects.toThrow(`Process ${holder.process.pid} has the database in ${folder} open`)
    expect(readdirSync(join(folder, '..'))).toEqual(['development.lock'])
    await holder.stop('SIGKILL')
    await sql.end()
    // Who takes it over listens first, before there is a database: a folder is no address, so that is as far as this goes.
    mkdirSync(join(`${folder}.sock`, 'in the way'), { recursive: true })
    await expect(connectEmbedded(folder)).rejects.toThrow(/EISDIR|directory/)
    expect(readdirSync(join(folder, '..'))).toEqual(['development.sock'])
  })

  test('that holds no database is refused, and left as it is', async () => {
    const folder = join(temporaryFolder(), 'development')
    mkdirSync(folder)
    writeFileSync(join(folder, 'PG_VERSION'), '12\n')
    const { sql } = client(folder)
    await expect(sql`select 1`).rejects.toThrow(`The database in ${folder} cannot be opened`)
    expect(readdirSync(join(folder, '..'))).toEqual(['development'])
    await sql.end()
  })
})

describe('the snapshot', () => {
  test('is read as it was written; one that is cut short, or of another version, is none', () => {
    const folder = join(temporaryFolder(), 'cache')
    mkdirSync(folder)
    writeFileSync(join(folder, 'pglite-0.0.1.tar.gz'), 'of another version')
    const snapshot = new Snapshot(folder)
    expect(snapshot.read()).toBeUndefined()
    snapshot.write(randomBytes(100_000))
    expect(snapshot.read()?.size).toBe(100_000)
    const [file = '', ...others] = readdirSync(folder)
    expect(others).toEqual([])
    truncateSync(join(folder, file), 50_000)
    expect(snapshot.read()).toBeUndefined()
  })

  test('is done without where there is no place for it', () => {
    const folder = join(temporaryFolder(), 'a file')
    writeFileSync(folder, '')
    const snapshot = new Snapshot(folder)
    snapshot.write(randomBytes(10))
    expect(snapshot.read()).toBeUndefined()
  })
})
