// From nothing to a tested app that answers: the time of each step with Contrail, beside NestJS and AdonisJS. Everything
// is installed from the registry that npm is set to, into a temporary folder, with npm's own cache warm or cold as it is.
// Run: npm run bench:first-minute -- [--node24 PATH] [--adonis-kit FOLDER] [contrail nest adonis]
// AdonisJS needs Node 24 (--node24), and its starter kit: npm create adonisjs downloads it from GitHub; where that cannot
// be reached, --adonis-kit names a copy of api/apps/backend of github.com/adonisjs/starter-kits.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { node24: { type: 'string' }, 'adonis-kit': { type: 'string' } },
})
const INSTALL = ['install', '--no-audit', '--no-fund', '--prefer-offline']

/** Runs a program to its end. @returns what it printed */
async function run(program, args, cwd, env = {}) {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, CI: 'true', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output}`)
  return output
}

async function freePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** Starts a server and waits until a path of it answers below 500; then stops it, with all that it started. */
async function firstAnswer(program, args, cwd, env, url) {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, detached: true, stdio: 'ignore' })
  try {
    const deadline = performance.now() + 120_000
    for (;;) {
      const status = await fetch(url).then(
        (answer) => answer.status,
        () => undefined,
      )
      if (status !== undefined && status < 500) return
      if (performance.now() > deadline) throw new Error(`${program} ${args.join(' ')} did not answer at ${url}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  } finally {
    process.kill(-child.pid, 'SIGKILL')
  }
}

async function pack(name, folder) {
  const output = await run('npm', ['pack', '--pack-destination', folder], join(REPOSITORY, 'packages', name))
  return join(folder, /^contrail\S*\.tgz$/m.exec(output)[0])
}

/** For each framework: what is done, in order. A step answers undefined, or a remark for the table. */
const FRAMEWORKS = {
  async contrail(folder) {
    const [framework, cli] = [await pack('framework', folder), await pack('cli', folder)]
    const env = {
      CONTRAIL_PACKAGES: JSON.stringify({ contrail: `file:${framework}`, 'contrail-cli': `file:${cli}` }),
    }
    const app = join(folder, 'blog')
    const contrail = join(app, 'node_modules/.bin/contrail')
    const port = await freePort()
    return {
      tool: () => run('npm', [...INSTALL, '--prefix', join(folder, 'tool'), cli, framework], folder),
      new: () => run(join(folder, 'tool/node_modules/.bin/contrail'), ['new', 'blog'], folder, env),
      generate: () => run(contrail, ['generate', 'scaffold', 'post', 'title:string', 'body:text'], app),
      migrate: () => run(contrail, ['db:migrate'], app),
      test: () => run(contrail, ['test'], app),
      serve: () => firstAnswer(contrail, ['server', '-p', String(port)], app, {}, `http://127.0.0.1:${port}/posts`),
    }
  },

  async nest(folder) {
    const app = join(folder, 'blog')
    const port = await freePort()
    const nest = join(app, 'node_modules/.bin/nest')
    const args = ['new', 'blog', '--package-manager', 'npm']
    return {
      tool: () => run('npm', [...INSTALL, '--prefix', join(folder, 'tool'), '@nestjs/cli'], folder),
      new: () => run(join(folder, 'tool/node_modules/.bin/nest'), args, folder),
      generate: () => run(nest, ['generate', 'resource', 'posts', '--type', 'rest', '--crud'], app),
      test: () => run('npm', ['test'], app),
      serve: () => firstAnswer(nest, ['start'], app, { PORT: String(port) }, `http://127.0.0.1:${port}/posts`),
    }
  },

  async adonis(folder) {
    if (options.node24 === undefined) throw new Error('AdonisJS needs Node 24: give --node24 PATH')
    const app = join(folder, 'blog')
    const port = await freePort()
    const env = { PATH: `${dirname(options.node24)}${delimiter}${process.env['PATH']}` }
    const ace = (...args) => run(options.node24, ['ace', ...args], app, env)
    return {
      tool: () => run('npm', [...INSTALL, '--prefix', join(folder, 'tool'), 'create-adonisjs'], folder, env),
      async new() {
        const kit = options['adonis-kit']
        if (kit === undefined) {
          await run(join(folder, 'tool/node_modules/.bin/create-adonisjs'), ['blog', '--pkg', 'npm'], folder, env)
          return
        }
        cpSync(kit, app, { recursive: true })
        cpSync(join(app, '.env.example'), join(app, '.env'))
        mkdirSync(join(app, 'tmp'), { recursive: true })
        // Version 12 is compiled for minutes where the binaries for it, on GitHub, cannot be reached; 13 brings them along.
        await run('npm', ['pkg', 'set', 'dependencies.better-sqlite3=^13'], app, env)
        await run('npm', INSTALL, app, env)
        await ace('generate:key')
      },
      async generate() {
        await ace('make:model', 'Post', '-m')
        await ace('make:controller', 'posts', '--resource')
      },
      migrate: () => ace('migration:run'),
      test: () => ace('test'),
      serve: () =>
        firstAnswer(
          options.node24,
          ['ace', 'serve'],
          app,
          { ...env, PORT: String(port), HOST: '127.0.0.1' },
          `http://127.0.0.1:${port}/`,
        ),
    }
  },
}

const STEPS = {
  tool: 'install the command line',
  new: 'new app, installed',
  generate: 'generate a post',
  migrate: 'migrate',
  test: 'test',
  serve: 'start to first answer',
}

const REMARKS = `
- Contrail generates table, migration, repository, validation, controller, routes and their tests.
- NestJS generates a controller and a service that answer with fixed texts, and one test each; it has no database.
- AdonisJS generates an empty table, model and controller, without routes and without tests.`

const times = {}
for (const name of positionals.length > 0 ? positionals : Object.keys(FRAMEWORKS)) {
  const folder = mkdtempSync(join(tmpdir(), `first-minute-${name}-`))
  try {
    const steps = await FRAMEWORKS[name](folder)
    times[name] = {}
    for (const [step, perform] of Object.entries(steps)) {
      const startedAt = performance.now()
      await perform()
      times[name][step] = (performance.now() - startedAt) / 1000
      process.stderr.write(`${name}: ${STEPS[step]} ${times[name][step].toFixed(1)} s\n`)
    }
  } catch (error) {
    process.stderr.write(`${name} is left out: ${error.message}\n`)
    process.exitCode = 1
  } finally {
    if (existsSync(folder)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

const names = Object.keys(times)
const row = (cells) => `| ${cells.join(' | ')} |`
const seconds = (value) => (value === undefined ? '–' : value.toFixed(1))
const lines = [row(['seconds', ...names]), row(['---', ...names.map(() => '---:')])]
for (const [step, title] of Object.entries(STEPS))
  lines.push(row([title, ...names.map((name) => seconds(times[name][step]))]))
const total = (name) => Object.values(times[name]).reduce((sum, value) => sum + value, 0)
lines.push(row(['all', ...names.map((name) => seconds(total(name)))]))
process.stdout.write(`${lines.join('\n')}\n${REMARKS}\n`)
