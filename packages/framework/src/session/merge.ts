// Why: two requests that change one session at once must not undo each other. A store that keeps sessions on a server
// merges, key by key, what a request changed into what is kept by then.

type Keys = Record<string, unknown>

/**
 * Merges one request's changes into a session that another has changed meanwhile, by top-level keys: what the request
 * changed or deleted is taken from it, everything else from what is kept. A key that both changed is the request's, as
 * the later to save.
 * @param base the session's text as the request found it
 * @param mine the text that the request wants kept
 * @param theirs the text that is kept by now
 * @returns the text to keep. A text that is no JSON of an object counts as an empty session.
 */
export function mergePayloads(base: string, mine: string, theirs: string): string {
  if (theirs === base) return mine
  if (mine === base) return theirs
  const [before, wanted, kept] = [keysOf(base), keysOf(mine), keysOf(theirs)]
  for (const key of Object.keys(before)) if (!(key in wanted)) delete kept[key]
  for (const key of Object.keys(wanted)) {
    if (JSON.stringify(wanted[key]) !== JSON.stringify(before[key])) kept[key] = wanted[key]
  }
  return JSON.stringify(kept)
}

/** The keys of a session's text, still encoded, in an object without a prototype: `__proto__` is a key like any other. */
function keysOf(payload: string): Keys {
  const keys = Object.create(null) as Keys
  try {
    const parsed: unknown = JSON.parse(payload)
    return typeof parsed === 'object' && !Array.isArray(parsed) ? Object.assign(keys, parsed) : keys
  } catch {
    return keys
  }
}
