// Why: an app's own files (styles, scripts, pictures) are served as they lie in a folder, and nothing beside it is.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { MaybePromise } from '../maybe-promise.js'
import { preferredEncoding } from './accept.js'
import { addVary } from './caching.js'
import { fileBody } from './file-body.js'
import { contentType, typeOfFile, UNKNOWN_TYPE } from './mime-types.js'
import { isPlainName, type OpenFile, openBelow, openFound } from './open-file.js'
import type { HttpRequest } from './request.js'
import type { HttpResponse } from './response.js'

/** How {@link PublicFiles} serves. */
export interface PublicFilesSettings {
  /** The folder, as an absolute path. */
  readonly folder: string
  /** The value of `Cache-Control` for a file, by its path below the folder. */
  readonly cacheControl: (path: string) => string
  /** Whether the folder may change while the app runs: each request looks, where otherwise the boot has looked. */
  readonly live: boolean
}

interface PublicFile {
  /** Below the folder, with slashes. */
  readonly name: string
  /** Encodings in which it lies there too, `name.br` and so on. */
  readonly encodings: readonly string[]
}

/** Encodings by the extension of a file that is compressed already; the best first. */
const EXTENSIONS: Readonly<Record<string, string>> = { zstd: '.zst', br: '.br', gzip: '.gz' }

/** The files of a folder, by the addresses they are served at. */
export class PublicFiles {
  readonly #settings: PublicFilesSettings
  readonly #find: (path: string) => PublicFile | undefined
  /** The folder's real path at boot: finding it and each file's anew takes as long as reading the file. */
  readonly #root: string | undefined

  constructor(settings: PublicFilesSettings) {
    this.#settings = settings
    const { folder, live } = settings
    this.#root = !live && existsSync(folder) ? realpathSync(folder) : undefined
    const index = indexOf(new Set(this.#root === undefined ? [] : list(this.#root, '')))
    this.#find = live ? (path) => findLive(folder, path) : (path) => index.get(path)
  }

  /** Puts the file at the request's address into the response; false, and nothing done, when there is none. */
  answer(request: HttpRequest, response: HttpResponse): MaybePromise<boolean> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false
    const { path } = request
    // Once: what is still encoded after this is part of a name.
    const file = this.#find(path.includes('%') ? decodeURIComponent(path) : path)
    return file === undefined ? false : this.#serve(file, request, response)
  }

  /** The app's own page for an error, such as `404.html`; undefined when there is none, or it was taken away since the boot. */
  errorPage(status: number): string | undefined {
    const file = this.#find(`/${status}.html`)
    if (file === undefined) return undefined
    try {
      return readFileSync(join(this.#settings.folder, file.name), 'utf8')
    } catch {
      return undefined
    }
  }

  async #serve(file: PublicFile, request: HttpRequest, response: HttpResponse): Promise<boolean> {
    const { cacheControl } = this.#settings
    const { headers } = response
    const opened = (await this.#openEncoded(file, request)) ?? { file: await this.#open(file.name) }
    if (opened.file === undefined) return false
    if (file.encodings.length > 0) addVary(response, 'Accept-Encoding')
    if ('encoding' in opened) headers.setTrusted('content-encoding', opened.encoding)
    headers.set('cache-control', cacheControl(`/${file.name}`))
    headers.setTrusted('content-type', contentType(typeOfFile(file.name) ?? UNKNOWN_TYPE))
    response.answeredBy = 'public'
    response.body = await fileBody(request, response, opened.file)
    if (response.status === 304) headers.delete('content-type').delete('content-encoding')
    return true
  }

  async #openEncoded(
    { name, encodings }: PublicFile,
    request: HttpRequest,
  ): Promise<{ readonly file: OpenFile; readonly encoding: string } | undefined> {
    if (encodings.length === 0) return undefined
    const encoding = preferredEncoding(request.header('accept-encoding'), encodings)
    if (encoding === undefined) return undefined
    const file = await this.#open(name + EXTENSIONS[encoding])
    return file === undefined ? undefined : { file, encoding }
  }

  async #open(name: string): Promise<OpenFile | undefined> {
    const file = this.#root === undefined ? undefined : await openFound(join(this.#root, name))
    return file ?? (await openBelow(this.#settings.folder, name))
  }
}

/** The names a path may stand for: `/about` for `about.html`, `/docs` and `/docs/` for `docs/index.html`. */
function namesFor(path: string): string[] {
  const name = path.slice(1)
  if (name === '' || name.endsWith('/')) return [`${name}index.html`]
  return [name, `${name}.html`, `${name}/index.html`]
}

function findLive(folder: string, path: string): PublicFile | undefined {
  const isThere = (name: string) =>
    isPlainName(name) && (statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() ?? false)
  try {
    const name = namesFor(path).find(isThere)
    return name === undefined ? undefined : publicFile(name, isThere)
  } catch {
    // A name that is too long, or goes through a file as if it were a folder.
    return undefined
  }
}

function publicFile(name: string, isThere: (name: string) => boolean): PublicFile {
  return { name, encodings: Object.keys(EXTENSIONS).filter((encoding) => isThere(name + EXTENSIONS[encoding])) }
}

/** All files by the paths they are served at; of two for one path the nearer name wins. */
function indexOf(names: ReadonlySet<string>): Map<string, PublicFile> {
  const index = new Map<string, PublicFile>()
  const files = [...names].map((name) => publicFile(name, (other) => names.has(other)))
  for (const file of files) index.set(`/${file.name}`, file)
  for (const file of files) {
    for (const alias of aliases(file.name)) if (!index.has(alias)) index.set(alias, file)
  }
  return index
}

function aliases(name: string): string[] {
  if (name === 'index.html') return ['/']
  if (name.endsWith('/index.html'))
    return [`/${name.slice(0, -'index.html'.length)}`, `/${name.slice(0, -'/index.html'.length)}`]
  return name.endsWith('.html') ? [`/${name.slice(0, -'.html'.length)}`] : []
}

/** Links to files are followed, as far as they stay within; links to folders are not, for they may go in circles. */
function list(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = below + entry.name
    if (entry.isDirectory()) return isPlainName(name) ? list(folder, `${name}/`) : []
    return isPlainName(name) && (entry.isFile() || entry.isSymbolicLink()) ? [name] : []
  })
}
