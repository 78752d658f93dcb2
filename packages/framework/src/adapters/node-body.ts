// Why: a streamed body goes out as fast as the client reads it and no faster, and a client that stops reading is not waited
// for for ever.
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { BodyStream } from '../http/body-stream.js'

/**
 * Writes a streamed body to its end. Where the source fails the connection is cut: a client must not take half a body for a
 * whole one. Never rejects.
 * @param sendTimeout milliseconds a client may take none of what is ready for it
 */
export async function writeStream(stream: BodyStream, outgoing: ServerResponse, sendTimeout: number): Promise<void> {
  try {
    for (;;) {
      const { done, value } = await stream.next()
      if (outgoing.destroyed) return stream.cancel()
      if (done === true) break
      if (!outgoing.write(value)) await drained(outgoing, sendTimeout)
    }
    outgoing.end()
    endIfNotRead(outgoing, sendTimeout)
  } catch {
    outgoing.destroy()
  }
}

function drained(outgoing: ServerResponse, sendTimeout: number): Promise<void> {
  const cancelTimeout = cutWhenStalled(outgoing, sendTimeout)
  return new Promise((resolve) => {
    const onEnd = () => {
      outgoing.off('drain', onEnd).off('close', onEnd)
      cancelTimeout()
      resolve()
    }
    outgoing.on('drain', onEnd).on('close', onEnd)
  })
}

/** After the last byte was handed over: cuts the connection when what is still to go out makes no progress. */
export function endIfNotRead(outgoing: ServerResponse, sendTimeout: number): void {
  if (outgoing.writableLength === 0) return
  // Before node:http's own listener, which sets the timer anew for a connection that is kept.
  outgoing.prependOnceListener('finish', cutWhenStalled(outgoing, sendTimeout))
}

/**
 * Node's socket timer knows of progress within one large write, and cuts the socket when nobody listens for `timeout`.
 * @returns takes the timer away again
 */
function cutWhenStalled(outgoing: ServerResponse, sendTimeout: number): () => void {
  // 0 is no timer to node:net.
  if (sendTimeout === 0) return () => undefined
  let watched: Socket | undefined
  const arm = (socket: Socket) => {
    watched = socket
    socket.setTimeout(sendTimeout)
  }
  // An answer that waits for the one before it has no socket yet: that one has the reader's attention.
  if (outgoing.socket === null) outgoing.once('socket', arm)
  else arm(outgoing.socket)
  return () => {
    outgoing.off('socket', arm)
    watched?.setTimeout(0)
  }
}
