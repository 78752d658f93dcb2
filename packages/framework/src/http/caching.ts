// Why: an answer that was made for one person must not be kept by a cache that many share.
import type { HttpResponse } from './response.js'

/** Headers of the answer that say who may keep it. Caches that know one of the latter go by it, whatever Cache-Control says. */
export const CACHE_HEADERS = ['cache-control', 'cdn-cache-control', 'surrogate-control'] as const

const [OWN, ...TARGETED] = CACHE_HEADERS

/**
 * What a session or a cookie had a part in is for one person: no shared cache may keep it, whatever the app says. `public`
 * and `s-maxage` are taken out, and what is said to some shared caches alone becomes `no-store`.
 * @param setsCookie whether the answer sets a cookie: then, if nothing else is said, it is not kept at all
 */
export function markPrivate(response: HttpResponse, setsCookie: boolean): void {
  const { headers } = response
  response.isPersonal = true
  for (const name of TARGETED) if (headers.hasTrusted(name)) headers.setTrusted(name, 'no-store')
  if (!headers.hasTrusted(OWN)) {
    headers.appendTrusted(OWN, setsCookie ? 'private, no-store' : 'private')
    return
  }
  const control = headers.getAll(OWN).join(', ').replace(FOR_SHARED_CACHES, 'private')
  headers.set(OWN, SAYS_WHO.test(control) ? control : `${control}, private`)
}

// Directives of Cache-Control, as whole words.
const FOR_SHARED_CACHES = /(?<![^\s,])(?:public|s-maxage=[^\s,]*)(?![^\s,])/gi
const SAYS_WHO = /(?<![^\s,])(?:private|no-store)(?![^\s,])/i

/** Says that the answer depends on a header of the request: a cache keeps one answer for each value of it. */
export function addVary({ headers }: HttpResponse, name: string): void {
  const said = headers.getAll('vary').join(', ')
  const has = said.split(/[\s,]+/).some((one) => one === '*' || one.toLowerCase() === name.toLowerCase())
  if (!has) headers.set('vary', said === '' ? name : `${said}, ${name}`)
}
