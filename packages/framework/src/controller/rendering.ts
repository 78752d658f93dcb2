// Why: the verbs an action answers with come down to one thing done once: status, type and body put into the response.
import { DoubleRenderError } from '../errors.js'
import { checkRedirect } from '../security/redirect-target.js'
import type { FlashData } from '../session/flash.js'
import type { RequestContext } from './request-context.js'

/** Options of an answer. */
export interface AnswerOptions {
  /** From 200 to 599. Default: the response's, which is 200 unless it was set. */
  readonly status?: number
  /** Headers to set with the answer, in place of any of the same name. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Options of a redirect. */
export interface RedirectOptions extends AnswerOptions {
  /** Let it lead to another host. Never with an address that a stranger can choose. */
  readonly allowOtherHost?: boolean
  /** Flashed to the page it leads to, as `flash.notice`. */
  readonly notice?: FlashData['notice']
  /** Flashed to the page it leads to, as `flash.alert`. */
  readonly alert?: FlashData['alert']
  /** Flashed to the page it leads to. */
  readonly flash?: Partial<FlashData>
}

/** Puts an answer into the response. @throws DoubleRenderError when there is one */
export function answer(
  context: RequestContext,
  verb: string,
  type: string | undefined,
  body: string | null,
  options: AnswerOptions,
): void {
  const { response } = context
  if (context.sent) {
    // Nobody awaits what runs this late: an error would end the process, for a request that was answered.
    context.logger.error({ controller: context.controllerName, action: context.actionName }, tooLate(context, verb))
    return
  }
  if (response.answeredBy !== undefined) throw new DoubleRenderError(context.where, verb)
  if (options.status !== undefined) response.status = options.status
  if (type !== undefined && !response.headers.has('content-type')) response.headers.setTrusted('content-type', type)
  if (options.headers !== undefined) {
    for (const name of Object.keys(options.headers)) response.headers.set(name, options.headers[name] as string)
  }
  response.body = body
  response.answeredBy = verb
}

function tooLate({ where }: RequestContext, verb: string): string {
  return `${verb}() came too late: ${where} has ended and its response is sent. Await what the action starts.`
}

export function answerJson(context: RequestContext, value: unknown, options: AnswerOptions): void {
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch (error) {
    throw new TypeError(`${context.where} cannot render this as JSON: ${(error as Error).message}`, { cause: error })
  }
  if (json === undefined) {
    throw new TypeError(
      `${context.where} renders ${typeof value}, which has no JSON. Render a value, or call head(204).`,
    )
  }
  answer(context, 'render', 'application/json; charset=utf-8', json, options)
}

export function answerRedirect(context: RequestContext, target: string, options: RedirectOptions): void {
  const { request } = context
  const location = checkRedirect(target, request.host, options.allowOtherHost === true)
  const status = options.status ?? (request.method === 'GET' || request.method === 'HEAD' ? 302 : 303)
  if (status < 300 || status > 308 || status === 304)
    throw new RangeError(`redirectTo takes a status such as 302 or 303, not ${status}.`)
  answer(context, 'redirectTo', undefined, null, { status, headers: { ...options.headers, location } })
  const { notice, alert } = options
  const messages: Partial<FlashData> = {
    ...options.flash,
    ...(notice === undefined ? {} : { notice }),
    ...(alert === undefined ? {} : { alert }),
  }
  for (const key of Object.keys(messages) as (keyof FlashData)[]) {
    const message = messages[key]
    if (message !== undefined) context.session.flash.set(key, message)
  }
}
