// Decision 008: what a request leaves for the expensive collections. In a process of its own, whose garbage is collected when it
// is told to.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Memcached, startMemcached } from '../../../harness/memcached.js'
import { execute } from '../../../harness/processes.js'

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), 'fixtures')
let memcached: Memcached
beforeAll(async () => {
  memcached = await startMemcached()
})
afterAll(() => memcached.stop())

test('requests that were under way together die young: less than 1,000 bytes of each become old', async () => {
  const args = ['--expose-gc', 'garbage.mjs', memcached.address]
  const { code, output } = await execute(process.execPath, args, { cwd: FIXTURES })
  expect(code, output).toBe(0)
  expect(Number(output), output).toBeLessThan(1000)
})
