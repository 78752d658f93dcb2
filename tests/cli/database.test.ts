// An app with a database, as its developer uses it: migrations, the prompt, tests, on the embedded PostgreSQL and on a real one.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import connect from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrationsOf, skippedWarning } from '../../packages/cli/dist/database/migrations.js'
import { CONTRAIL, REPOSITORY, temporaryFolder, writeFiles } from '../harness/folders.js'
import { type Postgres, startPostgres } from '../harness/postgres.js'
import { execute, freePort, type Running, start } from '../harness/processes.js'

const SECRET = '0123456789abcdef'.repeat(8)

/** The files that docs/database.md shows. */
const PAGE = Object.fromEntries(
  [...readFileSync(join(REPOSITORY, 'docs/database.md'), 'utf8').matchAll(/```ts file=(\S+)\n([\s\S]*?)```/g)].map(
    ([, path, text]) => [path as string, text as string],
  ),
)
/** Twice the same: the second finds nothing of the first, and ids begin anew. */
const TEST = `import { expect, test } from 'vitest'
import { createClient } from 'contrail/testing'
import { posts } from '../app/models/post.js'
import { db } from '../config/database.js'
import { app } from './app.js'

test.each(['one', 'two'])('%s', async (title) => {
  const [post] = await db.insert(posts).values({ title }).returning()
  expect(post).toMatchObject({ id: 1, createdAt: expect.any(Date) })
  expect((await createClient(app).get('/posts')).json()).toMatchObject([{ id: 1, title }])
  await expect(db.transaction(async (tx) => { await tx.insert(posts).values({ title }); throw new Error('back') })).rejects.toThrow('back')
  await expect(db.execute('select nope')).rejects.toMatchObject({ cause: { code: '42703' } })
  expect(await db.$count(posts)).toBe(1)
})
`

let parent = ''
let app = ''
let postgres: Postgres

const contrail = (args: string[], env: NodeJS.ProcessEnv = {}, cwd = app) =>
  execute(process.execPath, [CONTRAIL, ...args], { cwd, env })

/** Pipes SQL to db:console. */
const ask = (sql: string, env: NodeJS.ProcessEnv = {}) =>
  execute('sh', ['-c', `printf '%s' "$SQL" | ${process.execPath} ${CONTRAIL} db:console`], {
    cwd: app,
    env: { ...env, SQL: sql },
  })

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'contrail-database-'))
  app = join(parent, 'blog')
  const [made] = await Promise.all([
    contrail(['new', 'blog', '--skip-install', '--skip-git'], {}, parent),
    startPostgres().then((started) => {
      postgres = started
    }),
  ])
  expect(made.code, made.output).toBe(0)
  symlinkSync(join(REPOSITORY, 'node_modules'), join(app, 'node_modules'))
})

afterAll(async () => {
  await postgres?.remove()
  rmSync(parent, { recursive: true, force: true })
})

const edit = (path: string, change: (text: string) => string) =>
  writeFileSync(join(app, path), change(readFileSync(join(app, path), 'utf8')))

test('db:generate writes what changed in the models; what docs/database.md shows compiles', async () => {
  edit('config/routes.ts', (text) =>
    text
      .replace(
        'import { Home',
        "import { PostsController } from '../app/controllers/posts-controller.js'\nimport { Home",
      )
      .replace('  r.root', "  r.get('/posts', PostsController, 'index')\n  r.root"),
  )
  writeFiles(app, { ...PAGE, 'tests/behaviour.test.ts': TEST })
  const [generated, types, refused] = await Promise.all([
    contrail(['db:generate', '--name', 'create_posts']),
    execute(join(REPOSITORY, 'node_modules/.bin/tsc'), ['-p', '.'], { cwd: app }),
    contrail(['db:generate', '--name', '../x']),
  ])
  expect(generated.code, generated.output).toBe(0)
  const sql = readFileSync(join(app, 'db/migrations/0000_create_posts.sql'), 'utf8')
  expect(sql).toContain('"created_at" timestamp with time zone DEFAULT now() NOT NULL')
  expect([types.code, types.output]).toEqual([0, ''])
  expect(refused.output).toMatch(/cannot be called "..\/x"\.\n {2}Fix: /)
})

