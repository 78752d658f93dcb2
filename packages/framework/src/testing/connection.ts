// Why: middleware and mounted handlers take a connection of node:http's. In tests it is one within the process: no port, no
// network, and everything else as it is.
import { createServer, type IncomingMessage, request as sendRequest } from 'node:http'
import type { Socket } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { nodeListener } from '../adapters/node.js'
import type { Application } from '../application.js'
import type { RawRequest } from '../http/raw-request.js'
import type { Asked } from './asked.js'

/** Headers of the connection, which are none of the app's. */
const HOP_BY_HOP = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding'])

/**
 * Asks an app through node:http, over a connection in memory.
 * @throws Error when the app cuts it, as it does where a stream fails
 */
export async function askOverConnection(app: Application, raw: RawRequest): Promise<Asked> {
  let error: unknown
  const listener = nodeListener(async (request) => {
    const response = await app.handle(request)
    error = response.error
    return response
  }, app.logger)
  const [near, far] = duplexPair()
  Object.assign(far, { remoteAddress: raw.remoteAddress }, raw.encrypted === true ? { encrypted: true } : {})
  // Of a pair in memory neither end hears that the other was destroyed.
  far.once('close', () => {
    if (!far.writableFinished) near.destroy()
  })
  createServer(listener).emit('connection', far)
  try {
    const response = await send(raw, near)
    const body = await buffer(response)
    return { status: response.statusCode as number, headers: headersOf(response), body, error }
  } catch (cause) {
    if (!far.destroyed) throw cause
    throw new Error(`${raw.method} ${raw.url}: the app cut the connection before its answer was whole.`, { cause })
  } finally {
    near.destroy()
    far.destroy()
  }
}

function send({ method, url, headers, body }: RawRequest, connection: Duplex): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = sendRequest(
      { method, path: url, headers: definedOf(headers), createConnection: () => connection as Socket },
      resolve,
    )
    outgoing.on('error', reject)
    if (body === undefined || body === null) outgoing.end()
    else if (typeof body === 'string' || body instanceof Uint8Array) outgoing.end(body)
    else writeAll(body, outgoing).catch(reject)
  })
}

async function writeAll(body: AsyncIterable<Uint8Array>, outgoing: ReturnType<typeof sendRequest>): Promise<void> {
  for await (const chunk of body) outgoing.write(chunk)
  outgoing.end()
}

function definedOf(headers: RawRequest['headers']): Record<string, string | string[]> {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Record<string, string | string[]>
}

function headersOf({ rawHeaders }: IncomingMessage): [string, string][] {
  const pairs: [string, string][] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase()
    if (!HOP_BY_HOP.has(name)) pairs.push([name, rawHeaders[at + 1] as string])
  }
  return pairs
}
