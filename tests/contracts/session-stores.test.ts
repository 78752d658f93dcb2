// Every store that the framework brings, and one that answers late, keeps every promise that was made of sessions.
import { CookieStore, MemoryStore, RackCookieStore, RailsCookieStore } from 'contrail'
import { type SessionStoreHarness, sessionStoreContract } from 'contrail/testing'
import { describe, test } from 'vitest'
import { NetworkStore } from '../harness/network-store.js'

const harnesses: SessionStoreHarness[] = [
  { store: CookieStore, keepsOnServer: false },
  { store: RailsCookieStore, keepsOnServer: false, keepsDates: false },
  { store: RackCookieStore, keepsOnServer: false, keepsDates: false },
  { store: MemoryStore, keepsOnServer: true, offersIndex: true },
  { store: NetworkStore, keepsOnServer: true, offersIndex: true },
]

describe.each(harnesses)('$store.name', (harness) => {
  for (const promise of sessionStoreContract.filter((one) => one.appliesTo(harness))) {
    test(promise.name, () => promise.run(harness))
  }
})
