// Ends every run with one line that a program can read, and leaves it in a file for who prints more afterwards.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Reporter, TestModule } from 'vitest/node'

const FILE = fileURLToPath(new URL('../../.cache/test-summary', import.meta.url))

export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += 1
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state !== 'pending') count[state] += 1
      }
    }
    const skipped = count.skipped === 0 ? '' : `, ${count.skipped} skipped`
    const line = `${count.passed} passed, ${count.failed} failed${skipped}\n`
    mkdirSync(dirname(FILE), { recursive: true })
    writeFileSync(FILE, line)
    process.stdout.write(line)
  }
}
