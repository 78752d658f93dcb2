// Why: each request is answered by the code as it is on disk now; one that is under way keeps the code it began with.
import { join } from 'node:path'
import type { Application, HttpResponse, RawRequest } from 'contrail'
import type { Framework } from '../app-framework.js'
import type { Change, CodeLoader } from './code-loader.js'
import { failureResponse, failureText } from './failure-response.js'
import { describeFailure, type LoadFailure } from './load-failure.js'
import { disposeEvaluations, type ModuleScopes } from './module-scopes.js'

/** Milliseconds after which a load that is still under way is told of, and given up when a file changes. */
const SLOW_LOAD = 5_000
const LOOK_INTERVAL = 250

/** Milliseconds an editor may take to write a file. */
const SAVE_TIME = 30

/** Milliseconds until code that failed to load is tried again though no file changed: what it lacked may not be a file. */
const RETRY_AFTER = 1_000

/** Milliseconds that requests under way are given before what they may be using is closed, for other settings. */
const DRAIN_TIME = 3_000

/** Told what a load came to. */
export interface LoadObserver {
  /** @param files those whose change was the reason, below the app's folder */
  loaded(app: Application, milliseconds: number, files: readonly string[]): void
  /** With the failure as text; once for each failure, not for each request that meets it. */
  failed(text: string): void
}

/** An app that is loaded again when its files change. */
export class ReloadingApp {
  readonly #framework: Framework
  readonly #loader: CodeLoader
  readonly #scopes: ModuleScopes
  readonly #folder: string
  readonly #observer: LoadObserver
  #current: Generation | undefined
  /** Resolves when all generations before the current one are over, and what they left behind is disposed of. */
  #retiring: Promise<unknown> = Promise.resolve()
  #changedFiles: string[] = []
  #failure: LoadFailure | undefined
  #loading: Promise<void> | undefined
  #attempts = 0
  #retryAt = 0

  constructor(framework: Framework, loader: CodeLoader, scopes: ModuleScopes, folder: string, observer: LoadObserver) {
    this.#framework = framework
    this.#loader = loader
    this.#scopes = scopes
    this.#folder = folder
    this.#observer = observer
  }

  /** Answers a request with the newest code. */
  async handle(raw: RawRequest): Promise<HttpResponse> {
    await this.refresh()
    const generation = this.#current
    if (this.#failure !== undefined || generation === undefined) return this.#answerFailure(raw)
    return await generation.handle(raw)
  }

  /**
   * Loads the app if it was not loaded, failed to, or changed. Requests that come meanwhile wait for the same load.
   * @param isAsked whether somebody waits for an answer: then what failed to load is tried again though no file changed
   */
  async refresh(isAsked = true): Promise<void> {
    // A load that began before this request may have read files before the save that this request is for.
    if (this.#loading !== undefined) await this.#loading
    this.#loading ??= this.#refreshNow(isAsked).finally(() => {
      this.#loading = undefined
    })
    await this.#loading
  }

  /** Ends the app and what its modules began, when the requests under way are done or have had their time. */
  async close(): Promise<void> {
    await this.#loading
    await this.#drain()
    await this.#loader.close()
  }

