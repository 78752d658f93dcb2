// Why: what the client would rather have. The only file that knows negotiator.
import Negotiator from 'negotiator'

/** The one of `types` that an `Accept` header likes best, or undefined when it takes none of them. */
export function preferredType(accept: string | undefined, types: readonly string[]): string | undefined {
  return new Negotiator({ headers: { accept } }).mediaType([...types])
}
