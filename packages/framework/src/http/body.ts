// Why: bodies are read once, up to a limit, and parsed by their declared type before the action runs.
import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { BadRequest, ContentTooLarge, UnsupportedMediaType } from '../errors.js'
import type { MaybePromise } from '../maybe-promise.js'
import { parseForm } from './form.js'
import { canInflate, inflate } from './inflate.js'
import { parseJson } from './json.js'
import { checkCharset, type MediaType, parseMediaType } from './media-type.js'
import { readMultipart } from './multipart.js'
import type { RawRequest } from './raw-request.js'
import type { HttpRequest } from './request.js'
import { RequestUploads } from './request-uploads.js'

const EMPTY = new Uint8Array(0)
const EXPECTS_BODY = new Set(['POST', 'PUT', 'PATCH'])

/** What bodies are read. */
export interface BodySettings {
  /** The most bytes of a body that is kept in memory. */
  readonly bodyLimit: number
  /** Whether compressed bodies are read. */
  readonly inflate: boolean
  /** Undefined when multipart forms are not read. */
  readonly uploads: UploadSettings | undefined
}

/** What a multipart form may have, and where its files are kept. */
export interface UploadSettings {
  readonly fileSize: number
  readonly files: number
  readonly total: number
  readonly folder: string
}

/**
 * Reads and parses the body into `request.body`, and `request.rawBody` unless it is a multipart form; a promise only where
 * bytes must be waited for.
 * @throws ContentTooLarge, UnsupportedMediaType or BadRequest
 */
export function readBody(request: HttpRequest, raw: RawRequest, settings: BodySettings): MaybePromise<void> {
  const { body, headers } = raw
  if (body === undefined || body === null) return
  const length = headers['content-length']
  if (length === undefined && headers['transfer-encoding'] === undefined && body instanceof Readable) return
  const header = request.header('content-type')
  const type = header === undefined ? undefined : parseMediaType(header)
  const isMultipart = type?.type === 'multipart/form-data'
  const limit = isMultipart && settings.uploads !== undefined ? settings.uploads.total : settings.bodyLimit
  if (length !== undefined && Number(length) > limit) throw new ContentTooLarge(limit)
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    if (!settings.inflate || isMultipart || typeof encoding !== 'string' || !canInflate(encoding)) throw compressed()
    return inflate(body, encoding, limit).then((whole) => parseBody(request, whole, type))
  }
  if (isMultipart) return readForm(request, body, type, settings)
  return readAll(body, limit, (bytes) => parseBody(request, bytes, type))
}

function compressed(): UnsupportedMediaType {
  return new UnsupportedMediaType('Compressed request bodies are not read: send the body without Content-Encoding.')
}

async function readForm(
  request: HttpRequest,
  body: NonNullable<RawRequest['body']>,
  { charset, boundary }: MediaType,
  { uploads, bodyLimit }: BodySettings,
): Promise<void> {
  if (uploads === undefined) {
    throw new UnsupportedMediaType(
      'Forms are read as application/x-www-form-urlencoded or application/json, not as multipart/form-data.',
    )
  }
  checkCharset(charset)
  request.uploads = new RequestUploads(uploads.folder)
  const stream = body instanceof Readable ? body : streamOf(body)
  try {
    request.body = await readMultipart(stream, boundary, { ...uploads, text: bodyLimit }, request.uploads)
  } finally {
    if (stream !== body) stream.destroy()
  }
}

function streamOf(body: string | Uint8Array | AsyncIterable<Uint8Array>): Readable {
  if (typeof body === 'string') return Readable.from([Buffer.from(body)])
  return Readable.from(body instanceof Uint8Array ? [body] : body)
}

type UseBytes = (bytes: Uint8Array) => void

function readAll(body: NonNullable<RawRequest['body']>, limit: number, use: UseBytes): MaybePromise<void> {
  if (body instanceof Readable) return readStream(body, limit, use)
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return readIterable(body, limit).then(use)
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  if (bytes.length > limit) throw new ContentTooLarge(limit)
  use(bytes)
}

/** By events, not by iteration: half the cost for the small bodies that most are. */
function readStream(stream: Readable, limit: number, use: UseBytes): Promise<void> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    const onCut = () => {
      if (!stream.readableEnded) reject(new BadRequest("The request's body ended before it was whole."))
    }
    // Listeners stay: to take them away costs more than the rest, and an error without one would end the process.
    stream
      .on('data', (chunk: Uint8Array) => {
        if (size > limit) return
        size += chunk.length
        if (size > limit) {
          stream.pause()
          reject(new ContentTooLarge(limit))
          return
        }
        chunks.push(chunk)
      })
      .on('end', () => {
        try {
          resolve(use(joined(chunks, size)))
        } catch (error) {
          reject(error)
        }
      })
      .on('error', onCut)
      .on('close', onCut)
  })
}

async function readIterable(body: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) throw new ContentTooLarge(limit)
    chunks.push(chunk)
  }
  return joined(chunks, size)
}

function joined(chunks: Uint8Array[], size: number): Uint8Array {
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : size === 0 ? EMPTY : Buffer.concat(chunks, size)
}

function parseBody(request: HttpRequest, bytes: Uint8Array, mediaType: MediaType | undefined): void {
  request.rawBody = bytes
  if (mediaType === undefined) return
  const { type, charset } = mediaType
  const isJson = type === 'application/json' || type.endsWith('+json')
  if (!isJson && type !== 'application/x-www-form-urlencoded') return
  checkCharset(charset)
  if (bytes.length === 0) {
    if (isJson && EXPECTS_BODY.has(request.method))
      throw new BadRequest("The request's body is empty, which is not valid JSON.")
    return
  }
  if (!isUtf8(bytes)) throw new BadRequest("The request's body is not valid UTF-8.")
  const text = (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)).toString()
  request.body = isJson ? parseJson(text) : parseForm(text, 'form')
}
