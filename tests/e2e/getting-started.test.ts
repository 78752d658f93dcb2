// The tutorial, followed to the letter from the packed packages: a new app, scaffolds, sessions, tests, a real PostgreSQL, a bundle.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REPOSITORY } from '../harness/folders.js'
import { type Postgres, startPostgres } from '../harness/postgres.js'
import { execute } from '../harness/processes.js'
import { walk } from '../harness/tutorial.js'

let folder = ''
let server: Postgres
let tarballs: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contrail-tutorial-'))
  server = await startPostgres()
  const sql = postgres(server.url)
  for (const name of ['blog', 'blog_test']) await sql.unsafe(`create database ${name}`)
  await sql.end()
  tarballs = await Promise.all(['framework', 'cli', 'create-contrail'].map(pack))
}, 120_000)

afterAll(async () => {
  await server?.remove()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

async function pack(name: string): Promise<string> {
  const { output } = await execute('npm', ['pack', '--pack-destination', folder], {
    cwd: join(REPOSITORY, 'packages', name),
  })
  return join(folder, /^(?:create-)?contrail\S*\.tgz$/m.exec(output)?.[0] ?? '')
}

test('docs/getting-started.md works as printed', async () => {
  const home = join(folder, 'home')
  mkdirSync(home)
  const tools = join(folder, 'tools')
  const steps = await walk(join(REPOSITORY, 'docs/getting-started.md'), {
    folder: home,
    env: {
      PATH: `${join(tools, 'node_modules/.bin')}:${process.env['PATH']}`,
      XDG_CACHE_HOME: join(REPOSITORY, '.cache'),
      CONTRAIL_PACKAGES: JSON.stringify({ contrail: `file:${tarballs[0]}`, 'contrail-cli': `file:${tarballs[1]}` }),
      npm_config_prefer_offline: 'true',
    },
    replace: (command) =>
      command
        .replace('npm install --global contrail-cli', `npm install --prefix ${tools} ${tarballs.join(' ')}`)
        .replaceAll(/postgres:\/\/blog@localhost:5432\/(\w+)/g, (_, name: string) =>
          server.url.replace(/\/\w+$/, `/${name}`),
        ),
  })
  for (const { command, took } of steps) process.stdout.write(`${(took / 1000).toFixed(1).padStart(6)} s  ${command}\n`)
  expect(steps.length).toBeGreaterThan(40)
  // As npm create contrail runs it.
  const created = await execute(join(tools, 'node_modules/.bin/create-contrail'), ['../x'], { cwd: home })
  expect([created.code, created.output]).toEqual([1, expect.stringContaining('cannot be called')])
}, 300_000)
