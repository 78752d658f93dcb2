// Why: how fast Contrail is, beside node:http by hand and the frameworks it is compared with, measured so that the figures can be
// believed: a new process each time, pinned to a core of its own, the peers in turn, everything checked before. See docs/performance.md.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { jobsOf } from './suite/jobs.js'
import { writePage } from './suite/page.js'
import { PINNED } from './suite/processes.js'
import { publicFolder } from './suite/public-folder.js'
import { CACHE, findNode, hasProgram, installPeers, PEERS, REPOSITORY, startMemcached } from './suite/set-up.js'
import { installedSize, versionOf } from './suite/sizes.js'
import { renderOpenLoop, renderRun, renderStart, renderWork } from './suite/table.js'
import { WORK } from './suite/work.js'

const HELP = `Usage: npm run bench -- [options]

  --quick            about a minute: Contrail, raw and Fastify, one short round, no growth
  --peers a,b        of ${PEERS.join(', ')}
  --work a,b         of ${Object.keys(WORK).join(', ')}
  --sections a,b     of work, start, growth (default: all; with --quick work and start)
  --rounds N         new processes for each figure (default: 3)
  --seconds S        of load for each figure (default: 1)
  --warm-up S        of load before it; 0 for none (default: 1.2)
  --connections N    at once (default: 64)
  --open-loop A,B    instead of all this, so many requests a second, however slow the answers
  --node 20,24       versions of Node, from the registry (default: the one that runs this)
  --generator NAME   wrk or own (default: wrk where it is)
  --json FILE        keeps all figures of all rounds
  --from FILE        measures nothing: takes the figures kept there
  --write            fills docs/performance.md and draws its plots
`

class UsageError extends Error {}

function namesOf(text, known, option) {
  const names = text.split(',').filter((name) => name !== '')
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined || names.length === 0)
    throw new UsageError(`--${option} ${text}: ${unknown ?? 'nothing'} is none of ${known.join(', ')}.`)
  return known.filter((name) => names.includes(name))
}

function numberOf(text, option, isWhole = false) {
  const number = Number(text)
  if (!(number > 0) || (isWhole && !Number.isInteger(number)))
    throw new UsageError(`--${option} ${text}: it takes a ${isWhole ? 'whole ' : ''}number over 0.`)
  return number
}

/** What the command line asks for. */
function planOf(values) {
  const quick = values.quick === true
  const rates = values['open-loop']?.split(',').map((rate) => numberOf(rate, 'open-loop'))
  const sections = rates ? 'open-loop' : (values.sections ?? (quick ? 'work,start' : 'work,start,growth'))
  const works = values.work ?? (rates ? 'json' : Object.keys(WORK).join())
  const generator = values.generator ?? 'wrk'
  return {
    peers: namesOf(values.peers ?? (quick ? 'contrail,raw,raw-batched,fastify' : PEERS.join()), PEERS, 'peers'),
    works: namesOf(works, Object.keys(WORK), 'work'),
    sections: rates ? ['open-loop'] : namesOf(sections, ['work', 'start', 'growth'], 'sections'),
    rates: rates ?? [],
    rounds: numberOf(values.rounds ?? (quick ? 1 : 3), 'rounds', true),
    seconds: numberOf(values.seconds ?? (quick ? 0.25 : 1), 'seconds'),
    warmUp: values['warm-up'] === '0' ? 0 : numberOf(values['warm-up'] ?? (quick ? 0.6 : 1.2), 'warm-up'),
    connections: numberOf(values.connections ?? 64, 'connections', true),
    nodes: values.node?.split(',') ?? ['current'],
    generator: namesOf(generator, ['wrk', 'own'], 'generator')[0],
  }
}

const say = (line) => process.stderr.write(process.stderr.isTTY ? `\r\u001B[K${line}` : `${line}\n`)

/** Tells how far it is and how long it will take: on a terminal all the time, in a log now and then. */
function progress(count) {
  const startedAt = Date.now()
  let toldAt = 0
  return (done, title) => {
    if (!process.stderr.isTTY && Date.now() - toldAt < 10_000) return
    toldAt = Date.now()
    const left = done === 0 ? undefined : ((toldAt - startedAt) / done) * (count - done)
    const time =
      left === undefined
        ? ''
        : `, ${left < 90_000 ? `${Math.ceil(left / 1000)} s` : `${Math.ceil(left / 60_000)} min`} left`
    say(`${done} of ${count}${time}: ${title}`)
  }
}

