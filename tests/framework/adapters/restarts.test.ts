// R6: servers that stop while they are posted to lose no request. A hundred of them at once, for each takes half a second.
import { Agent, request as httpRequest } from 'node:http'
import { type Application, Controller } from 'contrail'
import { expect, test } from 'vitest'
import { boot } from '../../harness/app.js'

/** However busy the machine is. */
const PATIENT = { timeout: 20_000 }

const SERVERS = 100
const CLIENTS = 3

class PostsController extends Controller {
  async create() {
    if (Math.random() < 0.5) await new Promise((resolve) => setTimeout(resolve, 5))
    this.render({ got: this.request.body })
  }
}

interface Count {
  connected: number
  answered: number
  readonly failed: string[]
}

/** Posts one after the other on a kept connection until nobody listens any more. */
async function post(url: string, count: Count): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (let n = 0; ; n++) {
    const outcome = await new Promise<string>((resolve) => {
      const body = JSON.stringify({ n })
      const headers = { 'content-type': 'application/json', 'content-length': body.length }
      const request = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString()
        })
        response.on('error', (error) => resolve(error.message))
        response.on('end', () => resolve(text === `{"got":{"n":${n}}}` ? 'answered' : text))
      })
      request.on('error', (error: NodeJS.ErrnoException) => resolve(`${error.code ?? error.message}, POST ${n}`))
      request.end(body)
    })
    if (outcome.startsWith('ECONNREFUSED')) break
    if (outcome !== 'answered') {
      count.failed.push(outcome)
      break
    }
    count.answered++
    if (n === 0) count.connected++
    await new Promise((resolve) => setTimeout(resolve, 10 * Math.random()))
  }
  agent.destroy()
}

test('R6: 100 servers that stop under load answer every request that they took', async () => {
  const count: Count = { connected: 0, answered: 0, failed: [] }
  const apps: Application[] = []
  const clients: Promise<void>[] = []
  for (let n = 0; n < SERVERS; n++) {
    const { app } = boot((r) => r.post('/', PostsController, 'create'))
    const { url } = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
    apps.push(app)
    for (let client = 0; client < CLIENTS; client++) clients.push(post(url, count))
  }
  // A connection that the kernel has taken and the server has not yet is not the server's to answer.
  await expect.poll(() => count.connected, PATIENT).toBe(SERVERS * CLIENTS)
  const stopped = apps.map(async (app) => {
    await new Promise((resolve) => setTimeout(resolve, 300 * Math.random()))
    await app.close()
  })
  await Promise.all([...stopped, ...clients])
  expect(count.failed).toEqual([])
  expect(count.answered).toBeGreaterThan(SERVERS * CLIENTS)
})