  async #refreshNow(isAsked: boolean): Promise<void> {
    const change = this.#sweep()
    if (change === undefined && this.#current !== undefined && this.#failure === undefined) return
    if (change === undefined && this.#failure !== undefined && !(isAsked && performance.now() >= this.#retryAt)) return
    if (this.#failure !== undefined) this.#loader.forgetAll()
    // Two pools, or two embedded databases on one folder, must not be open at the same time.
    if (change?.isSettings === true) await this.#letGo()
    for (;;) {
      const loading = this.#load()
      const outcome = await Promise.race([loading, this.#changedBefore(loading)])
      if (outcome === 'loaded') return
      // What hangs, such as a top-level await that nothing ends, is left behind with all it has loaded.
      if (outcome === 'changed') this.#loader.startAnew()
      // A file that was read while an editor was writing it fails, and is whole a moment later.
      else if (!(await this.#changesWithin(SAVE_TIME))) return this.#fail(outcome)
      await this.#dispose(this.#scopes.takeNeverServed())
    }
  }

  #sweep(): Change | undefined {
    const change = this.#loader.sweep()
    if (change !== undefined) this.#changedFiles.push(...change.files)
    return change
  }

  /** Lets go of the app and of all that its code shares, so that both are made anew. */
  async #letGo(): Promise<void> {
    await this.#drain()
    try {
      await this.#framework.disposeShared()
    } catch (error) {
      for (const one of error instanceof AggregateError ? error.errors : [error]) this.#tell(one)
    }
  }

  async #drain(): Promise<void> {
    const previous = this.#current
    this.#current = undefined
    if (previous !== undefined) await this.#retire(previous, DRAIN_TIME)
    // Of older ones, a request may be under way that never ends.
    await Promise.race([this.#retiring, new Promise((resolve) => setTimeout(resolve, DRAIN_TIME).unref())])
    await this.#dispose(this.#scopes.takeAll())
  }

  /** @param deadline milliseconds after which it counts as over though requests are under way */
  #retire(generation: Generation, deadline?: number): Promise<unknown> {
    const over = generation.retire(deadline).catch((error: unknown) => this.#tell(error))
    // In turn: an older one may still use what a newer one has in common with it.
    const replaced = this.#scopes.takeReplaced()
    this.#retiring = Promise.all([over, this.#retiring]).then(() => this.#dispose(replaced))
    return over
  }

  async #dispose(evaluations: Parameters<typeof disposeEvaluations>[0]): Promise<void> {
    for (const failure of await disposeEvaluations(evaluations)) this.#observer.failed(failure)
  }

  #tell(error: unknown): void {
    this.#observer.failed(`The code before this did not close: ${String(error)}`)
  }

  /** Loads the app. Resolves with the reason when it does not load. */
  async #load(): Promise<'loaded' | LoadFailure> {
    const attempt = ++this.#attempts
    const startedAt = performance.now()
    try {
      const app = await this.#framework.loadApplication(this.#folder, {
        importFile: (path) => this.#loader.import(path),
        logDestination: { write: (line) => void process.stdout.write(line) },
      })
      if (attempt === this.#attempts) this.#succeed(app, performance.now() - startedAt)
      else await app.close()
      return 'loaded'
    } catch (error) {
      this.#loader.forgetAll()
      return describeFailure(error, this.#folder)
    }
  }

  async #changesWithin(milliseconds: number): Promise<boolean> {
    if (this.#sweep() !== undefined) return true
    await new Promise((resolve) => setTimeout(resolve, milliseconds))
    return this.#sweep() !== undefined
  }

  /** Resolves when a file changes while a load is still under way. Tells of a load that takes long, once. */
  async #changedBefore(loading: Promise<unknown>): Promise<'changed'> {
    return await new Promise((resolve) => {
      const startedAt = performance.now()
      let told = false
      const look = setInterval(() => {
        if (!told && performance.now() - startedAt > SLOW_LOAD) {
          told = true
          this.#observer.failed(
            `Still loading after ${SLOW_LOAD / 1000} s: ${this.#loader.lastLoaded ?? 'the app'}. A save starts again.`,
          )
        }
        if (told && this.#sweep() !== undefined) resolve('changed')
      }, LOOK_INTERVAL)
      void loading.finally(() => clearInterval(look))
    })
  }

  #succeed(app: Application, milliseconds: number): void {
    const previous = this.#current
    this.#current = new Generation(app)
    this.#failure = undefined
    this.#scopes.serve(this.#loader.settle())
    this.#loader.expect([join(this.#folder, 'config', 'environments', `${app.environment.name}.ts`)])
    this.#observer.loaded(app, milliseconds, [...new Set(this.#changedFiles)])
    this.#changedFiles = []
    if (previous !== undefined) void this.#retire(previous)
    void this.#dispose(this.#scopes.takeNeverServed())
  }

  #fail(failure: LoadFailure): void {
    const text = failureText(failure)
    const isNews = this.#failure === undefined || failureText(this.#failure) !== text
    this.#failure = failure
    this.#loader.expect(failure.missingFiles)
    this.#retryAt = performance.now() + (failure.isMissingFile ? 0 : RETRY_AFTER)
    if (isNews) this.#observer.failed(text)
  }

  /** Source code is shown to this machine's own names alone: another name may be a page that rebound its DNS to here. */
  #answerFailure(raw: RawRequest): HttpResponse {
    const request = new this.#framework.HttpRequest(raw)
    const isLocal = this.#framework.isLocalHost(hostnameOf(request))
    const shown = isLocal && this.#failure !== undefined ? this.#failure : HIDDEN
    return failureResponse(shown, request, this.#framework)
  }
}

const HIDDEN: LoadFailure = {
  title: 'Error',
  message: 'the app does not load. The terminal of contrail server says why.',
  place: undefined,
  frame: undefined,
  stack: undefined,
  location: undefined,
  isMissingFile: false,
  missingFiles: [],
}

function hostnameOf(request: { readonly hostname: string | undefined }): string | undefined {
  try {
    return request.hostname
  } catch {
    return undefined
  }
}

/** An app and the requests it still answers; it is closed when it is replaced and the last of them is done. */
class Generation {
  readonly #app: Application
  #underWay = 0
  #whenIdle: (() => void) | undefined

  constructor(app: Application) {
    this.#app = app
  }

  async handle(raw: RawRequest): Promise<HttpResponse> {
    this.#underWay++
    try {
      return await this.#app.handle(raw)
    } finally {
      this.#underWay--
      if (this.#underWay === 0) this.#whenIdle?.()
    }
  }

  /** Closes the app, once. @param deadline milliseconds that requests are given; default: as long as they take */
  async retire(deadline?: number): Promise<void> {
    const idle = new Promise<void>((resolve) => {
      if (this.#underWay === 0) resolve()
      else this.#whenIdle = resolve
    })
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      if (deadline !== undefined) timer = setTimeout(resolve, deadline)
    })
    await Promise.race([idle, late])
    clearTimeout(timer)
    await this.#app.close()
  }
}
