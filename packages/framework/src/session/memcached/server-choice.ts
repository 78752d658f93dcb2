// Why: every process must look for a session on the same server, and keep doing so when a server is added or taken away.
import { createHash } from 'node:crypto'

/**
 * Chooses the server of a session by rendezvous hashing: that which scores highest with it. The order of the list does not
 * matter, and a server more or less moves only the sessions that it gets or had.
 */
export function chooseServer<S extends { readonly name: string }>(servers: readonly [S, ...S[]], storedId: string): S {
  let [best] = servers
  if (servers.length === 1) return best
  let highest = -1
  for (const server of servers) {
    const score = createHash('sha256').update(`${server.name} ${storedId}`).digest().readUIntBE(0, 6)
    if (score > highest) {
      highest = score
      best = server
    }
  }
  return best
}
