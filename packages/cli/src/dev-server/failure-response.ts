// Why: while the app does not load, every request is told why: a page for a browser, text for curl.
import type { HttpRequest, HttpResponse } from 'contrail'
import type { Framework } from '../app-framework.js'
import type { LoadFailure } from './load-failure.js'

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:8vh auto;padding:0 1.5rem}
h1{font-size:1.25rem}pre{overflow:auto;padding:1rem;border-radius:.5rem;background:#8881;font:14px/1.5 ui-monospace,monospace}
.place{font:14px ui-monospace,monospace}.hit{background:#e5484d33;display:inline-block;min-width:100%}small{opacity:.7}`

/** The answer to any request while the app does not load. */
export function failureResponse(failure: LoadFailure, request: HttpRequest, framework: Framework): HttpResponse {
  const html = request.prefersHtml
  const body = html ? page(failure, framework) : failureText(failure)
  const response = new framework.HttpResponse()
  for (const [name, value] of Object.entries(framework.DEFAULT_HEADERS)) response.headers.set(name, value)
  response.status = 500
  response.headers.set('content-type', html ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8')
  response.headers.set('content-length', Buffer.byteLength(body))
  response.headers.set('cache-control', 'no-store')
  if (html) response.headers.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
  if (request.method !== 'HEAD') response.body = body
  return response
}

/** The failure as text, for the terminal and for curl. */
export function failureText({ title, message, place, frame, stack }: LoadFailure): string {
  const parts = [
    `${title}: ${message}`,
    place && `  at ${place}`,
    frame && `\n${frame}`,
    frame === undefined && stack && `\n${stack}`,
  ]
  return `${parts.filter((part) => typeof part === 'string' && part !== '').join('\n')}\n`
}

function page({ title, message, place, location, frame, stack }: LoadFailure, framework: Framework): string {
  const { escapeHtml, editorLink } = framework
  const link = location && editorLink(location.file, location.line, location.column)
  const text = place === undefined ? '' : escapeHtml(place)
  const lines = frame
    ?.split('\n')
    .map((line) => (line.startsWith('>') ? `<span class="hit">${escapeHtml(line)}</span>` : escapeHtml(line)))
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><main>
<h1>${escapeHtml(title)}: ${escapeHtml(message)}</h1>
${text === '' ? '' : `<p class="place">${link === undefined ? text : `<a href="${escapeHtml(link)}">${text}</a>`}</p>`}
${lines === undefined ? '' : `<pre>${lines.join('\n')}</pre>`}
${stack === undefined ? '' : `<details${lines === undefined ? ' open' : ''}><summary>Stack</summary><pre>${escapeHtml(stack)}</pre></details>`}
<p><small>The app is still running. Save the file again and reload this page.</small></p>
</main></body>
</html>
`
}
