// Why: the process of one server: it makes the peer's server for one item of work, and tells what that has cost it. Started by
// server-process.js, which it never outlives.
import cluster from 'node:cluster'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const { peers, peer, app, options } = JSON.parse(process.argv[2])

const ownUsage = () => {
  const { user, system } = process.cpuUsage()
  return { cpu: user + system, rss: process.memoryUsage.rss() }
}

const told = (worker, key) =>
  new Promise((resolve) => {
    const read = (message) => {
      if (message?.[key] === undefined) return
      worker.off('message', read)
      resolve(message[key])
    }
    worker.on('message', read)
  })

/** What the workers and this process have used, together. */
async function clusterUsage() {
  const all = await Promise.all(
    Object.values(cluster.workers).map(async (worker) => {
      const usage = told(worker, 'usage')
      worker.send('usage')
      return await usage
    }),
  )
  return [ownUsage(), ...all].reduce((sum, each) => ({ cpu: sum.cpu + each.cpu, rss: sum.rss + each.rss }))
}

async function startWorkers(count) {
  const ports = await Promise.all(
    Array.from({ length: count }, async () => {
      return await told(cluster.fork(), 'listensOn')
    }),
  )
  return ports[0]
}

process.on('disconnect', () => process.exit())
const isPrimary = options.workers > 1 && cluster.isPrimary
const usage = isPrimary ? clusterUsage : ownUsage
process.on('message', async (message) => {
  if (message === 'usage') process.send({ usage: await usage() })
})

const serve = async () => {
  const { serve } = await import(pathToFileURL(join(peers, `${peer}.js`)).href)
  return await serve(app, options)
}
process.send({ listensOn: isPrimary ? await startWorkers(options.workers) : await serve() })
