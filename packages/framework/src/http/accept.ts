// Why: what the client would rather have. The only file that knows negotiator.
import Negotiator from 'negotiator'

/** The one of `types` that an `Accept` header likes best, or undefined when it takes none of them. */
export function preferredType(accept: string | undefined, types: readonly string[]): string | undefined {
  return new Negotiator({ headers: { accept } }).mediaType([...types])
}

/**
 * The one of `encodings` that an `Accept-Encoding` header likes best, of those it likes alike the first here; undefined when it
 * takes none of them, or would rather have none.
 */
export function preferredEncoding(accept: string | undefined, encodings: readonly string[]): string | undefined {
  if (accept === undefined) return undefined
  const negotiator = new Negotiator({ headers: { 'accept-encoding': accept } }) as unknown as WithPreference
  const [best] = negotiator.encodings([...encodings, 'identity'], { preferred: encodings })
  return best === 'identity' ? undefined : best
}

/** What the library's types do not tell of. */
interface WithPreference {
  encodings(available: readonly string[], options: { readonly preferred: readonly string[] }): string[]
}
