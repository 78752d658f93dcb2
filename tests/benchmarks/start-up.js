// From `node dist/server.js` to the first answer, and what a container carries: an app that contrail build bundled, beside
// the same one compiled file by file by tsc. For a new app and for one of 300 controllers. The packages of production are
// installed as a container has them, from npm's cache or the registry.
// Run: npm run bench:start -- [--runs 15]
import { execFileSync, spawn } from 'node:child_process'
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const CONTRAIL = join(REPOSITORY, 'packages/cli/bin/contrail.js')
const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '15' } } })
const RUNS = Number(options.runs)
const CONTROLLERS = 300
const SERVICES = 50

const parent = mkdtempSync(join(tmpdir(), 'contrail-start-up-'))
process.once('exit', () => rmSync(parent, { recursive: true, force: true }))

const run = (program, args, cwd, env = {}) =>
  execFileSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })

/** A new app without a database, with more controllers. */
function makeApp(name, controllers) {
  run(
    process.execPath,
    [CONTRAIL, 'new', name, '--minimal', '--database', 'none', '--skip-install', '--skip-git'],
    parent,
  )
  const folder = join(parent, name)
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'))
  if (controllers === 0) return folder
  mkdirSync(join(folder, 'app/services'))
  for (let n = 0; n < SERVICES; n++)
    writeFileSync(
      join(folder, `app/services/prices${n}.ts`),
      `export class Prices${n} {\n  of(id: number): number {\n    return id * ${n}\n  }\n}\n`,
    )
  const numbers = Array.from({ length: controllers }, (_, n) => n)
  for (const n of numbers)
    writeFileSync(
      join(folder, `app/controllers/items${n}-controller.ts`),
      `import { injectable } from 'contrail'
import { Prices${n % SERVICES} } from '../services/prices${n % SERVICES}.js'
import { ApplicationController } from './application-controller.js'

@injectable()
export class Items${n}Controller extends ApplicationController {
  #prices: Prices${n % SERVICES}

  constructor(prices: Prices${n % SERVICES}) {
    super()
    this.#prices = prices
  }

  index() {
    this.render({ items: [] })
  }

  show() {
    this.render({ price: this.#prices.of(this.params.int('id')) })
  }
}
`,
    )
  writeFileSync(
    join(folder, 'config/routes.ts'),
    `import { defineRoutes } from 'contrail'
import { HealthController } from '../app/controllers/health-controller.js'
${numbers.map((n) => `import { Items${n}Controller } from '../app/controllers/items${n}-controller.js'`).join('\n')}

export default defineRoutes((r) => {
  r.get('/up', HealthController, 'show')
${numbers.map((n) => `  r.get('/items${n}', Items${n}Controller, 'index')\n  r.get('/items${n}/:id', Items${n}Controller, 'show')`).join('\n')}
})
`,
  )
  return folder
}

/** The app, built in one way, where only packages of production are. */
function install(folder, way, packages) {
  const place = `${folder}-${way}`
  mkdirSync(place)
  if (way === 'bundled') run(process.execPath, [CONTRAIL, 'build'], folder)
  else {
    const settings = {
      extends: './tsconfig.json',
      compilerOptions: { noEmit: false, sourceMap: true, rootDir: '.', outDir: 'dist' },
      include: ['app', 'config', 'server.ts'],
    }
    rmSync(join(folder, 'dist'), { recursive: true, force: true })
    writeFileSync(join(folder, 'tsconfig.build.json'), JSON.stringify(settings))
    run(process.execPath, [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], folder)
  }
  for (const name of ['dist', 'public', 'package.json'])
    cpSync(join(folder, name), join(place, name), { recursive: true })
  symlinkSync(packages, join(place, 'node_modules'))
  return place
}

