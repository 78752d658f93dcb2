// R4: clients that go away, by the hundred: nothing stays open, nothing stays in memory. `npm run soak` takes ten thousand.
import { readdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Controller } from 'contrail'
import { expect, test } from 'vitest'
import { askSocket, boot, listen } from '../../harness/app.js'
import { temporaryFolder } from '../../harness/folders.js'

const ABORTS = Number(process.env['SOAK_ABORTS'] ?? 500)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

let open = 0

class AbandonedController extends Controller {
  /** A generator that never ends. */
  ticks() {
    const { signal } = this.request
    async function* ticks() {
      open++
      try {
        for (;;) {
          yield 'x'.repeat(1_000)
          await sleep(1, undefined, { signal })
        }
      } finally {
        open--
      }
    }
    this.stream(ticks())
  }

  /** Events without end. */
  events() {
    this.serverSentEvents(async (events) => {
      open++
      try {
        for (;;) {
          await events.send({ data: 'tick' })
          await sleep(1, undefined, { signal: events.signal })
        }
      } finally {
        open--
      }
    })
  }

  async file() {
    await this.sendFile('large.bin')
  }

  /** An action that waits for something that does not come. */
  async waits() {
    open++
    try {
      await sleep(600_000, undefined, { signal: this.request.signal })
    } finally {
      open--
    }
  }
}

const PATHS = ['/ticks', '/events', '/file', '/waits', '/nowhere']

/** Asks, and leaves after a moment, most before the answer is whole. */
function abandon(port: number, turn: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => undefined).on('close', () => resolve())
    socket.on('connect', () => {
      socket.write(`GET ${PATHS[turn % PATHS.length]} HTTP/1.1\r\nHost: a\r\n\r\n`)
      setTimeout(() => (turn % 2 === 0 ? socket.resetAndDestroy() : socket.destroy()), turn % 7)
    })
  })
}

test(`R4: ${ABORTS} clients that go away leave nothing behind, and cause no 500`, { timeout: 600_000 }, async () => {
  const root = temporaryFolder()
  writeFileSync(join(root, 'large.bin'), Buffer.alloc(5_000_000))
  const { app, log } = boot(
    (r) => {
      for (const name of ['ticks', 'events', 'file', 'waits'] as const) r.get(`/${name}`, AbandonedController, name)
    },
    { root },
  )
  const url = await listen(app)
  const port = Number(new URL(url).port)
  const descriptors = () => readdirSync('/proc/self/fd').length
  expect((await askSocket(`${url}/nowhere`)).status).toBe(404)
  // A file that is read, and what reading it for the first time opens for good.
  expect((await askSocket(`${url}/file`)).status).toBe(200)
  await sleep(50)
  const idle = descriptors() + 2
  const round = async (aborts: number) => {
    for (let turn = 0; turn < aborts; turn += 50) {
      await Promise.all(Array.from({ length: Math.min(50, aborts - turn) }, (_, n) => abandon(port, turn + n)))
    }
    // Some are accepted only when they are gone already: it is over when it has been quiet for a while.
    for (let wait = 0, quiet = 0; wait < 2_000 && quiet < 50; wait++) {
      await sleep(10)
      quiet = open > 0 || descriptors() > idle ? 0 : quiet + 1
    }
    collect()
    await sleep(10)
    collect()
    return { open, descriptors: descriptors(), heap: process.memoryUsage().heapUsed }
  }
  const before = await round(100)
  const after = await round(ABORTS)
  expect(after.open).toBe(0)
  expect(after.descriptors).toBeLessThanOrEqual(idle)
  // Under 1 KB for each, far less than one request keeps while it is under way.
  expect((after.heap - before.heap) / ABORTS).toBeLessThan(1_024)
  expect(log.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([])
  expect((await askSocket(`${url}/nowhere`)).status).toBe(404)
})
