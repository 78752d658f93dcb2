// Why: a client that asks first (`Expect: 100-continue`) wants to know whether to send its body. It is told to once somebody
// reads that body, so that one which is too large, or for nobody, is never sent.
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Sends `100 Continue` when the body is first read. An answer without that ends the connection: node:http sees to it. */
export function continueWhenRead(incoming: IncomingMessage, outgoing: ServerResponse): void {
  incoming._read = (size) => {
    incoming._read = Object.getPrototypeOf(incoming)._read as IncomingMessage['_read']
    if (!outgoing.headersSent) outgoing.writeContinue()
    incoming._read(size)
  }
}
