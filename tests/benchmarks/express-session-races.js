// How often two processes that change one session at once undo each other's change, through ExpressSessionStore: on a real
// Redis, 1,000 pairs. The interface has no compare-and-swap, so this is a number and not a promise (docs/decisions/011).
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { RedisStore } from 'connect-redis'
import { Controller, createApplication, defineRoutes, ExpressSessionStore } from 'contrail'
import { createClient } from 'redis'

const PAIRS = 1000
/** Milliseconds after which every look at a change has been taken. */
const SETTLED = 1000
/** How many pairs are under way at once: alone, and under some load. */
const WIDTHS = [1, 20]

class KeysController extends Controller {
  put() {
    this.session[String(this.params.key)] = 1
    this.head(200)
  }
  logOut() {
    this.resetSession()
    this.head(200)
  }
  show() {
    this.render(Object.keys(this.session))
  }
}

/** An app of this process, on the Redis of this port. */
async function bootApp(port) {
  const client = createClient({ url: `redis://127.0.0.1:${port}` })
  client.on('error', () => undefined)
  await client.connect()
  const app = createApplication({
    config: {
      logLevel: 'error',
      sessionStore: ExpressSessionStore,
      sessionOptions: {
        store: new RedisStore({ client }),
        timeout: 10_000,
        close: () => client.close(),
        secret: 'x'.repeat(64),
      },
    },
    routes: defineRoutes((r) => {
      r.get('/put/:key', KeysController, 'put')
      r.get('/log-out', KeysController, 'logOut')
      r.get('/', KeysController, 'show')
    }),
    environment: { name: 'test', explicit: true },
  })
  const ask = async (url, cookie) => {
    const headers = { host: 'race.test', ...(cookie === undefined ? {} : { cookie }) }
    return await app.handle({ method: 'GET', url, headers, remoteAddress: '127.0.0.1' })
  }
  return { app, ask }
}

/** One of the two that race: does what it is told, and says how it ended. */
async function contend(port) {
  const { app, ask } = await bootApp(port)
  process.on('message', async ({ index, url, cookie }) => {
    if (url === undefined) {
      await app.close()
      process.disconnect()
      return
    }
    process.send({ index, status: (await ask(url, cookie)).status })
  })
  process.send('ready')
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  return port
}

async function startContender(port) {
  const child = fork(fileURLToPath(import.meta.url), ['--contend', String(port)])
  const waiting = new Map()
  await once(child, 'message')
  child.on('message', ({ index, status }) => {
    waiting.get(index)(status)
    waiting.delete(index)
  })
  let count = 0
  return {
    asks: (url, cookie) =>
      new Promise((resolve) => {
        const index = count++
        waiting.set(index, resolve)
        child.send({ index, url, cookie })
      }),
    stop: () => child.send({}),
  }
}

async function race({ ask, first, second, width }) {
  const lost = { atOnce: 0, changes: 0, failed: 0, resurrected: 0 }
  const cookies = []
  const ended = []
  const keysOf = async (cookie) => JSON.parse((await ask('/', cookie)).body)
  const begin = async () => {
    const response = await ask('/put/start')
    return response.headers.getAll('set-cookie')[0].split(';')[0]
  }
  const one = async () => {
    const cookie = await begin()
    const statuses = await Promise.all([first.asks('/put/a', cookie), second.asks('/put/b', cookie)])
    lost.failed += statuses.filter((status) => status !== 200).length
    lost.atOnce += 3 - (await keysOf(cookie)).length
    cookies.push(cookie)
    const other = await begin()
    await Promise.all([first.asks('/put/a', other), second.asks('/log-out', other)])
    ended.push(other)
  }
  const startedAt = performance.now()
  let left = PAIRS
  const lane = async () => {
    while (left-- > 0) await one()
  }
  await Promise.all(Array.from({ length: width }, lane))
  const seconds = Math.round(performance.now() - startedAt) / 1000
  await new Promise((resolve) => setTimeout(resolve, SETTLED))
  for (const cookie of cookies) lost.changes += 3 - (await keysOf(cookie)).length
  for (const cookie of ended) if ((await keysOf(cookie)).length > 0) lost.resurrected += 1
  return { width, ...lost, seconds }
}

async function main() {
  const port = await freePort()
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore',
  })
  try {
    const { app, ask } = await bootApp(port)
    const [first, second] = [await startContender(port), await startContender(port)]
    const say = (line) => process.stdout.write(`${line}\n`)
    say(
      '| pairs at once | of 2,000 changes not there at once | lost for good | of 1,000 log-outs undone | failed | seconds |',
    )
    say('| --- | --- | --- | --- | --- | --- |')
    for (const width of WIDTHS) {
      const { atOnce, changes, resurrected, failed, seconds } = await race({ ask, first, second, width })
      say(`| ${width} | ${atOnce} | ${changes} | ${resurrected} | ${failed} | ${seconds} |`)
    }
    first.stop()
    second.stop()
    await app.close()
  } finally {
    redis.kill('SIGKILL')
  }
}

if (process.argv[2] === '--contend') await contend(Number(process.argv[3]))
else await main()
