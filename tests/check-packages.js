// Checks each package as npm would publish it: publint for the manifest, attw for what TypeScript makes of it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../packages', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'contrail-packages-'))

/** Runs a program, shows what it prints, and ends with its code where it fails. */
function run(program, args, options = {}) {
  const { status, stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  })
  if (status !== 0) {
    process.stdout.write(stdout ?? '')
    process.exitCode = 1
  }
  return stdout ?? ''
}

for (const name of ['framework', 'cli', 'create-contrail']) {
  const source = join(packages, name)
  run('npx', ['publint', '--strict', source])
  const packed = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: source }))
  const { filename, files } = Array.isArray(packed) ? packed[0] : Object.values(packed)[0]
  // A package's templates are packed as they are, beside their generators, tests among them, and the generators' pages.
  const unwanted = files.filter(
    ({ path }) =>
      /tsbuildinfo|\.test\.|(^|\/)src\//.test(path) && !/^src\/generators\/[^/]+\/(templates\/|USAGE$)/.test(path),
  )
  if (unwanted.length > 0) {
    process.stdout.write(`${name} packs what it should not: ${unwanted.map(({ path }) => path).join(', ')}\n`)
    process.exitCode = 1
  }
  if (name === 'framework') run('npx', ['attw', '--profile', 'esm-only', join(folder, filename)])
  process.stdout.write(`${filename}: ${files.length} files, ${process.exitCode ? 'not ' : ''}ready to publish\n`)
}
rmSync(folder, { recursive: true, force: true })
