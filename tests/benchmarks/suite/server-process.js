// Why: a server that is measured runs in a process of its own, on a core of its own, new each time.
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { SECRET } from '../peers/shared.js'
import { SERVER_CORE, start, stop } from './processes.js'

const PROGRAM = fileURLToPath(new URL('serve.js', import.meta.url))

const DEADLINE = 60_000 // milliseconds, for what takes one

/** Variables that this process was given for itself: a server finds its own. */
const OWN_VARIABLES = /^(?:npm_|VITEST|NODE_|CONTRAIL_|PORT$|HOST$|TEST$)/
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OWN_VARIABLES.test(name)))

/**
 * Starts a peer's server for an item of work and resolves when it listens. Its log goes to /dev/null.
 * @param what `node`, the program; `peers`, the folder; `peer`, its name; `app` and `options`, as in work.js
 */
export async function startServer({ node, peers, peer, app, options }) {
  const cores = options.workers > 1 ? undefined : SERVER_CORE
  const startedAt = performance.now()
  const child = start(node, [PROGRAM, JSON.stringify({ peers, peer, app, options })], {
    cores,
    cwd: peers,
    env: { ...environment, NODE_ENV: 'production', SECRET_KEY_BASE: SECRET, APP_KEY: SECRET.slice(0, 32) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let complaint = ''
  child.stderr.on('data', (chunk) => (complaint = (complaint + chunk).slice(-4000)))
  const fails = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the server ended with ${signal ?? code}: ${complaint}`)
  })
  fails.catch(() => {}) // When it is stopped, nobody waits for this.
  let listening
  try {
    // A name of its own: AdonisJS tells a parent process of its port too, as it was configured.
    listening = await Promise.race([answerOf(child, 'listensOn'), fails])
  } catch (error) {
    await stop(child)
    throw error
  }
  const { listensOn: port } = listening
  return {
    port,
    startedAt,
    async usage() {
      child.send('usage')
      return (await Promise.race([answerOf(child, 'usage'), fails])).usage
    },
    stop: () => stop(child),
  }
}

/** A message with a key. It is listened for all the time: of two that come at once, `once` in a loop would lose the second. */
function answerOf(child, key) {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer)
      child.off('message', read)
      child.off('exit', done)
    }
    const timer = setTimeout(() => {
      done()
      reject(new Error(`the server has not told ${key} in ${DEADLINE / 1000} s`))
    }, DEADLINE)
    const read = (message) => {
      if (message?.[key] === undefined) return
      done()
      resolve(message)
    }
    child.on('message', read)
    child.once('exit', done)
  })
}
