// Why: browsers keep pages of other origins from reading what is answered here, unless it says that they may. What it says is
// decided here, and nowhere wider than it was asked for.
import { BootError } from '../errors.js'
import { checkKnownKeys } from '../known-keys.js'

/** Which other origins' scripts may call, and how. */
export interface CrossOriginOptions {
  /**
   * Origins as browsers spell them, such as `https://app.example.com`; `https://*.example.com` stands for all below a domain,
   * over that scheme and port. `'*'` is everybody, and goes without credentials. An empty list is nobody.
   */
  readonly origins: '*' | readonly string[]
  /**
   * Whether the browser may send its user's cookies. The origins then count as trusted by the forgery check of these
   * actions: they may do what the app's own pages may. Default: false.
   */
  readonly credentials?: boolean | undefined
  /** Request headers that scripts may set. `'*'` is any. Default: `Authorization`, `Content-Type` and `X-CSRF-Token`. */
  readonly headers?: '*' | readonly string[] | undefined
  /** Response headers that scripts may read, beside those that CORS always lets them. Default: none. */
  readonly expose?: readonly string[] | undefined
  /** Seconds that a browser may remember the answer to a preflight. Default: 7,200. */
  readonly maxAge?: number | undefined
}

/** A set of headers that can be added to. */
interface Headers {
  getAll(name: string): readonly string[]
  append(name: string, value: string): unknown
  set(name: string, value: string): unknown
}

/** What of a request decides whether another origin's script may send it. */
export interface CrossOriginRequest {
  readonly origin: string | undefined
  /** `Sec-Fetch-Mode`. */
  readonly mode: string | undefined
  /** Whether it carries what a browser adds by itself: cookies, or the password of HTTP Basic. */
  readonly hasCredentials: boolean
}

