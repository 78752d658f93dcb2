// Why: where a server listens, and what to tell whoever chose a port that is taken or an address that is not there.
import type { Server } from 'node:http'
import { BootError } from '../errors.js'

/** Where a server listens. */
export interface BindOptions {
  /** 0 takes any free port. Default: `PORT`, else 3000. */
  readonly port?: number | undefined
  /** The address to bind. Default: `HOST`, else every address. */
  readonly host?: string | undefined
}

/** Has a server listen. @throws BootError when the port is taken or the address cannot be bound; its `cause` is Node's error */
export function bind(server: Server, options: BindOptions): Promise<void> {
  const port = options.port === undefined ? portFromEnvironment() : checkPort(options.port, `port is ${options.port}`)
  const host = options.host ?? process.env['HOST']
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(
          new BootError(`Port ${port} is taken.`, 'stop what listens there, or choose another port (PORT, or -p).', {
            cause: error,
          }),
        )
      } else
        reject(
          new BootError(
            `${host ?? 'Every address'}, port ${port}, cannot be bound: ${error.message}.`,
            'choose another address (HOST, or -b) or port (PORT, or -p).',
            { cause: error },
          ),
        )
    })
    server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve)
  })
}

function portFromEnvironment(): number {
  const text = process.env['PORT']
  return text === undefined || text === '' ? 3000 : checkPort(Number(text), `PORT is ${JSON.stringify(text)}`)
}

function checkPort(port: number, problem: string): number {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new BootError(`${problem}.`, 'set it to a number from 0 to 65535.')
}
