// Why: a debugger is attached to the process that runs the app, whichever that is at the time.
import { close, open, url } from 'node:inspector'
import { CliError } from '../cli-error.js'

/**
 * Opens Node's inspector to this machine; Node tells its URL. Does nothing where it is open already.
 * @throws CliError when the port is taken
 */
export function openInspector(port: number): void {
  if (url() !== undefined) return
  open(port, '127.0.0.1')
  if (url() === undefined)
    throw new CliError(`The inspector's port ${port} is taken.`, 'choose another with --inspect=PORT.')
}

/** Closes it, so that another process may open its own on the same port. */
export function closeInspector(): void {
  if (url() !== undefined) close()
}
