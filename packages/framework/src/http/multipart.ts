// Why: forms with files, read as they arrive: text into memory, files to disk, each counted while it comes. The only file
// that knows @fastify/busboy.
import { isUtf8 } from 'node:buffer'
import type { Readable } from 'node:stream'
import { Dicer } from '@fastify/busboy'
import { type BadRequest, ContentTooLarge } from '../errors.js'
import { MAXIMUM_FIELDS } from './form.js'
import { formRefused, type PartHead, type PartHeaders, readPartHead } from './form-part.js'
import { type FormFields, noFields, setField } from './nested-fields.js'
import type { RequestUploads } from './request-uploads.js'
import type { UploadedFile } from './uploaded-file.js'

/** What a multipart form may have. */
export interface MultipartLimits {
  /** The most bytes of one file. */
  readonly fileSize: number
  /** The most files. */
  readonly files: number
  /** The most bytes of the whole body. */
  readonly total: number
  /** The most bytes of text in all fields together, their names included. */
  readonly text: number
}

// RFC 2046, 5.1.1
const BOUNDARY = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/

const PARSER_OPTIONS = {
  // A part's headers are a name, a file's name and a type.
  maxHeaderPairs: 32,
  maxHeaderSize: 16_384,
  // Parts are read as they come, so the parser needs no brake of its own (under Busboy it was seen to hold for ever). The
  // request is braked instead, when a file's disk is slower than its sender.
  partHwm: Number.MAX_SAFE_INTEGER,
}

/**
 * Reads a multipart form.
 * @param boundary as the Content-Type has it
 * @throws BadRequest or UnsupportedMediaType when it is malformed or cut off, ContentTooLarge when it is over a limit
 */
export function readMultipart(
  body: Readable,
  boundary: string | undefined,
  limits: MultipartLimits,
  uploads: RequestUploads,
): Promise<FormFields> {
  if (boundary === undefined || !BOUNDARY.test(boundary)) {
    return Promise.reject(formRefused('has no valid boundary in its Content-Type'))
  }
  return new Promise((resolve, reject) => new FormReading(body, boundary, limits, uploads, { resolve, reject }).start())
}

interface Outcome {
  readonly resolve: (fields: FormFields) => void
  readonly reject: (error: unknown) => void
}

interface Field {
  readonly name: string
  readonly value: string | UploadedFile
}

/** One form on its way in. */
class FormReading {
  readonly #body: Readable
  readonly #limits: MultipartLimits
  readonly #uploads: RequestUploads
  readonly #outcome: Outcome
  readonly #parser: Dicer
  /** By order of arrival, which decides between several values of one name. */
  readonly #fields: Promise<Field | undefined>[] = []
  #part: Dicer.PartStream | undefined
  /** Whether the headers of the last part have come. */
  #hasHead = true
  #size = 0
  #text = 0
  #files = 0
  #parts = 0
  #isParsed = false
  #isEnded = false
  #isOver = false

  constructor(body: Readable, boundary: string, limits: MultipartLimits, uploads: RequestUploads, outcome: Outcome) {
    this.#body = body
    this.#limits = limits
    this.#uploads = uploads
    this.#outcome = outcome
    this.#parser = new Dicer({ boundary, ...PARSER_OPTIONS })
  }