const KEYS = Object.keys({
  origins: true,
  credentials: true,
  headers: true,
  expose: true,
  maxAge: true,
} satisfies Record<keyof CrossOriginOptions, true>)
const USUAL_HEADERS = ['authorization', 'content-type', 'x-csrf-token']
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const TOKENS = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:\s*,\s*[!#$%&'*+\-.^_`|~0-9A-Za-z]+)*$/
const WILDCARD = /^([a-z][a-z0-9+.-]*:\/\/)\*(\.[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?)$/
/** What may stand for the star. */
const LABELS = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/
/** Apps in shells of their own, such as `capacitor://localhost`. */
const OTHER_ORIGIN = /^(?!https?:)[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(?::\d{1,5})?$/

/** Which origins' scripts may call some actions. */
export class CorsPolicy {
  readonly #exact: ReadonlySet<string>
  /** Scheme, and the end of the host with its port. */
  readonly #suffixes: readonly (readonly [string, string])[]
  readonly #isForAll: boolean
  readonly #credentials: boolean
  readonly #headers: string
  readonly #expose: string
  readonly #maxAge: string

  /**
   * @param where how an error names its place, such as `cors in config/application.ts`
   * @throws BootError for an option that is not as it should be
   */
  constructor(options: CrossOriginOptions, where: string, known: readonly string[] = KEYS) {
    checkKnownKeys(options, [...KEYS, ...known], where)
    const { origins, credentials = false, headers = USUAL_HEADERS, expose = [], maxAge = 7_200 } = options
    if (origins !== '*') checkOrigins(origins, where)
    else if (credentials)
      throw new BootError(
        `${where}: origins is '*' with credentials, so that every site could act as its visitors.`,
        'name the origins, or leave credentials out.',
      )
    if (typeof credentials !== 'boolean')
      throw new BootError(`${where}: credentials is ${JSON.stringify(credentials)}.`, 'give true or false.')
    if (!Number.isSafeInteger(maxAge) || maxAge < 0)
      throw new BootError(`${where}: maxAge is ${JSON.stringify(maxAge)}.`, 'give a whole number of seconds.')
    this.#isForAll = origins === '*'
    const list = origins === '*' ? [] : origins
    this.#exact = new Set(list.filter((origin) => !WILDCARD.test(origin)))
    this.#suffixes = list.flatMap((origin) => {
      const [, scheme, suffix] = WILDCARD.exec(origin) ?? []
      return scheme === undefined || suffix === undefined ? [] : [[scheme, suffix] as const]
    })
    this.#credentials = credentials
    this.#headers = headers === '*' ? '*' : names(headers, 'headers', where)
    this.#expose = names(expose, 'expose', where)
    this.#maxAge = String(maxAge)
  }

  /** Whether an origin is among those that were named. `null`, which every sandboxed frame says, never is. */
  allows(origin: string): boolean {
    if (this.#isForAll || this.#exact.has(origin)) return true
    return this.#suffixes.some(
      ([scheme, suffix]) =>
        origin.startsWith(scheme) &&
        origin.endsWith(suffix) &&
        LABELS.test(origin.slice(scheme.length, -suffix.length)),
    )
  }

  /**
   * Whether an unsafe request is no forgery, since its origin may send it: with credentials, any of them; without, one that
   * a script sent (`Sec-Fetch-Mode: cors`, which no form does) and that carries nothing of its user's.
   */
  vouchesFor({ origin, mode, hasCredentials }: CrossOriginRequest): boolean {
    if (origin === undefined || !this.allows(origin)) return false
    return this.#credentials || (mode === 'cors' && !hasCredentials)
  }

  /** Tells the browser of an answer whether a page may read it. */
  describe(origin: string | undefined, headers: Headers): void {
    if (this.#grant(origin, headers) && this.#expose !== '') headers.set('access-control-expose-headers', this.#expose)
  }

  /**
   * Answers a preflight: for the method that was asked about, and no other, since of others nothing was looked up.
   * @param asked the header names of `Access-Control-Request-Headers`
   */
  answerPreflight(origin: string, method: string, asked: string | undefined, headers: Headers): void {
    addVary(headers, 'Access-Control-Request-Method')
    addVary(headers, 'Access-Control-Request-Headers')
    if (!this.#grant(origin, headers)) return
    headers.set('access-control-allow-methods', method)
    // By name, not with a star, which browsers take for a name where there are credentials.
    const allowed = this.#headers !== '*' ? this.#headers : asked !== undefined && TOKENS.test(asked) ? asked : ''
    if (allowed !== '') headers.set('access-control-allow-headers', allowed)
    headers.set('access-control-max-age', this.#maxAge)
  }

  #grant(origin: string | undefined, headers: Headers): boolean {
    if (this.#isForAll) {
      headers.set('access-control-allow-origin', '*')
      return true
    }
    // Also where it is refused: a cache must not give one origin's answer to another.
    addVary(headers, 'Origin')
    if (origin === undefined || !this.allows(origin)) return false
    headers.set('access-control-allow-origin', origin)
    if (this.#credentials) headers.set('access-control-allow-credentials', 'true')
    return true
  }
}

/** Adds a name to `Vary`, if it is not there. */
function addVary(headers: Headers, name: string): void {
  const known = headers.getAll('vary').flatMap((value) => value.toLowerCase().split(/\s*,\s*/))
  if (!known.includes('*') && !known.includes(name.toLowerCase())) headers.append('vary', name)
}

function checkOrigins(origins: unknown, where: string): void {
  const fix =
    "give origins as browsers spell them, such as ['https://app.example.com'], ['https://*.example.com'] for a domain, or '*'."
  if (!Array.isArray(origins)) throw new BootError(`${where}: origins is ${JSON.stringify(origins)}.`, fix)
  for (const origin of origins as unknown[]) {
    if (typeof origin === 'string' && isOrigin(origin)) continue
    const why = origin === 'null' ? ', which every sandboxed frame says of itself' : ''
    throw new BootError(`${where}: origins has ${JSON.stringify(origin)}${why}.`, fix)
  }
}

function isOrigin(origin: string): boolean {
  if (WILDCARD.test(origin)) return true
  if (origin.includes('*')) return false
  if (/^https?:/.test(origin)) return URL.canParse(origin) && new URL(origin).origin === origin
  return OTHER_ORIGIN.test(origin)
}

function names(list: unknown, key: string, where: string): string {
  if (Array.isArray(list) && list.every((name) => typeof name === 'string' && TOKEN.test(name) && name !== '*'))
    return list.join(', ').toLowerCase()
  throw new BootError(
    `${where}: ${key} is ${JSON.stringify(list)}.`,
    "give names of headers, such as ['x-total-count'].",
  )
}
