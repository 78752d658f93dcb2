// Why: a file that a stranger sent, in a place where it harms nobody, with a name that leads nowhere, and gone with its request.
import { randomBytes } from 'node:crypto'
import { createReadStream, rmSync } from 'node:fs'
import { chmod, copyFile, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'

/** Options of {@link UploadedFile.moveTo}. */
export interface MoveOptions {
  /** Who may read the file, as in `chmod`. Default: 0o600, the app's own user. */
  readonly mode?: number
}

/** What the framework knows of an uploaded file. */
interface UploadedFileParts {
  readonly path: string
  readonly filename: string
  readonly type: string
  readonly size: number
}

/**
 * A file of a multipart form, on disk until its request ends; {@link moveTo} keeps it. What the client says of it (its
 * name, its type) is a claim.
 */
export class UploadedFile {
  /** A name for a file of that name: the last part of `filename`, without what file systems and shells trip over. */
  readonly name: string
  /** The name as the client sent it: anything, `../../etc/passwd` included. */
  readonly filename: string
  /** The media type as the client claims it, in lower case, without parameters. */
  readonly type: string
  /** In bytes. */
  readonly size: number
  #path: string
  #state: 'temporary' | 'moved' | 'removed' = 'temporary'

  /** Internal: files are made of multipart forms. */
  constructor({ path, filename, type, size }: UploadedFileParts) {
    this.name = safeName(filename)
    this.filename = filename
    this.type = type
    this.size = size
    this.#path = path
  }

  /** Where the file is: under a random name until it is moved. */
  get path(): string {
    return this.#path
  }

  /** The file's bytes, all in memory. @throws Error when the request has ended */
  async bytes(): Promise<Uint8Array> {
    return await readFile(this.#there())
  }

  /** The file as UTF-8 text. @throws Error when the request has ended */
  async text(): Promise<string> {
    return await readFile(this.#there(), 'utf8')
  }

  /** The file's bytes as a web stream. @throws Error when the request has ended */
  stream(): ReadableStream<Uint8Array> {
    return Readable.toWeb(createReadStream(this.#there())) as ReadableStream<Uint8Array>
  }

  /**
   * Moves the file to where it is kept; what is there is replaced. The folder must exist.
   * @throws Error when the request has ended, and Node's errors when the file cannot be written there
   */
  async moveTo(path: string, { mode = 0o600 }: MoveOptions = {}): Promise<void> {
    const from = this.#there()
    try {
      await rename(from, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
      await copyFile(from, path)
      await rm(from, { force: true })
    }
    if (mode !== 0o600) await chmod(path, mode)
    if (this.#state === 'temporary') paths.delete(from)
    this.#path = path
    this.#state = 'moved'
  }

  /** Internal: the request has ended. */
  expire(): void {
    if (this.#state === 'temporary') this.#state = 'removed'
  }

  #there(): string {
    if (this.#state !== 'removed') return this.#path
    throw new Error(
      `The uploaded file ${JSON.stringify(this.name)} was removed when its request ended. Call moveTo(path) in the action to keep it.`,
    )
  }
}

/** Characters that a file's name does without: separators, controls, and what Windows and shells give a meaning. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const ODD = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069"*:<>?|]/g
const MAXIMUM_NAME = 200

function safeName(filename: string): string {
  const last = filename.split(/[/\\]/).at(-1) as string
  const plain = last.replace(ODD, '_').replace(/^[\s.]+|[\s.]+$/g, '')
  return shortened(plain) || 'file'
}

/** File systems take 255 bytes; the extension is worth keeping. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MAXIMUM_NAME) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : ''
  const room = MAXIMUM_NAME - Buffer.byteLength(extension)
  return (
    Buffer.from(name)
      .subarray(0, room)
      .toString('utf8')
      .replace(/\ufffd+$/, '') + extension
  )
}

/** Temporary files of requests under way: what is left of them is removed when the process ends. */
const paths = new Set<string>()
let watchesExit = false

/** A new random path in a folder, for a file that is to be there until {@link removeTemporary}. */
export function temporaryPath(folder: string): string {
  const path = join(folder, `contrail-upload-${randomBytes(16).toString('hex')}`)
  paths.add(path)
  if (!watchesExit) {
    watchesExit = true
    process.once('exit', () => {
      for (const left of paths) rmSync(left, { force: true })
    })
  }
  return path
}

/** Removes a temporary file, unless it was moved away. */
export async function removeTemporary(path: string): Promise<void> {
  if (!paths.has(path)) return
  await rm(path, { force: true })
  paths.delete(path)
}
