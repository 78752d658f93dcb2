// What each fault of the network does to a session in MemcachedStore, and what it would do through memjs alone: the same
// operations, on the same memcached, behind the same proxy. Decision 008 has its output.
import { fileURLToPath } from 'node:url'
import { Controller, createApplication, defineRoutes, MemcachedStore } from 'contrail'
import memjs from 'memjs'
import { runnerImport } from 'vite'

const harness = async (name) =>
  (await runnerImport(fileURLToPath(new URL(`../harness/${name}.ts`, import.meta.url)))).module
const { startFaultProxy } = await harness('fault-proxy')
const { startMemcached } = await harness('memcached')

const FAULTS = [
  ...['down', 'fin', 'rst', 'silent', 'forgotten', 'slow', 'trickle'],
  ...['cut', 'cut and rst', 'cut and silent', 'garbage', 'text', 'huge', 'no log-in'],
]
const OPERATIONS = ['read', 'write', 'end']
/** Milliseconds after which a promise is held to be one that never settles: eight times memjs's own deadline. */
const PATIENCE = 4000
/** How often memjs is asked when memcached works again. */
const READS = 4
/** Milliseconds of a memcached that works again, before it is asked again. */
const RECOVERED = 200

class SessionController extends Controller {
  read() {
    this.render({ name: this.session.name ?? null })
  }
  write() {
    this.session.name = 'Ada'
    this.session.at = Date.now()
    this.head(200)
  }
  end() {
    this.resetSession()
    this.head(200)
  }
}

/** How a promise ended, and after how many milliseconds. */
async function watch(promise) {
  const startedAt = performance.now()
  let timer
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, PATIENCE, { never: true })
  })
  const ended = promise.then(
    (value) => ({ value }),
    (error) => ({ error }),
  )
  const outcome = await Promise.race([ended, patience])
  clearTimeout(timer)
  return { ...outcome, took: Math.round(performance.now() - startedAt) }
}

const attempt = (work) => watch(Promise.resolve().then(work))
const settling = () => new Promise((resolve) => setTimeout(resolve, RECOVERED))

/** What a request gets of a session, and what the next one gets. */
async function throughStore(proxy, fault, operation) {
  const app = createApplication({
    config: {
      logLevel: 'fatal',
      sessionStore: MemcachedStore,
      sessionOptions: { memcacheServer: proxy.address, secret: 'x'.repeat(64) },
    },
    routes: defineRoutes((r) => {
      for (const action of OPERATIONS) r.get(`/${action}`, SessionController, action)
    }),
    environment: { name: 'test', explicit: true },
  })
  const ask = (action, cookie) =>
    app.handle({
      method: 'GET',
      url: `/${action}`,
      headers: { host: 'faults.test', ...(cookie === undefined ? {} : { cookie }) },
      remoteAddress: '127.0.0.1',
    })
  const cookie = (await ask('write')).headers.getAll('set-cookie')[0].split(';')[0]
  await proxy.set(fault)
  const during = await attempt(() => ask(operation, cookie))
  await proxy.set('pass')
  await settling()
  const after = await attempt(() => ask('read', cookie))
  await app.close()
  return [statusOf(during), after.value?.body === '{"name":"Ada"}' ? 'right' : statusOf(after)]
}

const statusOf = ({ never, value, took }) => (never ? 'never' : `${value.status}, ${took} ms`)

/** What an app gets that asks memjs, as its documentation has it, and what comes of the reads after it. */
async function throughMemjs(proxy, fault, operation, name) {
  const client = memjs.Client.create(proxy.address, { logger: { log() {} } })
  const value = (whose) => JSON.stringify({ name: whose, padding: 'x'.repeat(40) })
  await client.set(`${name}:ada`, value('Ada'), {})
  await client.set(`${name}:eve`, value('Eve'), {})
  await proxy.set(fault)
  const during = await attempt(() => {
    if (operation === 'read') return client.get(`${name}:ada`)
    if (operation === 'write') return client.set(`${name}:ada`, value('Ada'), {})
    return client.delete(`${name}:ada`)
  })
  await proxy.set('pass')
  await settling()
  const afterwards = []
  for (let times = 0; times < READS; times++) {
    // What was ended, or may have been, is not asked for.
    const [whose, person] = operation === 'end' || times % 2 === 0 ? ['eve', 'Eve'] : ['ada', 'Ada']
    afterwards.push(fate(await attempt(() => client.get(`${name}:${whose}`)), value(person)))
  }
  client.close()
  return [inWords(during), summary(afterwards)]
}

function inWords({ never, error, value, took }) {
  if (never) return 'never settles'
  if (error !== undefined) return `error (${String(error?.message ?? error).slice(0, 40)}), ${took} ms`
  const found = value?.value === undefined ? JSON.stringify(value) : value.value === null ? 'nothing found' : 'a value'
  return `${found}, ${took} ms`
}

/** What came of a question when memcached worked again. */
function fate({ never, error, value }, expected) {
  if (never) return 'never settles'
  if (error !== undefined) return String(error?.message ?? error).slice(0, 40)
  if (value.value?.toString() === expected) return 'right'
  return value.value === null ? 'nothing found' : 'a wrong value'
}

function summary(fates) {
  const wrong = fates.filter((one) => one !== 'right')
  if (wrong.length === 0) return 'right'
  return `**${wrong.length} of ${fates.length} fail**: ${[...new Set(wrong)].join('; ')}`
}

const uncaught = []
process.on('uncaughtException', (error) => uncaught.push(String(error?.message ?? error)))

const memcached = await startMemcached()
const rows = await Promise.all(
  FAULTS.flatMap((fault) =>
    OPERATIONS.map(async (operation) => {
      const proxy = await startFaultProxy(memcached.port)
      const store = await throughStore(proxy, fault, operation)
      await proxy.set('pass')
      const raw = await throughMemjs(proxy, fault, operation, `${fault}:${operation}`.replaceAll(' ', '-'))
      await proxy.close()
      return [fault, operation, ...store, ...raw]
    }),
  ),
)
const heads = ['fault', 'operation', 'MemcachedStore', 'the next read', 'memjs 1.3.2 alone', `its next ${READS} reads`]
for (const row of [heads, heads.map(() => '---'), ...rows]) process.stdout.write(`| ${row.join(' | ')} |\n`)
process.stdout.write(`\nErrors that nobody could catch: ${uncaught.length === 0 ? 'none' : uncaught.join('; ')}.\n`)
await memcached.stop()
process.exit(0)
