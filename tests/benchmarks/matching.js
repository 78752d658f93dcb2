// Why: decision 006 says that constraints cost those apps nothing that have none; this measures a match in a table of 1,000
// routes, with and without them. Each figure is the median over rounds, each round a new process for each candidate, for a
// process is lucky or unlucky for its whole life. After npm run build:
//   node tests/benchmarks/matching.js                  this checkout
//   node tests/benchmarks/matching.js ../old/framework another build of packages/framework beside it
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROUTES = 1_000
const ROUNDS = 15
const MATCHES = 400_000
const here = fileURLToPath(new URL('../../packages/framework', import.meta.url))

const constrained = { constraints: { id: /\d+/ } }
/** What each of 250 resources has, as options of its four routes. */
const TABLES = {
  'without constraints': () => ({}),
  'one route in 1,000 with a constraint': (n) => (n === 500 ? constrained : {}),
  'every parameter with a constraint': () => constrained,
  'every route with a format': () => ({ format: ['json'] }),
}

if (process.argv[2] === '--measure') await measure(process.argv[3], process.argv[4])
else report()

function report() {
  const folders = [here, ...process.argv.slice(2).map((folder) => resolve(folder))]
  const candidates = folders.flatMap((folder) =>
    // An older build knows none of the options.
    Object.keys(TABLES)
      .filter((_, index) => folder === here || index === 0)
      .map((table) => ({ folder, table })),
  )
  const times = candidates.map(() => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, { folder, table }] of candidates.entries()) {
      const text = execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--measure', folder, table])
      times[index].push(JSON.parse(String(text)))
    }
  }
  process.stdout.write(
    `Node ${process.version}, ${ROUTES} routes, ${ROUNDS} processes each; ns a match, median (least)\n`,
  )
  for (const [index, { folder, table }] of candidates.entries()) {
    const cell = (kind) => {
      const all = times[index].map((one) => one[kind]).sort((a, b) => a - b)
      return `${kind} ${Math.round(all[ROUNDS >> 1])} (${Math.round(all[0])})`
    }
    process.stdout.write(
      `${folder === here ? 'here' : folder}, ${table}: ${['static', 'parameter', 'unknown'].map(cell).join(', ')}\n`,
    )
  }
}

async function measure(folder, table) {
  const { Controller, defineRoutes, HttpRequest } = await import(`${folder}/dist/index.js`)
  const { Router } = await import(`${folder}/dist/routing/router.js`)
  class ThingsController extends Controller {
    index() {}
    show() {}
  }
  const optionsOf = TABLES[table]
  const { routes } = defineRoutes((r) => {
    for (let n = 0; n < ROUTES / 4; n++) {
      const { constraints, ...others } = optionsOf(n)
      r.get(`/area${n % 25}/things${n}`, ThingsController, 'index', others)
      r.post(`/area${n % 25}/things${n}`, ThingsController, 'index', others)
      r.get(`/area${n % 25}/things${n}/:id`, ThingsController, 'show', {
        ...others,
        ...(constraints && { constraints }),
      })
      r.get(`/area${n % 25}/things${n}/:thingId/parts/:id`, ThingsController, 'show', {
        ...others,
        ...(constraints && { constraints }),
      })
    }
  })
  const router = new Router(routes, (route) => route)
  const paths = {
    static: (n) => `/area${n % 25}/things${n}`,
    parameter: (n) => `/area${n % 25}/things${n}/${n * 7}`,
    unknown: (n) => `/area${n % 25}/things${n}/${n}/none`,
  }
  const result = {}
  for (const [kind, pathOf] of Object.entries(paths)) {
    const asked = Array.from({ length: 250 }, (_, n) => pathOf(n))
    const requests = asked.map((url) => new HttpRequest({ method: 'GET', url, headers: { host: 'example.test' } }))
    // The error of a path that is not there costs more than looking for it.
    const look =
      kind === 'unknown'
        ? (path, request) => router.allowed(path, request)
        : (path, request) => router.match('GET', path, request)
    const run = (count) => {
      for (let n = 0; n < count; n++) look(asked[n % 250], requests[n % 250])
    }
    run(MATCHES / 4)
    const begun = process.cpuUsage()
    run(MATCHES)
    const { user, system } = process.cpuUsage(begun)
    result[kind] = ((user + system) * 1_000) / MATCHES
  }
  process.stdout.write(JSON.stringify(result))
}
