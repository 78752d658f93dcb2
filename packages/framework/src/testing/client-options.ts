// Why: what a test may say of a client and of a request, in one place; a misspelt word is refused, not ignored.
import { checkKnownKeys } from '../known-keys.js'
import type { MaybePromise } from '../maybe-promise.js'
import type { SessionData } from '../session/data.js'
import type { TestClient } from './client.js'
import type { Fields } from './form-fields.js'
import type { BodyOptions } from './request-body.js'

/**
 * Which errors of the app are answered as in production, and which are thrown to the test: `'rescuable'`, the default,
 * answers each `HttpError` (a 404, a 422) and throws whatever else an action did not expect; `'all'` answers every error,
 * `'none'` throws every one. What `rescueFrom` handles is an answer in any case.
 */
export type ShowExceptions = 'rescuable' | 'all' | 'none'

/** Headers by name, in any case; undefined leaves out one that would be sent otherwise. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>

/** Keys of a session to set; undefined removes one. */
export type SessionValues = { readonly [K in keyof SessionData]?: SessionData[K] | undefined }

/** Options of a client. @typeParam User what `client.as` takes */
export interface ClientOptions<User = never> {
  /** Host, and port where there is one. Default: `localhost`. */
  readonly host?: string | undefined
  /** Default: `http`. */
  readonly protocol?: 'http' | 'https' | undefined
  /** The address that the client connects from. Default: `127.0.0.1`. */
  readonly ip?: string | undefined
  /** Sent with every request. */
  readonly headers?: RequestHeaders | undefined
  /** Whether redirects within the host are followed, 20 at most. Default: false. */
  readonly followRedirects?: boolean | undefined
  /** Default: `'rescuable'`. */
  readonly showExceptions?: ShowExceptions | undefined
  /**
   * What logging in is, for `client.as(user)`: gives what the session then holds, or logs in through the client it is given.
   */
  readonly logIn?: // biome-ignore lint/suspicious/noConfusingVoidType: a function that logs in by requests returns nothing
  ((user: User, client: TestClient) => MaybePromise<SessionValues | undefined | void>) | undefined
}

/** Options of a request. At most one of `json`, `form` and `body`. */
export type RequestOptions = BodyOptions & {
  /** Added to the path's query: `{ page: 2, tags: ['a', 'b'] }` is `page=2&tags[]=a&tags[]=b`. */
  readonly query?: Fields | undefined
  /** Beside those of the client, and in place of those of the same name. */
  readonly headers?: RequestHeaders | undefined
  /** Default: that of the client. */
  readonly followRedirects?: boolean | undefined
  /** Default: that of the client. */
  readonly showExceptions?: ShowExceptions | undefined
}

const CLIENT_OPTIONS = Object.keys({
  host: true,
  protocol: true,
  ip: true,
  headers: true,
  followRedirects: true,
  showExceptions: true,
  logIn: true,
} satisfies Record<keyof ClientOptions, true>)

const REQUEST_OPTIONS = Object.keys({
  query: true,
  headers: true,
  json: true,
  form: true,
  body: true,
  followRedirects: true,
  showExceptions: true,
} satisfies Record<keyof RequestOptions, true>)

const SHOWN: readonly unknown[] = ['rescuable', 'all', 'none', undefined] satisfies (ShowExceptions | undefined)[]

/** @throws TypeError for an option that there is not, or a value that it cannot have */
export function checkClientOptions(options: Omit<ClientOptions, 'logIn'>): void {
  check(options, CLIENT_OPTIONS, 'createClient')
  const { host, protocol } = options
  if (protocol !== undefined && protocol !== 'http' && protocol !== 'https')
    throw new TypeError(`protocol is ${JSON.stringify(protocol)}: give 'http' or 'https'.`)
  if (host !== undefined && !/^[^\s/?#@\\]+$/.test(host))
    throw new TypeError(`host is ${JSON.stringify(host)}: give a host, such as 'shop.example' or 'localhost:3000'.`)
}

/** @throws TypeError for an option that there is not, or a value that it cannot have */
export function checkRequestOptions(options: RequestOptions): void {
  check(options, REQUEST_OPTIONS, 'a request')
}

function check(options: { readonly showExceptions?: unknown }, known: readonly string[], where: string): void {
  try {
    checkKnownKeys(options, known, `the options of ${where}`)
  } catch (error) {
    // Not a BootError: that has no stack, and in a test the line is what is looked for.
    throw new TypeError((error as Error).message)
  }
  if (!SHOWN.includes(options.showExceptions))
    throw new TypeError(`showExceptions is ${String(options.showExceptions)}: give 'rescuable', 'all' or 'none'.`)
}

/** Headers with their names in lower case. */
export function lowerCased(headers: RequestHeaders = {}): RequestHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
