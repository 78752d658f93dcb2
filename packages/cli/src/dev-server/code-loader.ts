// Why: TypeScript with decorator metadata, loaded and swapped within the process. The only file that knows Vite.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin, RunnableDevEnvironment, ViteDevServer } from 'vite'

/** Loads an app's code, and tells when what it loaded has changed on disk. */
export class CodeLoader {
  readonly #vite: ViteDevServer
  readonly #stamps: Map<string, string>
  readonly #root: string
  #environmentFiles: string

  private constructor(vite: ViteDevServer, stamps: Map<string, string>, root: string) {
    this.#vite = vite
    this.#stamps = stamps
    this.#root = root
    this.#environmentFiles = environmentFiles(root)
  }

  /** Starts a loader for the app in a folder. */
  static async start(root: string): Promise<CodeLoader> {
    const stamps = new Map<string, string>()
    // Here and not above: what imports this file, such as a command's help, need not wait for Vite.
    const { createServer } = await import('vite')
    const vite = await createServer({
      root,
      configFile: false,
      envFile: false,
      appType: 'custom',
      logLevel: 'silent',
      clearScreen: false,
      // Given here: what tsconfig.json says reaches only the files that it includes.
      oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
      // The framework stays outside: loaded twice, its classes would not be themselves.
      ssr: { external: ['contrail', 'contrail-cli'] },
      optimizeDeps: { noDiscovery: true },
      // No watcher: its news of a save comes after the request that the save was made for.
      server: { middlewareMode: true, ws: false, hmr: false, watch: null },
      plugins: [recordStamps(stamps)],
    })
    return new CodeLoader(vite, stamps, root)
  }

  /** Imports a file of the app by its absolute path. */
  async import(path: string): Promise<object> {
    return (await this.#environment.runner.import(path)) as object
  }

  /**
   * Looks at every file that was loaded, and at the `.env` files, and forgets what changed.
   * @returns whether anything did
   */
  sweep(): boolean {
    const now = environmentFiles(this.#root)
    if (now !== this.#environmentFiles) {
      this.#environmentFiles = now
      this.forgetAll()
      return true
    }
    let changed = false
    for (const [file, stamp] of this.#stamps) {
      if (stampOf(file) === stamp) continue
      changed = true
      this.#stamps.delete(file)
      this.#environment.moduleGraph.onFileChange(file)
    }
    return changed
  }

  /** Forgets everything that was loaded: after a failure, what could not be found may be there by now. */
  forgetAll(): void {
    this.#environment.moduleGraph.invalidateAll()
  }

  /** Drops every module, those that are still being evaluated too, which never will be finished. */
  startAnew(): void {
    this.#environment.runner.clearCache()
    this.forgetAll()
  }

  /** The file that was read last: where a load that takes long may be. */
  get lastLoaded(): string | undefined {
    return [...this.#stamps.keys()].at(-1)
  }

  /** Looks for these files too, though they are not loaded: they count as changed once they are there. */
  expect(files: readonly string[]): void {
    for (const file of files) if (!this.#stamps.has(file)) this.#stamps.set(file, stampOf(file))
  }

  async close(): Promise<void> {
    await this.#vite.close()
  }

  /** Asked for anew each time: it is another one after Vite restarts. */
  get #environment(): RunnableDevEnvironment {
    const environment = this.#vite.environments['ssr']
    if (environment === undefined || !('runner' in environment))
      throw new TypeError('Vite has no runnable environment.')
    return environment as RunnableDevEnvironment
  }
}

/** Notes each file's stamp before it is read: an edit in between is then seen by the next sweep. */
function recordStamps(stamps: Map<string, string>): Plugin {
  return {
    name: 'contrail:record-stamps',
    enforce: 'pre',
    load(id) {
      const file = id.split('?')[0] as string
      if (!file.includes('/node_modules/') && !file.startsWith('\0')) stamps.set(file, stampOf(file))
      return null
    },
  }
}

/** Whatever changes when a file does, even when an editor keeps its time of modification. */
function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat === undefined ? 'missing' : `${stat.mtimeMs} ${stat.ctimeMs} ${stat.size} ${stat.ino}`
}

function environmentFiles(root: string): string {
  const names = readdirSync(root).filter((name) => name === '.env' || name.startsWith('.env.'))
  return names.map((name) => `${name} ${stampOf(join(root, name))}`).join('\n')
}
