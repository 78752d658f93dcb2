// Why: a port that is taken is no reason to stop: the next free one is offered.
import { createServer } from 'node:net'
import { createInterface } from 'node:readline/promises'
import { CliError } from '../cli-error.js'

const ATTEMPTS = 20

/** Whether nothing listens on a port. @throws CliError when the address cannot be bound at all */
async function isFree(port: number, host: string): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EADDRINUSE') resolve(false)
      else
        reject(
          new CliError(
            `${host}, port ${port}, cannot be bound: ${message}.`,
            'choose another address with -b, or another port with -p.',
          ),
        )
    })
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/**
 * The port to use: the wanted one if it is free; else, on a terminal, the next free one if the user agrees.
 * @throws CliError when it is taken and nobody can be asked, or the answer is no
 */
export async function choosePort(wanted: number, host: string): Promise<number> {
  if (wanted === 0 || (await isFree(wanted, host))) return wanted
  const free = await nextFree(wanted, host)
  if (free === undefined)
    throw new CliError(`Port ${wanted} is taken, and so are the ${ATTEMPTS} after it.`, 'choose another with -p.')
  if (
    process.stdin.isTTY &&
    process.stdout.isTTY &&
    (await agrees(`Port ${wanted} is taken. Use ${free} instead? [Y/n] `))
  )
    return free
  throw new CliError(`Port ${wanted} is taken.`, `stop what listens there, or run: contrail server -p ${free}`)
}

async function nextFree(wanted: number, host: string): Promise<number | undefined> {
  for (let port = wanted + 1; port <= Math.min(wanted + ATTEMPTS, 65_535); port++)
    if (await isFree(port, host)) return port
  return undefined
}

async function agrees(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const answer = await terminal.question(question)
    return answer.trim() === '' || /^y(es)?$/i.test(answer.trim())
  } finally {
    terminal.close()
  }
}
