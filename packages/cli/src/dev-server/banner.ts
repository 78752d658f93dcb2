// Why: what a developer wants to know first: where the app is, in which environment, and what could be wrong with that.
import { networkInterfaces } from 'node:os'
import { styleText } from 'node:util'
import type { Application } from 'contrail'
import type { Framework } from '../app-framework.js'

/** How many addresses the banner proposes. */
const PROPOSALS = 4

/** What the banner tells. */
export interface BannerFacts {
  readonly url: string
  /** As it was bound. */
  readonly host: string
  readonly milliseconds: number
  /** Undefined while it does not load. */
  readonly app: Application | undefined
}

/** Tells that the server is ready, in lines for a person. */
export function banner({ url, host, milliseconds, app }: BannerFacts): string {
  const lines = [`Contrail, ${environmentName()}: ${strong(url)} (ready in ${milliseconds} ms; Ctrl+C stops it)`]
  for (const address of networkAddresses(host)) lines.push(`  on the network: ${url.replace('localhost', address)}`)
  const paths = (app?.routes ?? [])
    .filter(({ method, path }) => method === 'GET' && !/[:*(]/.test(path))
    .map(({ path }) => path)
  const curl = url.startsWith('https') ? 'curl -k' : 'curl'
  if (paths.length > 0)
    lines.push('Try:', ...paths.slice(0, PROPOSALS).map((path) => `  ${curl} -b jar -c jar ${url}${path}`))
  return `${lines.join('\n')}\n\n`
}

/** What is probably not meant, in lines for a person. */
export function warnings(framework: Framework): string[] {
  const found: string[] = []
  if (environmentName() === 'production')
    found.push(
      'This is the production environment, served for development: it shows no errors, and uses what production uses.\n' +
        'Fix: unset NODE_ENV and CONTRAIL_ENV, or run: contrail server -e development',
    )
  const editor = framework.unknownEditor()
  if (editor !== undefined)
    found.push(
      `CONTRAIL_EDITOR is ${JSON.stringify(editor)}, which is no editor that is known: error pages have no links.\n` +
        'Fix: vscode, cursor, zed, webstorm, idea, sublime, emacs, none, or a URL such as my-editor://{file}:{line}:{column}',
    )
  return found
}

function environmentName(): string {
  return process.env['CONTRAIL_ENV'] || process.env['NODE_ENV'] || 'development'
}

/** What other machines reach a server under that is bound to all addresses. */
function networkAddresses(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return []
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address)
}

/** https://no-color.org, and no colours for what is no terminal. */
function strong(text: string): string {
  return process.stdout.isTTY && !process.env['NO_COLOR'] ? styleText(['bold', 'cyan'], text) : text
}
