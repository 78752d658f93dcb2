// Why: text is a quarter of its size when it is compressed, for clients that can read it so.
import { pipeline, Readable, type Transform } from 'node:stream'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import type { MaybePromise } from '../maybe-promise.js'
import { preferredEncoding } from './accept.js'
import { isStreamed } from './body-stream.js'
import { addVary } from './caching.js'
import { isCompressible } from './mime-types.js'
import type { HttpRequest } from './request.js'
import type { HttpResponse } from './response.js'

/** What is done with an answer before it is sent. */
export type Finish = (request: HttpRequest, response: HttpResponse) => MaybePromise<void>

interface Encoding {
  readonly whole: (body: string | Uint8Array) => Promise<Uint8Array>
  /** Each piece is let out when it is written, not when a block is full. */
  readonly stream: () => Transform
}

const { constants } = zlib
// The highest brotli qualities are for files that are compressed once.
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

/** The part of node:zlib that came with Node 22.15. */
interface WithZstd {
  readonly zstdCompress?: (body: string | Uint8Array, done: (error: Error | null, result: Buffer) => void) => void
  readonly createZstdCompress?: (options: { flush: number }) => Transform
  readonly constants: { readonly ZSTD_e_flush?: number }
}

const { zstdCompress, createZstdCompress, constants: zstd } = zlib as unknown as WithZstd

/** By name, the best first; of those a client likes alike the first is taken. */
const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ...(zstdCompress === undefined || createZstdCompress === undefined
    ? []
    : ([
        [
          'zstd',
          { whole: promisify(zstdCompress), stream: () => createZstdCompress({ flush: zstd.ZSTD_e_flush ?? 1 }) },
        ],
      ] as const)),
  [
    'br',
    {
      whole: (body) => brotliCompress(body, brotli),
      stream: () => zlib.createBrotliCompress({ ...brotli, flush: constants.BROTLI_OPERATION_FLUSH }),
    },
  ],
  ['gzip', { whole: (body) => gzip(body), stream: () => zlib.createGzip({ flush: constants.Z_SYNC_FLUSH }) }],
] as [string, Encoding][])

const brotliCompress = promisify<string | Uint8Array, zlib.BrotliOptions, Buffer>(zlib.brotliCompress)
const gzip = promisify<string | Uint8Array, Buffer>(zlib.gzip)
const NAMES = [...ENCODINGS.keys()]

/**
 * Compresses answers of types that gain by it.
 * @param threshold bytes from which it is worth while
 */
export function compileCompression(threshold: number): Finish {
  return (request, response) => {
    const { headers, body, status } = response
    const type = headers.get('content-type')
    const isPart = status === 206 && type !== undefined && isCompressible(type)
    // The whole may be compressed, and a cache takes over what these say of it (RFC 9110, 15.3.7 and 15.4.5).
    if (status === 304 || isPart) addVary(response, 'Accept-Encoding')
    if (body === null || status === 206 || headers.has('content-encoding')) return
    if (type === undefined || !isCompressible(type) || sizeOf(response) < threshold) return
    if (headers.get('cache-control')?.includes('no-transform') === true) return
    addVary(response, 'Accept-Encoding')
    const name = preferredEncoding(request.header('accept-encoding'), NAMES)
    const encoding = name === undefined ? undefined : ENCODINGS.get(name)
    if (encoding === undefined) return
    headers.setTrusted('content-encoding', name as string)
    // A part of the compressed bytes is not what a client asks for.
    headers.delete('content-length').delete('accept-ranges')
    const etag = headers.get('etag')
    if (etag?.startsWith('"') === true) headers.setTrusted('etag', `W/${etag}`)
    if (!isStreamed(body)) {
      return encoding.whole(body).then((compressed) => {
        response.body = compressed
      })
    }
    // Either side's end or failure is the other's, so there is nothing left to hear of here.
    const source = body instanceof Readable ? body : Readable.from(body, { objectMode: false })
    response.body = pipeline(source, encoding.stream(), () => undefined)
  }
}

function sizeOf({ body, headers }: HttpResponse): number {
  if (typeof body === 'string') return Buffer.byteLength(body)
  if (body instanceof Uint8Array) return body.length
  return Number(headers.get('content-length') ?? Number.POSITIVE_INFINITY)
}
