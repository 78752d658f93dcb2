// Why: whatever becomes of a request, the files it uploaded are gone when it has ended, but for those that were moved.
import { createWriteStream } from 'node:fs'
import { removeTemporary, temporaryPath, UploadedFile } from './uploaded-file.js'

/** A file that is being written. */
export interface FileWriting {
  /** Whether more may follow at once; otherwise after `onDrain`. */
  write(chunk: Uint8Array): boolean
  /** Resolves when all of it is on disk; rejects when it cannot be. */
  end(): Promise<UploadedFile>
}

/** The files of one request. */
export class RequestUploads {
  readonly #folder: string
  readonly #files: UploadedFile[] = []
  /** Every path that was begun, with the end of its writing: a file that is still being opened cannot be removed yet. */
  readonly #begun: { readonly path: string; readonly closed: Promise<void>; readonly stop: () => void }[] = []

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Begins a file, named and typed as the client claims. */
  begin(
    claims: { readonly filename: string; readonly type: string },
    onDrain: () => void,
    onError: (error: unknown) => void,
  ): FileWriting {
    const path = temporaryPath(this.#folder)
    // `wx`: nobody can have put a file or a link there before.
    const target = createWriteStream(path, { flags: 'wx', mode: 0o600 })
    const closed = new Promise<void>((resolve) => target.once('close', resolve))
    target.on('drain', onDrain).on('error', onError)
    this.#begun.push({ path, closed, stop: () => target.destroy() })
    const end = async () => {
      target.end()
      await closed
      if (target.errored) throw target.errored
      const file = new UploadedFile({ path, ...claims, size: target.bytesWritten })
      this.#files.push(file)
      return file
    }
    return { write: (chunk) => target.write(chunk), end }
  }

  /** Removes what was not moved. Never rejects: `onError` is told. */
  async remove(onError: (error: unknown) => void): Promise<void> {
    for (const file of this.#files) file.expire()
    for (const { path, closed, stop } of this.#begun) {
      try {
        stop()
        await closed
        await removeTemporary(path)
      } catch (error) {
        onError(error)
      }
    }
  }
}
