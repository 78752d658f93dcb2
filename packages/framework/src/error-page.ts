// Why: a person in a browser gets a page that says what happened; a developer also where.

import { codeFrame, isOwnLine, placeIn } from './code-frame.js'
import { editorLink } from './editor-link.js'
import type { HttpRequest } from './http/request.js'

/** An error as a problem of RFC 9457. `stack` and `cause` are there in development alone. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly code?: string
  /** What is wrong, one by one: an extension of `InvalidParams`, and of any error that has the like. */
  readonly errors?: unknown
  readonly requestId?: string
  readonly where?: string
  readonly stack?: readonly string[]
}

/** What a developer's page shows beside the problem. */
export interface RequestDetails {
  /** The parameters, with secrets taken out. */
  readonly params: object | undefined
  /** The headers, without those that a client proves itself with. */
  readonly headers?: object | undefined
  /** The names of what the session holds; undefined when the request has not touched it. */
  readonly sessionKeys?: readonly string[] | undefined
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:10vh auto;padding:0 1.5rem}
h1{font-size:1.5rem;margin:0 0 .5rem}p{margin:.5rem 0}small{opacity:.7}pre{overflow:auto;padding:1rem;border-radius:.5rem;background:#8881;font:13px/1.5 ui-monospace,monospace;white-space:pre-wrap}
.own{font-weight:600}a{color:inherit}dt{opacity:.7}dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dd{margin:0;overflow-wrap:anywhere}`

/** The page for a problem. Everything that came from outside is escaped. */
export function renderErrorPage(problem: Problem, request: HttpRequest, details?: RequestDetails): string {
  const { status, title, detail, errors, requestId, where, stack } = problem
  const reference = requestId === undefined ? '' : `<p><small>Request ${escapeHtml(requestId)}</small></p>`
  const more = stack === undefined ? '' : development(where, stack, request, details)
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${status} ${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><main>
<h1>${status} ${escapeHtml(title)}</h1>
<p>${escapeHtml(detail ?? (status >= 500 ? 'Something went wrong on our side. It has been logged.' : title))}</p>
${list(errors)}${reference}${more}
</main></body>
</html>
`
}

/** A list of `{ path, message }`; nothing for what is none. */
function list(errors: unknown): string {
  if (!Array.isArray(errors)) return ''
  const items = errors.flatMap((error: { readonly path?: unknown; readonly message?: unknown } | null) => {
    if (typeof error?.message !== 'string') return []
    const path = typeof error.path === 'string' && error.path !== '' ? `<b>${escapeHtml(error.path)}</b>: ` : ''
    return [`<li>${path}${escapeHtml(error.message)}</li>`]
  })
  return `<ul>${items.join('')}</ul>`
}

function development(
  where: string | undefined,
  stack: readonly string[],
  request: HttpRequest,
  details: RequestDetails | undefined,
): string {
  const lines = stack.map((line) => {
    return isOwnLine(line) ? `<span class="own">${linked(line)}</span>` : escapeHtml(line)
  })
  const { params, headers, sessionKeys } = details ?? {}
  const facts = [
    // Without the query, which may hold what is taken out of the parameters.
    ['Request', `${request.method} ${request.url.split('?')[0]}`],
    ['Action', where],
    ['Parameters', params && JSON.stringify(params)],
    ['Session', sessionKeys && (sessionKeys.length === 0 ? 'empty' : sessionKeys.join(', '))],
    ...Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]),
  ]
  const rows = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`<dt>${escapeHtml(String(name))}</dt><dd>${escapeHtml(value)}</dd>`],
  )
  return `${frameOf(stack)}<dl>${rows.join('')}</dl>
<pre>${lines.join('\n')}</pre>`
}

/** A line of a stack, with its place as a link into the editor. */
function linked(line: string): string {
  const found = placeIn(line)
  const link = found && editorLink(found.file, found.line, found.column)
  if (found === undefined || link === undefined) return escapeHtml(line)
  const at = line.lastIndexOf(found.text)
  const before = escapeHtml(line.slice(0, at))
  return `${before}<a href="${escapeHtml(link)}">${escapeHtml(found.text)}</a>${escapeHtml(line.slice(at + found.text.length))}`
}

function frameOf(stack: readonly string[]): string {
  const frame = codeFrame(stack)
  if (frame === undefined) return ''
  const lines = frame.lines.map(({ number, text, isHit }) => {
    const line = escapeHtml(`${isHit ? '>' : ' '} ${String(number).padStart(5)} | ${text}`)
    return isHit ? `<span class="own">${line}</span>` : line
  })
  return `<p><small>${linked(frame.place)}</small></p>\n<pre>${lines.join('\n')}</pre>\n`
}

/** Escapes text for HTML, in content and in quoted attributes: what `renderHtml` does not do by itself. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
