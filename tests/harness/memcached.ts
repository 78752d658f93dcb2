// A real memcached for tests: started, killed and started again on the same port, and stopped at the end.
import { connect } from 'node:net'
import { freePort, type Running, start } from './processes.js'

/** A memcached under test. */
export interface Memcached {
  readonly port: number
  /** `127.0.0.1:port`, as `memcacheServer` takes it. */
  readonly address: string
  /** Sends a signal and resolves when the process has ended. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again, empty, and resolves when it accepts connections. */
  restart(): Promise<void>
  /** Says lines of the text protocol, one after the other, and resolves with each one's answer up to its last line. */
  says(line: string): Promise<string>
}

/** Starts a memcached on a free port. Whoever starts one stops it. */
export async function startMemcached(args: readonly string[] = []): Promise<Memcached> {
  const port = await freePort()
  let running: Running | undefined
  const memcached: Memcached = {
    port,
    address: `127.0.0.1:${port}`,
    async stop(signal = 'SIGKILL') {
      await running?.stop(signal)
      running = undefined
    },
    async restart() {
      running = start('memcached', ['-l', '127.0.0.1', '-p', String(port), '-U', '0', '-u', 'nobody', ...args], {
        cwd: '/',
      })
      await accepts(port, running)
    },
    says: (line) => say(port, line),
  }
  await memcached.restart()
  return memcached
}

async function accepts(port: number, running: Running): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    if (running.process.exitCode !== null) break
    const answered = await say(port, 'version').catch(() => '')
    if (answered.startsWith('VERSION')) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`memcached does not accept connections. It printed:\n${running.output()}`)
}

const LAST_LINE =
  /(?:^|\n)(?:END|OK|RESET|STORED|EXISTS|DELETED|NOT_\w+|VERSION .*|(?:CLIENT_|SERVER_)?ERROR.*|HD.*|EN|ME .*)\r\n$/

function say(port: number, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\r\n`))
    let answer = ''
    socket.setTimeout(5000, () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString()
      if (!LAST_LINE.test(answer)) return
      socket.destroy()
      resolve(answer)
    })
    socket.on('error', reject)
    socket.on('close', () =>
      reject(new Error(`memcached ended ${JSON.stringify(line)} with ${JSON.stringify(answer)}`)),
    )
  })
}
