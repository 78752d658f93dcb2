// Why: a form leads back to where it was, as far as that is a page of this site.
import { checkRedirect } from '../../security/redirect-target.js'
import { answerRedirect, type RedirectOptions } from '../rendering.js'
import type { RequestContext } from '../request-context.js'

/** Options of `redirectBack`. */
export interface RedirectBackOptions extends RedirectOptions {
  /** Where to, when the client does not say where it was, or that is another site. */
  readonly fallback: string
}

/** Redirects to `Referer`, which is a stranger's word: another host's only where that is allowed. */
export function answerRedirectBack(context: RequestContext, options: RedirectBackOptions): void {
  const { fallback, allowOtherHost = false, ...rest } = options
  const { request } = context
  const back = backOf(request.header('referer'), request.host, allowOtherHost)
  answerRedirect(context, back ?? fallback, { ...rest, allowOtherHost: allowOtherHost && back !== undefined })
}

function backOf(referer: string | undefined, host: string | undefined, allowOtherHost: boolean): string | undefined {
  if (referer === undefined) return undefined
  try {
    return checkRedirect(referer, host, allowOtherHost)
  } catch {
    return undefined
  }
}
