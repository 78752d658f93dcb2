// Why: one port for as long as contrail server runs, and behind it the code, the settings and the packages as they are on disk.
import { existsSync } from 'node:fs'
import type { Application, TlsOptions } from 'contrail'
import { type Framework, importFramework } from '../app-framework.js'
import { keepRouteTypes, ROUTE_TYPES_FILE } from '../route-types.js'
import { banner, warnings } from './banner.js'
import { givenCertificate, localCertificate } from './certificate.js'
import { CodeLoader } from './code-loader.js'
import { Door } from './door.js'
import { Doorkeeper } from './doorkeeper.js'
import { complain, surviveErrors } from './ending.js'
import { closeInspector, openInspector } from './inspector.js'
import { Manifests } from './manifests.js'
import type { Seat } from './messages.js'
import { ModuleScopes } from './module-scopes.js'
import { ReloadingApp } from './reloading-app.js'
import { Successor } from './successor.js'

/** Milliseconds that requests under way are given after Ctrl+C: a developer does not wait long. */
const SHUTDOWN_TIMEOUT = 3_000

/** Milliseconds between looks at the files while nobody asks for an answer. */
const LOOK_INTERVAL = 500

/** How many files are named as the reason of a reload. */
const NAMED = 2

/** What the dev server can be told. */
export interface DevServerOptions {
  readonly folder: string
  /** Whether the file of route types is kept current. */
  readonly types: boolean
  readonly https: boolean
  /** Files of a certificate to use in place of one that is made. */
  readonly certificate: { readonly cert: string; readonly key: string } | undefined
  /** The inspector's port. */
  readonly inspect: number | undefined
  /** The environment as it was before `.env` files were read. */
  readonly variables: NodeJS.ProcessEnv
  /** Called each time the app has loaded. */
  whenLoaded(loader: CodeLoader): void
  /** Chooses where to listen; called when the app has read its `.env` files. */
  chooseAddress(): Promise<{ readonly port: number; readonly host: string }>
}

/** Runs the app in a folder until the process is told to stop. */
export async function runDevServer(options: DevServerOptions): Promise<void> {
  const startedAt = performance.now()
  const successor = Successor.here()
  if (successor === undefined && options.inspect !== undefined) openInspector(options.inspect)
  const development = await Development.start(options)
  if (successor !== undefined) {
    const host = await successor.begun
    if (options.inspect !== undefined) openInspector(options.inspect)
    await development.app.refresh()
    const tls = certificateFor(options, host)
    await development.serve(successor, { acceptor: successor.connections, tls })
    process.stdout.write(`Restarted in ${Math.round(performance.now() - startedAt)} ms\n`)
    return
  }
  await development.app.refresh()
  try {
    // Only now: PORT and HOST may stand in .env, which the app has read.
    const { port, host } = await options.chooseAddress()
    const tls = certificateFor(options, host)
    const door = await Door.open(port, host)
    await development.serve(new Doorkeeper(door, host, options.variables), { acceptor: door.here, tls })
    const milliseconds = Math.round(performance.now() - startedAt)
    const url = door.url(tls === undefined ? 'http' : 'https')
    process.stdout.write(banner({ url, host, milliseconds, app: development.booted }))
    for (const warning of warnings(development.framework)) process.stderr.write(`${warning}\n`)
  } catch (error) {
    await development.app.close()
    throw error
  }
}

function certificateFor({ folder, https, certificate }: DevServerOptions, host: string): TlsOptions | undefined {
  if (certificate !== undefined) return givenCertificate(certificate.cert, certificate.key)
  return https ? localCertificate(folder, host) : undefined
}

/** The app under development, and what looks after it. */
class Development {
  readonly framework: Framework
  readonly app: ReloadingApp
  /** The newest that loaded. */
  booted: Application | undefined
  readonly #options: DevServerOptions
  readonly #loader: CodeLoader
  readonly #manifests: Manifests

  private constructor(options: DevServerOptions, framework: Framework, loader: CodeLoader, scopes: ModuleScopes) {
    this.framework = framework
    this.#options = options
    this.#loader = loader
    this.#manifests = new Manifests(options.folder)
    this.app = new ReloadingApp(framework, loader, scopes, options.folder, {
      loaded: (app, milliseconds, files) => this.#loaded(app, milliseconds, files),
      failed: (text) => process.stderr.write(`${text}\n`),
    })
  }

  static async start(options: DevServerOptions): Promise<Development> {
    const framework = await importFramework(options.folder)
    const scopes = new ModuleScopes(framework)
    const loader = await CodeLoader.start(options.folder, (id, work) => scopes.evaluate(id, work))
    return new Development(options, framework, loader, scopes)
  }

  /** Answers connections, and looks at the files while there are none. */
  async serve(seat: Seat, listening: Pick<Parameters<Framework['serve']>[1], 'acceptor' | 'tls'>): Promise<void> {
    const logger = { fatal: ({ err }: { err?: unknown }) => complain('A request could not be answered', err) }
    let isRestarting = false
    const lookAtPackages = () => {
      endWithout(this.#options.folder)
      const file = this.#manifests.changed()
      if (file === undefined || isRestarting) return
      isRestarting = true
      process.stdout.write(`${file} changed: restarting\n`)
      void this.#manifests.settled().then(() => seat.restart())
    }
    const running = await this.framework.serve(
      (raw) => {
        lookAtPackages()
        return this.app.handle(raw)
      },
      { ...listening, logger, shutdownTimeout: SHUTDOWN_TIMEOUT },
    )
    const looking = setInterval(() => {
      lookAtPackages()
      void this.app.refresh(false)
    }, LOOK_INTERVAL)
    surviveErrors()
    seat.serve(async () => {
      clearInterval(looking)
      await running.close()
      await this.app.close()
      await this.framework.disposeShared()
      closeInspector()
    })
  }

  #loaded(app: Application, milliseconds: number, files: readonly string[]): void {
    if (this.booted !== undefined)
      process.stdout.write(`Reloaded in ${Math.round(milliseconds)} ms${reasonOf(files)}\n`)
    this.booted = app
    if (this.#options.types) this.#keepTypes(app)
    this.#options.whenLoaded(this.#loader)
  }

  /** A file that cannot be written is told of, and is no reason not to serve. */
  #keepTypes(app: Application): void {
    try {
      if (keepRouteTypes(this.framework, app, this.#options.folder))
        process.stdout.write(`${ROUTE_TYPES_FILE} written\n`)
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
}

/** A server of an app that was removed, or moved away, has nothing left to serve. */
function endWithout(folder: string): void {
  if (existsSync(folder)) return
  process.stderr.write(`${folder} is gone: stopping\n`)
  process.exit(1)
}

function reasonOf(files: readonly string[]): string {
  if (files.length === 0) return ''
  const others = files.length - NAMED
  return ` (${files.slice(0, NAMED).join(', ')}${others > 0 ? ` and ${others} more` : ''})`
}
