// Bytes to a server and back, for what no client library would send.
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A connection, and all that came back on it. */
export interface Connection {
  readonly socket: Socket
  /** What has arrived so far. */
  readonly received: () => string
  /** Resolves once that has this; rejects when the connection ends without. */
  until(text: string): Promise<string>
  /** Resolves when the connection has ended, with all that came back. */
  ended(): Promise<string>
}

/** Connects to a server; the connection ends with the test at the latest. */
export async function open(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  let received = ''
  let isClosed = false
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
  })
  socket.on('close', () => {
    isClosed = true
  })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  socket.on('error', () => undefined)
  const until = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const check = () => {
        if (received.includes(text)) settle(() => resolve(received))
        else if (isClosed) settle(() => reject(new Error(`closed without ${JSON.stringify(text)}:\n${received}`)))
      }
      const settle = (finish: () => void) => {
        socket.off('data', check).off('close', check)
        finish()
      }
      socket.on('data', check).on('close', check)
      check()
    })
  const ended = (): Promise<string> =>
    new Promise((resolve) => {
      if (isClosed) resolve(received)
      else socket.once('close', () => resolve(received))
    })
  return { socket, received: () => received, until, ended }
}

/** Sends these bytes and gives back all that comes until the server ends the connection. */
export async function exchange(url: string, bytes: string): Promise<string> {
  const connection = await open(url)
  connection.socket.write(bytes, 'latin1')
  return await connection.ended()
}
