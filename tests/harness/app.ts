// Boots apps for tests as an app's own boot would, with the log kept for inspection, and asks them with and without sockets.
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import {
  type Application,
  type ApplicationParts,
  BootError,
  createApplication,
  defineRoutes,
  type HttpResponse,
  type RawRequest,
  type RouteMapper,
} from 'contrail'
import { onTestFinished } from 'vitest'

export const SECRET = 'a'.repeat(64)
export const OTHER_SECRET = 'b'.repeat(64)

/** An app under test, and what it logged. */
export interface TestApp {
  readonly app: Application
  /** The log's lines, parsed. */
  readonly log: Record<string, unknown>[]
}

/** Boots an app in the test environment (or the one named in `parts`), with a known secret and its log kept. */
export function boot(draw: (r: RouteMapper) => void, parts: Partial<ApplicationParts> = {}): TestApp {
  const log: Record<string, unknown>[] = []
  const { config, ...others } = parts
  const app = createApplication({
    routes: defineRoutes(draw),
    environment: { name: 'test', explicit: true },
    name: 'test-app',
    logDestination: { write: (line) => void log.push(...readLines(line)) },
    config: { ...config, sessionOptions: { secret: SECRET, ...config?.sessionOptions } },
    ...others,
  })
  return { app, log }
}

/** In development the log is for people, so a line there is kept as its text. */
function readLines(text: string): Record<string, unknown>[] {
  try {
    return [JSON.parse(text) as Record<string, unknown>]
  } catch {
    return [{ text }]
  }
}

/** An answer in the shape tests read. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly setCookies: readonly string[]
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests read the JSON they expect
  readonly json: any
}

/** What a test asks for; everything has a default. */
export interface Ask {
  readonly method?: string
  readonly headers?: RawRequest['headers']
  /** An object is sent as JSON. */
  readonly body?: RawRequest['body'] | object
  readonly remoteAddress?: string
  readonly encrypted?: boolean
}

/** Asks an app without a socket. */
export async function ask(app: Application, url: string, options: Ask = {}): Promise<Answer> {
  const { body, headers, ...rest } = options
  const isJson = typeof body === 'object' && body !== null && Object.getPrototypeOf(body) === Object.prototype
  const payload = (isJson ? JSON.stringify(body) : body) as RawRequest['body']
  const response = await app.handle({
    method: payload === undefined ? 'GET' : 'POST',
    remoteAddress: '127.0.0.1',
    ...rest,
    url,
    headers: { host: 'example.test', ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
    body: payload,
  })
  return await answerOf(response)
}

async function answerOf(response: HttpResponse): Promise<Answer> {
  return readable(response.status, [...response.headers], await textOf(response.body))
}

async function textOf(body: HttpResponse['body']): Promise<string> {
  if (typeof body === 'string' || body === null) return body ?? ''
  const chunks: Uint8Array[] = []
  for await (const chunk of body instanceof Uint8Array ? [body] : body) chunks.push(Buffer.from(chunk as string))
  return Buffer.concat(chunks).toString()
}

function readable(status: number, pairs: [string, string][], text: string): Answer {
  return {
    status,
    headers: Object.fromEntries(pairs.filter(([name]) => name !== 'set-cookie')),
    setCookies: pairs.filter(([name]) => name === 'set-cookie').map(([, value]) => value),
    text,
    get json() {
      return JSON.parse(text) as unknown
    },
  }
}

/** The `name=value` part of a Set-Cookie header, to send back as Cookie. */
export function cookieOf(answer: Answer): string {
  const [first] = answer.setCookies
  if (first === undefined) throw new Error(`no Set-Cookie in ${JSON.stringify(answer)}`)
  return first.split(';')[0] as string
}

/** Serves an app on a free port of this machine until the test ends. */
export async function listen(app: Application): Promise<string> {
  const server = await app.listen({ port: 0, host: '127.0.0.1', signals: false })
  onTestFinished(() => app.close())
  return server.url
}

/** Asks over a real socket, with no client library between. */
export function askSocket(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve(readable(response.statusCode ?? 0, pairsOf(response.headers), Buffer.concat(chunks).toString())),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}

function pairsOf(headers: IncomingHttpHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    Array.isArray(value) ? value.map((one): [string, string] => [name, one]) : [[name, value ?? '']],
  )
}

/** The error that a boot ends with, which must be a BootError: its problem and its fix. */
export function bootError(work: () => unknown): BootError {
  try {
    work()
  } catch (error) {
    if (error instanceof BootError) return error
    throw error
  }
  throw new Error('It booted, and should not have.')
}
