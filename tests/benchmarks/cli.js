// How long `contrail --help` and `--version` take, against a Node that does nothing: by turns, so that a busy machine is as
// busy for each. Prints the medians in milliseconds and the ratios. RUNS says how many turns.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const CONTRAIL = fileURLToPath(new URL('../../packages/cli/bin/contrail.js', import.meta.url))
const RUNS = Number(process.env.RUNS ?? 20)

const calls = {
  'node -e 0': ['-e', '0'],
  'contrail --version': [CONTRAIL, '--version'],
  'contrail --help': [CONTRAIL, '--help'],
}
const times = Object.fromEntries(Object.keys(calls).map((name) => [name, []]))
for (let run = -1; run < RUNS; run++) {
  for (const [name, args] of Object.entries(calls)) {
    const startedAt = performance.now()
    const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    if (status !== 0) throw new Error(`${name} ended with ${status}`)
    // The first turn fills the disk's cache, and the compile cache where there is one.
    if (run >= 0) times[name].push(performance.now() - startedAt)
  }
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
const base = median(times['node -e 0'])
for (const [name, list] of Object.entries(times)) {
  const time = median(list)
  process.stdout.write(`${name.padEnd(20)} ${time.toFixed(1).padStart(6)} ms  ${(time / base).toFixed(2)}\n`)
}
