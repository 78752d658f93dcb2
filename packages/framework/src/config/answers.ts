// Why: what an app configures of its answers as a whole: the files it publishes, their tags and their compression.
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { BootError } from '../errors.js'
import { tagBody } from '../http/body-tag.js'
import { compileCompression, type Finish } from '../http/compression.js'
import { PublicFiles } from '../http/public-files.js'
import { checkKnownKeys } from '../known-keys.js'
import { andThen } from '../maybe-promise.js'

/** How the files of `public/` are served. */
export interface PublicFilesOptions {
  /** The folder, from the app's. Default: `public`. */
  readonly folder?: string
  /** Seconds for which a file may be kept without asking for it again. Default: 0. */
  readonly maxAge?: number
  /** Paths of files that never change, such as `/\/assets\//` where names have a hash in them: kept for a year. */
  readonly immutable?: RegExp
}

const PUBLIC_OPTION_NAMES = Object.keys({
  folder: true,
  maxAge: true,
  immutable: true,
} satisfies Record<keyof PublicFilesOptions, true>)

/** How answers are compressed. */
export interface CompressionOptions {
  /** Bytes from which it is worth while. Default: 1,024. */
  readonly threshold?: number
}

const COMPRESSION_OPTION_NAMES = Object.keys({ threshold: true } satisfies Record<keyof CompressionOptions, true>)

/** The files to serve; undefined when there is no such folder, or they are not wanted. @throws BootError */
export function resolvePublicFiles(configured: unknown, root: string, live: boolean): PublicFiles | undefined {
  if (configured === false) return undefined
  const options = objectOf<PublicFilesOptions>('publicFiles', configured, 'false or { maxAge: 3600 }')
  checkKnownKeys(options, PUBLIC_OPTION_NAMES, 'publicFiles')
  const { folder = 'public', maxAge = 0, immutable } = options
  if (typeof folder !== 'string' || folder === '') {
    throw new BootError(`publicFiles.folder is ${JSON.stringify(folder)}.`, "give a folder, such as 'public'.")
  }
  checkWhole('publicFiles.maxAge', maxAge, 'seconds')
  if (immutable !== undefined && (!(immutable instanceof RegExp) || immutable.global || immutable.sticky)) {
    throw new BootError(
      'publicFiles.immutable is no regular expression without the flags g and y.',
      'give one that matches paths, such as /^\\/assets\\//.',
    )
  }
  const place = resolve(root, folder)
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() !== true) {
    // Where folders are looked at all the time, this one may still come.
    if (options.folder === undefined && !live) return undefined
    if (options.folder !== undefined)
      throw new BootError(`publicFiles.folder names ${place}, which is no folder.`, 'make it, or mend the name.')
  }
  const cacheControl = (path: string) =>
    immutable?.test(path) === true ? 'public, max-age=31536000, immutable' : `public, max-age=${maxAge}`
  return new PublicFiles({ folder: place, cacheControl, live })
}

/** What is done with every answer before it is sent; undefined for nothing. @throws BootError */
export function resolveFinish(etag: unknown, compress: unknown): Finish | undefined {
  if (etag !== undefined && typeof etag !== 'boolean') {
    throw new BootError(`etag is ${JSON.stringify(etag)}.`, 'give true or false.')
  }
  const compression = resolveCompression(compress)
  if (etag !== true) return compression
  if (compression === undefined) return tagBody
  return (request, response) => andThen(tagBody(request, response), () => compression(request, response))
}

function resolveCompression(configured: unknown): Finish | undefined {
  if (configured === undefined || configured === false) return undefined
  const options = objectOf<CompressionOptions>(
    'compress',
    configured === true ? {} : configured,
    'true or { threshold: 1024 }',
  )
  checkKnownKeys(options, COMPRESSION_OPTION_NAMES, 'compress')
  const { threshold = 1_024 } = options
  checkWhole('compress.threshold', threshold, 'bytes')
  return compileCompression(threshold)
}

function objectOf<T extends object>(key: string, configured: unknown, example: string): Partial<T> {
  if (configured === undefined) return {}
  if (typeof configured === 'object' && configured !== null) return configured
  throw new BootError(`${key} is ${JSON.stringify(configured)}.`, `give ${example}.`)
}

function checkWhole(key: string, value: number, unit: string): void {
  if (Number.isSafeInteger(value) && value >= 0) return
  throw new BootError(`${key} is ${JSON.stringify(value)}.`, `give a whole number of ${unit}.`)
}
