// An app with a database, as its developer uses it: migrations, the prompt, tests, on the embedded PostgreSQL and on a real one.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import connect from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONTRAIL, REPOSITORY, temporaryFolder, writeFiles } from '../harness/folders.js'
import { type Postgres, startPostgres } from '../harness/postgres.js'
import { execute, freePort, type Running, start } from '../harness/processes.js'

const SECRET = '0123456789abcdef'.repeat(8)
/** Kept between runs: to make an embedded database from nothing costs seconds. */
const CACHE = { XDG_CACHE_HOME: join(REPOSITORY, '.cache') }

const POST = `import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

export const posts = pgTable('posts', {
  id: integer().generatedAlwaysAsIdentity().primaryKey(),
  title: text().notNull(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
})
`
const SEEDS = `import { posts } from '../app/models/post.js'
import { db } from '../config/database.js'

await db.insert(posts).values({ title: 'Seed' })
`
const CONTROLLER = `import { posts } from '../models/post.js'
import { db } from '../../config/database.js'
import { ApplicationController } from './application-controller.js'

export class PostsController extends ApplicationController {
  async index() {
    this.render(await db.query.posts.findMany({ columns: { id: true, title: true } }))
  }
}
`
/** Twice the same: the second finds nothing of the first, and ids begin anew. */
const TEST = `import { expect, test } from 'vitest'
import { createClient } from 'contrail/testing'
import { posts } from '../app/models/post.js'
import { db } from '../config/database.js'
import { app } from './app.js'

test.each(['one', 'two'])('%s', async (title) => {
  const [post] = await db.insert(posts).values({ title }).returning()
  expect(post).toMatchObject({ id: 1, createdAt: expect.any(Date) })
  expect((await createClient(app).get('/posts')).json()).toEqual([{ id: 1, title }])
  await expect(db.transaction(async (tx) => { await tx.insert(posts).values({ title }); throw new Error('back') })).rejects.toThrow('back')
  await expect(db.execute('select nope')).rejects.toMatchObject({ cause: { code: '42703' } })
  expect(await db.$count(posts)).toBe(1)
})
`

let parent = ''
let app = ''
let postgres: Postgres

const contrail = (args: string[], env: NodeJS.ProcessEnv = {}, cwd = app) =>
  execute(process.execPath, [CONTRAIL, ...args], { cwd, env: { ...CACHE, ...env } })

/** Pipes SQL to db:console. */
const ask = (sql: string, env: NodeJS.ProcessEnv = {}) =>
  execute('sh', ['-c', `printf '%s' "$SQL" | ${process.execPath} ${CONTRAIL} db:console`], {
    cwd: app,
    env: { ...CACHE, ...env, SQL: sql },
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

test('a new app has no migrations, and starts no database for that', async () => {
  const { code, output } = await contrail(['db:migrate'], { CONTRAIL_ENV: 'test' })
  expect([code, output]).toEqual([0, 'Nothing to migrate.\n'])
})

test('db:generate writes what changed in the models', async () => {
  edit('db/schema.ts', (text) => `${text.replace('export {}\n', '')}export * from '../app/models/post.js'\n`)
  edit('config/routes.ts', (text) =>
    text
      .replace(
        'import { Home',
        "import { PostsController } from '../app/controllers/posts-controller.js'\nimport { Home",
      )
      .replace('  r.root', "  r.get('/posts', PostsController, 'index')\n  r.root"),
  )
  writeFiles(app, {
    'app/models/post.ts': POST,
    'app/controllers/posts-controller.ts': CONTROLLER,
    'db/seeds.ts': SEEDS,
    'tests/posts.test.ts': TEST,
  })
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
    server = start(process.execPath, [CONTRAIL, 'server', '-p', String(port)], { cwd: app, env: CACHE })
    await server.waitFor(/Migrations are pending: 0000_create_posts\n {2}Fix: contrail db:migrate/)
  })

  afterAll(() => server.kill('SIGKILL'))

  const posts = async () => (await fetch(`${url}/posts`)).json()

  test('db:status, db:migrate and db:seed work, and the server sees what they did', async () => {
    expect((await contrail(['db:status'])).output).toMatch(/^pending {2}[\d-]+ [\d:]+ {2}0000_create_posts\n$/)
    expect((await contrail(['db:migrate'])).output).toBe('Applied 0000_create_posts\n')
    expect((await contrail(['db:seed'])).output).toBe('Ran db/seeds.ts\n')
    expect(await posts()).toEqual([{ id: 1, title: 'Seed' }])
    expect((await contrail(['db:status'])).output).toMatch(/^applied /)
  })

  test('db:console runs what is piped to it, a statement at a time', async () => {
    const { code, output } = await ask(
      "insert into posts (title)\nvalues ('a;''b');select 1 as one;\nselect title from posts",
    )
    expect(output).toBe("INSERT 1\n one\n-----\n 1\n(1 row)\n title\n-------\n Seed\n a;'b\n(2 rows)\n")
    expect(code).toBe(0)
    const failing = await ask("select nope;\nselect E'\\x1b[2J' as blank, null as none")
    expect(failing.code).toBe(1)
    expect(failing.output).toContain('column "nope" does not exist (42703)')
    expect(failing.output).toContain(' blank | none\n-------+------\n       | NULL\n')
  })

  test('db:reset begins anew; a transaction that a client leaves open is taken back', async () => {
    expect((await ask('begin;\ndelete from posts;\n')).code).toBe(0)
    expect(await posts()).toHaveLength(2)
    const { code, output } = await contrail(['db:reset'])
    expect([code, output]).toEqual([
      0,
      'Emptied the database of development\nApplied 0000_create_posts\nRan db/seeds.ts\n',
    ])
    expect(await posts()).toEqual([{ id: 1, title: 'Seed' }])
  })

  test('and once it was killed, the next commands take over what it left', async () => {
    expect(readdirSync(join(app, 'storage'))).toEqual(['development', 'development.lock', 'development.sock'])
    await server.stop('SIGKILL')
    // Two at once: one of them runs the database, the other is its guest or comes after it.
    for (const { output } of await Promise.all([ask('select title from posts'), ask('select title from posts')]))
      expect(output).toContain('Seed')
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

  test('passes its tests, as embedded; another database than one for tests is refused', async () => {
    const run = (env: NodeJS.ProcessEnv) => contrail(['test', 'tests/posts.test.ts'], { ...env, NO_COLOR: '1' })
    const [embedded, real, refused] = await Promise.all([
      run({}),
      run({ DATABASE_URL: databaseUrl('blog_test') }),
      contrail(['db:status', '-e', 'test'], { DATABASE_URL: databaseUrl('blog') }),
    ])
    expect([embedded.code, embedded.output]).toEqual([0, expect.stringContaining('2 passed')])
    expect([real.code, real.output]).toEqual([0, expect.stringContaining('2 passed')])
    expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('without "test" in its name')])
    const { output } = await ask('select title from posts', { DATABASE_URL: databaseUrl('blog_test') })
    expect(output).toContain('two')
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
