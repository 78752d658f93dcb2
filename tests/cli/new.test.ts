// `contrail new`: what it writes, what it refuses, and that nothing is left of what it could not finish.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { callContrail } from '../harness/command-line.js'
import { CONTRAIL, REPOSITORY, temporaryFolder, writeFiles } from '../harness/folders.js'
import { start } from '../harness/processes.js'

const SKIP = ['--skip-install', '--skip-git']

const contrailNew = (args: string[], cwd: string, env: NodeJS.ProcessEnv = {}) =>
  callContrail(['new', ...args], { cwd, env })

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()

const read = (...path: string[]) => readFileSync(join(...path), 'utf8')

describe('G3: contrail new', () => {
  test('makes an app, each with a secret of its own that only its owner reads and git ignores', async () => {
    const folder = temporaryFolder()
    const [one, two] = await Promise.all([contrailNew(['one', ...SKIP], folder), contrailNew(['two', ...SKIP], folder)])
    expect([one.code, two.code], one.output + two.output).toEqual([0, 0])
    const secrets = ['one', 'two'].map(
      (name) => /^SECRET_KEY_BASE=([0-9a-f]{128})$/m.exec(read(folder, name, '.env'))?.[1],
    )
    expect(secrets.every((secret) => secret !== undefined)).toBe(true)
    expect(secrets[0]).not.toBe(secrets[1])
    expect(statSync(join(folder, 'one', '.env')).mode & 0o777).toBe(0o600)
    expect(read(folder, 'one', '.env.example')).not.toContain(secrets[0])
    expect(statSync(join(folder, 'one')).mode & 0o777).toBe(0o777 & ~process.umask())
    expect(readdirSync(folder).sort()).toEqual(['one', 'two'])
    expect(one.output).toMatch(/Next:\n {2}cd one\n {2}npm install\n {2}npm run dev .*\n {2}npm test\n$/)
  })

  test('makes a repository in which the secret is ignored; none inside another', async () => {
    const folder = temporaryFolder()
    await contrailNew(['blog', '--skip-install'], folder)
    const git = (...args: string[]) => execFileSync('git', args, { cwd: join(folder, 'blog'), encoding: 'utf8' })
    expect(git('branch', '--show-current')).toBe('main\n')
    expect(git('check-ignore', '.env', 'node_modules/x', 'dist/x')).toBe('.env\nnode_modules/x\ndist/x\n')
    expect(git('status', '--short')).toContain('.env.example')
    await contrailNew(['inner', '--skip-install'], join(folder, 'blog'))
    expect(existsSync(join(folder, 'blog', 'inner', '.git'))).toBe(false)
  })

  test('keeps sessions in memcached, leaves extras out, and names the package manager, when told to', async () => {
    const folder = temporaryFolder()
    const { output } = await contrailNew(
      ['shop', '--minimal', '--session', 'memcached', '--package-manager', 'pnpm', ...SKIP],
      folder,
    )
    expect(output).toContain('  pnpm install\n  pnpm dev')
    expect(read(folder, 'shop', 'config/application.ts')).toContain('sessionStore: MemcachedStore')
    expect(read(folder, 'shop', 'package.json')).not.toContain('vitest')
    expect(filesIn(join(folder, 'shop')).filter((file) => /test|Docker|biome|vscode/.test(file))).toEqual([
      'config/environments/test.ts',
    ])
  })

  test('knows who called it: npm create, pnpm create and their like', async () => {
    const folder = temporaryFolder()
    const env = { npm_config_user_agent: 'pnpm/9.1.0 npm/? node/v22.0.0 linux x64' }
    const { output } = await contrailNew(['shop', ...SKIP], folder, env)
    expect(output).toContain('  pnpm install\n')
  })

  test('works in an empty folder, the present one too, and makes the folders on the way', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'blog'))
    expect((await contrailNew(['.', ...SKIP], join(folder, 'blog'))).code).toBe(0)
    expect(read(folder, 'blog', 'package.json')).toContain('"name": "blog"')
    expect(statSync(join(folder, 'blog', '.env')).mode & 0o777).toBe(0o600)
    expect((await contrailNew(['a/b/shop', ...SKIP], folder)).code).toBe(0)
    expect(readdirSync(join(folder, 'a/b'))).toEqual(['shop'])
    expect(readdirSync(join(folder, 'blog')).some((name) => name.startsWith('.blog-'))).toBe(false)
  })

  test('versions are those that this repository is tested with', async () => {
    const folder = temporaryFolder()
    await contrailNew(['blog', ...SKIP], folder)
    const { dependencies, devDependencies } = JSON.parse(read(folder, 'blog', 'package.json'))
    const own = { ...JSON.parse(read(REPOSITORY, 'tests/package.json')).devDependencies }
    Object.assign(own, JSON.parse(read(REPOSITORY, 'package.json')).devDependencies)
    const versions = Object.entries({ ...dependencies, ...devDependencies })
    expect(versions).toHaveLength(11)
    for (const [name, version] of versions) expect(version, name).toBe(own[name])
  })
})

