// How long it takes from saving a controller to the first answer by the new code, with contrail server. Prints median and
// worst over 20 edits, for the posts-app (5 files of code) and for an app of 300 controllers; with --leak, what the server
// holds over 500 reloads of each. Run: npm run bench:reload [-- --leak]
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { addSoak, reload, state } from './reload-leak.js'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const EDITS = 20
const RELOADS = 500
const CONTROLLER = 'app/controllers/session-example-controller.ts'

/** Adds controllers, each with a route, to an app. */
function grow(folder, count) {
  const imports = []
  const routes = []
  for (let index = 1; index <= count; index++) {
    const source = `import { ApplicationController } from '../application-controller.js'
export class Extra${index}Controller extends ApplicationController {
  index() { this.render({ index: ${index} }) }
}
`
    mkdirSync(join(folder, 'app/controllers/extra'), { recursive: true })
    writeFileSync(join(folder, `app/controllers/extra/extra-${index}-controller.ts`), source)
    imports.push(`import { Extra${index}Controller } from '../app/controllers/extra/extra-${index}-controller.js'`)
    routes.push(`  r.get('/extra/${index}', Extra${index}Controller, 'index')`)
  }
  const file = join(folder, 'config/routes.ts')
  const text = readFileSync(file, 'utf8').replace(/\n}\)\s*$/, `\n${routes.join('\n')}\n})\n`)
  writeFileSync(file, `${imports.join('\n')}\n${text}`)
}

async function freePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** Starts contrail server on a copy of the posts-app. */
async function startServer(prepare, options = []) {
  const folder = mkdtempSync(join(tmpdir(), 'contrail-reload-'))
  const filter = (source) => !['node_modules', 'dist', 'tmp'].includes(basename(source))
  cpSync(join(REPOSITORY, 'examples/posts-app'), folder, { recursive: true, filter })
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'))
  prepare(folder)
  const port = await freePort()
  const args = [...options, join(REPOSITORY, 'packages/cli/bin/contrail.js'), 'server', '-p', String(port)]
  const server = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, CONTRAIL_ENV: 'development' } })
  let output = ''
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (output += chunk))
  const deadline = Date.now() + 60_000
  while (!output.includes('ready in')) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error(`the server did not start:\n${output}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const stop = () => {
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, url: `http://127.0.0.1:${port}`, stop }
}

async function measure(controllers) {
  const { folder, url, stop } = await startServer((place) => {
    if (controllers > 0) grow(place, controllers)
  })
  const source = readFileSync(join(folder, CONTROLLER), 'utf8')
  const times = []
  for (let edit = 0; edit < EDITS; edit++) {
    const word = `edit ${edit}`
    const startedAt = performance.now()
    writeFileSync(join(folder, CONTROLLER), source.replace(/message: '[^']*'/, `message: '${word}'`))
    const answer = await (await fetch(`${url}/session`)).json()
    times.push(performance.now() - startedAt)
    if (answer.message !== word) throw new Error(`edit ${edit} was answered by old code: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  stop()
  times.sort((a, b) => a - b)
  return { median: times[EDITS / 2], worst: times[EDITS - 1] }
}

/** Prints what the server holds after each so many reloads. */
async function soak(controllers) {
  const { folder, url, stop } = await startServer(
    (place) => {
      if (controllers > 0) grow(place, controllers)
      addSoak(place)
    },
    ['--expose-gc'],
  )
  process.stdout.write(`\nheld after so many reloads, ${controllers} controllers more\n`)
  for (let done = 0; done <= RELOADS; done += RELOADS / 10) {
    if (done > 0) await reload(folder, url, done - RELOADS / 10 + 1, done + 1)
    const { heap, descriptors, listeners, timers, injected } = await state(url)
    process.stdout.write(
      `${String(done).padStart(4)}: heap ${(heap / 2 ** 20).toFixed(2)} MiB, ${descriptors} descriptors, ` +
        `${listeners} listeners, ${timers} timers, ${injected} injected\n`,
    )
  }
  stop()
}

if (process.argv.includes('--leak')) {
  process.stdout.write(`Node ${process.version}\n`)
  for (const controllers of [0, 300]) await soak(controllers)
} else {
  process.stdout.write(`edit to served, ${EDITS} edits, Node ${process.version}\n`)
  for (const controllers of [0, 300]) {
    const { median, worst } = await measure(controllers)
    const name = controllers === 0 ? 'the posts-app' : `${controllers} controllers more`
    process.stdout.write(
      `${name}: median ${median.toFixed(1)} ms, worst ${worst.toFixed(1)} ms, no answer by old code\n`,
    )
  }
}
