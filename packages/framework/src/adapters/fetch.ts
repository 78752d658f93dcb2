// Why: the Fetch API around the app, for tests and for servers that speak it.

import { BodyStream, isStreamed } from '../http/body-stream.js'
import type { RawRequest } from '../http/raw-request.js'
import type { BodyChunk, HttpResponse } from '../http/response.js'

/** A Fetch `Request` as the app takes it. */
export function fromFetch(request: Request): RawRequest {
  const url = new URL(request.url)
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  request.headers.forEach((value, name) => {
    headers[name] = value
  })
  headers['host'] ??= url.host
  const encrypted = url.protocol === 'https:'
  const { method, body, signal } = request
  return { method, url: url.pathname + url.search, headers, body, encrypted, signal }
}

/** The app's response as a Fetch `Response`. */
export function toFetch(response: HttpResponse): Response {
  const { status, headers, body } = response
  const sent = WITHOUT_BODY.has(status) ? null : isStreamed(body) ? webStream(body) : body
  return new Response(sent, { status, headers: [...headers] })
}

/** Read as it is asked for, and cancelled with the response's body. */
function webStream(body: AsyncIterable<BodyChunk>): ReadableStream<Uint8Array> {
  const stream = BodyStream.of(body)
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await stream.next()
        if (done === true) controller.close()
        else controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value)
      },
      cancel: () => stream.cancel(),
    },
    { highWaterMark: 0 },
  )
}

/** `Response` throws when one of these is given a body. */
const WITHOUT_BODY = new Set([204, 205, 304])
