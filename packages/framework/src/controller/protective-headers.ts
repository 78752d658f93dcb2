// Why: what an answer tells of policies and limits, whatever it became: an action's answer, a rescue's, or an error page.
import { sendPolicy } from './content-security.js'
import { sendLimits } from './rate-limit.js'
import type { RequestContext } from './request-context.js'

/** Sent over HTTPS alone. */
export const HSTS = 'strict-transport-security'

/**
 * Puts the headers into an answer that is about to be sent. Nothing for what neither the app nor the action uses.
 * @param hsts `Strict-Transport-Security`, for answers over HTTPS
 */
export function sendProtectiveHeaders(context: RequestContext, hsts: string | undefined): void {
  const { request, response, policy, cors, limits } = context
  const { headers } = response
  if (policy !== undefined) sendPolicy(policy, context)
  if (cors !== undefined) cors.describe(request.header('origin'), headers)
  if (limits !== undefined) sendLimits(limits, headers)
  if (hsts !== undefined && request.secure && !headers.has(HSTS)) headers.setTrusted(HSTS, hsts)
}