/** node_modules as `npm ci --omit=dev` makes it, of the framework as npm would publish it. */
function productionPackages() {
  const place = join(parent, 'packages')
  mkdirSync(place)
  const packed = run(
    'npm',
    ['pack', '--silent', '--pack-destination', parent],
    join(REPOSITORY, 'packages/framework'),
  ).trim()
  const dependencies = { contrail: `file:${join(parent, packed)}` }
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name: 'app', private: true, dependencies }))
  run('npm', ['install', '--omit=dev', '--no-audit', '--no-fund', '--prefer-offline', '--silent'], place)
  return join(place, 'node_modules')
}

/** The bytes and the number of files below a folder. */
function sizeOf(folder) {
  let [bytes, files] = [0, 0]
  for (const name of readdirSync(folder, { recursive: true })) {
    const stats = lstatSync(join(folder, name))
    if (stats.isFile()) [bytes, files] = [bytes + stats.size, files + 1]
  }
  return { bytes, files }
}

async function freePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** From the start of the process to its first answer: milliseconds by the clock, and of the processor where Linux tells. */
async function firstAnswer(place) {
  const port = await freePort()
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    SECRET_KEY_BASE: 'f'.repeat(64),
  }
  const startedAt = performance.now()
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/server.js'], {
    cwd: place,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    let output = ''
    await new Promise((resolve, reject) => {
      child.stdout.on('data', (chunk) => {
        output += chunk
        if (output.includes('listening on')) resolve()
      })
      child.once('close', (code) => reject(new Error(`${place} ended with ${code}:\n${output}`)))
    })
    const { status } = await fetch(`http://127.0.0.1:${port}/up`)
    if (status !== 200) throw new Error(`${place} answered ${status}`)
    return { elapsed: performance.now() - startedAt, busy: processorTime(child.pid) }
  } finally {
    child.kill('SIGKILL')
  }
}

/** In a hundredth of a second, as Linux counts it. */
function processorTime(pid) {
  if (process.platform !== 'linux') return Number.NaN
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

const print = (line) => process.stdout.write(`${line}\n`)

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`

const packages = productionPackages()
const carried = sizeOf(packages)
print(
  `Node ${process.version}, ${availableParallelism()} cores, median of ${RUNS} starts each, one after the other in turn`,
)
print(`node_modules of production, the same for all: ${megabytes(carried.bytes)} in ${carried.files} files\n`)
print(
  '| app | build | first answer | least, most | processor time | dist with source maps | of it code | image without Node |',
)
print('|---|---|---|---|---|---|---|---|')
for (const [title, name, controllers] of [
  ['new', 'fresh', 0],
  [`${CONTROLLERS} controllers`, 'large', CONTROLLERS],
]) {
  const folder = makeApp(name, controllers)
  const ways = ['bundled', 'unbundled'].map((way) => ({ way, place: install(folder, way, packages), times: [] }))
  for (const { place } of ways) await firstAnswer(place)
  for (let n = 0; n < RUNS; n++) for (const { place, times } of ways) times.push(await firstAnswer(place))
  for (const { way, place, times } of ways) {
    const dist = sizeOf(join(place, 'dist'))
    const maps = readdirSync(join(place, 'dist'), { recursive: true }).filter((file) => file.endsWith('.map'))
    const code = dist.bytes - maps.reduce((sum, file) => sum + lstatSync(join(place, 'dist', file)).size, 0)
    const image = carried.bytes + dist.bytes + sizeOf(join(place, 'public')).bytes
    const elapsed = times.map((time) => time.elapsed)
    const range = `${Math.min(...elapsed).toFixed(0)}–${Math.max(...elapsed).toFixed(0)}`
    const busy = median(times.map((time) => time.busy))
    print(
      `| ${title} | ${way} | ${median(elapsed).toFixed(0)} ms | ${range} | ${busy} ms | ${(dist.bytes / 1e3).toFixed(0)} kB, ${dist.files} files | ${(code / 1e3).toFixed(0)} kB | ${megabytes(image)} |`,
    )
  }
}
