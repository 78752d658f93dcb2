// Why: the public API of contrail/testing: what tests of an app, or of a session store, are written with.
export type { Answer, Question, RefusedCookie } from './answer.js'
export type { BrowserCookie, BrowserCookies } from './browser-cookies.js'
export { createClient, type TestClient } from './client.js'
export type { ClientOptions, RequestHeaders, RequestOptions, SessionValues, ShowExceptions } from './client-options.js'
export type { Fields, FieldValue } from './form-fields.js'
export { type LoadTestOptions, loadTestApplication, type Override, override } from './load-test-application.js'
export type { BodyOptions } from './request-body.js'
export {
  type SessionStoreCase,
  type SessionStoreClock,
  type SessionStoreHarness,
  stillClock,
} from './session-store/harness.js'
export { sessionStoreContract } from './session-store-contract.js'
