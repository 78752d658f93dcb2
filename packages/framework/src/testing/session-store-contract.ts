// Why: what users were promised of sessions holds in every store, so every store passes this one suite.
import { cookieCases } from './session-store/cookie-cases.js'
import { dataCases } from './session-store/data-cases.js'
import type { SessionStoreCase } from './session-store/harness.js'
import { indexCases } from './session-store/index-cases.js'
import { lifeCases } from './session-store/life-cases.js'
import { serverCases } from './session-store/server-cases.js'

/**
 * What every session store promises, each promise tried through whole requests. For any test runner:
 * ```ts
 * const harness: SessionStoreHarness = { store: MyStore, options: () => ({ url }), keepsOnServer: true }
 * for (const promise of sessionStoreContract) test(promise.name, () => promise.run(harness))
 * ```
 * The cases replace `Date.now` while they run, so they must not run at the same time (see `SessionStoreHarness.clock`).
 */
export const sessionStoreContract: readonly SessionStoreCase[] = [
  ...cookieCases,
  ...dataCases,
  ...lifeCases,
  ...serverCases,
  ...indexCases,
]
