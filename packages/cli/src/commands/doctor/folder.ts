// Why: what is wrong with an app's files can be seen in the files, whether the app boots or not.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Finding, fail, ok, warn } from './finding.js'

/** What the files of an app show, without running any of its code. */
export function folderFindings(folder: string): Finding[] {
  return [environmentFileFinding(folder), compilerFinding(folder)]
}

/** Files with secrets: `.env`, `.env.local`, `.env.production`; not the public `.env.example`. */
function environmentFileFinding(folder: string): Finding {
  const names = readdirSync(folder).filter((name) => /^\.env(?:\.|$)/.test(name) && name !== '.env.example')
  if (names.length === 0) return ok('.env', 'none: all settings come from the environment')
  const git = (...args: string[]) => spawnSync('git', args, { cwd: folder, encoding: 'utf8' })
  if (git('rev-parse', '--is-inside-work-tree').stdout?.trim() === 'true') {
    const tracked = names.filter((name) => git('ls-files', '--error-unmatch', name).status === 0)
    if (tracked.length > 0) {
      const fix = `git rm --cached ${tracked.join(' ')}, add it to .gitignore, and make new secrets: contrail secret`
      return fail('.env', `${tracked.join(', ')} is in git's history, for everyone to read`, fix)
    }
    const seen = names.filter((name) => git('check-ignore', '--quiet', name).status !== 0)
    if (seen.length > 0)
      return fail('.env', `git does not ignore ${seen.join(', ')}`, `add ${seen.join(' and ')} to .gitignore`)
  }
  const open = process.platform === 'win32' ? [] : names.filter((name) => statSync(join(folder, name)).mode & 0o077)
  if (open.length > 0)
    return warn('.env', `others on this machine may read ${open.join(', ')}`, `chmod 600 ${open.join(' ')}`)
  return ok('.env', 'ignored by git, and readable by its owner alone')
}

/** Injection and filters need what the compiler writes about decorators; asked of the compiler, which knows all that is extended. */
function compilerFinding(folder: string): Finding {
  const check = 'tsconfig.json'
  if (!existsSync(join(folder, check))) return ok(check, 'none: the app is JavaScript')
  const program = compiler(folder)
  if (program === undefined)
    return warn(check, 'not checked: TypeScript is not installed', 'npm install --save-dev typescript')
  const { status, stdout } = spawnSync(process.execPath, [program, '--showConfig', '-p', '.'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (status !== 0) return fail(check, `cannot be read: ${stdout.trim().split('\n')[0]}`, 'mend the file')
  const { compilerOptions = {} } = JSON.parse(stdout) as { compilerOptions?: Readonly<Record<string, unknown>> }
  const missing = ['experimentalDecorators', 'emitDecoratorMetadata'].filter((name) => compilerOptions[name] !== true)
  if (missing.length === 0) return ok(check, 'decorators are compiled as dependency injection needs them')
  const fix = `set ${missing.map((name) => `"${name}": true`).join(' and ')} in compilerOptions`
  return fail(
    check,
    `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} off: injection fails once built`,
    fix,
  )
}

function compiler(folder: string): string | undefined {
  try {
    const manifest = createRequire(join(folder, 'package.json')).resolve('typescript/package.json')
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { tsc: string } }
    return join(dirname(manifest), bin.tsc)
  } catch {
    return undefined
  }
}
