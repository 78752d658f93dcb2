// Why: a mounted Fetch handler is given a `Request` made of the app's request, and its `Response` becomes the app's. Bodies
// go through as they come, no faster than they are taken.
import { Readable } from 'node:stream'
import { markPrivate } from '../http/caching.js'
import type { NodeExchange } from '../http/handlers.js'
import type { RawRequest } from '../http/raw-request.js'
import type { HttpRequest } from '../http/request.js'
import type { HttpResponse } from '../http/response.js'

/** The request as a Fetch `Request`: its whole URL, its body unread, and a signal that tells when the client has left. */
export function fetchRequest(request: HttpRequest, raw: RawRequest): Request {
  const { protocol, host = 'localhost', method, url } = request
  const headers = new Headers()
  for (const [name, value] of Object.entries(raw.headers)) {
    for (const one of [value].flat()) if (one !== undefined) headers.append(name, one)
  }
  const body = method === 'GET' || method === 'HEAD' ? undefined : bodyOf(raw)
  return new Request(`${protocol}://${host}${url}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: body as ReadableStream<Uint8Array>, duplex: 'half' }),
    ...(raw.node === undefined ? {} : { signal: departureOf(raw.node) }),
  })
}

function bodyOf({ body, headers, node }: RawRequest): RawRequest['body'] {
  if (body === null || body === undefined || !(body instanceof Readable)) return body ?? undefined
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return undefined
  // A middleware that parsed the body has left none.
  return node?.incoming.readableDidRead === true ? undefined : (webStream(body, node) as AsyncIterable<Uint8Array>)
}

/** Not `Readable.toWeb`: a body that is not wanted would then end the connection that the answer goes out on. */
function webStream(stream: Readable, node: NodeExchange | undefined): ReadableStream<Uint8Array> {
  const chunks = stream.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  // What is left of the body must be gone before the next request on the connection can be read.
  const drop = async () => {
    await chunks.return?.()
    stream.resume()
  }
  node?.outgoing.once('finish', () => void drop())
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done === true) controller.close()
        else controller.enqueue(value)
      },
      cancel: drop,
    },
    { highWaterMark: 0 },
  )
}

function departureOf({ outgoing }: NodeExchange): AbortSignal {
  const controller = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) controller.abort()
  })
  return controller.signal
}

/** How a message is framed is the server's to say. */
const FRAMING = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding'])

/**
 * Makes a Fetch `Response` the app's.
 * @param path where its handler is mounted
 * @throws TypeError when it is none. Not by its class: some libraries bring a `Response` of their own
 */
export function takeFetchResponse(answer: Response, response: HttpResponse, path: string): void {
  if (typeof answer?.status !== 'number' || typeof answer.headers?.forEach !== 'function') {
    throw new TypeError(
      `The handler mounted at ${path} answered no Response. A function with fewer than two parameters is given a Request ` +
        "and returns a Response; one of Node's kind must take both (request, response).",
    )
  }
  response.status = answer.status
  takeHeaders(answer.headers, response)
  response.answeredBy = 'mount'
  response.body = answer.body === null ? null : nodeStream(answer.body)
}

/** The handler's count for more than the defaults; cookies and `Vary` are added to, and what a guard made private stays so. */
function takeHeaders(theirs: Headers, response: HttpResponse): void {
  const { headers } = response
  const guarded = headers.get('cache-control')
  theirs.forEach((value, name) => {
    if (name === 'set-cookie' || name === 'vary') headers.append(name, value)
    else if (!FRAMING.has(name)) headers.set(name, value)
  })
  const isPrivate = response.isPersonal || (guarded !== undefined && /\b(?:private|no-store)\b/i.test(guarded))
  if (isPrivate) markPrivate(response, headers.has('set-cookie'))
}

/** Not `Readable.fromWeb`: it takes only the platform's own streams. */
function nodeStream(stream: ReadableStream<Uint8Array>): Readable {
  const reader = stream.getReader()
  return new Readable({
    read() {
      reader.read().then(
        ({ done, value }) => this.push(done ? null : value),
        (error: unknown) => this.destroy(error as Error),
      )
    },
    destroy(error, callback) {
      reader.cancel(error).then(
        () => callback(error),
        () => callback(error),
      )
    },
  })
}
