// What a user gets: both packages packed, installed from their tarballs in an empty folder outside the repository, and
// the posts-app driven with curl and a cookie jar, in development and as a production build.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { copyPostsApp, REPOSITORY, temporaryFolder } from '../harness/folders.js'
import { startPostgres } from '../harness/postgres.js'
import { execute, freePort, start } from '../harness/processes.js'
import { walk } from '../harness/tutorial.js'

const { vitest } = (
  JSON.parse(readFileSync(join(REPOSITORY, 'tests', 'package.json'), 'utf8')) as { devDependencies: { vitest: string } }
).devDependencies
const SECRET = '0123456789abcdef'.repeat(8)
let installed = ''
let packages: Readonly<Record<'contrail' | 'contrail-cli', string>>

beforeAll(async () => {
  installed = mkdtempSync(join(tmpdir(), 'contrail-e2e-'))
  copyPostsApp(installed)
  const tarballs = await Promise.all(['framework', 'cli', 'create-contrail'].map(pack))
  packages = { contrail: `file:${tarballs[0]}`, 'contrail-cli': `file:${tarballs[1]}` }
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  manifest.dependencies.contrail = packages.contrail
  manifest.devDependencies['contrail-cli'] = packages['contrail-cli']
  manifest.devDependencies['create-contrail'] = `file:${tarballs[2]}`
  manifest.devDependencies.vitest = vitest
  writeFileSync(join(installed, 'package.json'), JSON.stringify(manifest))
  await succeed('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], installed)
})

afterAll(() => rmSync(installed, { recursive: true, force: true }))

async function pack(name: string): Promise<string> {
  const { output } = await execute('npm', ['pack', '--pack-destination', installed], {
    cwd: join(REPOSITORY, 'packages', name),
  })
  const file = /^(?:create-)?contrail\S*\.tgz$/m.exec(output)?.[0]
  if (file === undefined) throw new Error(`npm pack printed no tarball:\n${output}`)
  return join(installed, file)
}

async function succeed(program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, output } = await execute(program, args, { cwd, env })
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output}`)
  return output
}

/** Curl with a cookie jar, as in README. */
function curlWithJar(base: string) {
  const jar = join(temporaryFolder(), 'jar')
  return async (path: string, ...args: string[]) =>
    (await succeed('curl', ['-sS', '-b', jar, '-c', jar, ...args, `${base}${path}`], installed)).replace(/\n$/, '')
}

async function visit(base: string): Promise<void> {
  const curl = curlWithJar(base)
  expect(JSON.parse(await curl('/session'))).toEqual({ message: 'set some data in the session' })
  const session = JSON.parse(await curl('/session/show'))
  expect(Date.now() - Date.parse(session.currentTime)).toBeLessThan(60_000)
  const post = await curl('/posts', '-H', 'content-type: application/json', '-d', '{"title":"New","body":"Text"}')
  expect(JSON.parse(post)).toEqual({ id: 2, title: 'New', body: 'Text' })
  expect(await curl('/posts/last')).toBe(post)
  expect(JSON.parse(await curl('/posts/2', '-X', 'PATCH', '-d', 'title=Form', '-d', 'body=Data')).title).toBe('Form')
  expect(await curl('/posts/2', '-X', 'DELETE', '-w', '%{http_code}')).toBe('204')
  expect(await curl('/posts/2', '-w', ' %{http_code}')).toContain('404')
  expect(JSON.parse(await curl('/session/show')).lastPostId).toBe(2)
  await curl('/session', '-X', 'DELETE')
  expect(await curl('/session/show')).toBe('{}')
}

describe('the packed packages', () => {
  test('serve the posts-app in development', async () => {
    const port = await freePort()
    // Not through npx: a signal for it would not reach the server.
    const server = start(join(installed, 'node_modules/.bin/contrail'), ['server', '-p', String(port)], {
      cwd: installed,
    })
    onTestFinished(() => server.kill('SIGKILL'))
    await server.waitFor(/ready in/)
    await visit(`http://127.0.0.1:${port}`)
    expect(await server.stop()).toBe(0)
  })

  test('list the routes and make a secret', async () => {
    expect(await succeed('npx', ['contrail', 'routes'], installed)).toContain('PostsController#index')
    expect(await succeed('npx', ['contrail', 'secret'], installed)).toMatch(/^[0-9a-f]{128}$/m)
  })

  test('build, and serve in production without the command line', async () => {
    await succeed('npm', ['run', 'build'], installed)
    const alone = temporaryFolder()
    cpSync(join(installed, 'package.json'), join(alone, 'package.json'))
    cpSync(join(installed, 'dist'), join(alone, 'dist'), { recursive: true })
    await succeed('npm', ['install', '--omit=dev', '--no-audit', '--no-fund', '--prefer-offline'], alone)
    expect(existsSync(join(alone, 'node_modules', 'contrail'))).toBe(true)
    expect(existsSync(join(alone, 'node_modules', 'vite'))).toBe(false)

    const refused = await execute('npm', ['start'], { cwd: alone, env: { CONTRAIL_ENV: 'production' } })
    expect(refused.code).not.toBe(0)
    expect(refused.output).toContain('contrail secret')

    const port = await freePort()
    const env = { CONTRAIL_ENV: 'production', SECRET_KEY_BASE: SECRET, PORT: String(port) }
    const server = start(process.execPath, ['dist/server.js'], { cwd: alone, env })
    onTestFinished(() => server.kill('SIGKILL'))
    await server.waitFor(/"listening on/)
    await visit(`http://127.0.0.1:${port}`)
    const secure = await succeed(
      'curl',
      ['-sSi', '-H', 'x-forwarded-proto: https', `http://127.0.0.1:${port}/session`],
      alone,
    )
    expect(secure).toMatch(
      /set-cookie: _posts_session=[\w-]+; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax/,
    )
    expect(await server.stop()).toBe(0)
    const lines = server.output().trim().split('\n')
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
  })

  test('check the types of the app as a user would', async () => {
    await succeed('npx', ['tsc', '--noEmit', '-p', '.'], installed)
  })

  test('declare types that hold where libraries are checked too', async () => {
    const strict = {
      skipLibCheck: false,
      verbatimModuleSyntax: true,
      composite: false,
      noEmit: true,
      tsBuildInfoFile: null,
    }
    const settings = { extends: './tsconfig.json', compilerOptions: strict, include: ['everything.ts'] }
    writeFileSync(join(installed, 'tsconfig.everything.json'), JSON.stringify(settings))
    writeFileSync(
      join(installed, 'everything.ts'),
      "export * from 'contrail'\nexport * as testing from 'contrail/testing'\n",
    )
    await succeed('npx', ['tsc', '-p', 'tsconfig.everything.json'], installed)
  })

  // With a database, and installed: the tutorial.
  test('make an app without a database whose tests and build pass at once, and that serves what is generated', async () => {
    const folder = temporaryFolder()
    const contrail = join(installed, 'node_modules/.bin/contrail')
    await succeed(contrail, ['new', 'blog', '--database', 'none', '--skip-install'], folder)
    const app = join(folder, 'blog')
    symlinkSync(join(installed, 'node_modules'), join(app, 'node_modules'))
    await succeed('npx', ['contrail', 'generate', 'controller', 'posts', 'index'], app)
    for (const script of ['test', 'build']) await succeed('npm', ['run', script], app)

    const port = await freePort()
    const server = start(join(app, 'node_modules/.bin/contrail'), ['server', '-p', String(port)], { cwd: app })
    onTestFinished(() => server.kill('SIGKILL'))
    await server.waitFor(/ready in/)
    const curl = (path: string) => succeed('curl', ['-sS', `http://127.0.0.1:${port}${path}`], app)
    expect(await curl('/')).toBe('{"message":"Welcome to blog","visits":1}')
    expect(await curl('/posts')).toBe('{"action":"index"}')
    expect(await curl('/up')).toBe('{"status":"up"}')
    expect(await server.stop()).toBe(0)

    const built = start('npm', ['start'], { cwd: app, env: { NODE_ENV: 'production', PORT: String(port) } })
    onTestFinished(() => built.kill('SIGKILL'))
    await built.waitFor(/"listening on/)
    expect(await curl('/up')).toBe('{"status":"up"}')
  })
})

