// Why: a query as Rails writes it (to_query), so that lists and objects come back as they went in.
import type { QueryInput } from '../controller/path-to.js'

/** The query of these values, percent-encoded, without `?`; empty where there is nothing to say. */
export function toQuery(values: Readonly<Record<string, QueryInput>>): string {
  const pairs: [string, string][] = []
  for (const [name, value] of Object.entries(values)) collect(name, value, pairs)
  return pairs.length === 0 ? '' : new URLSearchParams(pairs).toString()
}

function collect(name: string, value: QueryInput, pairs: [string, string][]): void {
  if (value === null || value === undefined) return
  if (isList(value)) for (const one of value) collect(`${name}[]`, one, pairs)
  else if (typeof value === 'object')
    for (const [key, inner] of Object.entries(value)) collect(`${name}[${key}]`, inner, pairs)
  else pairs.push([name, String(value)])
}

function isList(value: QueryInput): value is readonly QueryInput[] {
  return Array.isArray(value)
}
