// R8: what a request leaves behind. In a process of its own, whose garbage is collected when it is told to.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { execute } from '../../harness/processes.js'

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), 'fixtures')

test('R8: requests of every kind leave less than 4 bytes each on the heap', async () => {
  const { code, output } = await execute(process.execPath, ['--expose-gc', 'soak.mjs'], { cwd: FIXTURES })
  expect(code, output).toBe(0)
  const growth = JSON.parse(output) as number[]
  expect(Math.min(...growth), output).toBeLessThan(4)
})