describe('while the dev server runs the embedded database', () => {
  let server: Running
  let url = ''

  beforeAll(async () => {
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    server = start(process.execPath, [CONTRAIL, 'server', '-p', String(port)], { cwd: app })
    await server.waitFor(/Migrations are pending: 0000_create_posts\n {2}Fix: contrail db:migrate/)
  })

  afterAll(() => server.kill('SIGKILL'))

  const posts = async () => (await fetch(`${url}/posts`)).json() as Promise<object[]>

  test('db:status, db:migrate and db:seed work, and the server sees what they did', async () => {
    expect((await contrail(['db:status'])).output).toMatch(/^pending {2}[\d-]+ [\d:]+ {2}0000_create_posts\n$/)
    expect((await contrail(['db:migrate'])).output).toBe('Applied 0000_create_posts\n')
    expect((await contrail(['db:seed'])).output).toBe('Ran db/seeds.ts\n')
    expect(await posts()).toMatchObject([{ id: 1, title: 'Hello' }])
  })

  test('db:console runs what is piped to it, a statement at a time, and takes back what is left open', async () => {
    const { code, output } = await ask(
      "insert into posts (title)\nvalues ('a;\n''b');select 1 as one;\nselect nope;\nselect E'\\x1b[2J' as blank, null as none;\nbegin;\ndelete from posts",
    )
    expect(code).toBe(1)
    expect(output).toContain('column "nope" does not exist (42703)')
    expect(output.replace(/^The database.*\n.*\n/m, '')).toBe(
      'INSERT 1\n one\n-----\n 1\n(1 row)\n blank | none\n-------+------\n       | NULL\n(1 row)\nBEGIN\nDELETE 2\n',
    )
    expect(await posts()).toMatchObject([{ title: 'Hello' }, { title: "a;\n'b" }])
  })

  test('db:reset begins anew', async () => {
    const { code, output } = await contrail(['db:reset'])
    expect([code, output]).toEqual([
      0,
      'Emptied the database of development\nApplied 0000_create_posts\nRan db/seeds.ts\n',
    ])
    expect(await posts()).toMatchObject([{ id: 1, title: 'Hello' }])
  })

  test('and once it was killed, the next commands take over what it left', async () => {
    expect(readdirSync(join(app, 'storage'))).toEqual(['development', 'development.lock', 'development.sock'])
    await server.stop('SIGKILL')
    // Two at once: one of them runs the database, the other is its guest or comes after it.
    for (const { output } of await Promise.all([ask('select title from posts'), ask('select title from posts')]))
      expect(output).toContain('Hello')
    expect(readdirSync(join(app, 'storage'))).toEqual(['development'])
  })
})

describe('on a real PostgreSQL, the same app', () => {
  const databaseUrl = (name: string) => postgres.url.replace(/postgres$/, name)

  beforeAll(async () => {
    const sql = connect(postgres.url)
    await sql.unsafe('create database blog_test')
    await sql.unsafe('create database blog')
    await sql.end()
  })

  test('passes its tests; another database than one for tests is refused', async () => {
    const env = { DATABASE_URL: databaseUrl('blog_test'), NO_COLOR: '1' }
    const [real, refused] = await Promise.all([
      contrail(['test', 'posts', 'behaviour'], env),
      contrail(['db:status', '-e', 'test'], { DATABASE_URL: databaseUrl('blog') }),
    ])
    expect([real.code, real.output]).toEqual([0, expect.stringContaining('3 passed')])
    expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('without "test" in its name')])
    // By psql here: it is there, and there is a server for it.
    const { output } = await ask('select count(*) from posts', { DATABASE_URL: databaseUrl('blog_test') })
    expect(output).toMatch(/count \n-+\n +1\n\(1 row\)/)
  })

  test('is migrated in production, and reset only by force', async () => {
    const env = { CONTRAIL_ENV: 'production', SECRET_KEY_BASE: SECRET, DATABASE_URL: databaseUrl('blog') }
    const refused = await contrail(['db:reset'], env)
    expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('give --force')])
    const forced = await contrail(['db:reset', '--force'], env)
    expect(forced.output).toBe('Emptied the database of production\nApplied 0000_create_posts\nRan db/seeds.ts\n')
  })
})

