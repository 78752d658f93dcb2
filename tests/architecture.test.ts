// Imports run one way, in no circles, and each dependency is known to one file. The tables here are the architecture.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { REPOSITORY } from './harness/folders.js'
import { importsOf, readSources, type Source } from './harness/sources.js'

const BASIS = ['errors', 'maybe-promise', 'suggestion', 'known-keys']

/** What each layer (a folder, or a file of its own) may import, types included; itself always. Lowest first. */
const FRAMEWORK: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  'maybe-promise': [],
  suggestion: [],
  'known-keys': ['errors', 'suggestion'],
  security: [...BASIS],
  http: [...BASIS, 'security'],
  logging: ['errors'],
  session: [...BASIS, 'security', 'http'],
  'rate-limit': [...BASIS, 'session'],
  controller: [...BASIS, 'security', 'http', 'logging', 'session', 'rate-limit'],
  routing: [...BASIS, 'http', 'controller'],
  config: [...BASIS, 'security', 'http', 'logging', 'session', 'rate-limit'],
  'container-overrides': ['errors'],
  container: [...BASIS, 'controller', 'container-overrides'],
  'code-frame': [],
  'editor-link': [],
  'on-dispose': [],
  shared: ['on-dispose'],
  'container-entries': ['container', 'on-dispose'],
  'module-scope': ['container-entries', 'on-dispose'],
  'error-page': [...BASIS, 'http', 'code-frame', 'editor-link'],
  'error-response': [...BASIS, 'http', 'error-page'],
  'request-log': ['logging', 'controller', 'error-page', 'error-response'],
  adapters: ['errors', 'maybe-promise', 'http', 'logging'],
  mounting: ['http', 'controller', 'routing', 'adapters'],
  'request-services': ['http', 'logging', 'config', 'controller', 'rate-limit'],
  'request-pipeline': [
    ...[...BASIS, 'security', 'http', 'logging', 'controller', 'routing', 'config'],
    ...['error-response', 'request-log', 'adapters', 'mounting'],
  ],
  application: [
    ...BASIS,
    ...['http', 'logging', 'session', 'rate-limit', 'controller', 'routing', 'config', 'container'],
    ...['request-pipeline', 'request-services', 'adapters', 'mounting', 'shared', 'container-entries'],
  ],
  workers: ['errors', 'logging'],
  'create-application': [...BASIS, 'logging', 'routing', 'config', 'application'],
  'load-application': [...BASIS, 'logging', 'routing', 'config', 'application', 'create-application'],
  'start-server': ['config', 'logging', 'adapters', 'shared', 'workers', 'application', 'load-application'],
}

/** These gather what others offer, so they may import anything, and nothing may import them. */
const FRAMEWORK_ENTRIES = ['index', 'testing']

/** In the command line: who alone may import a layer. The rest are helpers, for all. */
const CLI_IMPORTERS: Readonly<Record<string, readonly string[]>> = {
  cli: [],
  commands: ['cli'],
  generators: ['commands'],
  'command-line': ['cli', 'commands', 'generators'],
  'loaded-app': ['commands'],
  database: ['commands', 'generators'],
  // Apps import it.
  'embedded-postgres': [],
  'dev-server': ['commands', 'loaded-app', 'database'],
  build: ['commands'],
  vite: ['dev-server', 'build'],
}

const framework = readSources(join(REPOSITORY, 'packages', 'framework', 'src'))
const cli = readSources(join(REPOSITORY, 'packages', 'cli', 'src'))
const packages = [
  { name: 'framework', sources: framework, manifest: manifest('framework') },
  { name: 'cli', sources: cli, manifest: manifest('cli') },
]

