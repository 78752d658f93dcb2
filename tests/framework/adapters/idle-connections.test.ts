// A connection on which nothing happens is closed, without a timer for each answer; one on which something does is not.
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
// Internal: an app's own limit is too long for a test.
import { Connections } from '../../../packages/framework/dist/adapters/connections.js'

const REQUEST = 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n'
let server: Server
const clients: Socket[] = []

/** A server that forgets connections after two looks, 30 ms apart, and answers when `answer` is called. */
async function serve(onRequest: (answer: () => void) => void): Promise<Socket> {
  server = createServer({ keepAliveTimeout: 0 })
  const connections = new Connections(server, { timeout: 60, check: 30 })
  server.on('request', (incoming, outgoing) => {
    const connection = connections.began(incoming.socket, outgoing)
    onRequest(() => {
      outgoing.end('done')
      if (connection !== undefined) connections.ended(connection)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  clients.push(client)
  return client
}

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy()
  server.close()
})

test('a connection is kept after its answer, and closed when nothing follows', async () => {
  let answers = 0
  const client = await serve((answer) => {
    answers += 1
    answer()
  })
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  client.write(REQUEST)
  client.once('data', () => client.write(REQUEST))
  client.resume()
  await closed
  expect(answers).toBe(2)
})

test('one whose answer takes longer than that is not idle', async () => {
  const client = await serve((answer) => setTimeout(answer, 300))
  client.write(REQUEST)
  const answered = await new Promise<string>((resolve) => {
    client.once('data', (data) => resolve(String(data))).once('close', () => resolve('closed'))
  })
  expect(answered).toContain('200 OK')
})
