// Apps as `contrail new` makes them, for tests of what comes after: made once in each worker, committed, and copied.
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callContrail, type Outcome } from './command-line.js'
import { REPOSITORY, temporaryFolder } from './folders.js'
import { execute } from './processes.js'

/** An app of its own for a test, with the workspace's packages, in a repository in which all is committed. */
export interface GeneratedApp {
  readonly folder: string
  /** Calls the command line in the app. */
  contrail(...args: string[]): Promise<Outcome>
  /** As {@link GeneratedApp.contrail}. @returns the output @throws where the command does not end with 0 */
  succeed(...args: string[]): Promise<string>
  read(path: string): string
  git(...args: string[]): string
  /** What git says has changed, with the files of new folders one by one. */
  status(): string
  /** Runs a program of the workspace's packages. @returns the output @throws where it does not end with 0 */
  program(name: string, ...args: string[]): Promise<string>
}

const templates = new Map<string, Promise<string>>()

/** Makes an app with these options of `contrail new`. */
export function generatedApp(...options: string[]): Promise<GeneratedApp> {
  return generatedAppIn(temporaryFolder(), ...options)
}

/** As {@link generatedApp}, below a folder that the caller removes. */
export async function generatedAppIn(parent: string, ...options: string[]): Promise<GeneratedApp> {
  const key = options.join(' ')
  const made = templates.get(key) ?? makeTemplate(options)
  templates.set(key, made)
  const folder = join(parent, 'blog')
  cpSync(await made, folder, { recursive: true, verbatimSymlinks: true })
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' })
  const contrail = (...args: string[]) => callContrail(args, { cwd: folder })
  return {
    folder,
    contrail,
    async succeed(...args) {
      const { code, output } = await contrail(...args)
      if (code !== 0) throw new Error(`contrail ${args.join(' ')} ended with ${code}:\n${output}`)
      return output
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    git,
    status: () => git('status', '--short', '--untracked-files=all'),
    async program(name, ...args) {
      const { code, output } = await execute(join(REPOSITORY, 'node_modules/.bin', name), args, { cwd: folder })
      if (code !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${code}:\n${output}`)
      return output
    },
  }
}

async function makeTemplate(options: readonly string[]): Promise<string> {
  const cwd = mkdtempSync(join(tmpdir(), 'contrail-generate-'))
  process.once('exit', () => rmSync(cwd, { recursive: true, force: true }))
  const { code, output } = await callContrail(['new', 'blog', '--skip-install', '--skip-git', ...options], { cwd })
  if (code !== 0) throw new Error(`contrail new ended with ${code}:\n${output}`)
  const folder = join(cwd, 'blog')
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'))
  appendFileSync(join(folder, '.gitignore'), 'node_modules\n')
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder })
  git('init', '--quiet', '--template=')
  git('add', '--all')
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', 'new')
  return folder
}

/** Every entry below a folder but those of git and of packages, with what is in it: to be compared with a later one. */
export function treeOf(folder: string): Record<string, string> {
  const tree: Record<string, string> = {}
  const visit = (below: string) => {
    for (const name of readdirSync(join(folder, below)).sort()) {
      if (name === '.git' || name === 'node_modules') continue
      const path = join(below, name)
      const stats = lstatSync(join(folder, path))
      if (stats.isSymbolicLink()) tree[path] = `→ ${readlinkSync(join(folder, path))}`
      else if (stats.isDirectory()) {
        tree[path] = 'a folder'
        visit(path)
      } else tree[path] = `${stats.mode & 0o777} ${readFileSync(join(folder, path), 'utf8')}`
    }
  }
  visit('')
  return tree
}

/** As {@link treeOf}, without what git never sees. */
export function visibleTreeOf(folder: string): Record<string, string> {
  return Object.fromEntries(Object.entries(treeOf(folder)).filter(([path]) => !/^tmp(?:\/|$)/.test(path)))
}
