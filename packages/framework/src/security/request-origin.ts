// Why: browsers say who started a request, in headers that no page can write. Judged here, in the order of Go's
// CrossOriginProtection; the reasons are in docs/decisions/010.

/** What a request says of where it was started. */
export interface RequestOrigin {
  /** `Sec-Fetch-Site`. */
  readonly fetchSite: string | undefined
  /** `Origin`. */
  readonly origin: string | undefined
  /** The app's own origin, as the request sees it; asked for only when it is needed. */
  readonly ownOrigin: () => string | undefined
}

/**
 * Who started a request: this site's own pages, a trusted origin or the user (`own`); another site (`foreign`); by its
 * `Origin` not this site, which a proxy between can also cause (`differs`); nobody says so (`unknown`): no browser, or one
 * that sends neither header.
 */
export type Initiator = 'own' | 'foreign' | 'differs' | 'unknown'

/** @param isTrusted whether an origin may send unsafe requests here beside the app's own */
export function initiatorOf(request: RequestOrigin, isTrusted: (origin: string) => boolean): Initiator {
  const { fetchSite, origin } = request
  if (fetchSite === 'same-origin' || fetchSite === 'none') return 'own'
  if (origin !== undefined && isTrusted(origin)) return 'own'
  if (fetchSite !== undefined) return 'foreign'
  if (origin === undefined) return 'unknown'
  return origin === request.ownOrigin() ? 'own' : 'differs'
}
