// Whether contrail server keeps anything of code that it replaced: heap, descriptors, listeners, timers and injected
// implementations over many reloads of an app that has one of everything. Run: npm run bench:reload -- --leak
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A module that registers, listens, sets a timer, opens a file and has a singleton that opens one; and what tells of it. */
const FILES = {
  'app/clock.ts': `import { closeSync, openSync } from 'node:fs'
import { container, onDispose, singleton } from 'contrail'
const onWarning = () => undefined
process.on('warning', onWarning)
const timer = setInterval(() => undefined, 60_000)
const file = openSync(import.meta.filename, 'r')
onDispose(() => {
  process.off('warning', onWarning)
  clearInterval(timer)
  closeSync(file)
})
const ballast = new Array(10_000).fill(0)
export class Listener {}
container.register('Listener', { useClass: Listener })
@singleton()
export class Clock {
  readonly #file = openSync(import.meta.filename, 'r')
  readonly heavy = new Array(10_000).fill(0)
  dispose() { closeSync(this.#file) }
  get ballast() { return ballast }
  get tick() { return 0 }
}
`,
  'app/controllers/soak-controller.ts': `import { readdirSync } from 'node:fs'
import { inject, injectable, injectAll } from 'contrail'
import { ApplicationController } from './application-controller.js'
import { Clock } from '../clock.js'
@injectable()
export class SoakController extends ApplicationController {
  constructor(private readonly clock: Clock, @injectAll('Listener') private readonly listeners: object[]) { super() }
  index() { this.render({ tick: this.clock.tick }) }
  async state() {
    const collect = (globalThis as { gc?: () => void }).gc
    for (let round = 0; round < 3; round++) {
      collect?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.render({
      heap: process.memoryUsage().heapUsed,
      descriptors: readdirSync('/proc/self/fd').length,
      listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
      timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
      injected: this.listeners.length,
    })
  }
}
`,
}

/** Adds the soak's files and routes to a copy of the posts-app. */
export function addSoak(folder) {
  mkdirSync(join(folder, 'app/controllers'), { recursive: true })
  for (const [file, text] of Object.entries(FILES)) writeFileSync(join(folder, file), text)
  const routes = join(folder, 'config/routes.ts')
  const text = readFileSync(routes, 'utf8').replace(
    /\n}\)\s*$/,
    "\n  r.get('/soak', SoakController, 'index')\n  r.get('/soak/state', SoakController, 'state')\n})\n",
  )
  writeFileSync(routes, `import { SoakController } from '../app/controllers/soak-controller.js'\n${text}`)
}

/** Reloads the app of a soak a number of times. */
export async function reload(folder, url, from, to) {
  const file = join(folder, 'app/clock.ts')
  for (let edit = from; edit < to; edit++) {
    writeFileSync(file, FILES['app/clock.ts'].replace('return 0', `return ${edit}`))
    const { tick } = await (await fetch(`${url}/soak`)).json()
    if (tick !== edit) throw new Error(`edit ${edit} was answered by old code: ${tick}`)
  }
}

/** What the server holds at the moment. */
export async function state(url) {
  return await (await fetch(`${url}/soak/state`)).json()
}
