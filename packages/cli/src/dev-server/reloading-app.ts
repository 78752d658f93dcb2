// Why: each request is answered by the code as it is on disk now; one that is under way keeps the code it began with.
import { join } from 'node:path'
import type { Application, HttpResponse, RawRequest } from 'contrail'
import type { Framework } from '../app-framework.js'
import type { CodeLoader } from './code-loader.js'
import { failureResponse, failureText } from './failure-response.js'
import { describeFailure, type LoadFailure } from './load-failure.js'

/** Milliseconds after which a load that is still under way is told of, and given up when a file changes. */
const SLOW_LOAD = 5_000
const LOOK_INTERVAL = 250

/** Milliseconds an editor may take to write a file. */
const SAVE_TIME = 30

/** Milliseconds until code that failed to load is tried again though no file changed: what it lacked may not be a file. */
const RETRY_AFTER = 1_000

/** Told what a load came to. */
export interface LoadObserver {
  loaded(app: Application, milliseconds: number): void
  /** With the failure as text; once for each failure, not for each request that meets it. */
  failed(text: string): void
}

/** An app that is loaded again when its files change. */
export class ReloadingApp {
  readonly #framework: Framework
  readonly #loader: CodeLoader
  readonly #folder: string
  readonly #observer: LoadObserver
  #current: Generation | undefined
  #failure: LoadFailure | undefined
  #loading: Promise<void> | undefined
  #attempts = 0
  #retryAt = 0

  constructor(framework: Framework, loader: CodeLoader, folder: string, observer: LoadObserver) {
    this.#framework = framework
    this.#loader = loader
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

  /** Loads the app if it was not loaded, failed to, or changed. Requests that come meanwhile wait for the same load. */
  async refresh(): Promise<void> {
    // A load that began before this request may have read files before the save that this request is for.
    if (this.#loading !== undefined) await this.#loading
    this.#loading ??= this.#refreshNow().finally(() => {
      this.#loading = undefined
    })
    await this.#loading
  }

  async close(): Promise<void> {
    await this.#loading
    await this.#current?.retire()
    await this.#loader.close()
  }

  async #refreshNow(): Promise<void> {
    const changed = this.#loader.sweep()
    if (!changed && this.#current !== undefined && this.#failure === undefined) return
    if (!changed && this.#failure !== undefined && performance.now() < this.#retryAt) return
    if (this.#failure !== undefined) this.#loader.forgetAll()
    for (;;) {
      const loading = this.#load()
      const outcome = await Promise.race([loading, this.#changedBefore(loading)])
      if (outcome === 'loaded') return
      // What hangs, such as a top-level await that nothing ends, is left behind with all it has loaded.
      if (outcome === 'changed') this.#loader.startAnew()
      // A file that was read while an editor was writing it fails, and is whole a moment later.
      else if (!(await this.#changesWithin(SAVE_TIME))) return this.#fail(outcome)
    }
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
      if (attempt === this.#attempts) await this.#succeed(app, performance.now() - startedAt)
      else await app.close()
      return 'loaded'
    } catch (error) {
      this.#loader.forgetAll()
      return describeFailure(error, this.#folder)
    }
  }

  async #changesWithin(milliseconds: number): Promise<boolean> {
    if (this.#loader.sweep()) return true
    await new Promise((resolve) => setTimeout(resolve, milliseconds))
    return this.#loader.sweep()
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
        if (told && this.#loader.sweep()) resolve('changed')
      }, LOOK_INTERVAL)
      void loading.finally(() => clearInterval(look))
    })
  }

  async #succeed(app: Application, milliseconds: number): Promise<void> {
    const previous = this.#current
    this.#current = new Generation(app)
    this.#failure = undefined
    this.#loader.expect([join(this.#folder, 'config', 'environments', `${app.environment.name}.ts`)])
    this.#observer.loaded(app, milliseconds)
    try {
      await previous?.retire()
    } catch (error) {
      this.#observer.failed(`The code before this did not close: ${String(error)}`)
    }
  }

  #fail(failure: LoadFailure): void {
    const text = failureText(failure)
    const isNews = this.#failure === undefined || failureText(this.#failure) !== text
    this.#failure = failure
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
  isMissingFile: false,
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
  #retired = false

  constructor(app: Application) {
    this.#app = app
  }

  async handle(raw: RawRequest): Promise<HttpResponse> {
    this.#underWay++
    try {
      return await this.#app.handle(raw)
    } finally {
      this.#underWay--
      if (this.#retired) await this.retire()
    }
  }

  async retire(): Promise<void> {
    this.#retired = true
    if (this.#underWay === 0) await this.#app.close()
  }
}
