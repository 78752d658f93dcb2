// Why: dist/ is the build of before or the new one, never a part of one: workers may be started from it at any time.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CliError } from '../cli-error.js'
import type { BundledFile } from './bundle.js'

/**
 * Writes files to a folder beside, which then takes the place of the folder and of all that was in it.
 * @throws CliError when that fails; the folder is as before then
 */
export function replaceFolder(root: string, name: string, files: readonly BundledFile[]): void {
  const target = join(root, name)
  let drafts: string | undefined
  try {
    // Where git ignores what a killed process leaves.
    mkdirSync(join(root, 'tmp'), { recursive: true })
    drafts = mkdtempSync(join(root, 'tmp', '.build-'))
    const [made, before] = [join(drafts, 'new'), join(drafts, 'old')]
    for (const { path, content } of files) {
      mkdirSync(dirname(join(made, path)), { recursive: true })
      writeFileSync(join(made, path), content, { flush: true })
    }
    swap(target, made, before)
  } catch (error) {
    throw new CliError(
      `${name}/ could not be written: ${(error as Error).message}.`,
      'mend that, then build again. It is as it was.',
    )
  } finally {
    if (drafts !== undefined) rmSync(drafts, { recursive: true, force: true })
  }
}

function swap(target: string, made: string, before: string): void {
  const isThere = existsSync(target)
  if (isThere) renameSync(target, before)
  try {
    renameSync(made, target)
  } catch (error) {
    if (isThere) renameSync(before, target)
    throw error
  }
}
