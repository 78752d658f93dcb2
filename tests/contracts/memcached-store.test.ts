// MemcachedStore, on a real memcached, keeps every promise that was made of sessions.
import { MemcachedStore } from 'contrail'
import { type SessionStoreHarness, sessionStoreContract } from 'contrail/testing'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Memcached, startMemcached } from '../harness/memcached.js'

const memcached: Memcached[] = []

beforeAll(async () => {
  memcached.push(await startMemcached(), await startMemcached())
})
afterAll(async () => {
  await Promise.all(memcached.map((one) => one.stop()))
})

const addresses = (count: number) => ({ memcacheServer: memcached.slice(0, count).map(({ address }) => address) })

const harnesses: [where: string, harness: SessionStoreHarness][] = [
  ['one server', { store: MemcachedStore, options: () => addresses(1), keepsOnServer: true, offersIndex: true }],
  ['two servers', { store: MemcachedStore, options: () => addresses(2), keepsOnServer: true, offersIndex: true }],
]

describe.each(harnesses)('MemcachedStore on %s', (_where, harness) => {
  for (const promise of sessionStoreContract.filter((one) => one.appliesTo(harness))) {
    test(promise.name, () => promise.run(harness))
  }
})
