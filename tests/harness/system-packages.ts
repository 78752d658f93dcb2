// Programs that the tests drive and a bare machine lacks are installed once, before the first test.
import { spawnSync } from 'node:child_process'

/** Programs by the Debian package that has them. */
const PROGRAMS: Readonly<Record<string, string>> = {
  curl: 'curl',
  chromium: 'chromium',
  memcached: 'memcached',
  openssl: 'openssl',
  'redis-server': 'redis-server',
  pg_ctlcluster: 'postgresql',
  python3: 'python3-minimal',
}

/** Proxies that the app is tried behind, by their Debian package. Only CI must have them. */
const PROXIES: Readonly<Record<string, string>> = { nginx: 'nginx-light', haproxy: 'haproxy' }

/** Gems for Ruby by their Debian package, each with what it needs and Ruby itself. Only CI must have them: see ruby.ts. */
const GEMS: Readonly<Record<string, string>> = { actionpack: 'ruby-actionpack' }

export default function installSystemPackages(): void {
  const isCi = process.env['CI'] !== undefined
  const programs = Object.keys(isCi ? { ...PROGRAMS, ...PROXIES } : PROGRAMS).filter(
    (program) => spawnSync('which', [program]).status !== 0,
  )
  const gems = !isCi ? [] : Object.keys(GEMS).filter((gem) => !hasGem(gem))
  const missing = [...programs, ...gems]
  if (missing.length === 0) return
  const packages = missing.map((name) => PROGRAMS[name] ?? PROXIES[name] ?? (GEMS[name] as string))
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const { status } = spawnSync('apt-get', args, {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    if (status !== 0)
      throw new Error(
        `The tests need ${missing.join(', ')}, and apt-get ${args[0]} failed. Install them and run again.`,
      )
  }
}

/** Whether there is a Ruby that has a gem. */
export function hasGem(gem: string): boolean {
  return spawnSync('ruby', ['-e', 'gem ARGV.first', gem]).status === 0
}
