// Why: half of what goes wrong is a version: of Node, of two packages that belong together, of a second copy of one.
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type Finding, fail, ok } from './finding.js'

interface Manifest {
  readonly version?: string
  readonly engines?: { readonly node?: string }
}

/** Node, and the packages of Contrail that an app has. @param own where the package of this command line is */
export function packageFindings(folder: string, own: string, node: string = process.versions.node): Finding[] {
  const cli = manifestIn(own)
  const least = cli?.engines?.node?.replace(/^>=/, '') ?? '20.19.0'
  return [nodeFinding(node, least), versionsFinding(folder, cli?.version ?? ''), copiesFinding(folder)]
}

function nodeFinding(version: string, least: string): Finding {
  if (compare(version, least) >= 0) return ok('Node', version)
  return fail('Node', `${version} is older than ${least}`, `install Node ${least} or newer: https://nodejs.org`)
}

function compare(one: string, other: string): number {
  const [left, right] = [one, other].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)))
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function versionsFinding(folder: string, cli: string): Finding {
  const framework = manifestIn(join(folder, 'node_modules/contrail'))?.version ?? nearest(folder)
  if (framework === undefined) {
    const fix = 'run npm install in the folder of the app'
    return fail('versions', 'the package contrail is not installed here', fix)
  }
  if (release(framework) === release(cli)) return ok('versions', `contrail ${framework}, contrail-cli ${cli}`)
  const fix = `npm install contrail@^${newer(framework, cli)} && npm install --save-dev contrail-cli@^${newer(framework, cli)}`
  return fail('versions', `contrail is ${framework}, contrail-cli ${cli}: they are made for each other`, fix)
}

/** In a workspace, packages are in a folder above. */
function nearest(folder: string): string | undefined {
  for (let at = folder; join(at, '..') !== at; at = join(at, '..')) {
    const version = manifestIn(join(at, 'node_modules/contrail'))?.version
    if (version !== undefined) return version
  }
  return undefined
}

/** What must be the same: `0.1` of 0.1.4, `2` of 2.3.1. */
function release(version: string): string {
  const [major = '', minor = ''] = version.split('.')
  return major === '0' ? `0.${minor}` : major
}

function newer(one: string, other: string): string {
  return compare(one, other) > 0 ? one : other
}

function copiesFinding(folder: string): Finding {
  const copies = [...new Set(copiesBelow(folder))].map((path) => relative(realpathSync(folder), path) || path)
  if (copies.length < 2) return ok('copies', 'one copy of contrail')
  const fix = 'npm dedupe; where a package depends on contrail, it should be by peerDependencies'
  return fail('copies', `${copies.length} copies of contrail, which do not know each other: ${copies.join(', ')}`, fix)
}

/** Where the package is, by its real path: in the app's node_modules and in those of the packages there. */
function copiesBelow(folder: string): string[] {
  const modules = join(folder, 'node_modules')
  const own = join(modules, 'contrail')
  const found = existsSync(join(own, 'package.json')) ? [realpathSync(own)] : []
  const store = foldersIn(join(modules, '.pnpm')).filter((name) => name.startsWith('contrail@'))
  for (const name of store) {
    const path = join(modules, '.pnpm', name, 'node_modules/contrail')
    if (existsSync(path)) found.push(realpathSync(path))
  }
  const nested = foldersIn(modules).filter((name) => !name.startsWith('.'))
  const names = nested.flatMap((name) =>
    name.startsWith('@') ? foldersIn(join(modules, name)).map((one) => join(name, one)) : [name],
  )
  return [...found, ...names.flatMap((name) => copiesBelow(join(modules, name)))]
}

/** Those that are links lead to where they are looked at anyway, or round in circles. */
function foldersIn(path: string): string[] {
  if (!existsSync(path)) return []
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}

function manifestIn(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  } catch {
    return undefined
  }
}
