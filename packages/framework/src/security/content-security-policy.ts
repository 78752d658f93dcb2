// Why: a policy with a mistake in it protects from nothing, or breaks the page, and browsers tell only their console. So it
// is spelt in typed names, checked when the app boots, and made into a header once.
import { BootError } from '../errors.js'
import { checkKnownKeys } from '../known-keys.js'
import { suggestion } from '../suggestion.js'

/** What a directive may name: keywords in their quotes, `nonce` for this.cspNonce, hosts, and schemes such as `data:`. */
export type CspSource =
  | "'self'"
  | "'none'"
  | "'unsafe-inline'"
  | "'unsafe-eval'"
  | "'wasm-unsafe-eval'"
  | "'strict-dynamic'"
  | "'unsafe-hashes'"
  | "'report-sample'"
  | `'sha${256 | 384 | 512}-${string}'`
  | 'nonce'
  | '*'
  | `${string}:`
  | `${string}:${string}`
  | `${string}.${string}`

/** A Content-Security-Policy, by its directives. */
export interface ContentSecurityPolicy {
  readonly defaultSrc?: readonly CspSource[]
  readonly scriptSrc?: readonly CspSource[]
  readonly scriptSrcElem?: readonly CspSource[]
  readonly scriptSrcAttr?: readonly CspSource[]
  readonly styleSrc?: readonly CspSource[]
  readonly styleSrcElem?: readonly CspSource[]
  readonly styleSrcAttr?: readonly CspSource[]
  readonly imgSrc?: readonly CspSource[]
  readonly fontSrc?: readonly CspSource[]
  readonly connectSrc?: readonly CspSource[]
  readonly mediaSrc?: readonly CspSource[]
  readonly objectSrc?: readonly CspSource[]
  readonly frameSrc?: readonly CspSource[]
  readonly childSrc?: readonly CspSource[]
  readonly workerSrc?: readonly CspSource[]
  readonly manifestSrc?: readonly CspSource[]
  readonly baseUri?: readonly CspSource[]
  readonly formAction?: readonly CspSource[]
  readonly frameAncestors?: readonly CspSource[]
  /** `true`, or what the page may do all the same, such as `allow-scripts`. */
  readonly sandbox?: true | readonly `allow-${string}`[]
  readonly upgradeInsecureRequests?: true
  readonly requireTrustedTypesFor?: readonly ["'script'"]
  /** Names of policies, and `'allow-duplicates'` and `'none'` in their quotes. */
  readonly trustedTypes?: readonly string[]
  /** Where browsers report what they stopped. */
  readonly reportUri?: string
  /** The name of an endpoint of the header `Reporting-Endpoints`. */
  readonly reportTo?: string
  /** Browsers only report, and stop nothing. */
  readonly reportOnly?: boolean
}

/** What of a policy is otherwise in some actions: each directive replaces that of the app; null takes it away. */
export type ContentSecurityPolicyChange = {
  readonly [Directive in keyof ContentSecurityPolicy]?: ContentSecurityPolicy[Directive] | null
}

/** A policy, ready to be sent. */
export interface CompiledPolicy {
  /** The header's name. */
  readonly header: string
  /** The header's value; with the nonce, where the page has drawn one. */
  readonly value: (nonce: string | undefined) => string
}

type Kind = 'sources' | 'sandbox' | 'flag' | 'script' | 'names' | 'text' | 'option'

const KINDS: Readonly<Record<keyof ContentSecurityPolicy, Kind>> = {
  defaultSrc: 'sources',
  scriptSrc: 'sources',
  scriptSrcElem: 'sources',
  scriptSrcAttr: 'sources',
  styleSrc: 'sources',
  styleSrcElem: 'sources',
  styleSrcAttr: 'sources',
  imgSrc: 'sources',
  fontSrc: 'sources',
  connectSrc: 'sources',
  mediaSrc: 'sources',
  objectSrc: 'sources',
  frameSrc: 'sources',
  childSrc: 'sources',
  workerSrc: 'sources',
  manifestSrc: 'sources',
  baseUri: 'sources',
  formAction: 'sources',
  frameAncestors: 'sources',
  sandbox: 'sandbox',
  upgradeInsecureRequests: 'flag',
  requireTrustedTypesFor: 'script',
  trustedTypes: 'names',
  reportUri: 'text',
  reportTo: 'text',
  reportOnly: 'option',
}

