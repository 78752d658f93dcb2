// Why: a file as an answer: the whole, a part, or word that the client has it already (RFC 9110, 13 and 14).
import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { PreconditionFailed, RangeNotSatisfiable } from '../errors.js'
import { isFresh, isOutdated, isSameForRange } from './freshness.js'
import type { OpenFile } from './open-file.js'
import { rangeAsked } from './ranges.js'
import type { HttpRequest } from './request.js'
import type { HttpResponse, ResponseBody } from './response.js'

/** Files of up to so many bytes are read at once, which is several times faster than a stream. */
const AT_ONCE = 65_536

/**
 * Puts a file into a response whose status is not otherwise decided: 200, 206 or 304. The file is closed, or will be when
 * the body ends.
 * @throws PreconditionFailed or RangeNotSatisfiable
 */
export async function fileBody(request: HttpRequest, response: HttpResponse, file: OpenFile): Promise<ResponseBody> {
  let isHandedOver = false
  try {
    const part = judge(request, response, file.stats)
    if (part === undefined) return null
    if (request.method === 'HEAD' || part.length === 0) return request.method === 'HEAD' ? NOTHING : null
    if (part.length <= AT_ONCE) return await read(file.handle, part)
    isHandedOver = true
    const { start, length } = part
    return file.handle.createReadStream({ start, end: start + length - 1, highWaterMark: 131_072 })
  } finally {
    if (!isHandedOver) await file.handle.close()
  }
}

/** For HEAD: a body that is never read leaves `Content-Length` as it was set. */
const NOTHING: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} }

interface Part {
  readonly start: number
  readonly length: number
}

/** Sets status and headers; the part to send, or undefined for none. */
function judge(request: HttpRequest, response: HttpResponse, { size, mtime, mtimeMs }: Stats): Part | undefined {
  const { headers } = response
  if (!headers.has('etag')) {
    // To the microsecond: a file that changes twice in one, and keeps its size, is taken for the same.
    headers.setTrusted('etag', `"${size.toString(36)}-${Math.round(mtimeMs * 1000).toString(36)}"`)
  }
  headers.setTrusted('last-modified', mtime.toUTCString())
  headers.setTrusted('accept-ranges', 'bytes')
  if (isOutdated(request, headers)) throw new PreconditionFailed()
  if (isFresh(request, headers)) {
    response.status = 304
    return undefined
  }
  const mayBePart = request.method === 'GET' && isSameForRange(request, headers)
  const asked = mayBePart ? rangeAsked(request.header('range'), size) : 'all'
  if (asked === 'none') throw new RangeNotSatisfiable(size)
  if (asked === 'all') {
    headers.setTrusted('content-length', String(size))
    return { start: 0, length: size }
  }
  const length = asked.end - asked.start + 1
  response.status = 206
  headers.setTrusted('content-range', `bytes ${asked.start}-${asked.end}/${size}`)
  headers.setTrusted('content-length', String(length))
  return { start: asked.start, length }
}

async function read(handle: FileHandle, { start, length }: Part): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, start + filled)
    if (bytesRead === 0) throw new Error('The file became shorter while it was read.')
    filled += bytesRead
  }
  return bytes
}
