// Why: what is too large, or not there yet, is answered piece by piece.
import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { BodyStream } from '../../http/body-stream.js'
import type { BodyChunk } from '../../http/response.js'
import { answer } from '../rendering.js'
import type { RequestContext } from '../request-context.js'
import { type DataOptions, describeData } from './data.js'

/** Where a stream's pieces come from: a `Readable`, a generator, a web `ReadableStream`, anything for `for await`. */
export type StreamSource = AsyncIterable<BodyChunk>

/** Answers with a stream. One that is not answered with after all is let go of. */
export function answerStream(context: RequestContext, source: StreamSource, options: DataOptions): void {
  // Node's own stream can be stopped while it waits for its next piece; iterating the web's waits for it.
  const body = new BodyStream(source instanceof ReadableStream ? Readable.fromWeb(source) : source)
  try {
    const { type, ...described } = describeData('stream', options, undefined)
    answer(context, 'stream', type, body, described)
  } finally {
    if (context.response.body !== body) body.cancel()
  }
}
