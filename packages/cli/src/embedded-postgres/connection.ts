// Why: one connection to the embedded database, from this process or another: what a client says goes to PGlite, one
// transaction at a time, so that nobody's statements end up in another's transaction.
import type { Duplex } from 'node:stream'
import type { Turns } from './turns.js'
import { fatal, isIdleAfter, MessageReader, query, REFUSED_ENCRYPTION, SYNC, welcome } from './wire-protocol.js'

/** The database that connections share. */
export interface SharedSession {
  readonly turns: Turns
  /** Passes messages on, and resolves with the answers. */
  execute(messages: Uint8Array): Promise<Uint8Array>
  /** As clients are told it: `18.3`. */
  readonly version: string
}

/** Serves a client until it leaves, and takes back a transaction that it left open. */
export async function serveConnection(stream: Duplex, session: Promise<SharedSession>): Promise<void> {
  const reader = new MessageReader()
  let endTurn: (() => void) | undefined
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      for (const { kind, bytes } of reader.read(chunk as Buffer)) {
        if (kind === 'terminate' || kind === 'cancel') return
        if (kind === 'encryption') stream.write(REFUSED_ENCRYPTION)
        else if (kind === 'startup') stream.write(welcome((await session).version))
        else {
          const { turns, execute } = await session
          endTurn ??= await turns.take()
          const answer = await execute(bytes)
          stream.write(answer)
          if (!isIdleAfter(answer)) continue
          endTurn()
          endTurn = undefined
        }
      }
    }
  } catch (error) {
    // A client that went away without a word is no error; one that is still there is told.
    if (stream.writable) stream.write(fatal(error instanceof Error ? error.message : String(error)))
  } finally {
    if (endTurn !== undefined) {
      await takeBack(session)
      endTurn()
    }
  }
}

async function takeBack(session: Promise<SharedSession>): Promise<void> {
  try {
    const { execute } = await session
    await execute(SYNC)
    await execute(query('ROLLBACK'))
  } catch {
    // The database itself is gone, and the transaction with it.
  }
}