// What a new user does: a new app, scaffolds, sessions, tests, a real PostgreSQL, a bundle.
test('docs/getting-started.md works as printed, and npm create contrail as contrail new', async () => {
  const [home, server] = [temporaryFolder(), await startPostgres()]
  onTestFinished(() => server.remove())
  const address = (database: string) => server.url.replace(/\/\w+$/, `/${database}`)
  const sql = postgres(server.url)
  for (const name of ['blog', 'blog_test']) await sql.unsafe(`create database ${name}`)
  await sql.end()
  const programs = join(installed, 'node_modules/.bin')
  const steps = await walk(join(REPOSITORY, 'docs/getting-started.md'), {
    folder: home,
    env: {
      PATH: `${programs}:${process.env['PATH']}`,
      CONTRAIL_PACKAGES: JSON.stringify(packages),
      npm_config_prefer_offline: 'true',
    },
    // It is installed already, from its tarball.
    replace: (command) =>
      command
        .replace('npm install --global contrail-cli', 'true')
        .replace(/postgres:\/\/blog@localhost:5432\/(\w+)/g, (_, database: string) => address(database)),
  })
  for (const { command, took } of steps) process.stdout.write(`${(took / 1000).toFixed(1).padStart(6)} s  ${command}\n`)
  expect(steps.length).toBeGreaterThan(40)
  const created = await execute(join(programs, 'create-contrail'), ['No Name!'], { cwd: home })
  expect([created.code, created.output]).toEqual([1, expect.stringContaining('An app cannot be called "No Name!"')])
}, 300_000)
