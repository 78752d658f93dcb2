// Why: how much strangers may put on the app's disk, and where, is checked at boot and not with the first file.
import { accessSync, constants } from 'node:fs'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { BootError } from '../errors.js'
import type { UploadSettings } from '../http/body.js'
import { checkKnownKeys } from '../known-keys.js'

/** What multipart forms may have. Over a limit the request is a 413, before its action runs. */
export interface UploadOptions {
  /** The most bytes of one file. Default: 10,485,760. */
  readonly fileSize?: number | undefined
  /** The most files of one form. Default: 20. */
  readonly files?: number | undefined
  /** The most bytes of the whole body. Default: 33,554,432. The text of its fields is counted by `bodyLimit` besides. */
  readonly total?: number | undefined
  /** Where files are until their request ends: a folder that exists, from the app's folder. Default: the system's. */
  readonly folder?: string | undefined
}

const KEYS = Object.keys({
  fileSize: true,
  files: true,
  total: true,
  folder: true,
} satisfies Record<keyof UploadOptions, true>)

const EXAMPLE = 'uploads: { fileSize: 10_485_760, files: 20, total: 33_554_432 }, or uploads: false'

/**
 * Checks `uploads` and fills in what it leaves open; undefined when multipart forms are not read.
 * @throws BootError
 */
export function resolveUploads(configured: unknown, root: string): UploadSettings | undefined {
  if (configured === false) return undefined
  const options = configured ?? {}
  if (typeof options !== 'object') {
    throw new BootError(`uploads is ${JSON.stringify(configured)}.`, `write ${EXAMPLE}.`)
  }
  checkKnownKeys(options, KEYS, 'uploads in config/application.ts')
  const { fileSize, files, total, folder } = options as UploadOptions
  return {
    fileSize: count('fileSize', fileSize, 10_485_760),
    files: count('files', files, 20),
    total: count('total', total, 33_554_432),
    folder: folder === undefined ? tmpdir() : checkFolder(folder, root),
  }
}

function count(key: string, value: number | undefined, standard: number): number {
  if (value === undefined) return standard
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new BootError(`uploads.${key} is ${String(value)}.`, `give a whole number, such as ${standard}.`)
}

function checkFolder(folder: unknown, root: string): string {
  try {
    const path = resolve(root, folder as string)
    accessSync(path, constants.W_OK | constants.X_OK)
    return path
  } catch (error) {
    throw new BootError(
      `uploads.folder is ${JSON.stringify(folder)}, and files cannot be written there: ${(error as Error).message}.`,
      'name a folder that exists and that the app may write to, or leave it out for the system’s own.',
      { cause: error },
    )
  }
}
