// Clients that post one request after the other and check each answer, while something happens to the server.
import { Agent, request } from 'node:http'

/** Milliseconds without an answer, after which a connection is taken for lost, however busy the machine is. */
const PATIENCE = 30_000

/** What became of the requests so far. */
export interface PostLoad {
  /** How many were answered as they should be. */
  answered(): number
  /** What became of the others, a line for each. */
  readonly failed: readonly string[]
  /** The processes that answered. */
  readonly pids: ReadonlySet<number>
  /** How many clients have had an answer. */
  readonly served: ReadonlySet<number>
  /** From now on a client that is told `Connection: close`, or finds nobody listening, goes away without complaint. */
  expectEnd(): void
  /** Lets every client finish its request and go. */
  stop(): Promise<void>
}

/** How many clients there are, by what they do with their connection. */
export interface Clients {
  /** They keep it. */
  readonly keeping: number
  /** They take a new one for each request. */
  readonly renewing: number
}

/** Posts `{ n }` to an address that answers `{ got: { n }, pid }`. */
export function postTo(url: string, { keeping, renewing }: Clients): PostLoad {
  let answered = 0
  let state: 'running' | 'ending' | 'stopped' = 'running'
  const failed: string[] = []
  const pids = new Set<number>()
  const served = new Set<number>()

  async function client(id: number, keepAlive: boolean): Promise<void> {
    const agent = new Agent({ keepAlive, maxSockets: 1 })
    for (let n = 0; state !== 'stopped'; n++) {
      const { text, isLast, error } = await post(url, agent, n)
      const answer = /^\{"got":\{"n":(\d+)\},"pid":(\d+)\}$/.exec(text)
      if (Number(answer?.[1] ?? -1) === n) {
        answered++
        pids.add(Number(answer?.[2]))
        served.add(id)
        if (state === 'ending' && isLast) break
      } else if (state === 'ending' && error === 'ECONNREFUSED') break
      else failed.push(`${keepAlive ? 'kept' : 'new'} connection, POST ${n}: ${error ?? text}`)
      await new Promise((resolve) => setTimeout(resolve, 20 * Math.random()))
    }
    agent.destroy()
  }
  const all = Array.from({ length: keeping + renewing }, (_, id) => client(id, id < keeping))
  return {
    answered: () => answered,
    failed,
    pids,
    served,
    expectEnd() {
      state = 'ending'
    },
    async stop() {
      if (state === 'running') state = 'stopped'
      await Promise.all(all)
    },
  }
}

interface Outcome {
  readonly text: string
  readonly isLast: boolean
  readonly error?: string
}

function post(url: string, agent: Agent, n: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) =>
      resolve({ text: '', isLast: false, error: error.code ?? error.message })
    const body = JSON.stringify({ n })
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    const sent = request(url, { method: 'POST', agent, headers, timeout: PATIENCE }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      response.on('error', fail)
      response.on('end', () => resolve({ text, isLast: response.headers.connection === 'close' }))
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${PATIENCE} ms`)))
    sent.on('error', fail)
    sent.end(body)
  })
}
