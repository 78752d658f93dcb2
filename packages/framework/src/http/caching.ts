// Why: an answer that was made for one person must not be kept by a cache that many share.
import type { HttpResponse } from './response.js'

/**
 * What a session or a cookie had a part in is for one person: no shared cache may keep it, unless the app says so of a
 * mere read.
 * @param setsCookie whether the answer sets a cookie: then `public` and `s-maxage` are taken out, and what is said to some shared
 *   caches alone becomes `no-store`
 */
export function markPrivate({ headers }: HttpResponse, setsCookie: boolean): void {
  if (setsCookie) for (const name of TARGETED) if (headers.has(name)) headers.setTrusted(name, 'no-store')
  if (!headers.has('cache-control')) {
    headers.setTrusted('cache-control', setsCookie ? 'private, no-store' : 'private')
    return
  }
  const said = headers.getAll('cache-control').join(', ')
  const control = setsCookie ? said.replace(FOR_SHARED_CACHES, 'private') : said
  headers.set('cache-control', SAYS_WHO.test(control) ? control : `${control}, private`)
}

// Caches that know one of these go by it, whatever Cache-Control says (RFC 9213, and its forerunner).
const TARGETED = ['cdn-cache-control', 'surrogate-control']
// Directives of Cache-Control, as whole words.
const FOR_SHARED_CACHES = /(?<![^\s,])(?:public|s-maxage=[^\s,]*)(?![^\s,])/gi
const SAYS_WHO = /(?<![^\s,])(?:public|private|no-store)(?![^\s,])/i

/** Says that the answer depends on a header of the request: a cache keeps one answer for each value of it. */
export function addVary({ headers }: HttpResponse, name: string): void {
  const said = headers.getAll('vary').join(', ')
  const has = said.split(/[\s,]+/).some((one) => one === '*' || one.toLowerCase() === name.toLowerCase())
  if (!has) headers.set('vary', said === '' ? name : `${said}, ${name}`)
}
