// Why: TypeScript with decorator metadata, loaded and swapped within the process.
import { join, relative } from 'node:path'
import {
  APP_CODE,
  loadModuleRunner,
  loadVite,
  type Plugin,
  type RunnableDevEnvironment,
  type ViteDevServer,
} from '../vite.js'
import { environmentFiles, stampOf } from './stamps.js'

/** Runs a module's code; what it does elsewhere is then known to be that module's. */
export type Evaluate = (id: string, work: () => Promise<unknown>) => Promise<unknown>

/** What is new on disk. */
export interface Change {
  /** Below the app's folder: `app/controllers/posts-controller.ts`. */
  readonly files: readonly string[]
  /** Whether the app's settings are among them: its `.env` files, config/ but for the routes, and what that imports. */
  readonly isSettings: boolean
}

/** Loads an app's code, and tells when what it loaded has changed on disk. */
export class CodeLoader {
  readonly #vite: ViteDevServer
  readonly #stamps: Map<string, string>
  readonly #root: string
  #environmentFiles: Map<string, string>
  /** The modules that were imported from outside since the last {@link settle}. */
  readonly #entries = new Set<string>()
  #settings: ReadonlySet<string> = new Set()

  private constructor(vite: ViteDevServer, stamps: Map<string, string>, root: string) {
    this.#vite = vite
    this.#stamps = stamps
    this.#root = root
    this.#environmentFiles = environmentFiles(root)
  }

  /** Starts a loader for the app in a folder. */
  static async start(root: string, evaluate: Evaluate = (_, work) => work()): Promise<CodeLoader> {
    const stamps = new Map<string, string>()
    const { createRunnableDevEnvironment, createServer } = await loadVite()
    const { ESModulesEvaluator } = await loadModuleRunner()
    const evaluator = new ESModulesEvaluator()
    const vite = await createServer({
      ...APP_CODE,
      root,
      // The framework stays outside: loaded twice, its classes would not be themselves.
      ssr: { external: ['contrail', 'contrail-cli'] },
      optimizeDeps: { noDiscovery: true },
      // No watcher: its news of a save comes after the request that the save was made for.
      server: { middlewareMode: true, ws: false, hmr: false, watch: null },
      environments: {
        ssr: {
          dev: {
            createEnvironment: (name, config) =>
              createRunnableDevEnvironment(name, config, {
                hot: false,
                runnerOptions: {
                  evaluator: {
                    startOffset: evaluator.startOffset,
                    runInlinedModule: (context, code, { id }) =>
                      evaluate(id, () => evaluator.runInlinedModule(context, code)),
                    runExternalModule: (path) => evaluator.runExternalModule(path),
                  },
                },
              }),
          },
        },
      },
      plugins: [recordStamps(stamps)],
    })
    return new CodeLoader(vite, stamps, root)
  }

  /** Imports a file of the app by its absolute path. */
  async import(path: string): Promise<object> {
    this.#entries.add(path)
    return (await this.#environment.runner.import(path)) as object
  }

  /** Looks at every file that was loaded, and at the `.env` files, and forgets what changed. */
  sweep(): Change | undefined {
    const now = environmentFiles(this.#root)
    const files = [...new Set([...now.keys(), ...this.#environmentFiles.keys()])].filter(
      (name) => now.get(name) !== this.#environmentFiles.get(name),
    )
    this.#environmentFiles = now
    let isSettings = files.length > 0
    for (const [file, stamp] of this.#stamps) {
      if (stampOf(file) === stamp) continue
      const path = relative(this.#root, file)
      files.push(path)
      isSettings ||= isSetting(path) || this.#settings.has(file)
      this.#stamps.delete(file)
      this.#environment.moduleGraph.onFileChange(file)
    }
    if (isSettings) this.forgetAll()
    return files.length === 0 ? undefined : { files, isSettings }
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

  /**
   * Forgets the modules that nothing imports any more, now that all was imported again that is needed.
   * @returns the ids of those that are in use; undefined where that cannot be told
   */
  settle(): ReadonlySet<string> | undefined {
    const entries = [...this.#entries]
    this.#entries.clear()
    const used = this.#reachable(entries)
    const settings = this.#reachable(entries.filter((path) => isSetting(relative(this.#root, path))))
    this.#settings = new Set([...settings].filter((id) => !isCode(relative(this.#root, id))))
    if (!entries.every((path) => used.has(path))) return undefined
    const { idToModuleMap } = this.#environment.runner.evaluatedModules
    for (const [id, node] of idToModuleMap) {
      if (used.has(id) || node.meta === undefined || 'externalize' in node.meta) continue
      this.#environment.runner.evaluatedModules.invalidateModule(node)
      this.#environment.moduleGraph.onFileChange(node.file)
      this.#stamps.delete(node.file)
    }
    return used
  }

  /** The modules that these import, directly or not, and these themselves. */
  #reachable(entries: readonly string[]): ReadonlySet<string> {
    const { evaluatedModules } = this.#environment.runner
    const found = new Set<string>()
    const waiting = [...entries]
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const node = evaluatedModules.getModuleById(id)
      if (node === undefined || found.has(id)) continue
      found.add(id)
      waiting.push(...node.imports)
    }
    return found
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

/** Settings may import code, such as a database its tables; nothing is connected to by what that says. */
function isCode(path: string): boolean {
  return path.startsWith(join('app', '/')) || path.startsWith(join('db', '/'))
}

/** Routes are code: they change often, and no connection is made by what they say. */
function isSetting(path: string): boolean {
  return path.startsWith(join('config', '/')) && !/^config[/\\]routes(?:[/\\.]|$)/.test(path)
}
