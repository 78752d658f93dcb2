// Why: the one place where a test's request enters the app. How it is handed over is decided here alone.
import type { Application } from '../application.js'
import { BodyStream, isStreamed } from '../http/body-stream.js'
import type { RawRequest } from '../http/raw-request.js'
import type { ResponseBody } from '../http/response.js'
import type { Asked } from './asked.js'
import { askOverConnection } from './connection.js'

/** Asks an app, in this process and without a socket. */
export async function ask(app: Application, raw: RawRequest): Promise<Asked> {
  if (app.needsConnection) return await askOverConnection(app, raw)
  const { status, headers, body, error } = await app.handle(raw)
  return { status, headers: [...headers], body: await bytesOf(body), error }
}

async function bytesOf(body: ResponseBody): Promise<Uint8Array> {
  if (!isStreamed(body)) return typeof body === 'string' ? Buffer.from(body) : (body ?? new Uint8Array(0))
  const chunks: Uint8Array[] = []
  for await (const chunk of BodyStream.of(body)) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  return Buffer.concat(chunks)
}
