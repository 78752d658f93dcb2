// Why: a constraint is matched against what a stranger sends; one that backtracks is a way to stop the server (ReDoS). The
// only file that knows redos-detector.
import { createRequire } from 'node:module'
import type { isSafe } from 'redos-detector'

/** So many steps tell safe from unsafe for any constraint a person would write; more only takes longer to say unsafe. */
const MAXIMUM_STEPS = 1_000

const verdicts = new Map<string, boolean>()

/**
 * Whether the time that an anchored regular expression takes grows with its input no faster than the input does. Some that
 * are safe are called unsafe, never the other way.
 */
export function isSafeConstraint(anchored: RegExp): boolean {
  const key = String(anchored)
  let verdict = verdicts.get(key)
  if (verdict === undefined) {
    verdict = detector()(anchored, { maxSteps: MAXIMUM_STEPS }).safe
    verdicts.set(key, verdict)
  }
  return verdict
}

let loaded: typeof isSafe | undefined

/** Loaded when the first constraint is read: most apps have none, and it takes a while. */
function detector(): typeof isSafe {
  loaded ??= (createRequire(import.meta.url)('redos-detector') as { readonly isSafe: typeof isSafe }).isSafe
  return loaded
}
