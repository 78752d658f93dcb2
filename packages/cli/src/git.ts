// Why: a new app begins under version control, unless it lies in a repository already or there is no git.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'

/** Makes a repository of a folder. @returns what was done, in words, or undefined when there was nothing to do */
export function initialiseRepository(folder: string): string | undefined {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: folder, encoding: 'utf8' })
  if (git('--version').status !== 0) return 'git is not installed: no repository was made'
  if (git('rev-parse', '--is-inside-work-tree').stdout?.trim() === 'true') return undefined
  const { status, stderr } = git('init', '--quiet', '--initial-branch=main')
  if (status === 0) return undefined
  rmSync(join(folder, '.git'), { recursive: true, force: true })
  return `git could not make a repository: ${stderr.trim()}`
}
