// Why: decision 032: what a full collection that finds no object of process.nextTick's does to process.nextTick, and what it
// does where Contrail is loaded. After npm run build: node tests/benchmarks/ticks.js
import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const TICKS = 1_000_000
const framework = new URL('../../packages/framework/dist/index.js', import.meta.url).href

function run(count) {
  return new Promise((resolve) => {
    let left = count
    const tick = () => (--left > 0 ? process.nextTick(tick) : resolve())
    tick()
  })
}

async function nanoseconds() {
  const before = process.cpuUsage()
  await run(TICKS)
  const { user, system } = process.cpuUsage(before)
  return Math.round(((user + system) * 1_000) / TICKS)
}

async function measure() {
  await run(TICKS)
  const before = await nanoseconds()
  for (let round = 0; round < 3; round++) {
    await sleep(20)
    globalThis.gc()
  }
  await run(TICKS)
  process.stdout.write(`${before} ns a tick, ${await nanoseconds()} ns after a full collection\n`)
}

const [mode] = process.argv.slice(2)
if (mode === 'contrail') await import(framework)
if (mode !== undefined) await measure()
else
  for (const loaded of ['node', 'contrail']) {
    const program = fileURLToPath(import.meta.url)
    const output = execFileSync(process.execPath, ['--expose-gc', program, loaded], { encoding: 'utf8' })
    process.stdout.write(`${process.version}, ${loaded === 'node' ? 'without' : 'with'} Contrail: ${output}`)
  }
