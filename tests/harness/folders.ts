// Apps on disk for tests: copies of the posts-app outside the repository, removed when the test ends.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The repository. */
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
/** The program `contrail`, as the workspace built it. */
export const CONTRAIL = join(REPOSITORY, 'packages', 'cli', 'bin', 'contrail.js')

const LEFT_OUT = new Set(['node_modules', 'dist', 'tmp', '.env'])

/** An empty folder outside the repository. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'contrail-test-'))
  onTestFinished(() => removeFolder(folder))
  return folder
}

/** An upload that was broken off may still be making its file in it. */
async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      rmSync(folder, { recursive: true, force: true })
      return
    } catch (error) {
      if (attempt === 5) throw error
      await setTimeout(50 * attempt)
    }
  }
}

/** Copies the posts-app, without what was installed or built in it. */
export function copyPostsApp(folder: string): void {
  const filter = (source: string) => !LEFT_OUT.has(basename(source))
  cpSync(join(REPOSITORY, 'examples', 'posts-app'), folder, { recursive: true, filter })
}

/** A copy of the posts-app that uses the workspace's packages. */
export function linkedPostsApp(): string {
  const folder = temporaryFolder()
  copyPostsApp(folder)
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** A folder outside the repository with these files (paths with slashes, and their text), and the workspace's packages. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder()
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'))
  writeFiles(folder, files)
  return folder
}

/** Writes files below a folder, and the folders they are in. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}
