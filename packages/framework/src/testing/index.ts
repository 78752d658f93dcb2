// Why: the public API of contrail/testing: what tests of an app, or of a session store, are written with.
export {
  type SessionStoreCase,
  type SessionStoreClock,
  type SessionStoreHarness,
  stillClock,
} from './session-store/harness.js'
export { sessionStoreContract } from './session-store-contract.js'
