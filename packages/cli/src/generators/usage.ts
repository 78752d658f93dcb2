// Why: what a generator is for and what it writes is a page beside it, so that a generator is a folder, its help among it.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The text of a generator's page, which `--help` shows; undefined when it has none. */
export function usageOf(generator: string): string | undefined {
  const page = fileURLToPath(new URL(`../../src/generators/${generator}/USAGE`, import.meta.url))
  return existsSync(page) ? readFileSync(page, 'utf8') : undefined
}
