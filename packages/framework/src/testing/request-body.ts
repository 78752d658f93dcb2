// Why: a test gives data; what is sent is bytes with a type and a length, as a browser or fetch would send it.
import type { RawRequest } from '../http/raw-request.js'
import { type Fields, fieldsOf, urlencoded } from './form-fields.js'

/** The body of a request: one of the three, or none. */
export type BodyOptions =
  | {
      /** Sent as `application/json`. */
      readonly json?: unknown
      readonly form?: never
      readonly body?: never
    }
  | {
      /** Sent as a browser's form: with a file (a `Blob` or `File`) or as `FormData` it is `multipart/form-data`. */
      readonly form: Fields | FormData
      readonly json?: never
      readonly body?: never
    }
  | {
      /** Sent as it is, with the `content-type` that `headers` say. Pieces are sent as a stream, without a length. */
      readonly body: string | Uint8Array | Blob | AsyncIterable<Uint8Array>
      readonly json?: never
      readonly form?: never
    }

/** A body and the headers that go with it. */
export interface EncodedBody {
  readonly body: RawRequest['body']
  readonly headers: Readonly<Record<string, string>>
}

/** @throws TypeError when more than one body is given, or one has no JSON */
export async function encodeBody({ json, form, body }: BodyOptions): Promise<EncodedBody> {
  if ([json, form, body].filter((one) => one !== undefined).length > 1)
    throw new TypeError('A request has one body: give json, form or body, and not several.')
  if (json !== undefined) return encodeJson(json)
  if (form !== undefined) return await encodeForm(form)
  if (body === undefined) return { body: undefined, headers: {} }
  if (body instanceof Blob) return await encodeByFetch(body)
  if (typeof body === 'string' || body instanceof Uint8Array) return whole(body)
  return { body, headers: { 'transfer-encoding': 'chunked' } }
}

function encodeJson(value: unknown): EncodedBody {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) throw new TypeError(`json is ${String(value)}, which has no JSON.`)
  return whole(text, 'application/json')
}

async function encodeForm(form: Fields | FormData): Promise<EncodedBody> {
  if (form instanceof FormData) return await encodeByFetch(form)
  const fields = fieldsOf(form)
  if (fields.every(([, value]) => typeof value === 'string'))
    return whole(urlencoded(fields), 'application/x-www-form-urlencoded')
  const data = new FormData()
  for (const [name, value] of fields) data.append(name, value as string)
  return await encodeByFetch(data)
}

/** Node's own fetch writes multipart bodies; it is asked for the bytes. */
async function encodeByFetch(content: FormData | Blob): Promise<EncodedBody> {
  const encoded = new Response(content)
  return whole(new Uint8Array(await encoded.arrayBuffer()), encoded.headers.get('content-type') ?? undefined)
}

function whole(body: string | Uint8Array, type?: string): EncodedBody {
  const length = String(typeof body === 'string' ? Buffer.byteLength(body) : body.length)
  return { body, headers: { ...(type === undefined ? {} : { 'content-type': type }), 'content-length': length } }
}
