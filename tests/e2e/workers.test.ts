// A built app in several processes: replaced under load without losing a request, started again when they die, and ended.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appToBuild, endOf, type Served, serveBuilt, startBuilt } from '../harness/built-app.js'
import type { GeneratedApp } from '../harness/generated-app.js'
import { postTo } from '../harness/post-load.js'
import { freePort } from '../harness/processes.js'

/** 100 in `npm run soak:restarts`. */
const RESTARTS = Number(process.env['SOAK_RESTARTS'] ?? 3)
/** 2 there; one is the harder case, for nobody else is there meanwhile. */
const WORKERS = Number(process.env['SOAK_WORKERS'] ?? 1)
/** However busy the machine is. */
const PATIENT = { timeout: 30_000 }

let app: GeneratedApp
let parent = ''

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'contrail-workers-'))
  app = await appToBuild(parent)
  await app.succeed('build', '--no-typecheck')
})

afterAll(() => rmSync(parent, { recursive: true, force: true }))

/** How often something was logged. */
const times = ({ program }: Served, pattern: RegExp) => program.output().match(new RegExp(pattern, 'g'))?.length ?? 0

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test(`${RESTARTS} rolling restarts under POST load fail no request, and SIGTERM drains`, async () => {
  const server = await serveBuilt(app, { WEB_CONCURRENCY: String(WORKERS) })
  const load = postTo(`${server.url}/notes`, { keeping: 4, renewing: 0 })
  const strangers = postTo(`${server.url}/notes`, { keeping: 0, renewing: 2 })
  await expect.poll(() => load.served.size + strangers.served.size, PATIENT).toBe(6)
  for (let restart = 1; restart <= RESTARTS; restart++) {
    server.signal('SIGHUP')
    await expect.poll(() => times(server, /restarted: \d+ new workers/), PATIENT).toBe(restart)
    const before = load.answered()
    await expect.poll(() => load.answered() - before, PATIENT).toBeGreaterThan(10)
  }
  // A connection that the kernel has taken as the last worker closes its socket is nobody's to answer.
  await strangers.stop()
  expect([...load.failed, ...strangers.failed]).toEqual([])
  const pids = new Set([...load.pids, ...strangers.pids])
  expect(pids.size).toBeGreaterThan(RESTARTS)
  load.expectEnd()
  server.signal('SIGTERM')
  expect(await server.ended).toBe(0)
  await load.stop()
  expect(load.failed).toEqual([])
  expect(times(server, /POOL OF \d+ ENDED/)).toBe(WORKERS * (RESTARTS + 1))
  expect([...pids].filter(isAlive)).toEqual([])
  const posts = load.answered() + strangers.answered()
  if (RESTARTS > 3)
    process.stdout.write(`${RESTARTS} restarts, ${posts} POSTs answered, ${load.failed.length} failed\n`)
}, 600_000)

test('a new worker that does not boot leaves the old ones in place, and dist/ that is mended is taken up', async () => {
  const server = await serveBuilt(app, { WEB_CONCURRENCY: '1', PORT: String(await freePort()) })
  const routes = join(app.folder, 'dist/config/routes.js')
  const built = readFileSync(routes, 'utf8')
  writeFileSync(routes, "throw new Error('no routes today')")
  server.signal('SIGHUP')
  await server.program.waitFor(/"why":"no routes today".*restart given up/)
  expect((await fetch(`${server.url}/up`)).status).toBe(200)
  writeFileSync(routes, built.replace('"/up"', '"/up-and-new"'))
  server.signal('SIGHUP')
  await server.program.waitFor(/restarted: 1 new workers/)
  expect((await fetch(`${server.url}/up-and-new`)).status).toBe(200)
  writeFileSync(routes, built)

  const { pid } = (await (await fetch(`${server.url}/notes`, { method: 'POST' })).json()) as { pid: number }
  process.kill(pid, 'SIGKILL')
  await server.program.waitFor(/a worker was ended by SIGKILL; another is started/)
  const answers = async () =>
    fetch(`${server.url}/up`).then(
      ({ status }) => status,
      () => 0,
    )
  await expect.poll(answers, PATIENT).toBe(200)
})

test('workers that die as soon as they are started end it with 1, and one that never boots does at once', async () => {
  const dying = startBuilt(app.folder, { WEB_CONCURRENCY: '1', DIES: 'as it serves' })
  const refused = startBuilt(app.folder, { WEB_CONCURRENCY: '2', SECRET_KEY_BASE: '' })
  const ends = await Promise.all([endOf(dying), endOf(refused)])
  expect(ends).toEqual([1, 1])
  expect(dying.output()).toContain('workers die as soon as they are started: 5 in a row; stopping')
  expect(dying.output().match(/a worker ended with code 7/g)).toHaveLength(5)
  expect(refused.output()).toContain('the first worker does not serve; stopping')
  expect(refused.output()).toContain('contrail secret')
})

test('what a signal to all processes does, and that workers end with the process that started them', async () => {
  const server = await serveBuilt(app, { WEB_CONCURRENCY: '2', CONTRAIL_ENV: 'staging' })
  await server.program.waitFor(/sessions and rate limits are kept in the memory of each worker/)
  // As a terminal does that is closed.
  server.program.kill('SIGHUP')
  await server.program.waitFor(/restarted: 2 new workers/)
  expect(times(server, /a worker (?:was )?ended/)).toBe(0)
  const load = postTo(`${server.url}/notes`, { keeping: 2, renewing: 0 })
  await expect.poll(() => load.served.size, PATIENT).toBe(2)
  load.expectEnd()
  server.signal('SIGKILL')
  // Its output ends when the last of the workers has ended.
  await server.ended
  await load.stop()
  expect(load.failed).toEqual([])
  expect(times(server, /POOL OF \d+ ENDED/)).toBe(4)
})
