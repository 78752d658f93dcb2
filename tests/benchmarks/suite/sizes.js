// Why: what a new app has to install for production: the packages a peer names and all that they need, counted where they lie.
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** The folder of a package as Node finds it from a folder; undefined when it is not there. */
function find(name, from) {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name)
    if (existsSync(join(folder, 'package.json'))) return realpathSync(folder)
    if (dirname(at) === at) return undefined
  }
}

function bytesBelow(folder) {
  let sum = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) sum += entry.name === 'node_modules' ? 0 : bytesBelow(path)
    else sum += lstatSync(path).size
  }
  return sum
}

/** Contrail lies here as its sources: of it counts what would be published. */
function publishedBytes(folder, { name, files = [] }) {
  if (name !== 'contrail') return bytesBelow(folder)
  return ['package.json', ...files].reduce((sum, file) => {
    const path = join(folder, file)
    if (!existsSync(path)) return sum
    return sum + (lstatSync(path).isDirectory() ? bytesBelow(path) : lstatSync(path).size)
  }, 0)
}

/** Packages and bytes of these and of what they depend on, found from a folder; undefined when one is not installed. */
export function installedSize(names, from) {
  const seen = new Map()
  const visit = (name, at, isOptional) => {
    const folder = find(name, at)
    if (folder === undefined) {
      if (isOptional) return
      throw new Error(`${name} is not installed below ${from}`)
    }
    if (seen.has(folder)) return
    const manifest = manifestOf(folder)
    seen.set(folder, publishedBytes(folder, manifest))
    const { dependencies = {}, optionalDependencies = {} } = manifest
    for (const needed of Object.keys(dependencies)) visit(needed, folder, needed in optionalDependencies)
    for (const needed of Object.keys(optionalDependencies)) visit(needed, folder, true)
  }
  for (const name of names) visit(name, from, false)
  return { packages: seen.size, bytes: [...seen.values()].reduce((sum, each) => sum + each, 0) }
}

/** The version of a package as it is found from a folder. */
export function versionOf(name, from) {
  const folder = find(name, from)
  return folder === undefined ? undefined : manifestOf(folder).version
}
