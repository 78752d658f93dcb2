// Decision 032. In a process of its own, whose garbage is collected when it is told to.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { execute } from '../../harness/processes.js'

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), 'fixtures')

test('an object of process.nextTick outlives every collection, so that V8 keeps its shape', async () => {
  const { code, output } = await execute(process.execPath, ['--expose-gc', 'ticks.mjs'], { cwd: FIXTURES })
  expect({ code, output }).toEqual({ code: 0, output: 'true' })
})
