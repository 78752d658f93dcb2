// Why: an HTML form can only GET and POST; as in Rails, its POST says which method it means.
import type { HttpRequest } from './request.js'

const HEADER = 'x-http-method-override'
const FIELD = '_method'

// Not GET: what is asked for by POST passes the checks for changes, and is not cached. Nor anything that no route has.
const METHODS: ReadonlySet<string> = new Set(['PATCH', 'PUT', 'DELETE'])

/** Whether a POST could mean another method: it is a form, or has the header. Its body need not be there yet. */
export function isOverridable(request: HttpRequest): boolean {
  const type = request.headers['content-type']
  const isForm =
    typeof type === 'string' && /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)
  return isForm || request.headers[HEADER] !== undefined
}

/** Gives a POST the method it means, by its form's field, else by its header; the body has been read. Else it stays a POST. */
export function overrideMethod(request: HttpRequest): void {
  const meant = (fieldOf(request.body) ?? request.header(HEADER) ?? '').toUpperCase()
  if (METHODS.has(meant)) (request as { method: string }).method = meant
}

function fieldOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, FIELD)) return undefined
  const value = (body as Record<string, unknown>)[FIELD]
  return typeof value === 'string' ? value : undefined
}
