// Why: whether the sessions' server is there is best asked by doing what a request does: keep one, read it, end it.
import type { SessionStore } from './store.js'

/** Keeps a session of its own, reads it and ends it. @throws what the store throws, and an Error where it was not found again */
export async function roundTrip(store: SessionStore): Promise<void> {
  const payload = JSON.stringify({ checkedAt: new Date().toISOString() })
  const found = await store.load(await store.create(payload))
  if ('rejected' in found) throw new Error(`The session store kept a session and did not find it: ${found.rejected}.`)
  await store.destroy(found)
  if (found.payload !== payload) throw new Error('The session store kept a session and found another.')
}