async function describePeers(names, folder) {
  const described = {}
  for (const name of names) {
    const { title, packages, apps, notes, minimumNode } = await import(pathToFileURL(join(folder, `${name}.js`)).href)
    const [first] = packages
    described[name] = {
      ...{ title, apps, notes, minimumNode },
      ...(first === undefined ? {} : { version: versionOf(first, folder), size: installedSize(packages, folder) }),
    }
  }
  return described
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: REPOSITORY,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim()
  } catch {
    return undefined
  }
}

/** What was asked for, without where the figures went. */
function commandLine() {
  const given = process.argv.slice(2)
  const measured = given.filter((each, at) => !/^--(?:write|json)\b/.test(each) && given[at - 1] !== '--json')
  return ['npm run bench --', ...measured].join(' ')
}

const machine = () =>
  `${process.platform} ${process.arch}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB${PINNED ? '' : ', not pinned to cores'}`

async function run(plan) {
  const peersFolder = installPeers(plan.peers, say)
  const hasWrk = plan.generator === 'wrk' && plan.rates.length === 0 && hasProgram('wrk', say)
  const needsMemcached = plan.sections.includes('growth') || plan.works.some((work) => WORK[work].app === 'memcached')
  const hasMemcached = needsMemcached && hasProgram('memcached', say)
  const tools = {
    peers: peersFolder,
    folder: CACHE,
    publicFolder: publicFolder(CACHE),
    wrk: hasWrk,
    connections: plan.connections,
    memcached: hasMemcached ? await startMemcached() : undefined,
    described: await describePeers(plan.peers, peersFolder),
  }
  const nodes = plan.nodes.map((version) => ({ ...findNode(version), results: {} }))
  const failures = needsMemcached && !hasMemcached ? ['memcached is not installed: its rows are missing.'] : []
  const jobs = nodes.flatMap((node) => jobsOf(tools, plan, node))
  const tell = progress(jobs.length)
  for (const [done, { title, run, fail }] of jobs.entries()) {
    tell(done, title)
    try {
      await run()
    } catch (error) {
      fail()
      failures.push(`${title}: ${error.message}`)
      say(`FAILED ${failures.at(-1)}\n`)
    }
  }
  const sha = commit()
  return {
    date: new Date().toISOString().slice(0, 10),
    command: commandLine(),
    machine: machine(),
    commit: sha,
    rounds: plan.rounds,
    seconds: plan.seconds,
    warmUp: plan.warmUp,
    connections: plan.connections,
    generator: hasWrk ? 'wrk' : 'the generator in tests/benchmarks/suite',
    peers: tools.described,
    nodes: nodes.map(({ version, results }) => ({ version, ...results })),
    failures,
  }
}

async function main() {
  const option = { type: 'string' }
  const flag = { type: 'boolean' }
  let values
  try {
    ;({ values } = parseArgs({
      options: {
        ...{ quick: flag, write: flag, help: { ...flag, short: 'h' } },
        ...{ peers: option, work: option, sections: option, rounds: option, seconds: option, 'warm-up': option },
        ...{ connections: option, 'open-loop': option, node: option, generator: option, json: option, from: option },
      },
    }))
  } catch (error) {
    throw new UsageError(error.message)
  }
  if (values.help) return void process.stdout.write(HELP)
  const plan = planOf(values)
  const results = values.from === undefined ? await run(plan) : JSON.parse(readFileSync(values.from, 'utf8'))
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, undefined, 1)}\n`)
  if (process.stderr.isTTY) say('')
  const parts = [renderRun, renderWork, renderStart, renderOpenLoop].map((render) => render(results))
  process.stdout.write(`${parts.filter((part) => part !== '').join('\n\n')}\n`)
  if (values.write) writePage(results, join(REPOSITORY, 'docs'))
  process.exit(results.failures.length === 0 ? 0 : 1)
}

try {
  await main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\nFix: npm run bench -- --help tells what it takes.\n`)
  process.exit(1)
}
