// Why: the ceiling, raised: raw node:http that answers the requests which arrive in one turn of the event loop together.
import { serve as serveRaw } from './raw.js'

export { apps, notes, packages } from './raw.js'
export const title = 'raw, batched'

/** Queues requests and answers the queue in one `setImmediate`, after all sockets of the turn were read. */
function batched(listener) {
  let queue = []
  const run = () => {
    const due = queue
    queue = []
    for (let at = 0; at < due.length; at += 2) listener(due[at], due[at + 1])
  }
  return (request, response) => {
    if (queue.length === 0) setImmediate(run)
    queue.push(request, response)
  }
}

export const serve = (app, options) => serveRaw(app, options, batched)
