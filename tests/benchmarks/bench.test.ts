// The benchmark suite works from end to end: servers in processes of their own, checks, load, table, plots. No figure is judged:
// how fast something is, is no matter for a test. Only Contrail and node:http run here, for they need nothing from the registry.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { REPOSITORY, temporaryFolder } from '../harness/folders.js'
import { execute, start } from '../harness/processes.js'

const BENCH = join(REPOSITORY, 'tests', 'benchmarks', 'bench.js')
const BRIEFLY = ['--rounds', '1', '--seconds', '0.05', '--warm-up', '0', '--connections', '4', '--generator', 'own']

interface Results {
  readonly failures: readonly string[]
  readonly nodes: readonly {
    readonly work: Readonly<Record<string, Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>>>
  }[]
}

const bench = (...args: string[]) => execute(process.execPath, [BENCH, ...args], { cwd: REPOSITORY })

/** A process that is gone, or has ended and waits to be noticed. */
function hasEnded(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}

/** The processes below one, from /proc. */
function childrenOf(pid: number): number[] {
  const own = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  return own.flatMap((child) => [child, ...childrenOf(child)])
}

describe('npm run bench', () => {
  test('checks and measures servers, and prints a table with a figure in every cell', async () => {
    const file = join(temporaryFolder(), 'figures.json')
    const args = ['--peers', 'raw,contrail', '--work', 'cookie-write', '--sections', 'work,start', '--json', file]
    const { code, output } = await bench(...args, ...BRIEFLY)
    expect({ code, output }).toMatchObject({ code: 0 })
    const rows = output.split('\n').filter((line) => /^\| (Contrail|raw node:http) /.test(line))
    // The item of work, and the start.
    expect(rows).toHaveLength(4)
    const [contrail] = rows
    // Without the batched raw server there is nothing to put in its column.
    expect(contrail).toMatch(/^\| Contrail +(\| +[\d,.]+ \(\d+\.\d\d\) ){2}\| +– (\| +[\d.]+ \(\d+\.\d\d\) ){3}\|$/)
    expect(output).toMatch(/\| Session write \(cookie\) +\| +\d+\.\d\d \| +1\.00 \|/)
    const { failures, nodes } = JSON.parse(readFileSync(file, 'utf8')) as Results
    expect(failures).toEqual([])
    for (const peers of Object.values(nodes[0]?.work ?? {}))
      for (const rounds of Object.values(peers))
        for (const figures of rounds) {
          expect(Object.keys(figures)).toEqual(expect.arrayContaining(['cpu', 'p50', 'p99', 'rate', 'rss']))
          for (const key of ['cpu', 'p50', 'p99', 'rate', 'rss']) expect(figures[key], key).toBeGreaterThan(0)
        }
  })

  test('keeps a rate in an open loop', async () => {
    const { code, output } = await bench('--open-loop', '200', '--peers', 'raw-batched', ...BRIEFLY)
    expect({ code, output }).toMatchObject({ code: 0 })
    expect(output).toMatch(/\| raw, batched +\| +200 \| +[\d,]+ \| +[\d.]+ \|/)
  })

  test('leaves no server behind when it is interrupted', async () => {
    const running = start(
      process.execPath,
      [BENCH, '--peers', 'raw', '--sections', 'work', '--seconds', '30', '--generator', 'own'],
      {
        cwd: REPOSITORY,
      },
    )
    await running.waitFor(/raw node:http, JSON/)
    const pid = running.process.pid as number
    await expect.poll(() => childrenOf(pid).length, { timeout: 30_000 }).toBeGreaterThan(0)
    const started = childrenOf(pid)
    process.kill(pid, 'SIGINT')
    await expect.poll(() => running.process.exitCode, { timeout: 30_000 }).toBe(130)
    await expect.poll(() => started.filter((child) => !hasEnded(child)), { timeout: 30_000 }).toEqual([])
  })

  test('names what it does not know, and how to mend it', async () => {
    const { code, output } = await bench('--peers', 'contrial')
    expect(code).toBe(1)
    expect(output).toMatch(/^--peers contrial: contrial is none of contrail, .*raw, .*\nFix: npm run bench -- --help/)
  })
})