describe('contrail new refuses, and writes nothing', () => {
  test.each([
    ['../Xx', 'cannot be called'],
    ['a;id', 'cannot be called'],
    ['$(id)', 'cannot be called'],
    ['Blog', 'a letter first: blog.'],
    ['MyBlog', 'a letter first: my-blog.'],
    ['2fast', 'a letter first: fast.'],
    ['übung', 'cannot be called'],
    ['-x-', "unknown option '-x-'"],
    ['a'.repeat(200), 'is too long'],
    ['http', 'is taken'],
    ['contrail', 'is taken'],
    ['node_modules', 'is taken'],
    ['', 'cannot be called'],
  ])('the name %j', async (name, problem) => {
    const folder = temporaryFolder()
    const inner = join(folder, 'Inner Folder')
    mkdirSync(inner)
    const { code, output } = await contrailNew([name, ...SKIP], inner)
    expect(code).toBe(1)
    expect(output).toContain(problem)
    expect(output).not.toMatch(/^\s+at /m)
    expect(filesIn(folder)).toEqual([])
  })

  test('a folder that is not empty, and a file', async () => {
    const folder = temporaryFolder()
    writeFiles(folder, { 'blog/mine.txt': 'mine', shop: 'a file' })
    for (const name of ['blog', 'shop']) {
      const { code, output } = await contrailNew([name, ...SKIP], folder)
      expect(code).toBe(1)
      expect(output).toContain('exists and is not empty')
    }
    expect(filesIn(folder)).toEqual(['blog/mine.txt', 'shop'])
    expect(read(folder, 'shop')).toBe('a file')
  })

  test('an option or a choice that there is not', async () => {
    const folder = temporaryFolder()
    const results = await Promise.all([
      contrailNew(['blog', '--session', 'redis'], folder),
      contrailNew(['blog', '--skip-instal'], folder),
      contrailNew([], folder),
    ])
    expect(results.map(({ code }) => code)).toEqual([1, 1, 1])
    expect(results[0]?.output).toContain('Allowed choices are cookie, memcached')
    expect(results[1]?.output).toContain('Did you mean --skip-install?')
    expect(results[2]?.output).toContain("missing required argument 'name'")
    expect(filesIn(folder)).toEqual([])
  })

  test('without a registry, saying what the package manager said', async () => {
    const folder = temporaryFolder()
    const env = {
      npm_config_registry: 'http://127.0.0.1:9',
      npm_config_fetch_retries: '0',
      npm_config_prefer_online: 'true',
    }
    const { code, output } = await contrailNew(['blog'], folder, { ...env, npm_config_cache: join(folder, 'cache') })
    expect(code).toBe(1)
    expect(output).toMatch(/npm could not install the packages.*\n[\s\S]*ECONNREFUSED[\s\S]*--skip-install/)
    expect(readdirSync(folder)).not.toContain('blog')
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('when its package manager is not there', async () => {
    const folder = temporaryFolder()
    const { code, output } = await contrailNew(['blog', '--package-manager', 'bun'], folder, { PATH: '/nowhere' })
    expect(code).toBe(1)
    expect(output).toContain('bun could not install the packages')
    expect(readdirSync(folder)).toEqual([])
  })

  test('when it is stopped while it installs', async () => {
    const folder = temporaryFolder()
    const bin = temporaryFolder()
    writeFileSync(join(bin, 'npm'), '#!/bin/sh\nsleep 60\n')
    chmodSync(join(bin, 'npm'), 0o755)
    const program = start(process.execPath, [CONTRAIL, 'new', 'blog'], {
      cwd: folder,
      env: { PATH: `${bin}:${process.env['PATH']}` },
    })
    await program.waitFor(/Installing packages with npm/)
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.blog-/)])
    await program.stop('SIGINT')
    expect(readdirSync(folder)).toEqual([])
  })
})
