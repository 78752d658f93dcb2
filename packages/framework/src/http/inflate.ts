// Why: a compressed body is as large as it says only when it is whole; so it is counted while it is inflated, and left at the limit.
import { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { BadRequest, ContentTooLarge } from '../errors.js'

const DECODERS = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

/** Whether bodies of this `Content-Encoding` can be inflated. One encoding, that is: several in a row are a bomb's. */
export function canInflate(encoding: string): boolean {
  return DECODERS.has(encoding.toLowerCase())
}

/**
 * Inflates a body.
 * @param limit the most bytes it may have, as it came and inflated
 * @throws ContentTooLarge as soon as there are more, BadRequest when it is malformed or cut off
 */
export function inflate(
  body: string | Uint8Array | AsyncIterable<Uint8Array>,
  encoding: string,
  limit: number,
): Promise<Uint8Array> {
  const source =
    body instanceof Readable ? body : Readable.from(typeof body === 'string' ? [Buffer.from(body)] : chunks(body))
  const decoder = (DECODERS.get(encoding.toLowerCase()) as typeof createGunzip)()
  return new Promise((resolve, reject) => {
    const inflated: Uint8Array[] = []
    let received = 0
    let size = 0
    const onData = (chunk: Uint8Array) => {
      received += chunk.length
      if (received > limit) fail(new ContentTooLarge(limit))
      else if (!decoder.write(chunk)) source.pause()
    }
    const onEnd = () => {
      source.off('close', onCut)
      decoder.end()
    }
    const onCut = () => fail(new BadRequest("The request's body ended before it was whole."))
    const settle = (finish: () => void) => {
      source.off('data', onData).off('end', onEnd).off('close', onCut)
      finish()
      if (source !== body) source.destroy()
    }
    const fail = (error: Error) =>
      settle(() => {
        source.pause()
        decoder.destroy()
        reject(error)
      })
    decoder.on('data', (chunk: Uint8Array) => {
      size += chunk.length
      if (size > limit) fail(new ContentTooLarge(limit))
      else inflated.push(chunk)
    })
    decoder.on('drain', () => source.resume())
    decoder.on('error', () => fail(new BadRequest(`The request's body is not valid ${encoding}.`)))
    decoder.on('end', () => settle(() => resolve(Buffer.concat(inflated, size))))
    source.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut)
  })
}

/** A buffer would be read byte by byte. */
function chunks(body: Uint8Array | AsyncIterable<Uint8Array>): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  return body instanceof Uint8Array ? [body] : body
}