describe('contrail db:* refuses', () => {
  test('production without DATABASE_URL, a server that is not there, an app without a database', async () => {
    const [missing, unreachable, none] = await Promise.all([
      contrail(['db:status', '-e', 'production']),
      contrail(['db:status'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/blog' }),
      contrail(['db:migrate'], {}, temporaryFolder()),
    ])
    expect(missing.output).toContain('There is no DATABASE_URL in the environment production.\n  Fix: set it to')
    expect(unreachable.output).toMatch(/^The database: .*ECONNREFUSED.*\n {2}Fix: see that DATABASE_URL is right/)
    expect(none.output).toMatch(/^There is no database here: .*\n {2}Fix: .*--database postgres/)
    for (const { code, output } of [missing, unreachable, none]) {
      expect(code).toBe(1)
      expect(output).not.toMatch(/^\s+at /m)
    }
  })
})

test('--database none, and --minimal, leave all of it out', async () => {
  const folder = temporaryFolder()
  await Promise.all(
    [
      ['one', '--database', 'none'],
      ['two', '--minimal'],
      ['three', '--minimal', '--database', 'postgres'],
    ].map((args) => contrail(['new', ...args, '--skip-install', '--skip-git'], {}, folder)),
  )
  for (const name of ['one', 'two']) {
    const manifest = readFileSync(join(folder, name, 'package.json'), 'utf8')
    expect(manifest).not.toMatch(/drizzle|pglite|postgres|zod/)
    expect(readFileSync(join(folder, name, 'README.md'), 'utf8')).not.toContain('db:')
    for (const path of ['db', 'config/database.ts', 'drizzle.config.ts', 'tests/database.ts'])
      expect(existsSync(join(folder, name, path)), path).toBe(false)
  }
  expect(existsSync(join(folder, 'three', 'config/database.ts'))).toBe(true)
  expect(existsSync(join(folder, 'three', 'tests'))).toBe(false)
})

describe('the state of migrations', () => {
  const journal = (...entries: [tag: string, when: number][]) => {
    const folder = temporaryFolder()
    const text = JSON.stringify({ entries: entries.map(([tag, when]) => ({ tag, when })) })
    writeFiles(folder, { 'db/migrations/meta/_journal.json': text })
    return folder
  }
  /** A database that has had the migrations of these times. */
  const having = (...times: number[]) => ({
    execute: async (sql: string) =>
      sql.includes('to_regclass') ? [{ name: 'drizzle' }] : times.map((time) => ({ created_at: String(time) })),
  })

  test('is what Drizzle will make of them: those older than the last that was applied are passed over', async () => {
    const migrations = await migrationsOf(journal(['a', 1], ['merged', 2], ['b', 3], ['c', 5]), having(1, 3, 4))
    expect(migrations.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'applied'],
      ['merged', 'skipped'],
      ['b', 'applied'],
      ['no file', 'no file'],
      ['c', 'pending'],
    ])
    expect(skippedWarning(migrations)).toMatch(/^merged: older than the last migration.*\n {2}Fix: /)
  })

  test('of an app that has none is known without its database', async () => {
    const execute = () => Promise.reject(new Error('asked'))
    expect(await migrationsOf(journal(), { execute })).toEqual([])
  })
})