function manifest(name: string) {
  return JSON.parse(readFileSync(join(REPOSITORY, 'packages', name, 'package.json'), 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>
    readonly peerDependencies?: Readonly<Record<string, string>>
    readonly exports?: Readonly<Record<string, string | { readonly types: string }>>
  }
}

/** `http/request` is in the layer http, `errors` is one by itself. */
const layerOf = (file: string) => file.split('/')[0] as string

/** Every import of one layer by another, as `file → file`, with the two layers. */
const crossings = (sources: readonly Source[]) =>
  sources.flatMap(({ file, imports }) =>
    imports.flatMap((one) => {
      if (one.file === undefined || layerOf(one.file) === layerOf(file)) return []
      return [{ from: layerOf(file), to: layerOf(one.file), title: `${file} → ${one.file}` }]
    }),
  )

/** The package that a specifier is of; undefined for a file and for what Node brings. */
function packageOf(specifier: string): string | undefined {
  if (/^(?:\.|node:)/.test(specifier)) return undefined
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

/** The files that import a package. */
const knowing = (sources: readonly Source[], name: string) =>
  sources.filter(({ imports }) => imports.some((one) => packageOf(one.specifier) === name)).map(({ file }) => file)

/** Groups of files that import each other in a circle (Tarjan's strongly connected components). */
function circles(sources: readonly Source[], withTypes: boolean): string[][] {
  const edges = new Map(
    sources.map(({ file, imports }) => [
      file,
      imports.flatMap((one) => (one.file === undefined || (one.isType && !withTypes) ? [] : [one.file])),
    ]),
  )
  const found: string[][] = []
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const visit = (file: string) => {
    order.set(file, order.size)
    lowest.set(file, order.size)
    const depth = stack.push(file) - 1
    lowest.set(file, order.get(file) as number)
    for (const next of edges.get(file) ?? []) {
      if (!order.has(next)) visit(next)
      if (stack.includes(next)) lowest.set(file, Math.min(lowest.get(file) as number, lowest.get(next) as number))
    }
    if (lowest.get(file) !== order.get(file)) return
    const group = stack.splice(depth)
    if (group.length > 1 || edges.get(file)?.includes(file)) found.push(group.sort())
  }
  for (const { file } of sources) if (!order.has(file)) visit(file)
  return found.sort()
}

describe('imports of the framework', () => {
  test('run one way: a layer imports what the table allows, types included', () => {
    const wrong = crossings(framework).filter(
      ({ from, to }) => !FRAMEWORK_ENTRIES.includes(from) && !FRAMEWORK[from]?.includes(to),
    )
    expect(wrong.map(({ title }) => title)).toEqual([])
  })

  test('lead to files that there are, each in a layer of the table', () => {
    const files = new Set(framework.map(({ file }) => file))
    const lost = framework.flatMap(({ file, imports }) =>
      imports
        .filter((one) => one.file !== undefined && !files.has(one.file))
        .map((one) => `${file} → ${one.specifier}`),
    )
    expect(lost).toEqual([])
    const layers = new Set([...files].map(layerOf))
    expect([...layers].filter((layer) => !(layer in FRAMEWORK) && !FRAMEWORK_ENTRIES.includes(layer))).toEqual([])
    expect(Object.keys(FRAMEWORK).filter((layer) => !layers.has(layer))).toEqual([])
  })

  test('have a table that itself runs one way', () => {
    const layers = Object.keys(FRAMEWORK)
    const upward = Object.entries(FRAMEWORK).flatMap(([layer, allowed]) =>
      allowed.filter((other) => layers.indexOf(other) >= layers.indexOf(layer)).map((other) => `${layer} → ${other}`),
    )
    expect(upward).toEqual([])
  })
})

describe('imports of the command line', () => {
  test('run one way: cli, commands, and what these use', () => {
    const wrong = crossings(cli).filter(({ from, to }) => CLI_IMPORTERS[to]?.includes(from) === false)
    expect(wrong.map(({ title }) => title)).toEqual([])
  })

  test('know the framework by its public name alone', () => {
    const all = cli.flatMap(({ file, imports }) =>
      imports.map((one) => ({ ...one, title: `${file} → ${one.specifier}` })),
    )
    const inside = all.filter(
      ({ specifier, file }) =>
        (packageOf(specifier) === 'contrail' && !['contrail', 'contrail/testing'].includes(specifier)) ||
        (file?.startsWith('..') === true && file !== '../package.json'),
    )
    expect(inside.map(({ title }) => title)).toEqual([])
  })
})

describe.each(packages)('in $name', ({ name, sources, manifest }) => {
  test('no files import each other in a circle', () => {
    expect(circles(sources, false)).toEqual([])
  })

  test('files need each other for their types within a layer only', () => {
    const wide = circles(sources, true).filter((group) => new Set(group.map(layerOf)).size > 1)
    expect(wide).toEqual([])
  })

  test('each dependency is known to one file', () => {
    const knownTo = Object.keys(manifest.dependencies ?? {}).map((name) => ({ name, files: knowing(sources, name) }))
    expect(knownTo.filter(({ files }) => files.length > 1)).toEqual([])
    if (name === 'framework') expect(knownTo.filter(({ files }) => files.length === 0)).toEqual([])
  })

  test('nothing is imported that package.json does not name', () => {
    const named = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    const unnamed = sources.flatMap(({ file, imports }) =>
      imports.flatMap(({ specifier }) => {
        const needed = packageOf(specifier)
        return needed === undefined || named.includes(needed) ? [] : [`${file} → ${specifier}`]
      }),
    )
    expect(unnamed).toEqual([])
  })

  test('each file begins with a comment that says why it is there', () => {
    const silent = sources.filter(({ text }) => !/^(?:#!.*\n)?(?:\/\/ \S|\/\*\* \S)/.test(text) && text.trim() !== '')
    expect(silent.map(({ file }) => file)).toEqual([])
  })

  test('only the entries that package.json exports gather the exports of others', () => {
    // The types say which module it is: the code of the framework's entries is bundled.
    const entries = Object.values(manifest.exports ?? {}).map((target) =>
      (typeof target === 'string' ? target : target.types).replace(/^\.\/dist\/|\.d\.ts$/g, ''),
    )
    const barrels = sources.filter(({ imports }) => imports.some((one) => one.isExport && one.file !== undefined))
    expect(barrels.map(({ file }) => file).filter((file) => !entries.includes(file))).toEqual([])
  })
})

describe('tsyringe and its metadata', () => {
  test('are known to the container alone, Vite to one file of the command line', () => {
    expect(knowing(framework, 'tsyringe')).toEqual(['container'])
    expect(knowing(framework, 'reflect-metadata')).toEqual(['container'])
    expect(knowing(framework, 'vite')).toEqual([])
    expect(knowing(cli, 'vite')).toEqual(['vite'])
  })
})

describe('what reads the imports', () => {
  test('sees every form of them', () => {
    const text = [
      '// Why: a file.',
      "import 'side-effect'",
      "import whole from './whole.js'",
      "import * as all from '../all.js'",
      "import {\n  one,\n  type Two,\n} from './deep/names.js'",
      "import type { Three } from './three.js'",
      "import { type Four, type Five } from './four.js'",
      "export * from './star.js'",
      "export { six } from './six.js'",
      "export type { Seven } from './seven.js'",
      "const late = import('./late.js')",
      "const inner = createRequire(import.meta.url)('tsyringe/inner.js')",
      "import nothing, { eight } from '@scope/eight/part'",
      " * import { CookieStore } from 'contrail'",
      "export const from = 'nowhere'",
      "export default { importer: './not.js' }",
      "export function from() { return 'nowhere' }",
      "import.meta.resolve('nowhere')",
    ].join('\n')
    const seen = importsOf(text, 'http').map((one) => [one.file ?? one.specifier, one.isType, one.isExport])
    expect(seen).toEqual([
      ['side-effect', false, false],
      ['http/whole', false, false],
      ['all', false, false],
      ['http/deep/names', false, false],
      ['http/three', true, false],
      ['http/four', true, false],
      ['http/star', false, true],
      ['http/six', false, true],
      ['http/seven', true, true],
      ['@scope/eight/part', false, false],
      ['http/late', false, false],
      ['tsyringe/inner.js', false, false],
    ])
  })

  test('finds circles', () => {
    const source = (file: string, ...needed: string[]): Source => ({
      file,
      text: '',
      imports: needed.map((name) => ({
        specifier: `./${name}.js`,
        file: name,
        isType: name === 'typed',
        isExport: false,
      })),
    })
    const sources = [
      source('a', 'b'),
      source('b', 'c', 'd'),
      source('c', 'a'),
      source('d', 'typed'),
      source('typed', 'd'),
      source('e', 'e'),
    ]
    expect(circles(sources, false)).toEqual([['a', 'b', 'c'], ['e']])
    expect(circles(sources, true)).toEqual([['a', 'b', 'c'], ['d', 'typed'], ['e']])
  })
})