  start(): void {
    this.#parser
      .on('part', (part) => this.#onPart(part))
      .on('error', () => this.#fail(cutOff()))
      .on('finish', () => {
        this.#isParsed = true
        void this.#finish()
      })
    this.#body.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onCut).on('close', this.#onCut)
  }

  readonly #onData = (chunk: Uint8Array) => {
    this.#size += chunk.length
    if (this.#size > this.#limits.total) this.#fail(new ContentTooLarge(this.#limits.total))
    else if (!this.#isParsed) this.#parser.write(chunk)
  }

  readonly #onEnd = () => {
    this.#body.off('close', this.#onCut)
    this.#isEnded = true
    if (this.#isParsed) void this.#finish()
    else this.#parser.end()
  }

  readonly #onCut = () => {
    this.#fail(cutOff())
  }

  #onPart(part: Dicer.PartStream): void {
    part.on('error', () => this.#fail(cutOff()))
    if (!this.#hasHead) this.#fail(cutOff())
    if (++this.#parts > MAXIMUM_FIELDS) this.#fail(formRefused(`has more than ${MAXIMUM_FIELDS} fields`))
    if (this.#isOver) return
    this.#part = part
    this.#hasHead = false
    part.on('header', (headers) => {
      this.#hasHead = true
      try {
        this.#onHead(part, readPartHead(headers as PartHeaders))
      } catch (error) {
        this.#fail(error)
      }
    })
  }

  #onHead(part: Dicer.PartStream, head: PartHead): void {
    const { name, filename } = head
    this.#countText(name.length + (filename?.length ?? 0))
    if (this.#isOver) return
    const field = new Promise<Field | undefined>((resolve, reject) => {
      if (filename === undefined) this.#readText(part, (value) => resolve({ name, value }))
      else if (filename === '') part.on('end', () => resolve(undefined)).resume()
      else {
        const file = this.#readFile(part, { ...head, filename })
        file.then((value) => resolve({ name, value }), reject)
      }
    })
    field.catch((error: unknown) => this.#fail(error))
    this.#fields.push(field)
  }

  #readText(part: Dicer.PartStream, onText: (text: string) => void): void {
    const chunks: Uint8Array[] = []
    part.on('data', (chunk: Uint8Array) => {
      if (this.#countText(chunk.length)) chunks.push(chunk)
    })
    part.on('end', () => {
      const bytes = Buffer.concat(chunks)
      if (isUtf8(bytes)) onText(bytes.toString('utf8'))
      else this.#fail(formRefused('is not valid UTF-8'))
    })
  }

  /** Whether what is kept in memory is within its limit; names are, as well as values. */
  #countText(bytes: number): boolean {
    const { text } = this.#limits
    this.#text += bytes
    if (this.#text > text) this.#fail(new ContentTooLarge(text, `The form's text is larger than ${text} bytes.`))
    return !this.#isOver
  }

  async #readFile(part: Dicer.PartStream, claims: { filename: string; type: string }): Promise<UploadedFile> {
    const { files, fileSize } = this.#limits
    if (++this.#files > files) throw new ContentTooLarge(files, `The form has more than ${files} files.`)
    const { filename, type } = claims
    const goOn = () => {
      if (!this.#isOver) this.#body.resume()
    }
    const file = this.#uploads.begin({ filename, type }, goOn, (error) => this.#fail(error))
    let size = 0
    part.on('data', (chunk: Uint8Array) => {
      size += chunk.length
      if (size > fileSize) {
        this.#fail(new ContentTooLarge(fileSize, `A file of the form is larger than ${fileSize} bytes.`))
      } else if (!file.write(chunk)) this.#body.pause()
    })
    await new Promise((resolve) => part.on('end', resolve))
    // A stream that is ending tells nobody that it has drained.
    goOn()
    return await file.end()
  }

  /** All that was sent has come, and all of it was understood. */
  async #finish(): Promise<void> {
    if (!this.#isParsed || !this.#isEnded) return
    try {
      if (!this.#hasHead) throw cutOff()
      const fields = noFields()
      for (const field of await Promise.all(this.#fields)) {
        if (field !== undefined) setField(fields, field.name, field.value, 'form')
      }
      this.#settle(() => this.#outcome.resolve(fields))
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#settle(() => {
      this.#body.pause()
      this.#part?.destroy()
      this.#parser.destroy()
      this.#outcome.reject(error)
    })
  }

  #settle(finish: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#body.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onCut)
    finish()
  }
}

function cutOff(): BadRequest {
  return formRefused('ended before it was whole')
}
