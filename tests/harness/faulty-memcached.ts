// A memcached behind a proxy that injects faults, for all tests of a file.
import { afterAll, beforeEach } from 'vitest'
import { type FaultProxy, startFaultProxy } from './fault-proxy.js'
import { type Memcached, startMemcached } from './memcached.js'

/** Starts both; they stop with the file that calls this. Before each test the proxy lets everything pass. */
export async function faultyMemcached(): Promise<{ memcached: Memcached; proxy: FaultProxy }> {
  const memcached = await startMemcached()
  const proxy = await startFaultProxy(memcached.port)
  beforeEach(() => proxy.set('pass'))
  afterAll(async () => {
    await proxy.close()
    await memcached.stop()
  })
  return { memcached, proxy }
}
