// Programs that the tests drive and a bare machine lacks are installed once, before the first test.
import { spawnSync } from 'node:child_process'

/** Programs by the Debian package that has them. */
const PROGRAMS: Readonly<Record<string, string>> = { curl: 'curl', chromium: 'chromium', memcached: 'memcached' }

export default function installSystemPackages(): void {
  const missing = Object.keys(PROGRAMS).filter((program) => spawnSync('which', [program]).status !== 0)
  if (missing.length === 0) return
  const packages = missing.map((program) => PROGRAMS[program] as string)
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
