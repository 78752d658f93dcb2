// Why: an app's hundreds of files become a few that load fast, one for each that production loads by name.
import { existsSync, readdirSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, relative } from 'node:path'
import { CliError } from '../cli-error.js'
import { APP_CODE, loadVite, type Rolldown } from '../vite.js'

/** A file of the bundle. */
export interface BundledFile {
  /** Below dist/, with slashes. */
  readonly path: string
  readonly content: string | Uint8Array
}

/** What a bundle consists of. */
export interface Bundle {
  readonly files: readonly BundledFile[]
  /** The packages that are imported as soon as it is loaded in production. */
  readonly packages: ReadonlySet<string>
}

const EXTENSIONS = ['ts', 'mts', 'js', 'mjs']
/** These are loaded where development packages are. */
const LOCAL_ENVIRONMENTS = /^config\/environments\/(?:development|test)$/
// Before any file that is loaded after it, which is every one of the app's: a stack then names lines of the source.
const SOURCE_MAPS = 'process.setSourceMapsEnabled(true);'

/**
 * Bundles the app in a folder, in memory. What production loads by name stays a file of that name, so that `.env` is
 * read before the configuration is, and no environment's file but the current one's is run.
 * @throws CliError for code that cannot be bundled, or a file that an app has to have
 */
export async function bundle(root: string): Promise<Bundle> {
  const input = entries(root)
  const { build } = await loadVite()
  const output = await build({
    ...APP_CODE,
    root,
    publicDir: false,
    // Packages stay where they are: some find their files beside them, and the framework's classes must be themselves.
    ssr: { external: true },
    build: {
      ssr: true,
      write: false,
      target: 'node20',
      sourcemap: true,
      minify: false,
      rolldownOptions: {
        input,
        output: {
          // Logs and routes say the names of classes and functions.
          keepNames: true,
          format: 'esm',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          banner: ({ name }: { name: string }) => (name === 'server' ? SOURCE_MAPS : ''),
        },
      },
    },
  }).catch((error: unknown) => {
    throw failure(root, error)
  })
  const { output: made } = output as Rolldown.RolldownOutput
  return { files: made.map(toFile), packages: packagesOf(made) }
}

/** What is loaded by name, as `name of the bundled file` → source. */
function entries(root: string): Record<string, string> {
  const needed = ['server', 'config/application', 'config/routes']
  const environments = namesIn(join(root, 'config/environments')).map((name) => `config/environments/${name}`)
  const found = [...needed, ...environments].map((name) => {
    const file = fileOf(root, name)
    if (file === undefined)
      throw new CliError(
        `There is no ${name}.ts in ${root}.`,
        'run this in the folder of an app, or take the file from a new one: contrail new NAME.',
      )
    return [name, file] as const
  })
  const migrate = fileOf(root, 'db/migrate')
  return Object.fromEntries(migrate === undefined ? found : [...found, ['migrate', migrate]])
}

function fileOf(root: string, name: string): string | undefined {
  return EXTENSIONS.map((extension) => join(root, `${name}.${extension}`)).find((file) => existsSync(file))
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).filter((name) => /\.m?[jt]s$/.test(name) && !/\.d\.m?ts$/.test(name))
  return [...new Set(files.map((name) => name.replace(/\.m?[jt]s$/, '')))]
}

type Made = Rolldown.OutputChunk | Rolldown.OutputAsset

function toFile(made: Made): BundledFile {
  return { path: made.fileName, content: made.type === 'chunk' ? made.code : made.source }
}

function packagesOf(made: readonly Made[]): Set<string> {
  const chunks = new Map(made.flatMap((one) => (one.type === 'chunk' ? [[one.fileName, one] as const] : [])))
  const seen = new Set<string>()
  const packages = new Set<string>()
  const visit = (specifier: string) => {
    const chunk = chunks.get(specifier)
    if (chunk === undefined) {
      if (!isBuiltin(specifier)) packages.add(packageOf(specifier))
    } else if (!seen.has(specifier)) {
      seen.add(specifier)
      chunk.imports.forEach(visit)
    }
  }
  for (const [fileName, { isEntry, name }] of chunks) if (isEntry && !LOCAL_ENVIRONMENTS.test(name)) visit(fileName)
  return packages
}

const packageOf = (specifier: string) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')

/** What the bundler says of a mistake, in few lines: where, what, and the code around it. */
function failure(root: string, error: unknown): Error {
  const errors = (error as { errors?: readonly unknown[] }).errors ?? [error]
  const told = errors.map((one) => {
    const { message, id, loc, frame } = one as { message: string; id?: string; loc?: Place; frame?: string }
    const file = loc?.file ?? id
    const place = file === undefined ? '' : `${relative(root, file)}${loc === undefined ? '' : `:${loc.line}`}: `
    return [`${place}${message.trim()}`, frame].filter(Boolean).join('\n')
  })
  return new CliError(
    `The app cannot be bundled.\n${told.join('\n')}`,
    'mend that, then build again. dist/ is as it was.',
  )
}

interface Place {
  readonly file?: string
  readonly line: number
}
