// Why: one figure: a server in a new process, checked, warmed up, loaded for a while, and what that has cost its process.
import { ask } from './ask.js'
import { coreTime } from './core.js'
import { load } from './load.js'
import { startServer } from './server-process.js'
import { DEFAULTS, WORK } from './work.js'

/** Long enough for garbage of starting up to be gone or not to come. */
const REST = 300 // milliseconds

/** On a busy machine the time to warm up is taken again, a few times, until there were so many requests for each second of it. */
const WARM_RATE = 6_000
const WARM_SLICES = 3

/** Seconds of load for one of several figures, of which the quietest counts: others' work only ever adds to it. */
const SLICE = 0.25

/** A server so slow that not every connection was answered once is measured again, for longer. */
const SLOW_SECONDS = 4
const SLOW_SLICES = 2

const optionsOf = (tools, options) => ({
  ...DEFAULTS,
  memcached: tools.memcached,
  publicFolder: tools.publicFolder,
  ...options,
})

async function withServer(tools, { node, peer, app, options }, use) {
  const server = await startServer({ node, peers: tools.peers, peer, app, options })
  try {
    return await use(server)
  } finally {
    await server.stop()
  }
}

/**
 * Measures a peer at an item of work. Resolves with `rate` (requests a second), `p50` and `p99` (milliseconds), `cpu`
 * (microseconds of user and system time a request, in the quietest slice), `rss` (bytes, after the load), `others`
 * (the part of the core's time that other programs had meanwhile), and in an open loop `unanswered`.
 * @throws when a check fails, or an answer under load is not what it should be
 */
export function measure(tools, { node, peer, work, seconds, warmUp, rate, options }) {
  const item = WORK[work]
  const all = optionsOf(tools, { connections: tools.connections, ...item.options, ...options })
  return withServer(tools, { node, peer, app: item.app, options: all }, async ({ port, usage }) => {
    const requests = await item.load((request) => ask(port, request), all)
    const { connections } = all
    for (let slice = 0, sent = 0; slice < WARM_SLICES && sent < WARM_RATE * warmUp; slice++)
      sent += (await load(tools, { port, requests, connections, seconds: warmUp })).requests
    const use = async () => ({ ...(await usage()), core: coreTime(), at: performance.now() })
    const slice = async (length) => {
      const before = await use()
      const figures = await load(tools, { port, requests, connections, seconds: length, rate })
      const after = await use()
      if (figures.errors > 0) throw new Error(`${figures.errors} of ${figures.requests} answers under load were wrong`)
      return { ...figures, before, after, cpu: (after.cpu - before.cpu) / figures.requests }
    }
    let slices = []
    const count = rate === undefined ? Math.max(1, Math.round(seconds / SLICE)) : 1
    while (slices.length < count) slices.push(await slice(seconds / count))
    for (let longer = 1; longer <= SLOW_SLICES && slices.every(({ requests: sent }) => sent < connections); longer++)
      slices = [await slice(SLOW_SECONDS * longer)]
    const sum = (of) => slices.reduce((total, each) => total + of(each), 0)
    const middle = (of) => slices.map(of).sort((a, b) => a - b)[slices.length >> 1]
    const sent = sum((each) => each.requests)
    if (sent === 0) throw new Error('nothing was answered under load')
    const own = sum(({ before, after }) => after.cpu - before.cpu)
    const onCore = sum(({ before, after }) => after.core - before.core)
    const elapsed = sum(({ before, after }) => after.at - before.at) * 1000
    return {
      rate: sent / sum((each) => each.seconds),
      p50: middle((each) => each.p50),
      p99: middle((each) => each.p99),
      cpu: Math.min(...slices.filter((each) => each.requests > 0).map((each) => each.cpu)),
      rss: slices.at(-1).after.rss,
      ...(coreTime() === undefined || all.workers > 1 ? {} : { others: (onCore - own) / elapsed }),
      ...(rate === undefined ? {} : { unanswered: slices[0].unanswered }),
    }
  })
}

/** Starts a peer's smallest app. Resolves with `first`, milliseconds from start to first answer, and `rss`, bytes at rest. */
export function measureStart(tools, { node, peer }) {
  const item = WORK.json
  const options = optionsOf(tools, {})
  return withServer(tools, { node, peer, app: item.app, options }, async ({ port, startedAt, usage }) => {
    await item.load((request) => ask(port, request), options)
    const first = performance.now() - startedAt
    await new Promise((resolve) => setTimeout(resolve, REST))
    return { first, rss: (await usage()).rss }
  })
}