const KEYWORDS = [
  'self',
  'none',
  'unsafe-inline',
  'unsafe-eval',
  'wasm-unsafe-eval',
  'strict-dynamic',
  'unsafe-hashes',
  'report-sample',
]
const WITH_NONCE = ['defaultSrc', 'scriptSrc', 'scriptSrcElem', 'styleSrc', 'styleSrcElem']
const HASH = /^'sha(?:256|384|512)-[A-Za-z0-9+/_-]+={0,2}'$/
const HOST =
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:]+\])(?::(?:\d{1,5}|\*))?(?:\/[!#$%&'()*+\-./0-9:=@a-z_~]*)?$/i
const SCHEME = /^[a-z][a-z0-9+.-]*:$/i
/** What a value of another kind may be of: nothing that ends a directive or a policy. */
const WORD = /^[!-+\--:<-~]+$/
/** Stands for the nonce in a policy that is not sent yet; no source can be spelt like it. */
const NONCE = ' \0'

/**
 * Checks a policy and makes it into a header.
 * @param where how an error names its place, such as `contentSecurityPolicy in config/application.ts`
 * @throws BootError for a directive or a source that is none
 */
export function compilePolicy(policy: ContentSecurityPolicyChange, where: string): CompiledPolicy {
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy))
    throw new BootError(`${where} is no policy.`, `write directives, such as { defaultSrc: ["'self'"] }.`)
  checkKnownKeys(policy, Object.keys(KINDS), where)
  const directives = Object.entries(policy)
    .filter(([name, value]) => value !== undefined && value !== null && KINDS[name as keyof typeof KINDS] !== 'option')
    .map(([name, value]) => directive(name as keyof ContentSecurityPolicy, value, where))
  if (directives.every((text) => text.startsWith('report-')))
    throw new BootError(`${where} has no directive that allows or forbids anything.`, 'name one, or leave it out.')
  const template = directives.join('; ')
  const parts = template.split(NONCE)
  const plain = directives.map(withoutNonce).join('; ')
  return {
    header: policy.reportOnly === true ? 'content-security-policy-report-only' : 'content-security-policy',
    value: (nonce) => (nonce === undefined || parts.length === 1 ? plain : parts.join(` 'nonce-${nonce}'`)),
  }
}

function directive(name: keyof ContentSecurityPolicy, value: unknown, where: string): string {
  const title = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const refuse = (fix: string) => refused(where, name, value, fix)
  const list = Array.isArray(value) ? (value as unknown[]) : [value]
  switch (KINDS[name]) {
    case 'sources':
      if (!Array.isArray(value) || list.length === 0) throw refuse(`give a list of sources, such as ["'self'"].`)
      if (list.length > 1 && list.includes("'none'")) throw refuse("'none' stands alone: remove it, or the others.")
      return (
        title +
        list.map((source) => (source === 'nonce' ? nonce(name, where) : ` ${checked(source, name, where)}`)).join('')
      )
    case 'sandbox':
      if (value === true) return title
      if (list.length === 0 || !list.every((flag) => typeof flag === 'string' && /^allow-[a-z-]+$/.test(flag)))
        throw refuse("give true, or a list such as ['allow-scripts'].")
      return `${title} ${list.join(' ')}`
    case 'flag':
      if (value !== true) throw refuse('give true, or leave it out.')
      return title
    case 'script':
      if (list.length !== 1 || list[0] !== "'script'") throw refuse(`give ["'script'"].`)
      return `${title} 'script'`
    case 'names':
      if (!Array.isArray(value) || !list.every(isWord)) throw refuse("give a list of names, such as ['default'].")
      return [title, ...list].join(' ')
    default:
      if (!isWord(value)) throw refuse("give one word, without spaces, commas and semicolons, such as '/csp-reports'.")
      return `${title} ${value}`
  }
}

/** A page that draws no nonce is allowed none. */
function withoutNonce(text: string): string {
  const rest = text.replaceAll(NONCE, '')
  return rest === text || rest.includes(' ') ? rest : `${rest} 'none'`
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && WORD.test(value)
}

function nonce(name: string, where: string): string {
  if (WITH_NONCE.includes(name)) return NONCE
  throw refused(where, name, 'nonce', `a nonce is for ${WITH_NONCE.join(', ')}.`)
}

function checked(source: unknown, name: string, where: string): string {
  if (typeof source !== 'string') throw refused(where, name, source, 'give sources as strings.')
  const keyword = /^'(.*)'$/.exec(source)?.[1]
  if (keyword !== undefined) {
    if (KEYWORDS.includes(keyword) || HASH.test(source)) return source
    if (/^nonce-/.test(keyword))
      throw refused(where, name, source, "write 'nonce' without a value: each answer has its own, this.cspNonce.")
    throw refused(where, name, source, suggestion(keyword, KEYWORDS))
  }
  if (KEYWORDS.includes(source))
    throw refused(where, name, source, `put the keyword in quotes of its own: "'${source}'".`)
  if (/[\s;,]/.test(source)) throw refused(where, name, source, 'write each source by itself, in a list.')
  if (source !== '*' && !SCHEME.test(source) && !HOST.test(source))
    throw refused(where, name, source, "give a host such as 'cdn.example.com', a scheme such as 'data:', or a keyword.")
  return source
}

function refused(where: string, name: string, value: unknown, fix: string): BootError {
  return new BootError(`${where}: ${name} has ${JSON.stringify(value)}.`, fix)
}
